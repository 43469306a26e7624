"""Programmes for programs, to be read only: what the public pages show. Drafts do not exist here, whoever asks, and where the room is not open nothing
does. The pages of results are 404 before a round is published; a share on which evaluators agree too little is null."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from parvis.programmes import pages, search
from parvis.programmes.core.grid import Level
from parvis.programmes.models import CandidateList, CodingRound, Election, Measure, Source
from parvis.programmes.permissions import get_election_for, get_measure_for, room_is_open
from parvis.programmes.results import reading
from parvis.shared.problems import Problem

router = Router(tags=["Programmes"])
MOST = 100
NOBODY = AnonymousUser()


# ----- What is answered -----


class ProgrammesMetaOut(Schema):
    page: int
    page_size: int
    total: int


class ElectionLineOut(Schema):
    """`territory`, `organisation`, `reference` : des références de ce site. `lists` : combien se présentent."""

    slug: str
    title: str
    summary: str
    first_round: date
    second_round: date | None
    state: Literal["open", "archived"]
    organisation: str
    territory: str
    lists: int
    invented: bool
    page: str
    reference: str


class ElectionsOut(Schema):
    data: list[ElectionLineOut]
    meta: ProgrammesMetaOut


class ProgrammeSourceOut(Schema):
    """`missing` : cherché et pas trouvé, au jour de `collected`."""

    kind: Literal["document", "easy", "site"]
    title: str
    missing: bool
    collected: date
    address: str
    archived_address: str
    licence: str
    sha256: str
    size: int


class CandidateListOut(Schema):
    """`rank` : l'ordre du panneau officiel, ou celui du tirage au sort ; `null` pour un programme de référence."""

    slug: str
    name: str
    head: str
    parties: str
    departements: list[str]
    rank: int | None
    is_reference: bool
    measures: int
    sources: list[ProgrammeSourceOut]
    page: str


class PeriodOut(Schema):
    """Ce que le code électoral suspend, les deux jours compris."""

    what: Literal["promotion", "aid", "silence"]
    first: date
    last: date
    text: str


class EvaluatorOut(Schema):
    name: str
    presented: str


class RoundOut(Schema):
    number: int
    published: datetime
    grid: str
    grid_version: int
    readings: int
    seed: str
    evaluators: list[EvaluatorOut]


class ElectionOut(ElectionLineOut):
    """`round` : le tour de codage publié, s'il y en a un ; les pages de résultats n'existent pas avant lui."""

    order: Literal["official", "lot"]
    seed: str
    candidate_lists: list[CandidateListOut]
    calendar: list[PeriodOut]
    round: RoundOut | None


class QuoteOut(Schema):
    """`lost` : la dernière lecture du document ne contient plus ce passage."""

    text: str
    page: int | None
    source: str
    address: str
    lost: bool


class MeasureLineOut(Schema):
    """`outcomes` : critère → valeur publiée ; vide tant que la mesure n'est pas codée."""

    key: str
    number: int
    title: str
    candidate_list: str
    quotes: list[QuoteOut]
    outcomes: dict[str, str]
    references: list[str]
    page: str
    reference: str


class MeasuresOut(Schema):
    data: list[MeasureLineOut]
    meta: ProgrammesMetaOut


class MeasureDecisionOut(Schema):
    criterion: str
    value: str
    reason: str


class ListReplyOut(Schema):
    text: str
    created: datetime


class MeasureOut(MeasureLineOut):
    """`codings` : critère → évaluateur → valeur, avant arbitrage. `reply` : ce que la liste répond à cette lecture."""

    election: str
    decisions: list[MeasureDecisionOut]
    codings: dict[str, dict[str, str]]
    reply: ListReplyOut | None


# ----- What is read -----


def election_called(slug: str) -> Election:
    try:
        if not room_is_open():
            raise Http404
        return get_election_for(NOBODY, slug)
    except Http404:
        raise Problem(404, _("Cette élection n'existe pas, ou n'est pas publique.")) from None


