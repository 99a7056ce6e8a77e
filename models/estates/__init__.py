"""Estates and their five parties: how they bargain, and the months of it."""
