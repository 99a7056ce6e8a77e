"""What to run: the scenario language, the shipped library and experiments."""
