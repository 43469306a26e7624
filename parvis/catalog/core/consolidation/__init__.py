"""All valid tables of one schema as one table: which come in, which stay out and why, and how it is built."""
