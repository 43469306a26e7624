"""The region seen from above: progress by place and size, who succeeded, and who would gain most from help.

Everything adds up rows of `ObligationProgress`: no status is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from parvis.catalog.core.obligations.rules import Kind, Rule
from parvis.catalog.core.obligations.status import DONE, EXPECTED, Status
from parvis.catalog.models import ObligationProgress, ObligationSnapshot, ObligationStatement
from parvis.catalog.obligations import law
from parvis.organisations.models import Membership, Nature
from parvis.territories import classes
from parvis.territories.models import Level, Territory

BY = {
    "departement": _("département"),
    "epci": _("intercommunalité"),
    "taille": _("taille"),
    "classe": _("commune rurale ou non"),
}

# (key, words, inhabitants from, to); communes only, the others by their nature.
SIZES = (
    ("0", _("communes de moins de 500 habitants"), 0, 500),
    ("500", _("communes de 500 à 3 499 habitants"), 500, 3500),
    ("3500", _("communes de 3 500 à 9 999 habitants"), 3500, 10_000),
    ("10000", _("communes de 10 000 à 39 999 habitants"), 10_000, 40_000),
    ("40000", _("communes d'au moins 40 000 habitants"), 40_000, 100_000_000),
    ("epci", _("intercommunalités"), None, None),
    ("departement", _("départements"), None, None),
    ("region", _("région"), None, None),
)
OTHERS = tuple((key, words) for key, words, least, _below in SIZES if least is None)
TERRITORY_CLASSES = (*((key, words) for key, words in classes.LABELS.items()), *OTHERS)
"""(key, words): communes by their class, the others by their nature."""
CLASSES = (0.0, 0.05, 0.2, 0.5)
"""Where the second class of the map begins (anything at all), then the third, the fourth and the fifth: shares of what is asked."""


@dataclass(frozen=True, slots=True)
class Group:
    """Authorities together: how many, how many have begun, what is asked of them and what of it is online."""

    key: str
    name: str
    url: str
    authorities: int
    started: int
    expected: int
    done: int

    @property
    def share(self) -> float:
        """From 0 to 1: what is online of what is surely asked."""
        return self.done / self.expected if self.expected else 0.0

    @property
    def map_class(self) -> int | None:
        return 1 + sum(self.share > limit for limit in CLASSES) if self.expected else None


def size_case() -> Case:
    people = "organisation__territory__population"
    whens = [
        When(Q(organisation__nature=Nature.COMMUNE, **{f"{people}__gte": least, f"{people}__lt": below}), then=Value(key))
        for key, _words, least, below in SIZES
        if least is not None
    ]
    return Case(*whens, default=F("organisation__nature"), output_field=CharField())


def class_case() -> Case:
    of_commune = When(organisation__nature=Nature.COMMUNE, then=F("organisation__territory__territory_class"))
    return Case(of_commune, default=F("organisation__nature"), output_field=CharField())


def _place(level: Level) -> Coalesce:
    """The territory of `level` that an authority is in, or is."""
    own = When(organisation__nature=level.value, then=F("organisation__territory_id"))
    inside = F(f"organisation__territory__{level.value}_id")
    return Coalesce(Case(own, output_field=BigIntegerField()), inside, output_field=BigIntegerField())


SUMS = {
    "authorities": Count("pk"),
    "started": Count("pk", filter=Q(done__gt=0)),
    "total_expected": Sum("expected"),
    "total_done": Sum("done"),
}


def groups(by: str) -> list[Group]:
    """`by`: a key of `BY`. Places by name, sizes from small to large, classes from the centre."""
    if by == "taille":
        return _kinds(size_case(), [(key, words) for key, words, _least, _below in SIZES])
    if by == "classe":
        return _kinds(class_case(), TERRITORY_CLASSES)
    level = Level.EPCI if by == "epci" else Level.DEPARTEMENT
    rows = ObligationProgress.objects.annotate(key=_place(level)).exclude(key=None).values("key").annotate(**SUMS).order_by()
    found = {row["key"]: row for row in rows}
    places = Territory.objects.filter(pk__in=found).only("level", "code", "name").order_by("name", "code")
    return [_group(found[place.pk], place.code, place.name, place.get_absolute_url()) for place in places]


def _kinds(case: Case, named: Sequence[tuple[str, Any]]) -> list[Group]:
    rows = ObligationProgress.objects.annotate(key=case).values("key").annotate(**SUMS).order_by()
    found = {row["key"]: row for row in rows}
    return [_group(found[key], key, str(words), "") for key, words in named if key in found]


def _group(row: Mapping[str, Any], key: str, name: str, url: str) -> Group:
    return Group(key, name, url, row["authorities"], row["started"], row["total_expected"], row["total_done"])


def achievers() -> QuerySet[ObligationProgress]:
    """Who has begun, those who have done most first. Nobody else is listed in public."""
    rows = ObligationProgress.objects.filter(done__gt=0).select_related("organisation__territory")
    return rows.defer("statuses").order_by("-done", "to_do", "organisation__name", "pk")


@dataclass(frozen=True, slots=True)
class RuleProgress:
    rule: Rule
    expected: int
    done: int
    to_confirm: int


def by_rule(snapshot: ObligationSnapshot | None) -> list[RuleProgress]:
    """Each rule that is surely asked of somebody, or was answered by somebody, in the order of the page."""
    found: list[RuleProgress] = []
    for rule in law.active():
        count: dict[str, int] = snapshot.rules.get(rule.id, {}) if snapshot and rule.kind == Kind.PUBLISH else {}
        expected = sum(count.get(status.value, 0) for status in EXPECTED)
        if expected:
            done = sum(count.get(status.value, 0) for status in DONE)
            found.append(RuleProgress(rule, expected, done, count.get(Status.TO_CONFIRM.value, 0)))
    return found


# ----- Over time -----

WIDTH, HEIGHT = 640, 160


@dataclass(frozen=True, slots=True)
class Series:
    """What is online day by day, as a table and as the points of a line."""

    days: tuple[tuple[date, dict[str, int]], ...]  # newest first
    points: str
    highest: int


def series(days: int = 400) -> Series:
    rows = list(ObligationSnapshot.objects.order_by("-day").values_list("day", "figures")[:days])
    done = [(day.toordinal(), figures.get("done", 0)) for day, figures in reversed(rows)]
    highest = max((value for _day, value in done), default=0)
    if len(done) < 2:
        return Series(tuple(rows), "", highest)
    first, span = done[0][0], done[-1][0] - done[0][0]
    points = " ".join(
        f"{round((day - first) / span * WIDTH)},{HEIGHT - round(value / (highest or 1) * (HEIGHT - 10))}" for day, value in done
    )
    return Series(tuple(rows), points, highest)


# ----- Whom help would serve most -----

SORTS = {
    "aide": ("-gain", "-organisation__territory__population", "organisation__name"),
    "population": ("-organisation__territory__population", "organisation__name"),
    "fait": ("-done", "organisation__name"),
    "nom": ("organisation__name",),
}
SORT_WORDS = {
    "aide": _("ce que l'aide apporterait"),
    "population": _("habitants"),
    "fait": _("déjà publié"),
    "nom": _("nom"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the list. Anything unknown is as if it were not asked."""

    departement: str = ""
    size: str = ""
    kind: str = ""
    rule: str = ""
    people: str = ""
    sort: str = "aide"


