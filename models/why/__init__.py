"""Why somebody came late: the log of a run walked backwards, from an order to what lay behind it."""
