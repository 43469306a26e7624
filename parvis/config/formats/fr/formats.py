"""French says “23 novembre 2026 à 11:52”; Django's own format leaves the word out."""

DATETIME_FORMAT = r"j F Y à H:i"
