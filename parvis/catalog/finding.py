"""The list of datasets: what was asked, what the search found, and the facets that narrow it, for the page and for the API.

The index says which datasets and in what order; the database says what they are, and keeps the last word on what is public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.catalog import known_schemas, quality, queries, search
from parvis.catalog.models import Dataset, Licence
from parvis.organisations.models import Organisation
from parvis.shared.search import keeper
from parvis.shared.search.port import Answer, Question, Unavailable
from parvis.territories.models import Level, Territory

PER_PAGE = 20
PARAMETERS = {
    "territory": "territoire",
    "organisation": "organisation",
    "theme": "theme",
    "schema": "schema",
    "format": "format",
    "licence": "licence",
    "freshness": "fraicheur",
    "quality": "qualite",
    "validity": "controle",
}
LABELS = {
    "territory": _("Territoire"),
    "organisation": _("Organisme"),
    "theme": _("Mot-clé"),
    "schema": _("Schéma"),
    "format": _("Format du fichier"),
    "licence": _("Licence"),
    "freshness": _("Fraîcheur"),
    "quality": _("Qualité"),
    "validity": _("Contrôle"),
}
SORTS = {"pertinence": "relevance", "date": "date", "titre": "title"}
SHOWN, MOST_VALUES, MOST_CHOSEN = 6, 30, 10
LEVELS = [Level.REGION, Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE]


@dataclass(frozen=True)
class Asked:
    """What is asked of the list. Anything unknown is as if it were not asked, except a value that nothing bears."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "pertinence"
    page: int = 1

    @property
    def filtered(self) -> bool:
        return bool(self.text or self.filters)


def asked(given: QueryDict) -> Asked:
    """What the address of a list asks."""
    filters = kept({name: given.getlist(parameter) for name, parameter in PARAMETERS.items()})
    sort, page = given.get("tri", ""), given.get("page", "")
    return Asked(
        " ".join(given.get("q", "").split())[:200],
        filters,
        sort if sort in SORTS else "pertinence",
        max(int(page), 1) if page.isdecimal() and len(page) < 7 else 1,
    )


