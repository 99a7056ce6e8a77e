"""The hazard stock of premises: where they are, who inspects them, and what becomes of every hazard."""
