"""Fire that spreads: growth in a room, flashover, radiation across a street, firebrands on the wind, water and smoke."""
