"""Who takes part, as the page and the API say it: rows against the population, who is missing, the result weighted and unweighted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.debates.core.results.small import LEAST_CELL, LEAST_PEOPLE
from parvis.debates.core.results.weighting import LEAST_WEIGHT, MOST_WEIGHT
from parvis.debates.models import Participant
from parvis.debates.results.words import joined, people, percent, share_of, stratum_name
from parvis.shared.templatetags.parvis import number

Facts = dict[str, Any]
FEW = 0.8
"""Under this ratio of its share of the participants to its share of the population, a part of the territory is missing."""


@dataclass(frozen=True)
class Part:
    """share: of the participants; population_share: of the people who live there. weight: None where results are not weighted by it."""

    name: str
    people: int
    share: float | None
    population: int | None = None
    population_share: float | None = None
    weight: float | None = None
    code: str = ""

    @property
    def ratio(self) -> float | None:
        return self.share / self.population_share if self.share is not None and self.population_share else None


@dataclass(frozen=True)
class Compared:
    """A statement: share that agrees, as counted and weighted, and the difference in points."""

    statement: int
    counted: float | None
    weighted: float | None

    @property
    def difference(self) -> float | None:
        return None if self.counted is None or self.weighted is None else 100 * (self.weighted - self.counted)

    @property
    def points(self) -> str:
        """« +3 points »; « – » where there is nothing to compare."""
        if self.difference is None:
            return "–"
        rounded = round(self.difference)
        return ngettext("%(n)s point", "%(n)s points", abs(rounded)) % {
            "n": f"{'+' if rounded > 0 else ''}{number_format(rounded)}"
        }


class Equity:
    """All that is said of who takes part, from the facts of a map."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.found = facts["participation"]

    @property
    def classes(self) -> list[Part]:
        return self._against(
            [
                (stratum_name(one), one["people"], one["population"], one["weight"] or None, one["key"].replace("+", "-"))
                for one in self.facts["strata"]
            ]
        )

    @property
    def departements(self) -> list[Part]:
        return self._places("departements")

    @property
    def epci(self) -> list[Part]:
        return self._places("epci")

    def _places(self, name: str) -> list[Part]:
        return self._against(
            [(_place(one, name), one["people"], one["population"], None, one.get("code", "")) for one in self.found[name]]
        )

    def _against(self, rows: list[tuple[str, int, int, float | None, str]]) -> list[Part]:
        crowd, inhabitants = sum(row[1] for row in rows), sum(row[2] for row in rows)
        return [
            Part(name, count, _ratio(count, crowd), population, _ratio(population, inhabitants), weight, code)
            for name, count, population, weight, code in rows
        ]

    @property
    def origins(self) -> list[Part]:
        return self._named("origins", dict(Participant.Origin.choices))

    @property
    def levels(self) -> list[Part]:
        return self._named("levels", dict(Participant.Level.choices))

    def _named(self, name: str, labels: dict[str, Any]) -> list[Part]:
        rows = self.found[name]
        total = sum(row["people"] for row in rows)
        return [
            Part(
                joined([str(labels.get(key, key)) for key in row["keys"]]),
                row["people"],
                _ratio(row["people"], total),
                code="-".join(row["keys"]),
            )
            for row in rows
        ]

    @property
    def lead(self) -> str:
        return _("%(people)s ont répondu ; %(said)s ont dit leur commune, %(inside)s vivent dans le territoire.") % {
            "people": people(self.found["people"]),
            "said": number(self.found["said"]),
            "inside": number(self.found["inside"]),
        }

    @property
    def kept_apart(self) -> str:
        """Who is in no result until an e-mail is confirmed."""
        count = self.found["apart"]
        if not count:
            return ""
        return ngettext(
            "%(n)s personne n'est pas comptée : un lien par e-mail lui a été demandé, et n'a pas encore été suivi.",
            "%(n)s personnes ne sont pas comptées : un lien par e-mail leur a été demandé, et n'a pas encore été suivi.",
            count,
        ) % {"n": number(count)}

    @property
    def missing(self) -> str:
        """Who is missing, in a sentence."""
        if not self.found["shown"]:
            return _(
                "Moins de %(least)s personnes du territoire ont dit leur commune : rien n'est détaillé, pour que personne ne soit reconnu."
            ) % {"least": LEAST_PEOPLE}
        few = _few(self.classes)
        if not few:
            return _("Chaque type de commune prend part à peu près selon sa population.")
        return _("Il manque des voix : %(names)s.") % {"names": joined(few)}

    @property
    def missing_departements(self) -> str:
        few = _few([part for part in self.departements if part.code])
        return _("Il en manque aussi de ces départements : %(names)s.") % {"names": joined(few)} if few else ""

    @property
    def method(self) -> str:
        return _(
            "Redressé : chaque réponse pèse selon la part de son type de commune dans la population, entre %(least)s et %(most)s ; qui n'a pas dit sa commune ou vit ailleurs pèse 1."
        ) % {"least": number_format(LEAST_WEIGHT), "most": number_format(MOST_WEIGHT, 0)}

    @property
    def rule(self) -> str:
        return _(
            "Sous %(people)s personnes, rien n'est détaillé ; une case de moins de %(cell)s personnes est réunie à d'autres."
        ) % {"people": LEAST_PEOPLE, "cell": LEAST_CELL}

    @property
    def compared(self) -> list[Compared]:
        """Statements, those that weighting changes most first."""
        table = self.facts["table"]
        rows = [
            Compared(statement, share_of(cell), weighted[0] if weighted else None)
            for statement, cell, weighted in zip(table["number"], table["all"], table["weighted"], strict=True)
        ]
        return sorted(rows, key=lambda one: (one.difference is None, -abs(one.difference or 0.0), one.statement))

    HEADER: ClassVar = [
        "decoupage",
        "code",
        "part_du_territoire",
        "personnes",
        "part",
        "population",
        "part_population",
        "poids",
    ]

    def lines(self) -> Iterator[list[Any]]:
        """Rows of an export: those of the page and nothing finer."""
        for name in ("classes", "departements", "epci", "origins", "levels"):
            rows: list[Part] = getattr(self, name)
            for part in rows:
                shares = [None if one is None else round(one, 4) for one in (part.share, part.population_share)]
                yield [name, part.code, part.name, part.people, shares[0], part.population, shares[1], part.weight]


def _few(parts: list[Part]) -> list[str]:
    """Parts of the territory that take part much less than they live there, the most absent first."""
    few = [part for part in parts if part.ratio is not None and part.ratio < FEW]
    return [
        _("%(name)s (%(share)s des participants, %(population)s de la population)")
        % {"name": part.name, "share": percent(part.share), "population": percent(part.population_share)}
        for part in sorted(few, key=lambda part: part.ratio or 0.0)
    ]


def _ratio(count: int, total: int) -> float | None:
    return count / total if total else None


def _place(row: Facts, name: str) -> str:
    if "merged" not in row:
        return str(row["name"])
    if name == "epci":
        text = ngettext(
            "%(n)d intercommunalité réunie (moins de dix personnes)", "%(n)d intercommunalités réunies (moins de dix personnes)", row["merged"]
        )  # fmt: skip
    else:
        text = ngettext(
            "%(n)d département réuni (moins de dix personnes)",
            "%(n)d départements réunis (moins de dix personnes)",
            row["merged"],
        )
    return text % {"n": row["merged"]}
