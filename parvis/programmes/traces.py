"""The trail of an election: one line an act."""

from __future__ import annotations

from typing import Any

from parvis.accounts.models import User
from parvis.programmes.models import Election, Trace


def trace(election: Election, act: str, *, by: User | None, about: str = "", **detail: Any) -> None:
    Trace.objects.create(election=election, act=act, by=by, about=about[:80], detail=detail)
