"""Preparing a process, publishing it, moving its dates, closing it for good. Each checks its own right and is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.debates import blueprints, telling
from parvis.debates.actions import statements
from parvis.debates.core.processes.blueprints import BLUEPRINTS, MOST_SEEDS
from parvis.debates.core.processes.calendar import later
from parvis.debates.core.processes.rules import Act
from parvis.debates.models import Notice, Phase, Process, Statement
from parvis.debates.permissions import check, check_may_create
from parvis.debates.readiness import missing
from parvis.organisations.models import Organisation
from parvis.shared.limits import check_limit
from parvis.territories.models import Territory

RESERVED = {"nouvelle", "importer", "api", "page"}
"""Words of addresses: no process may bear them."""
DAY = 86_400


class ProcessError(Exception):
    """It cannot be done; the message is the sentence for the person."""


class ElsewhereError(ProcessError):
    """Somebody else saved while this person was writing."""

    def __init__(self, process: Process) -> None:
        super().__init__(_("Quelqu'un d'autre a enregistré cette démarche pendant que vous écriviez. Rien de ce que vous avez écrit n'est perdu."))  # fmt: skip
        self.process = process


def free_slug(title: str) -> str:
    stem = slugify(title)[:80].strip("-") or "demarche"
    number, slug = 1, stem
    while slug in RESERVED or Process.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug


@transaction.atomic
def create(
    *,
    title: str,
    summary: str,
    organisation: Organisation,
    territory: Territory,
    opens: datetime,
    closes: datetime,
    blueprint: str,
    by: User,
    invented: bool = False,
) -> Process:
    """A draft from a blueprint, with the texts that it starts with."""
    check_may_create(by, organisation)
    check_limit(f"process:create:{by.pk}", 60, DAY)
    plan, words = BLUEPRINTS[blueprint], blueprints.WORDS[blueprint]
    with translation.override(settings.LANGUAGE_CODE):
        made = Process.objects.create(
            slug=free_slug(title), title=title, summary=summary, purpose=str(words.purpose), organisation=organisation,
            territory=territory, created_by=by, invented=invented,
        )  # fmt: skip
        for position, one in enumerate(plan.dates(opens, closes), start=1):
            name, text = words.phases[one.kind]
            Phase.objects.create(
                process=made, position=position, kind=one.kind, title=str(name), text=str(text), opens=one.opens, closes=one.closes
            )  # fmt: skip
    return made


def _held(process: Process) -> Process:
    """The row of today, that nobody else changes meanwhile."""
    return Process.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=process.pk)


@transaction.atomic
def change(
    process: Process, values: Mapping[str, Any], phases: Sequence[Mapping[str, Any]] | None, *, revision: int, by: User
) -> Process:
    """Its words; and its phases where `phases` is given: each holds the fields of one, with `pk` where it is known, in their order.
    Once published, their dates move by `move_end` only. Raises `ElsewhereError` unless `revision` is that of today."""
    held = _held(process)
    check(by, Act.EDIT, held)
    if held.revision != revision:
        raise ElsewhereError(held)
    for name, value in values.items():
        if name == "publishes_vectors" and held.published:
            continue  # it was said before the first answer
        setattr(held, name, value)
    held.revision += 1
    held.save()
    if phases is not None:
        _rewrite(held, phases)
    telling.look_again()
    return held


def _rewrite(process: Process, phases: Sequence[Mapping[str, Any]]) -> None:
    known = {one.pk: one for one in process.phases.all()}
    if process.published:
        for one in phases:
            if one.get("pk") in known:
                phase = known[one["pk"]]
                phase.title, phase.text = one["title"], one["text"]
                phase.save()
        return
    kept = {one["pk"] for one in phases if one.get("pk") in known}
    process.phases.exclude(pk__in=kept).delete()
    for place, pk in enumerate(sorted(kept)):  # out of the way: two may exchange their places, which are unique
        Phase.objects.filter(pk=pk).update(position=1000 + place, kind="information")
    for position, one in enumerate(phases, start=1):
        phase = known[one["pk"]] if one.get("pk") in kept else Phase(process=process)
        for name in ("kind", "title", "text", "opens", "closes"):
            setattr(phase, name, one[name])
        phase.position = position
        phase.save()


@transaction.atomic
def write_seeds(process: Process, lines: Iterable[str], *, by: User) -> int:
    """The first statements, one a line; how many there are now. Raises `StatementError`, saying of which line."""
    check(by, Act.MODERATE, process)
    wanted = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if len(wanted) + process.statements.filter(seed=True).exclude(text__in=wanted).count() > MOST_SEEDS * 2:
        raise statements.StatementError(
            _("C'est beaucoup : celles que les gens proposent seraient noyées. Gardez les plus utiles.")
        )
    for at, line in enumerate(wanted, start=1):
        try:
            statements.write(process, line, by=by)
        except statements.StatementError as error:
            said = {"line": at, "text": line[:60], "error": error}
            raise statements.StatementError(_("Ligne %(line)s, « %(text)s » : %(error)s") % said) from error
    return process.statements.filter(state=Statement.State.SHOWN).count()


@transaction.atomic
def remove_seed(process: Process, number: int, *, by: User) -> None:
    """Of a draft only: nobody answered yet."""
    check(by, Act.PUBLISH, process)
    process.statements.filter(number=number, seed=True, votes=None).delete()


@transaction.atomic
def publish(process: Process, *, by: User, now: datetime | None = None) -> Process:
    held = _held(process)
    if held.published:
        return held
    check(by, Act.PUBLISH, held)
    lacking = missing(held, now or timezone.now())
    if lacking:
        raise ProcessError(" ".join(one.sentence for one in lacking))
    held.published = now or timezone.now()
    held.save(update_fields=["published", "modified"])
    telling.published(held, by)
    telling.look_again()
    return held


@transaction.atomic
def move_end(phase: Phase, closes: datetime, *, reason: str, by: User, now: datetime | None = None) -> Phase:
    """The end of a phase, later or sooner, with the notice that everybody reads; those who follow are told."""
    now, process = now or timezone.now(), _held(phase.process)
    check(by, Act.SCHEDULE, process)
    held = Phase.objects.get(pk=phase.pk)
    if closes <= held.opens:
        raise ProcessError(_("La fin vient avant l'ouverture : choisissez une date plus tard."))
    if closes < now:
        raise ProcessError(_("Cette date est passée : choisissez une date à venir."))
    if closes == held.closes:
        return held
    if process.published:
        check_limit(f"process:move:{process.pk}", 30, DAY)
        notice = Notice.objects.create(phase=held, before=held.closes, after=closes, reason=reason, by=by)
        telling.moved(notice, process, by)
    held.closes = closes
    held.save(update_fields=["closes"])
    process.save(update_fields=["modified"])
    telling.look_again()
    return held


def close_now(phase: Phase, *, reason: str, by: User) -> Phase:
    now = timezone.now()
    return move_end(phase, now, reason=reason, by=by, now=now)


@transaction.atomic
def archive(process: Process, *, by: User) -> Process:
    held = _held(process)
    if held.archived:
        return held
    check(by, Act.ARCHIVE, held)
    held.archived = timezone.now()
    held.save(update_fields=["archived", "modified"])
    telling.look_again()
    return held


@transaction.atomic
def erase_draft(process: Process, *, by: User) -> None:
    """A draft that nobody saw leaves nothing."""
    check(by, Act.PUBLISH, process)
    process.statements.all().delete()
    process.delete()


@transaction.atomic
def duplicate(process: Process, *, by: User, now: datetime | None = None) -> Process:
    """A draft with the same words, and the same phases from tomorrow on; the team's statements, nobody's answers."""
    check(by, Act.DUPLICATE, process)
    check_limit(f"process:create:{by.pk}", 60, DAY)
    phases = list(process.phases.all())
    same = (
        "summary",
        "purpose",
        "organisation",
        "territory",
        "residents_only",
        "access",
        "review",
        "publishes_vectors",
        "sources",
    )
    title = _("%(title)s (copie)") % {"title": process.title[:150]}
    made = Process.objects.create(
        slug=free_slug(process.title), title=title, created_by=by, invented=process.invented,
        **{name: getattr(process, name) for name in same},
    )  # fmt: skip
    first = min((one.opens for one in phases), default=None)
    shift = ((now or timezone.now()) - first).days + 1 if first else 0
    for one in phases:
        Phase.objects.create(
            process=made, position=one.position, kind=one.kind, title=one.title, text=one.text,
            opens=later(one.opens, shift), closes=later(one.closes, shift) if one.closes else None,
        )  # fmt: skip
    for text in process.statements.filter(seed=True, state=Statement.State.SHOWN).values_list("text", flat=True):
        statements.create(made, text, seed=True, by=by, state=Statement.State.SHOWN)
    return made


@transaction.atomic
def synthesise(process: Process, text: str, *, by: User) -> Process:
    """What the team says of the results, beside them."""
    held = _held(process)
    check(by, Act.SYNTHESISE, held)
    if held.synthesis == text:
        return held
    held.synthesis, held.synthesis_date = text, timezone.now() if text.strip() else None
    held.save(update_fields=["synthesis", "synthesis_date", "modified"])
    if held.published and text.strip():
        telling.synthesised(held, by)
    telling.look_again()
    return held
