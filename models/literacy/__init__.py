"""What residents know and can do for their safety: its forms, and a year of it."""
