"""From a question to a decision: processes, opinions, proposals, decisions."""
