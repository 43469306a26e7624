"""Contours from the network: the official ones, département by département, or any address."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from parvis.shared.fetching import FetchError, fetch
from parvis.territories.models import Level, Territory

ADDRESS = "https://geo.api.gouv.fr/departements/{code}/communes?format=geojson&geometry=contour&fields=code,nom"
SOURCE = "geo.api.gouv.fr, contours administratifs (IGN, Licence Ouverte)"
MAX_BYTES = 80 * 2**20

Progress = Callable[[str, int, int], None]


class UnreachableError(Exception):
    """The network, or the other side, refused; the message says so in a sentence."""


def bring(
    address: str,
    to: Path,
    *,
    source: str = "",
    seconds: float = 60,
    patience: float | None = None,
    progress: Progress | None = None,
) -> tuple[Path, str]:
    """Files of contours in the folder `to`, and who made them: what is at `address`, or the official contours where it is empty.

    `patience` bounds the whole in seconds: a demonstration waits little, and takes what came. Raise `UnreachableError` if nothing came.
    """
    if address:
        _fetch(address, to / "contours.geojson", min(seconds, patience or seconds))
        return to, source or address
    start = time.monotonic()
    codes = list(
        Territory.objects.filter(level=Level.DEPARTEMENT, region__code=settings.REGION_CODE, active=True)
        .order_by("code")
        .values_list("code", flat=True)
    )
    for rank, code in enumerate(codes, 1):
        left = seconds if patience is None else min(seconds, patience - (time.monotonic() - start))
        try:
            if left <= 0:
                break
            _fetch(ADDRESS.format(code=code), to / f"communes-{code}.geojson", left)
        except UnreachableError:
            if rank == 1:
                raise
            break
        if progress:
            progress("download", rank, len(codes))
    return to, source or SOURCE


def download(address: str, to: Path, *, seconds: float = 60) -> Path:
    """One file. Raises `UnreachableError`."""
    _fetch(address, to, seconds)
    return to


def _fetch(address: str, to: Path, seconds: float) -> None:
    try:
        fetch(address, to=to, max_bytes=MAX_BYTES, seconds=seconds, allow=settings.FETCH_ALLOW)
    except (FetchError, OSError) as error:
        raise UnreachableError(str(error)) from error