def kept(given: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The filters that say something, by facet."""
    return {name: chosen for name, values in given.items() if (chosen := _values(values))}


def _values(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip()[:300] for value in given if value.strip()))[:MOST_CHOSEN]


@dataclass(frozen=True)
class Found:
    """facets: name → (value, how many). relaxed: none holds every word. near_words: a word that nothing bears was taken for those
    that look like it. ready: False while the index is being built; then nothing was searched."""

    datasets: list[Dataset]
    total: int
    page: int
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    relaxed: bool = False
    near_words: bool = False
    ready: bool = True


def find(question: Asked, place: Territory | None = None, *, size: int = PER_PAGE, facets: bool = True) -> Found:
    """One page of the list. A page past the end is the last one."""
    wanted = tuple(PARAMETERS) if facets else ()
    try:
        answer = _ask(question, place, size, question.page, wanted)
        page = min(question.page, max(1, -(-answer.total // size)))
        if page != question.page:
            answer = _ask(question, place, size, page, wanted)
    except Unavailable:
        return _unsearched(question, place, size)
    return Found(in_order(answer.keys), answer.total, page, answer.facets, answer.relaxed, bool(answer.corrected))


def _ask(question: Asked, place: Territory | None, size: int, page: int, facets: tuple[str, ...]) -> Answer:
    near = tuple(search.circles(place)) if place else ()
    return keeper.search(
        "dataset",
        Question(
            question.text,
            question.filters,
            near,
            SORTS[question.sort],
            offset=(page - 1) * size,
            limit=size,
            facets=facets,
            facet_values=MOST_VALUES,
        ),
    )


def in_order(slugs: Sequence[str]) -> list[Dataset]:
    """These datasets, those of them that everybody may see."""
    known = {found.slug: found for found in queries.published().filter(slug__in=slugs).prefetch_related(queries.light())}
    return [known[slug] for slug in slugs if slug in known]


def _unsearched(question: Asked, place: Territory | None, size: int) -> Found:
    """Without an index yet: the plain list, which says so."""
    listed = queries.datasets(queries.Question(sort=question.sort), place)
    total = listed.count()
    page = min(question.page, max(1, -(-total // size)))
    return Found(list(listed[(page - 1) * size : page * size]), total, page, ready=False)


# ----- Facets, as people read them -----


@dataclass(frozen=True)
class Choice:
    """A value of a facet. address: this list with that value chosen, or without it when it is."""

    value: str
    label: str
    count: int
    chosen: bool
    address: str


@dataclass(frozen=True)
class Group:
    """A facet: its first choices, then the others. Chosen ones always come first."""

    name: str
    parameter: str
    label: str | Promise
    first: tuple[Choice, ...]
    others: tuple[Choice, ...]
    chosen: bool


def groups(question: Asked, found: Found, given: QueryDict) -> list[Group]:
    """The facets that can still tell results apart, and those that were chosen."""
    names = _names(question, found)
    shown = []
    for name in PARAMETERS:
        counts = dict(found.facets.get(name, ()))
        chosen = question.filters.get(name, ())
        values = [*chosen, *(value for value in _sorted(name, counts) if value not in chosen)]
        telling = [value for value in values if value in chosen or counts[value] < found.total or len(counts) > 1]
        if name == "territory":
            telling = [value for value in telling if value in chosen or counts[value] < found.total]
        choices = tuple(
            Choice(value, names(name, value), counts.get(value, 0), value in chosen, _toggled(given, name, value))
            for value in telling
        )
        if choices:
            first = max(SHOWN, len(chosen))
            shown.append(Group(name, PARAMETERS[name], LABELS[name], choices[:first], choices[first:], bool(chosen)))
    return shown


def _sorted(name: str, counts: Mapping[str, int]) -> list[str]:
    """The most present first; territories from the widest to the smallest."""
    if name != "territory":
        return list(counts)
    ranks = {level.value: rank for rank, level in enumerate(LEVELS)}
    return sorted(counts, key=lambda value: (ranks.get(value.partition(":")[0], len(ranks)), -counts[value]))


def _toggled(given: QueryDict, name: str, value: str) -> str:
    """The address of this list with a value more, or less."""
    parameters, key = given.copy(), PARAMETERS[name]
    parameters.pop("page", None)
    chosen = list(_values(parameters.getlist(key)))
    parameters.setlist(key, [one for one in chosen if one != value] if value in chosen else [*chosen, value])
    return "?" + parameters.urlencode()


def _names(question: Asked, found: Found) -> Any:
    """A function that says a value of a facet in words: two questions to the database for all of them."""

    def values(name: str) -> list[str]:
        return [*(value for value, _count in found.facets.get(name, ())), *question.filters.get(name, ())]

    wanted = Q(pk__in=[])
    for level in LEVELS:
        codes = [code[:9] for kind, _colon, code in (value.partition(":") for value in values("territory")) if kind == level]
        if codes:
            wanted |= Q(level=level, code__in=[code.replace("\x00", "") for code in codes])
    places = {one.reference: f"{one.name} ({one.get_level_display()})" for one in Territory.objects.filter(wanted)}
    slugs = [slug.replace("\x00", "") for slug in values("organisation")]
    organisations = dict(Organisation.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}

    def label(name: str, value: str) -> str:
        if name == "schema":
            return known_schemas.title_of(value)
        if name == "format":
            return value.upper()
        labels: dict[str, Mapping[str, Any]] = {
            "territory": places,
            "organisation": organisations,
            "licence": dict(Licence.choices),
            "freshness": {key.value: text for key, text in quality.FRESHNESS.items()},
            "quality": {key.value: text for key, text in quality.GRADES.items()},
            "validity": queries.VALIDITY,
        }
        return str(labels.get(name, {}).get(value, value))

    return label
