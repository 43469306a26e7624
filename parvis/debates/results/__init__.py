"""Results of a process: the map of its opinions, what it says, who took part. Pages read the facts of the last good map, never the votes."""
