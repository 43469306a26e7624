"""What this room tells the rooms above it."""

from django.dispatch import Signal

# Sent at the end of a loading of the official code, inside its transaction. A receiver may return a dict of counts for the report.
loaded = Signal()
