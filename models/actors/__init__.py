"""Mesa actors: the few who decide."""
