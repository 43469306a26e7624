"""A map as sentences: what the picture and the table say, in words. Made of the same facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.debates.results.drawing import Strip, strip_of
from parvis.debates.results.standing import Standing
from parvis.debates.results.words import LETTERS, joined, people, percent, share_of, stratum_name
from parvis.shared.templatetags.parvis import number

Facts = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What is said of one statement. agree: on which side."""

    statement: int
    agree: bool
    sentence: str
    strip: Strip | None = None


@dataclass(frozen=True)
class GroupSaid:
    letter: str
    place: int
    sentence: str
    certainty: str
    says: list[Said]


class Words:
    """All the sentences of a map."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.table = facts["table"]
        self.row = {number: row for row, number in enumerate(self.table["number"])}

    def group_cells(self, statement: int) -> list[list[int]]:
        return [column[self.row[statement]] for column in self.table["groups"]]

    @property
    def lead(self) -> str:
        facts = self.facts
        if facts["k"] < 2:
            return ngettext(
                "%(people)s a donné %(votes)s réponses. Il en faut davantage pour que des groupes se dessinent.",
                "%(people)s ont donné %(votes)s réponses. Il en faut davantage pour que des groupes se dessinent.",
                facts["participants"],
            ) % {"people": people(facts["participants"]), "votes": number(facts["votes"])}
        return _("%(people)s ont donné %(votes)s réponses : %(groups)s. %(shared)s") % {
            "people": people(facts["participants"]),
            "votes": number(facts["votes"]),
            "groups": ngettext("%(n)d groupe se dessine", "%(n)d groupes se dessinent", facts["k"]) % {"n": facts["k"]},
            "shared": self.shared,
        }

    @property
    def shared(self) -> str:
        count = len(self.facts["all_groups"])
        if not count:
            return _("Aucune affirmation n'est approuvée par tous.")
        return ngettext(
            "%(n)d affirmation est approuvée par plus de la moitié de chacun.",
            "%(n)d affirmations sont approuvées par plus de la moitié de chacun.",
            count,
        ) % {"n": count}

    @property
    def groups(self) -> list[GroupSaid]:
        return [self._group(place, group) for place, group in enumerate(self.facts["groups"])]

    def _group(self, place: int, group: Facts) -> GroupSaid:
        share = percent(group["size"] / self.facts["grouped"])
        sentence = _("%(people)s, soit %(share)s des %(all)s que la carte range dans un groupe.") % {
            "people": people(group["size"]),
            "share": share,
            "all": people(self.facts["grouped"]),
        }
        certainty = _(
            "Sûreté : %(share)s. Si d'autres avaient répondu à leur place, une personne de ce groupe y resterait dans %(share)s des tirages ; %(heart)s en forment le cœur (plus de 90 %%)."
        ) % {"share": percent(group["certainty"]), "heart": people(group["heart"])}
        says = [self._defining(place, one) for one in group["says"]]
        return GroupSaid(LETTERS[place], place, sentence, certainty, says)

    def _defining(self, place: int, one: Facts) -> Said:
        side = 0 if one["agree"] else 1
        cells = self.group_cells(one["statement"])
        others = [sum(cell[at] for other, cell in enumerate(cells) if other != place) for at in range(3)]
        values = {
            "success": number(one["success"]),
            "seen": number(one["seen"]),
            "share": percent(one["success"] / one["seen"] if one["seen"] else None),
            "others": percent(share_of(others, side)),
        }
        if one["agree"]:
            text = _("D'accord : %(success)s sur %(seen)s (%(share)s), contre %(others)s dans le reste.")
        else:
            text = _("Pas d'accord : %(success)s sur %(seen)s (%(share)s), contre %(others)s dans le reste.")
        return Said(one["statement"], one["agree"], text % values)

    @property
    def all_groups(self) -> list[Said]:
        return [self._by_group(one) for one in self.facts["all_groups"]]

    @property
    def divides(self) -> list[Said]:
        return [self._by_group(one) for one in self.facts["divides"]]

    def _by_group(self, statement: int) -> Said:
        cells = self.group_cells(statement)
        shares = joined([f"{LETTERS[place]} {percent(share_of(cell))}" for place, cell in enumerate(cells)])
        text = _("D'accord : %(success)s sur %(seen)s (%(share)s) ; %(shares)s.") % {
            **self._all(statement),
            "shares": shares,
        }
        return Said(statement, True, text, strip_of(cells))

    @property
    def all_territories(self) -> list[Said]:
        found = []
        for statement in self.facts["all_territories"]:
            parts = [
                f"{stratum_name(stratum)} {percent(share_of(column[self.row[statement]]))}"
                for stratum, column in zip(self.facts["strata"], self.table["strata"], strict=True)
            ]
            text = _("D'accord : %(success)s sur %(seen)s (%(share)s) ; %(shares)s.") % {
                **self._all(statement),
                "shares": joined(parts),
            }
            found.append(Said(statement, True, text))
        return found

    @property
    def refused(self) -> list[Said]:
        text = _("Pas d'accord : %(success)s sur %(seen)s (%(share)s).")
        return [Said(one, False, text % self._all(one, 1)) for one in self.facts["refused"]]

    def _all(self, statement: int, side: int = 0) -> dict[str, str]:
        cell = self.table["all"][self.row[statement]]
        return {"success": number(cell[side]), "seen": number(sum(cell)), "share": percent(share_of(cell, side))}

    @property
    def territories_missing(self) -> str:
        """Why nothing is said by kind of territory."""
        strata = [one for one in self.facts["strata"] if one["people"]]
        if not self.facts["strata"]:
            return _(
                "Rien n'est dit par type de commune : il faut au moins cinquante personnes du territoire qui ont dit leur commune, pour que personne ne soit reconnu."
            )
        if len(strata) < 2:
            return _("Les personnes qui ont répondu vivent toutes dans des communes de même type : rien ne peut être comparé.")
        return _("Aucune affirmation n'est approuvée par plus de la moitié dans chaque type de commune.")

    @property
    def certainty(self) -> str:
        groups = self.facts["groups"]
        if len(groups) < 2:
            return ""
        heart = sum(group["heart"] for group in groups)
        return _(
            "%(heart)s sur %(all)s sont au cœur de leur groupe : dans plus de neuf tirages sur dix, elles y restent. Les autres sont près d'une frontière."
        ) % {"heart": number(heart), "all": number(self.facts["grouped"])}


def standing_sentence(standing: Standing | None) -> str:
    """Where the person who asks stands, in words."""
    if standing is None:
        return ""
    if standing.where is None:
        return ngettext(
            "Encore %(n)d réponse, et cette carte vous situera.",
            "Encore %(n)d réponses, et cette carte vous situera.",
            standing.missing,
        ) % {"n": standing.missing}
    where = standing.where
    if where.group < 0:
        return _("Il n'y a pas encore de groupes : votre place se verra quand plus de personnes auront répondu.")
    sentence = _("Vos réponses vous placent dans le groupe %(letter)s.") % {"letter": LETTERS[where.group]}
    if where.certainty >= 0.9:
        return sentence + " " + _("C'est une place sûre : au cœur du groupe.")
    return (
        sentence
        + " "
        + _("Vous êtes près d'une frontière : %(share)s des tirages vous y laissent.") % {"share": percent(where.certainty)}
    )
