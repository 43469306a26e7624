"""What each page for readers shows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.accounts.models import User
from parvis.organisations.models import Organisation, Role
from parvis.organisations.queries import organisations_of
from parvis.programmes import agreements, search
from parvis.programmes.core.calendar import Freeze
from parvis.programmes.core.grid import Unit
from parvis.programmes.core.rules import Act, Stage
from parvis.programmes.core.shares import Share
from parvis.programmes.models import CandidateList, CodingRound, Election, ListReply, Measure, Spokesperson
from parvis.programmes.permissions import may
from parvis.programmes.results import pictures, reading
from parvis.programmes.rounds import codings_of_unit
from parvis.programmes.templatetags.programmes import said
from parvis.territories.models import Level, Territory

DATA = Path(__file__).parent / "data"
PER_PAGE = 50
FREEZES = {
    Freeze.PROMOTION: _("Une collectivité ne fait plus la promotion de ses réalisations ni de sa gestion."),
    Freeze.AID: _("Aucune personne morale, donc aucune collectivité, n'aide une campagne : c'est pourquoi cette lecture est celle d'un éditeur indépendant."),
    Freeze.SILENCE: _("Rien de nouveau n'est publié ici. Ce qui était en ligne reste lisible, sans changement."),
}  # fmt: skip


@cache
def loaded(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def powers() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = loaded("powers.json")
    return found


def publishers(user: Any) -> list[Organisation]:
    """Organisations in whose name this person may open an election."""
    return list(organisations_of(user, Role.ADMINISTRATOR)) if isinstance(user, User) else []


def region() -> Territory:
    return get_object_or_404(Territory, level=Level.REGION, code=settings.REGION_CODE)


def calendar(election: Election) -> list[dict[str, Any]]:
    today = timezone.localdate()
    return [{"period": one, "words": FREEZES[one.freeze], "now": one.holds(today)} for one in election.calendar()]


def election(found: Election) -> dict[str, Any]:
    coding_round = reading.published_round(found)
    return {
        "election": found,
        "lists": reading.lists_of(found),
        "round": coding_round,
        "facts": coding_round.facts if coding_round else {},
        "concludes": coding_round is not None and agreements.digital_concludes(coding_round),
        "calendar": calendar(found),
        "silent": found.stage(timezone.localdate()) is Stage.SILENCE,
        "rounds": list(found.coding_rounds.all()),
    }


def published(found: Election) -> CodingRound:
    """The round that pages of results read. 404 before there is one."""
    coding_round = reading.published_round(found)
    if coding_round is None:
        raise Http404
    return coding_round


def comparison(found: Election, theme: str) -> dict[str, Any]:
    coding_round = published(found)
    grid, lists = coding_round.grid.read, reading.lists_of(found)
    criterion = grid.by_key[grid.theme]
    chosen = criterion.level(theme) or criterion.levels[0]
    counts = coding_round.facts["themes"]
    standing = {str(one.pk) for one in lists if not one.reference}
    totals = {
        level.value: sum(n for one, n in counts.get(level.value, {}).items() if one in standing) for level in criterion.levels
    }
    return {
        "election": found, "round": coding_round, "grid": grid, "theme": chosen, "cells": reading.compared(coding_round, lists, chosen.value),
        "levels": [(level, totals[level.value]) for level in criterion.levels], "concludes": agreements.concludes(coding_round, grid.theme),
    }  # fmt: skip


def candidate_list(found: CandidateList, theme: str, page: str | None) -> dict[str, Any]:
    coding_round = reading.published_round(found.election)
    levels = coding_round.grid.read.by_key[coding_round.grid.read.theme].levels if coding_round else ()
    theme = theme if any(level.value == theme for level in levels) else ""
    shown = Paginator(reading.measures_of(found, coding_round, theme), PER_PAGE).get_page(page)
    return {
        "election": found.election, "list": found, "round": coding_round, "page": shown, "levels": levels, "theme": theme,
        "words": {level.value: level for level in levels},
        "share": digital_share(found, coding_round) if coding_round else None,
        "sources": list(found.sources.all()), "departements": list(found.departements.all()),
        "lines": reading.lines_of_list(found, coding_round) if coding_round else [],
    }  # fmt: skip


def digital_share(one: CandidateList, coding_round: CodingRound) -> Share | None:
    """None where evaluators agree too little for it to be said, and for a programme of reference, which is in no total."""
    found = coding_round.facts["digital"]["lists"].get(str(one.pk))
    return Share(*found) if found and agreements.digital_concludes(coding_round) else None


def measure(found: Measure) -> dict[str, Any]:
    election = found.candidate_list.election
    coding_round = reading.published_round(election)
    return {
        "election": election, "list": found.candidate_list, "measure": found, "round": coding_round,
        "passages": list(found.passages.select_related("source")),
        "lines": reading.lines_of_measure(found, coding_round) if coding_round else [],
        "codings": codings(coding_round, found) if coding_round else [],
        "reply": ListReply.objects.filter(measure=found).first(),
        "merged": list(found.merged.all()),
        "powers": powers(),
    }  # fmt: skip


def codings(coding_round: CodingRound, found: Measure) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Each criterion with what each evaluator coded, once the round is published."""
    given = codings_of_unit(coding_round, f"measure:{found.pk}")
    grid = coding_round.grid.read
    return [
        (one, [(label, one.level(values[one.key])) for label, values in given.items() if one.key in values])
        for one in grid.of(Unit.MEASURE)
        if any(one.key in values for values in given.values())
    ]


