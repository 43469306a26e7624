"""What the law asks of each authority: its rules, what is known, and how far everybody has come. What is decided is in `core.obligations`."""