def round_of(election: Election) -> CodingRound:
    found = reading.published_round(election)
    if found is None:
        raise Problem(404, _("Le codage de cette élection n'est pas encore publié."))
    return found


def theme_called(coding_round: CodingRound, value: str) -> Level:
    criterion = coding_round.grid.read.by_key[coding_round.grid.read.theme]
    found = criterion.level(value) if value else criterion.levels[0]
    if found is None:
        raise Problem(422, _("Ce thème n'est pas dans la grille."), themes=list(criterion.values))
    return found


def site(address: str) -> str:
    return settings.SITE_URL + address


def line_out(one: Election, standing: int) -> dict[str, Any]:
    return {
        "slug": one.slug, "title": one.title, "summary": one.summary, "first_round": one.first_round, "second_round": one.second_round,
        "state": one.state, "organisation": one.organisation.reference, "territory": one.territory.reference, "lists": standing,
        "invented": one.invented, "page": site(one.get_absolute_url()), "reference": f"election:{one.slug}",
    }  # fmt: skip


def source_out(one: Source) -> dict[str, Any]:
    names = ("kind", "missing", "collected", "address", "archived_address", "licence", "sha256", "size")
    return {name: getattr(one, name) for name in names} | {"title": "" if one.missing else str(one)}


def list_out(one: CandidateList, known: int) -> dict[str, Any]:
    return {
        "slug": one.slug, "name": one.name, "head": one.head, "parties": one.parties, "rank": one.rank, "is_reference": one.reference,
        "departements": [place.reference for place in one.departements.all()], "measures": known,
        "sources": [source_out(source) for source in one.sources.all()], "page": site(one.get_absolute_url()),
    }  # fmt: skip


def measure_out(one: Measure, outcomes: dict[str, str]) -> dict[str, Any]:
    quotes = [
        {"text": passage.quote, "page": passage.page, "source": str(passage.source), "address": passage.source.address, "lost": passage.lost}
        for passage in one.passages.all()
    ]  # fmt: skip
    if not quotes and one.quote:
        quotes = [{"text": one.quote, "page": None, "source": "", "address": "", "lost": False}]
    return {
        "key": one.pk, "number": one.number, "title": one.title, "candidate_list": one.candidate_list.slug, "quotes": quotes, "outcomes": outcomes,
        "references": one.references, "page": site(one.get_absolute_url()), "reference": one.reference,
    }  # fmt: skip


def measures_out(found: list[Measure], coding_round: CodingRound | None) -> list[dict[str, Any]]:
    """With what was published of each, in one question for all."""
    known = reading.outcomes_of(found, coding_round) if coding_round else {}
    return [measure_out(one, known.get(one.pk, {})) for one in found]


def round_out(one: CodingRound) -> dict[str, Any]:
    return {
        "number": one.number, "published": one.published, "grid": one.grid.name, "grid_version": one.grid.version, "readings": one.readings,
        "seed": one.seed, "evaluators": [{"name": who.label, "presented": who.presented} for who in one.evaluators.all()],
    }  # fmt: skip


# ----- Operations -----


@router.get("/elections", response=ElectionsOut, summary="Les élections dont les programmes sont lus")
def list_elections(
    request: HttpRequest, page: int = Query(1, ge=1, le=100_000), page_size: int = Query(20, ge=1, le=MOST)
) -> dict[str, Any]:
    """La plus proche dans le temps d'abord."""
    if not room_is_open():
        raise Problem(404, _("Les programmes ne se lisent pas sur ce site."))
    paged = Paginator(reading.elections(), page_size)
    rows = list(paged.page(page)) if page <= paged.num_pages else []
    return {
        "data": [line_out(one, one.standing) for one in rows],  # type: ignore[attr-defined]
        "meta": {"page": page, "page_size": page_size, "total": paged.count},
    }


