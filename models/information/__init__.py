"""What people hear of: rumours and who stops them, warnings by channel, and the calls that a scare causes."""
