"""Pictures of charts, drawn once: their address is made of the content of the data, of the choice and of the way it is drawn."""

from __future__ import annotations

import base64
import hashlib
import html
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

from parvis.catalog import chart_maps, chart_values, storage
from parvis.catalog.core.charts import theme, words
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.core.charts.shapes import MAPS
from parvis.catalog.core.charts.specification import REVISION, specification
from parvis.catalog.core.speech import FRENCH, language
from parvis.catalog.drawing.engine import FONTS, engine
from parvis.catalog.models import Version

MOST_BYTES = 256 * 2**20
KEPT_DAYS = 60


@dataclass(frozen=True, slots=True)
class Look:
    """scheme: `light` or `dark`; size: a key of `theme.SIZES`. title and note are drawn in the picture, for those who take it away."""

    scheme: str = "light"
    size: str = "wide"
    title: str = ""
    note: str = ""


def svg(version: Version, choice: Choice, look: Look) -> bytes:
    """The picture, transparent. Raises `rows.QuestionError` and `rows.OverloadError`."""
    return _kept(version, choice, look, "svg", lambda: _svg(version, choice, look))


def png(version: Version, choice: Choice, look: Look) -> bytes:
    """Twice as fine as a screen, on the paper of the house: a picture is pasted where nobody knows the background."""
    return _kept(version, choice, look, "png", lambda: _png(version, choice, look))


def _svg(version: Version, choice: Choice, look: Look) -> bytes:
    if choice.shape in MAPS:
        return chart_maps.svg(version, choice, look.scheme, taken=bool(look.title), bare=look.size == "small")
    values = chart_values.read(version, choice)
    spec = specification(values, scheme=look.scheme, size=look.size, title=look.title, note=look.note)
    return dressed(engine.svg(spec), look, words.finding(values))


def _png(version: Version, choice: Choice, look: Look) -> bytes:
    if choice.shape in MAPS:
        return engine.svg_to_png(chart_maps.svg(version, choice, look.scheme, taken=True).decode())
    values = chart_values.read(version, choice)
    spec = specification(values, scheme=look.scheme, size=look.size, title=look.title, note=look.note)
    spec["config"]["background"] = theme.THEMES[look.scheme].paper
    spec["config"]["padding"] = 18
    return engine.png(spec)


def dressed(drawn: str, look: Look, name: str) -> bytes:
    """An SVG that stands alone: its name, and the letters of the house, since a picture may load nothing."""
    head, _tag, body = drawn.partition(">")
    head = head.replace('class="marks"', 'role="img"', 1)
    weights = (400, 700) if look.title else (400,)
    style = "" if look.size == "small" else f"<style>{''.join(_face(weight) for weight in weights)}</style>"
    return f"{head}><title>{html.escape(look.title or name)}</title>{style}{body}".encode()


@cache
def _face(weight: int) -> str:
    letters = base64.b64encode((FONTS / f"atkinson-{weight}.woff2").read_bytes()).decode()
    return (
        f'@font-face{{font-family:"{theme.FONT}";font-weight:{weight};'
        f'src:url(data:font/woff2;base64,{letters}) format("woff2")}}'
    )


# ----- What is kept -----


def path(version: Version, choice: Choice, look: Look, kind: str) -> Path:
    made = (
        choice.text,
        look.scheme,
        look.size,
        look.title,
        look.note,
        f"{REVISION}.{chart_maps.REVISION}",
        "" if language() == FRENCH else language(),
        installed("vl-convert-python"),
    )
    key = hashlib.sha256("\0".join(made).encode("utf-8", "surrogatepass")).hexdigest()
    return storage.picture_path(version.digest, key, kind)


def _kept(version: Version, choice: Choice, look: Look, kind: str, draw: Callable[[], bytes]) -> bytes:
    target = path(version, choice, look, kind)
    try:
        return target.read_bytes()
    except FileNotFoundError:
        drawn = draw()
    try:
        with storage.beside(target) as temporary:
            temporary.write_bytes(drawn)
    except storage.StorageError:
        pass  # a full disk keeps nobody from looking
    return drawn


def sweep(most: int = MOST_BYTES, days: float = KEPT_DAYS) -> None:
    """Forget the pictures drawn longest ago: any of them can be drawn again."""
    kept = []
    for found in (storage.root() / "pictures").glob("*/*"):
        try:
            state = found.stat()
        except FileNotFoundError:
            continue
        kept.append((state.st_mtime, state.st_size, found))
    total, oldest = sum(size for _time, size, _path in kept), time.time() - days * 86_400
    for made, size, found in sorted(kept):
        if made >= oldest and total <= most:
            break
        found.unlink(missing_ok=True)
        total -= size
