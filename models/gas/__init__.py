"""Gas that escapes: how fast, where it gathers, whether it explodes, and how valves end it. SI units."""
