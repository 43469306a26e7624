"""The bar of a long command."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parvis.catalog.core.tables.convert import Progress


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on standard error when it is a terminal, nothing otherwise."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
