"""Pages of programmes: for readers, for those who prepare, for those who code."""
