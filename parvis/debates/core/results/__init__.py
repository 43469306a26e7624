"""What may be said of a crowd: nothing of a few people, and what a crowd like the territory's would say."""
