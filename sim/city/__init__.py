"""The unchanging place, from a street map to arrays."""
