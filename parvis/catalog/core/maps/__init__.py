"""What a map needs to know before anything is drawn: classes of values, columns that say where. Pure."""
