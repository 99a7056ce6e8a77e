"""A shock day: what it makes people need, which forces there are, and the desk that sends them."""
