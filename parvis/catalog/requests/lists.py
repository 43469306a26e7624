"""The list of requests: what was asked of it, what it finds; and the like requests and datasets that are proposed before one asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Prefetch, Q, QuerySet, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from parvis.catalog import finding
from parvis.catalog.core.requests.states import State
from parvis.catalog.models import DataRequest, DataRequestAnswer, Dataset
from parvis.catalog.queries import territory_called
from parvis.catalog.requests.permissions import shown
from parvis.organisations.models import Organisation
from parvis.shared.search import keeper
from parvis.shared.search.port import Question, Unavailable
from parvis.territories.models import Level

PER_PAGE, MOST_FOUND, PROPOSED = 20, 300, 4
SORTS = {
    "date": _("les plus récentes d'abord"),
    "soutiens": _("les plus soutenues d'abord"),
    "delai": _("celles dont le délai finit d'abord"),
}
ORDERS = {
    "date": ("-published", "pk"),
    "soutiens": ("-supporters", "-published", "pk"),
    "delai": ("answer_by", "-published", "pk"),
}


@dataclass(frozen=True)
class Asked:
    """What is asked of the list. Anything unknown is as if it were not asked."""

    text: str = ""
    organisation: str = ""
    territory: str = ""
    state: str = ""
    sort: str = "date"

    @property
    def filtered(self) -> bool:
        return bool(self.text or self.organisation or self.territory or self.state)


def asked(given: QueryDict) -> Asked:
    def word(name: str) -> str:
        return " ".join(given.get(name, "").replace("\x00", "").split())[:200]

    state, sort = word("etat"), word("tri")
    states = set(State) - {State.TO_CONFIRM}
    return Asked(
        word("q"), word("organisation"), word("territoire"), state if state in states else "", sort if sort in SORTS else "date"
    )


def requests(question: Asked) -> QuerySet[DataRequest]:
    """Those that everybody may read, with their supporters counted and their standing answers; a constant number of queries."""
    found = shown()
    if question.organisation:
        found = found.filter(organisation__slug=question.organisation)
    if question.state:
        found = found.filter(state=question.state)
    if question.territory:
        found = _inside(found, question.territory)
    found = found.annotate(supporters=Count("supports")).prefetch_related(standing_answers())
    if not question.text:
        return found.order_by(*ORDERS[question.sort])
    keys = search(question.text)
    if keys is None:
        return found.filter(Q(title__icontains=question.text) | Q(text__icontains=question.text)).order_by(*ORDERS["date"])
    found = found.filter(pk__in=keys)
    if question.sort != "date" or not keys:
        return found.order_by(*ORDERS[question.sort])
    return found.order_by(Case(*[When(pk=key, then=rank) for rank, key in enumerate(keys)]))


def _inside(found: QuerySet[DataRequest], reference: str) -> QuerySet[DataRequest]:
    territory = territory_called(reference)
    if territory is None:
        return found.none()
    field = {Level.EPCI: "epci", Level.DEPARTEMENT: "departement", Level.REGION: "region"}.get(Level(territory.level))
    wanted = Q(organisation__territory=territory)
    return found.filter(wanted | Q(**{f"organisation__territory__{field}": territory}) if field else wanted)


def standing_answers() -> Prefetch:
    return Prefetch("answers", DataRequestAnswer.objects.filter(replaced=None).select_related("dataset"))


def search(text: str, limit: int = MOST_FOUND) -> list[str] | None:
    """Keys of the requests that the search finds, best first; None while its index is being built."""
    try:
        return list(keeper.search("request", Question(text, limit=limit)).keys)
    except Unavailable:
        return None


# ----- Before one asks -----


@dataclass(frozen=True)
class Proposals:
    """What may already answer: datasets of the authority first, then those of others; requests that look alike, hers first."""

    datasets: tuple[Dataset, ...]
    requests: tuple[DataRequest, ...]


def proposals(organisation: Organisation, text: str) -> Proposals:
    if not text:
        return Proposals((), ())
    mine = finding.find(finding.Asked(text, {"organisation": (organisation.slug,)}), size=PROPOSED, facets=False)
    others = finding.find(finding.Asked(text), size=PROPOSED, facets=False)
    datasets = [*(mine.datasets if mine.ready else []), *(others.datasets if others.ready and not others.relaxed else [])]
    unique = list({dataset.pk: dataset for dataset in datasets}.values())
    keys = search(text, 20) or []
    known = {
        one.pk: one for one in shown().filter(pk__in=keys).exclude(state=State.CLOSED).annotate(supporters=Count("supports"))
    }
    alike = sorted((known[key] for key in keys if key in known), key=lambda one: one.organisation_id != organisation.pk)
    return Proposals(tuple(unique[: PROPOSED + 1]), tuple(alike[:PROPOSED]))


# ----- Exports -----

HEADER = ("id", "collectivite", "siren", "titre", "etat", "publiee", "recue", "reponse_attendue", "reponse", "repondue", "jeu_de_donnees", "date_promise", "motif", "soutiens", "page")  # fmt: skip


def lines(question: Asked, site: str) -> Iterator[tuple[Any, ...]]:
    """One request a line, nothing of who asked."""
    for one in requests(question).iterator(chunk_size=500):
        answer = one.standing
        yield (
            one.pk,
            one.organisation.name,
            one.organisation.siren,
            one.title,
            one.state,
            one.published.date() if one.published else None,
            one.received,
            one.answer_by,
            answer.kind if answer else None,
            answer.created.date() if answer else None,
            f"dataset:{answer.dataset.slug}" if answer and answer.dataset else None,
            one.promised,
            answer.ground if answer else None,
            getattr(one, "supporters", 0),
            site + one.get_absolute_url(),
        )
