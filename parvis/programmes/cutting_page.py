"""The page where a text is cut: its sentences, those that the machine proposes, the measures that stand on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import transaction
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from parvis.accounts.models import User
from parvis.programmes.actions import measures, sources
from parvis.programmes.core.cutting import candidates, sentences
from parvis.programmes.models import CandidateList, CodingRound, Election, Measure, Passage, Source

PER_PAGE = 60
MOST_ALIKE, ALIKE = 5, 60
"""How many measures that look the same are shown, and from how much alike, out of 100."""


@cache
def vocabulary() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((Path(__file__).parent / "data" / "vocabulary.json").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Sentence:
    """`words`: what made the machine propose it; `measures`: those that already stand on it."""

    start: int
    end: int
    text: str
    page: int
    words: tuple[str, ...]
    measures: tuple[Measure, ...]
    chosen: bool = False

    @property
    def key(self) -> str:
        return f"{self.start}-{self.end}"


def spans(given: list[str]) -> list[tuple[int, int]]:
    """What a form says of the sentences chosen; what is no span is left."""
    found = []
    for one in given[:200]:
        start, _dash, end = one.partition("-")
        if start.isdecimal() and end.isdecimal() and len(start) < 9 and len(end) < 9:
            found.append((int(start), int(end)))
    return found


def page_number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and 0 < int(text) < 100_000 else 1


def context(source: Source, page: str | None, chosen: list[tuple[int, int]]) -> dict[str, Any]:
    extraction = source.extractions.order_by("-number").first()
    text = extraction.text if extraction else ""
    proposed = {(one.start, one.end): one.words for one in candidates(text, vocabulary())}
    cut = sentences(text)
    shown = Paginator(cut, PER_PAGE).get_page(page)
    passages = list(source.passages.prefetch_related("measures"))
    lines = [
        Sentence(
            start, end, text[start:end], extraction.page_at(start) if extraction else 1, proposed.get((start, end), ()), standing(passages, start, end),
            (start, end) in chosen,
        )
        for start, end in shown
    ]  # fmt: skip
    return {
        "source": source, "list": source.candidate_list, "election": source.candidate_list.election, "extraction": extraction, "page": shown,
        "lines": lines, "proposed": len(proposed), "lost": [one for one in passages if one.lost],
        "measures": list(source.candidate_list.measures.filter(merged_into=None).order_by("-number")[:30]),
    }  # fmt: skip


def standing(passages: list[Passage], start: int, end: int) -> tuple[Measure, ...]:
    over = [one for one in passages if not one.lost and one.start < end and start < one.end]
    return tuple({measure.pk: measure for one in over for measure in one.measures.all()}.values())


def measures_page(candidate_list: CandidateList, page: str | None) -> Page[Measure]:
    """Measures that were found in the programmes of a list, some at a time."""
    return Paginator(candidate_list.measures.filter(merged_into=None).order_by("number"), 100).get_page(page)


def alike(measure: Measure) -> list[Measure]:
    """Those of the same list that may say the same, by their words; a person decides."""
    others = measure.candidate_list.measures.filter(merged_into=None).exclude(pk=measure.pk)
    titles = dict(others.values_list("pk", "title"))
    close = process.extract(
        measure.title, titles, scorer=fuzz.token_set_ratio, processor=default_process, limit=MOST_ALIKE, score_cutoff=ALIKE
    )
    found = others.in_bulk([key for _title, _score, key in close])
    return [found[key] for _title, _score, key in close]


def brought(candidate_list: CandidateList, given: dict[str, Any], *, by: User) -> Source:
    """What the form of a source asks. Raises ElectionError."""
    if given["missing"]:
        return sources.say_missing(candidate_list, on=given["collected"], by=by, kind=given["kind"], where=given["address"])
    plain = {name: given[name] for name in ("collected", "kind", "title", "address", "archived_address", "licence")}
    return sources.receive(candidate_list, chunks=given["file"].chunks(), name=given["file"].name, by=by, **plain)


@transaction.atomic
def stated(source: Source, chosen: list[tuple[int, int]], title: str, *, by: User) -> Measure:
    """A measure of the sentences chosen. Raises ElectionError."""
    passages = [sources.mark(source, start=start, end=end, by=by) for start, end in chosen]
    extraction = source.extractions.order_by("-number").first()
    found = candidates(extraction.text, vocabulary()) if extraction else []
    machine = {(one.start, one.end) for one in found}
    origin = Measure.Origin.MACHINE if chosen and set(chosen) <= machine else Measure.Origin.READING
    return measures.state(source.candidate_list, title=title, passages=passages, by=by, origin=origin)


def trail(election: Election, page: str | None) -> dict[str, Any]:
    """Lines of the trail. While a round is coded, changes of codings are left out: they say what somebody coded."""
    lines = election.traces.select_related("by")
    if election.coding_rounds.filter(state=CodingRound.State.CODING).exists():
        lines = lines.exclude(act="coding.change")
    return {"election": election, "page": Paginator(lines, 100).get_page(page)}
