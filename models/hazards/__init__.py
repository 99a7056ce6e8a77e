"""Hazards and what they do to people: one file a hazard."""