def speaks_for(user: Any, found: Measure) -> bool:
    election = found.candidate_list.election
    return (
        may(user, Act.REPLY, election) and Spokesperson.objects.filter(user=user, candidate_list=found.candidate_list).exists()
    )


def barometer(found: Election) -> dict[str, Any]:
    coding_round = published(found)
    lists = reading.lists_of(found)
    figures = reading.figures(coding_round, lists)
    concludes = {one.key: agreements.concludes(coding_round, one.key) for one in figures.grid.criteria}
    absent = [(one, levels) for one, levels in figures.absent if concludes[one.key]]
    digital, by_theme = agreements.digital_concludes(coding_round), concludes[figures.grid.theme]
    return {
        "election": found, "round": coding_round, "figures": figures, "reference": loaded("reference_2015.json"), "absent": absent,
        "evaluators": list(coding_round.evaluators.all()), "digital_concludes": digital,
        "beside": beside_2015(figures, digital, by_theme), "theme_concludes": by_theme, "chart": pictures.digital(figures.digital),
    }  # fmt: skip


def beside_2015(figures: reading.Figures, digital: bool, by_theme: bool) -> list[tuple[Any, float, Share | None, float | None]]:
    """(what, percent published in 2015, share of this reading or its mean): only what both counted the same way, and may be said."""
    then = loaded("reference_2015.json")
    themes = {level.value: (level, share) for level, share, _count in figures.themes}
    presence = {one.key: (one, share) for one, share, _levels in figures.presence}
    rows: list[tuple[Any, float, Share | None, float | None]] = []
    if digital:
        rows.append((_("Part numérique, toutes mesures confondues"), Share(*pooled_2015()).percent or 0, figures.pooled, None))
        rows.append((_("Part numérique, moyenne des listes"), then["digital"]["published_mean_percent"], None, figures.mean))
    if "broadband" in presence:
        rows.append((_("Très haut débit pour tous"), then["broadband_percent"], presence["broadband"][1], None))
    if by_theme:
        known = then["themes_percent_of_candidates"].items()
        rows += [(said(themes[key][0].label), percent, themes[key][1], None) for key, percent in known if key in themes]
    return rows


def pooled_2015() -> tuple[int, int]:
    digital = loaded("reference_2015.json")["digital"]
    return digital["part"], digital["whole"]


def method(found: Election) -> dict[str, Any]:
    coding_round = reading.published_round(found)
    grid = coding_round.grid.read if coding_round else None
    return {
        "election": found, "round": coding_round, "grid": grid, "calendar": calendar(found),
        "units": [(unit, grid.of(unit)) for unit in Unit] if grid else [],
        "evaluators": list(coding_round.evaluators.all()) if coding_round else [],
    }  # fmt: skip


def found(election: Election, text: str, filters: dict[str, str], number: int, answer: search.Found) -> dict[str, Any]:
    coding_round = reading.published_round(election)
    grid = coding_round.grid.read if coding_round else None
    lists = {one.slug: one for one in election.lists.all()}
    themes = {level.value: level for level in grid.by_key[grid.theme].levels} if grid else {}
    pages = max(1, -(-answer.total // search.PER_PAGE))
    return {
        "election": election, "round": coding_round, "text": text, "filters": filters, "answer": answer, "number": number, "pages": pages,
        "lists": [(lists[slug], count) for slug, count in answer.facets.get("list", ()) if slug in lists],
        "themes": [(themes[value], count) for value, count in answer.facets.get("theme", ()) if value in themes],
    }  # fmt: skip


def found_everywhere(text: str, number: int, answer: search.Found | None) -> dict[str, Any]:
    """answer: None before anything is asked."""
    total = answer.total if answer else 0
    return {"text": text, "answer": answer, "number": number, "pages": max(1, -(-total // search.PER_PAGE))}
