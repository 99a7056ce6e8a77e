"""Contagion among residents: who infects whom at home, by day and in the community, and what that asks of care."""
