"""People on foot: how density slows them, doors and gates hold them, streets and stairs lead them, and crush harms them."""
