"""Levers: one file a mechanism."""
