"""Rules of the law as rows of data, and the closed language in which a row says whom it binds.

A rule binds an authority when one of its `Condition`s holds. A condition is a set of limits, all of which must hold; there is
nothing else in the language, so that an administrator can change a threshold without writing code, and every cell can be tested.
The answer is three-valued: a fact that nobody knows makes it unknown, never yes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final

ANY_DATASET: Final = "*"


class RuleError(ValueError):
    """A row that is not a rule; the message says which one and why."""


class Nature(StrEnum):
    """Who may be bound. What is not here (a firm, an association) is bound by none of these rules."""

    COMMUNE = "commune"
    EPCI = "epci"  # à fiscalité propre
    DEPARTEMENT = "departement"
    REGION = "region"
    PUBLIC = "public"


class Kind(StrEnum):
    PUBLISH = "publish"
    """Something is to be put online, and its state is followed."""
    KNOW = "know"
    """A rule to know, without anything to publish."""


class Confidence(StrEnum):
    SURE = "S"
    TO_CHECK = "?"


class Answer(StrEnum):
    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"
    UNSURE = "unsure"
    """Only a condition that is itself to be checked holds, or may hold."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an authority. None: nobody knows. `activities` holds what the authority said it does, or not.

    inhabitants, staff (equivalent full time), largest_commune (inhabitants of the largest member of an EPCI): counts of people.
    exempt: rules that do not bind it, as was agreed; contested: rules whose status it contests, not decided yet."""

    nature: str
    inhabitants: int | None = None
    staff: int | None = None
    largest_commune: int | None = None
    activities: Mapping[str, bool] = field(default_factory=dict)
    exempt: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """Limits that must all hold: `least` is reached at the number itself, `above` and `below` are not."""

    natures: frozenset[str]
    inhabitants_least: int | None = None
    inhabitants_above: int | None = None
    inhabitants_below: int | None = None
    staff_least: int | None = None
    largest_commune_least: int | None = None
    activity: str = ""
    since: date | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `fresh_days`: age in days after which what was published is to be updated; None when no date tells it."""

    id: str
    title: str
    what: str
    who: str
    text: str
    concerns: tuple[Condition, ...]
    kind: Kind = Kind.PUBLISH
    why: str = ""
    where: str = ""
    portal: str = ""
    deadline: str = ""
    fresh_days: int | None = None
    schemas: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    in_force: date | None = None
    source: str = ""
    confidence: Confidence = Confidence.SURE


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a rule binds an authority, and which facts would settle it (`staff`, `inhabitants`, `activity:grants`…)."""

    answer: Answer
    missing: tuple[str, ...] = ()


def scope(rule: Rule, facts: Facts, today: date) -> Scope:
    """Whether `rule` binds the authority today, from its conditions alone (neither its confidence nor what was contested)."""
    if rule.in_force and today < rule.in_force:
        return Scope(Answer.NO)
    sure = [_holds(one, facts, today) for one in rule.concerns if not one.unsure]
    unsure = [_holds(one, facts, today) for one in rule.concerns if one.unsure]
    if any(held is True for held, _missing in sure):
        return Scope(Answer.YES)
    missing = tuple(dict.fromkeys(name for held, names in sure if held is None for name in names))
    if missing:
        return Scope(Answer.UNKNOWN, missing)
    if any(held is not False for held, _missing in unsure):
        return Scope(Answer.UNSURE)
    return Scope(Answer.NO)


def _holds(condition: Condition, facts: Facts, today: date) -> tuple[bool | None, tuple[str, ...]]:
    """True, False, or None with the facts that are missing. One limit that fails settles it, whatever else is unknown."""
    if facts.nature not in condition.natures or (condition.since and today < condition.since):
        return False, ()
    tests = (
        _limit("inhabitants", facts.inhabitants, condition.inhabitants_least, lambda value, limit: value >= limit),
        _limit("inhabitants", facts.inhabitants, condition.inhabitants_above, lambda value, limit: value > limit),
        _limit("inhabitants", facts.inhabitants, condition.inhabitants_below, lambda value, limit: value < limit),
        _limit("staff", facts.staff, condition.staff_least, lambda value, limit: value >= limit),
        _limit("largest_commune", facts.largest_commune, condition.largest_commune_least, lambda value, limit: value >= limit),
        _activity(condition.activity, facts.activities),
    )
    if any(held is False for held, _name in tests):
        return False, ()
    missing = tuple(name for held, name in tests if held is None)
    return (None, missing) if missing else (True, ())


def _limit(name: str, value: int | None, limit: int | None, compare: Any) -> tuple[bool | None, str]:
    if limit is None:
        return True, name
    return (None if value is None else bool(compare(value, limit))), name


def _activity(activity: str, known: Mapping[str, bool]) -> tuple[bool | None, str]:
    return (True if not activity else known.get(activity)), f"activity:{activity}"


# ----- Reading the rows -----

LIMITS: Final = (
    "inhabitants_least",
    "inhabitants_above",
    "inhabitants_below",
    "staff_least",
    "largest_commune_least",
)


def condition_of(row: Mapping[str, Any]) -> Condition:
    """A condition from a row of data. Raises RuleError for a word that is not in the language."""
    unknown = set(row) - {"natures", "activity", "since", "unsure", *LIMITS}
    if unknown:
        raise RuleError(f"unknown words in a condition: {', '.join(sorted(unknown))}")
    natures = frozenset(row.get("natures") or ())
    if not natures or natures - {nature.value for nature in Nature}:
        raise RuleError(f"a condition names natures among {', '.join(Nature)}")
    limits: dict[str, int | None] = {}
    for name in LIMITS:
        value = row.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise RuleError(f"{name} is a number of people")
        limits[name] = value
    return Condition(
        natures, **limits, activity=row.get("activity", ""), since=row.get("since"), unsure=bool(row.get("unsure", False))
    )


TEXTS: Final = ("id", "title", "what", "why", "who", "where", "portal", "deadline", "text")


def rule_of(row: Mapping[str, Any], sources: Mapping[str, str], activities: Mapping[str, str]) -> Rule:
    """A rule from a row of data. Raises RuleError, naming the row."""
    name = str(row.get("id", "?"))
    try:
        concerns = tuple(condition_of(one) for one in row["concerns"])
        for one in concerns:
            if one.activity and one.activity not in activities:
                raise RuleError(f"nobody asks about « {one.activity} »")
        return Rule(
            **{text: str(row.get(text, "")) for text in TEXTS},
            concerns=concerns,
            kind=Kind(row.get("kind", "publish")),
            fresh_days=row.get("fresh_days"),
            schemas=tuple(row.get("schemas", ())),
            companions=tuple(row.get("companions", ())),
            in_force=row.get("in_force"),
            source=" ; ".join(sources[key] for key in row["source"]),
            confidence=Confidence(row["confidence"]),
        )
    except (KeyError, ValueError) as error:
        raise RuleError(f"rule {name}: {error}") from error


@dataclass(frozen=True, slots=True)
class Law:
    """Every rule in the order of the page, and the question that each activity is asked with."""

    rules: tuple[Rule, ...]
    activities: Mapping[str, str]


def read(text: str) -> Law:
    """The rules of a TOML text (see the head of `rules.toml`). Raises RuleError."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(str(error)) from error
    activities = {str(name): str(question) for name, question in content.get("activities", {}).items()}
    rules = tuple(rule_of(row, content.get("sources", {}), activities) for row in content.get("rules", ()))
    if len({rule.id for rule in rules}) != len(rules):
        raise RuleError("two rules have the same id")
    return Law(rules, activities)


def bundled() -> Law:
    """The rules that Parvis brings."""
    return read((files(__package__) / "rules.toml").read_text(encoding="utf-8"))
