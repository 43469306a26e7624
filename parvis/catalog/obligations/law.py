"""The rules of this site: brought by Parvis, then kept in the database, where an administrator may edit them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.catalog.core.obligations import rules as core
from parvis.catalog.core.obligations.rules import LIMITS, Condition, Rule, RuleError
from parvis.catalog.models import ObligationCondition, ObligationRule

PLAIN = ("title", "what", "why", "who", "where", "portal", "deadline", "fresh_days", "text", "in_force", "source")


@lru_cache(maxsize=1)
def questions() -> Mapping[str, str]:
    """The question that each activity is asked with."""
    return core.bundled().activities


@transaction.atomic
def load() -> dict[str, int]:
    """Bring the bundled rules into the database. Doing it twice changes nothing; a rule that was edited here is left alone."""
    law = core.bundled().rules
    rows = {row.pk: row for row in ObligationRule.objects.prefetch_related("conditions")}
    done = {"created": 0, "updated": 0, "kept": 0}
    for position, rule in enumerate(law):
        row = rows.pop(rule.id, None)
        if row and row.edited:
            done["kept"] += 1
        elif row is None or rule_of(row) != rule or row.position != position or not row.active:
            done["created" if row is None else "updated"] += 1
            write(rule, position)
    for row in rows.values():
        if row.active and not row.edited:  # it left the law that Parvis brings
            row.active, row.modified = False, timezone.now()
            row.save(update_fields=["active", "modified"])
    return done


def write(rule: Rule, position: int) -> None:
    fields: dict[str, Any] = {name: getattr(rule, name) for name in PLAIN}
    fields |= {
        "kind": rule.kind.value,
        "confidence": rule.confidence.value,
        "schemas": list(rule.schemas),
        "companions": list(rule.companions),
        "position": position,
        "active": True,
        "modified": timezone.now(),
    }
    row, _created = ObligationRule.objects.update_or_create(pk=rule.id, defaults=fields)
    ObligationCondition.objects.filter(rule=row).delete()
    ObligationCondition.objects.bulk_create(
        ObligationCondition(
            rule=row, position=place, **asdict(condition) | {"natures": [one.value for one in core.Nature if one in condition.natures]}
        )
        for place, condition in enumerate(rule.concerns)
    )  # fmt: skip


def condition_of(row: ObligationCondition) -> Condition:
    limits = {name: getattr(row, name) for name in LIMITS}
    return Condition(frozenset(row.natures), **limits, activity=row.activity, since=row.since, unsure=row.unsure)


def rule_of(row: ObligationRule) -> Rule:
    return Rule(
        id=row.pk,
        **{name: getattr(row, name) for name in PLAIN},
        concerns=tuple(condition_of(one) for one in row.conditions.all()),
        kind=core.Kind(row.kind),
        schemas=tuple(row.schemas),
        companions=tuple(row.companions),
        confidence=core.Confidence(row.confidence),
    )


def active() -> list[Rule]:
    """The rules that are shown, in the order of the page."""
    return [rule_of(row) for row in ObligationRule.objects.filter(active=True).prefetch_related("conditions")]


def check_condition(row: Mapping[str, Any]) -> None:
    """Raise ValidationError, with a sentence, unless the row belongs to the language of conditions."""
    given = {name: value for name, value in row.items() if value not in (None, "", False)}
    try:
        core.condition_of(given)
    except RuleError as error:
        raise ValidationError(_("Cette condition n'est pas lisible : choisissez au moins une nature d'organisme.")) from error
    if given.get("activity") and given["activity"] not in questions():
        raise ValidationError(_("Cette activité n'existe pas : aucune question ne la demande."))


def schemas_of(rules: Iterable[Rule]) -> set[str]:
    return {name for rule in rules for name in (*rule.schemas, *rule.companions) if name != core.ANY_DATASET}
