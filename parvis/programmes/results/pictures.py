"""The chart of the barometer: the same bars in the page, as an SVG that stands alone, and as a PNG."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from parvis.programmes.core.shares import Share
from parvis.programmes.models import CandidateList
from parvis.programmes.templatetags.programmes import percent
from parvis.shared.templatetags.parvis import number

WIDE, NARROW = (720, 520, 70), (400, 232, 44)
"""(width, room of a whole, longest name): alone or in a large frame; on a page, where a telephone must read it."""
ROW, TOP = 52, 8
COLOURS = {"ink": "#2b2a33", "soft": "#55535e", "bar": "#7a5a16", "whole": "#ddd8cf", "paper": "#fbfaf7"}


@dataclass(frozen=True)
class Bar:
    name: str
    words: str
    width: int
    text_y: int
    y: int
    value_y: int


@dataclass(frozen=True)
class Chart:
    """`room`: the width of a whole; bars are on one scale, from 0 to 100 %."""

    bars: list[Bar]
    label: str
    height: int
    width: int
    room: int
    words_x: int


def digital(shares: Sequence[tuple[CandidateList, Share]], size: tuple[int, int, int] = NARROW) -> Chart:
    """Part of digital measures, list by list, in their order."""
    bars = []
    width, room, longest = size
    for place, (one, share) in enumerate(shares):
        top = TOP + ROW * place
        words = "–" if share.value is None else _("%(percent)s (%(part)s sur %(whole)s)") % {
            "percent": percent(share.value), "part": number(share.part), "whole": number(share.whole),
        }  # fmt: skip
        bars.append(Bar(shortened(one.name, longest), words, round(room * (share.value or 0)), top + 15, top + 22, top + 37))
    said = " ; ".join(f"{one.name} : {bar.words}" for (one, _share), bar in zip(shares, bars, strict=True))
    return Chart(
        bars, _("Part des mesures numériques. %(lists)s") % {"lists": said}, TOP * 2 + ROW * len(bars), width, room, room + 12
    )


def shortened(name: str, longest: int) -> str:
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"


def svg(chart: Chart, title: str, note: str) -> str:
    """Alone: its title, its note, colours that need no style sheet."""
    height = chart.height + 76
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width + 40} {height}" width="{chart.width + 40}" height="{height}" role="img" font-family="Atkinson Hyperlegible, sans-serif" font-size="15"><title>{html.escape(title)}</title>',
        f'<rect width="100%" height="100%" fill="{COLOURS["paper"]}"/>',
        f'<text x="20" y="30" font-size="19" font-weight="700" fill="{COLOURS["ink"]}">{html.escape(title)}</text><g transform="translate(20 44)">',
    ]
    drawn += [
        f'<text x="0" y="{bar.text_y}" fill="{COLOURS["ink"]}">{html.escape(bar.name)}</text>'
        f'<rect x="0" y="{bar.y}" width="{chart.room}" height="18" fill="{COLOURS["whole"]}"/>'
        f'<rect x="0" y="{bar.y}" width="{bar.width}" height="18" fill="{COLOURS["bar"]}"/>'
        f'<text x="{chart.words_x}" y="{bar.value_y}" fill="{COLOURS["soft"]}">{html.escape(bar.words)}</text>'
        for bar in chart.bars
    ]
    drawn.append(f'</g><text x="20" y="{height - 12}" font-size="12" fill="{COLOURS["soft"]}">{html.escape(note)}</text></svg>')
    return "".join(drawn)
