"""What may be done at an election. Each act is atomic, takes `by=`, and leaves a trace."""
