"""English of a European site."""
