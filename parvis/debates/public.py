"""What other rooms may ask of the debates."""

from __future__ import annotations


def reap() -> int:
    """Ask for the maps and the publications that are due, and take up again what a dead worker left."""
    from parvis.debates.results import computing, publishing, watching

    return watching.look() + computing.reap() + publishing.tick()
