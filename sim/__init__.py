"""The machinery of Jinling, with no domain in it: city, clock, luck, routing, log and results."""