def helping(wanted: Wanted) -> QuerySet[ObligationProgress]:
    """Authorities, those whom help would serve most first. `rule`: those who still have that one to do, or to update."""
    members = Membership.objects.filter(organisation=OuterRef("organisation"))
    found = ObligationProgress.objects.select_related("organisation__territory__departement").annotate(
        size=size_case(), people=Exists(members)
    )
    if wanted.departement:
        here = Q(organisation__territory__departement__code=wanted.departement)
        found = found.filter(
            here | Q(organisation__nature=Nature.DEPARTEMENT, organisation__territory__code=wanted.departement)
        )
    if wanted.size in {key for key, *_others in SIZES}:
        found = found.filter(size=wanted.size)
    if wanted.kind in classes.LABELS:
        found = found.filter(organisation__nature=Nature.COMMUNE, organisation__territory__territory_class=wanted.kind)
    if wanted.people in {"oui", "non"}:
        found = found.filter(people=wanted.people == "oui")
    if wanted.rule in {rule.id for rule in law.active()}:
        waiting = [Status.TO_DO.value, Status.LATE.value]
        found = found.filter(**{f"statuses__{wanted.rule}__in": waiting})
    return found.order_by(*SORTS.get(wanted.sort, SORTS["aide"]), "pk")


def departements() -> Sequence[Territory]:
    found = Territory.objects.filter(level=Level.DEPARTEMENT, active=True, region__code=settings.REGION_CODE)
    return list(found.only("code", "name").order_by("name"))


def contests() -> QuerySet[ObligationStatement]:
    """Those that wait for the Région's answer, the oldest first."""
    waiting = ObligationStatement.objects.filter(about=ObligationStatement.About.CONTEST, decision="", ended=None)
    return waiting.select_related("organisation", "created_by").order_by("created")
