"""Lines of work beside the case loop: one file a line."""
