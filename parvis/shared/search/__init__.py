"""Search over everything that the registry of kinds declares: one index a kind, behind a small port (`port.py`)."""
