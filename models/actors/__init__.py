"""Mesa actors, the few who decide: one file a kind."""
