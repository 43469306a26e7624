"""What the worker looks at every twenty seconds: runs to take up again, readings whose time has come, links to check."""

from __future__ import annotations

from datetime import datetime

from parvis.catalog.actions import harvests
from parvis.catalog.harvesting import jobs, links


def tick(now: datetime | None = None) -> int:
    """Returns how many runs were started or taken up again."""
    taken = jobs.reap(now) + harvests.start_due(now)
    links.ask(now)
    return taken