@router.get("/elections/{slug}", response=ElectionOut, summary="Une élection, ses listes et leurs documents")
def one_election(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Les listes sont dans l'ordre du panneau officiel ou du tirage au sort, jamais par note."""
    election = election_called(slug)
    lists, coding_round = reading.lists_of(election), reading.published_round(election)
    calendar = [
        {"what": one.freeze.value, "first": one.first, "last": one.last, "text": one.text} for one in election.calendar()
    ]
    return line_out(election, sum(not one.reference for one in lists)) | {
        "order": election.order, "seed": election.seed, "candidate_lists": [list_out(one, one.known) for one in lists],  # type: ignore[attr-defined]
        "calendar": calendar, "round": round_out(coding_round) if coding_round else None,
    }  # fmt: skip


@router.get("/elections/{slug}/measures", response=MeasuresOut, summary="Les mesures des programmes")
def list_measures(
    request: HttpRequest,
    slug: str,
    candidate_list: str = Query("", alias="list", max_length=60, description="Adresse courte d'une liste."),
    theme: str = Query("", max_length=40, description="Valeur d'un thème de la grille."),
    digital: bool | None = Query(None, description="Seulement les mesures numériques, ou seulement les autres."),
    page: int = Query(1, ge=1, le=1_000_000),
    page_size: int = Query(50, ge=1, le=MOST),
) -> dict[str, Any]:
    """Liste par liste, dans l'ordre de leur programme. Filtrer par thème ou par numérique demande un codage publié."""
    election = election_called(slug)
    coding_round = round_of(election) if theme or digital is not None else reading.published_round(election)
    if theme and coding_round:
        theme_called(coding_round, theme)
    found = reading.all_measures(election, coding_round, candidate_list.replace("\x00", ""), theme, digital)
    paged = Paginator(found, page_size)
    rows = list(paged.page(page)) if page <= paged.num_pages else []
    return {
        "data": measures_out(rows, coding_round),
        "meta": {"page": page, "page_size": page_size, "total": paged.count},
    }


@router.get("/elections/{slug}/search", response=MeasuresOut, summary="Chercher un mot dans les programmes")
def search_measures(
    request: HttpRequest,
    slug: str,
    q: str = Query(..., min_length=1, max_length=200),
    candidate_list: str = Query("", alias="list", max_length=60),
    theme: str = Query("", max_length=40),
    page: int = Query(1, ge=1, lt=10_000),
) -> dict[str, Any]:
    """Dans l'énoncé des mesures et leurs citations, vingt par page, les plus proches de la question d'abord."""
    election = election_called(slug)
    filters = {"list": candidate_list.replace("\x00", ""), "theme": theme.replace("\x00", "")}
    answer = search.search(election, q.replace("\x00", ""), filters, page)
    if not answer.ready:
        raise Problem(503, _("L'index se construit. Réessayez dans quelques secondes."))
    return {
        "data": measures_out(answer.measures, reading.published_round(election)),
        "meta": {"page": page, "page_size": search.PER_PAGE, "total": answer.total},
    }


@router.get("/measures/{key}", response=MeasureOut, summary="Une mesure, et comment elle a été lue")
def one_measure(request: HttpRequest, key: str) -> dict[str, Any]:
    """Une mesure réunie à une autre donne celle-ci."""
    try:
        if not room_is_open():
            raise Http404
        found = get_measure_for(NOBODY, key)
    except Http404:
        raise Problem(404, _("Cette mesure n'existe pas, ou n'est pas publique.")) from None
    shown = pages.measure(get_measure_for(NOBODY, found.merged_into_id) if found.merged_into_id else found)
    decisions = [
        {"criterion": line.criterion.key, "value": line.adjudication.value, "reason": line.adjudication.reason}
        for line in shown["lines"]
        if line.adjudication
    ]
    codings = {one.key: {label: level.value for label, level in given if level is not None} for one, given in shown["codings"]}
    reply = {"text": shown["reply"].text, "created": shown["reply"].created} if shown["reply"] else None
    return measures_out([shown["measure"]], shown["round"])[0] | {
        "election": shown["election"].slug, "decisions": decisions, "codings": codings, "reply": reply,
    }  # fmt: skip
