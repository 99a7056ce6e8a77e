"""Shortest paths on streets that can be closed."""
