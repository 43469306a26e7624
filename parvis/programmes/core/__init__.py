"""What programmes compute: agreement between evaluators, distances between a reader and lists. Pure."""
