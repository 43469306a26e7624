"""When people have given their opinions, their data go to the catalogue by themselves: totals by default, answers one by one only
where it was said beforehand, and never with a place. The row is the job, as for maps."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.accounts.models import User
from parvis.catalog import public as catalog
from parvis.debates.core.processes.rules import PhaseKind
from parvis.debates.models import OpinionMap, Phase, Process, Publication, Teammate
from parvis.debates.results import computing, exports, table
from parvis.debates.results.equity import Equity
from parvis.debates.results.map_page import good_map, texts_of
from parvis.organisations.models import Membership
from parvis.organisations.models import Role as OrganisationRole
from parvis.organisations.queries import may as may_in_organisation
from parvis.shared import jobs
from parvis.shared.exports import stream_csv

logger = logging.getLogger(__name__)
State = Publication.State


class CannotPublishError(Exception):
    """The message is the sentence for the team."""


def tick() -> int:
    """Ask for the publications that are due, once a map holds the last answers; take up those whose worker died."""
    asked = sum(_begin(phase) for phase in _ended())
    rows = Publication.objects.all()
    return asked + sum(jobs.take_up(rows, one, failed=_failed(), nudge=work.enqueue) for one in jobs.silent(rows))


def _ended() -> Iterable[Phase]:
    """Phases of opinions that are over and whose end gave nothing yet."""
    now = timezone.now()
    over = Phase.objects.filter(kind=PhaseKind.OPINIONS, closes__lte=now, process__published__isnull=False)
    return over.exclude(publications__closed=F("closes")).select_related("process__organisation")


def _begin(phase: Phase) -> bool:
    if exports.counted(phase.process) == 0:
        return False
    assert phase.closes is not None
    last = OpinionMap.objects.filter(process=phase.process).defer("facts", "arrays").order_by("-number").first()
    fresh = last is not None and last.created >= phase.closes
    if last is None or not fresh:
        computing.ask(phase.process)
        return False
    if last.state in computing.UNDER_WAY:
        return False
    found, made = Publication.objects.get_or_create(phase=phase, closed=phase.closes)
    if made:
        work.enqueue(found.pk)
    return made


@task(priority=-10)
def work(key: int) -> None:
    run(key)


def run(key: int) -> None:
    """Publish, if nobody else does."""
    mine = Publication.objects.filter(pk=key, state=State.WAITING)
    if not mine.update(state=State.RUNNING, heartbeat=timezone.now(), attempt=F("attempt") + 1):
        return
    found = Publication.objects.select_related("phase__process__organisation", "phase__process__territory").get(pk=key)
    try:
        with jobs.alive(Publication.objects.filter(pk=found.pk, state=State.RUNNING)):
            _publish(found)
    except (CannotPublishError, PermissionDenied) as error:
        _end(found, state=State.FAILED, error=str(error)[:400])
    except catalog.CannotPublish as error:
        _end(found, state=State.FAILED, error=str(error)[:400])
    except Exception:
        logger.exception("The data of %s could not be published", found)
        _end(found, state=State.FAILED, error=_failed())


def _publish(found: Publication) -> None:
    process = found.phase.process
    shown = good_map(process)
    if shown is None:
        raise CannotPublishError(_("Aucune carte n'a pu être calculée : il n'y a pas de résultat à publier."))
    by = publisher_of(process)
    before = _before(found)
    resources, dataset = dict(before.resources) if before else {}, before.dataset if before else ""
    for name, title, chunks in tables(process, shown):
        version = catalog.publish_table(
            chunks=chunks, name=name, title=title, form=form_of(process), organisation=process.organisation, by=by,
            dataset=dataset, resource=resources.get(name, ""), invented=process.invented,
        )  # fmt: skip
        resources[name], dataset = str(version.resource_id), version.resource.dataset.slug
    OpinionMap.objects.filter(pk=shown.pk).update(cited=True)
    _end(found, state=State.DONE, done=timezone.now(), error="", dataset=dataset, resources=resources, map=shown)


def _before(found: Publication) -> Publication | None:
    """An earlier end of the same phase: its tables receive new versions."""
    return Publication.objects.filter(phase=found.phase, state=State.DONE).exclude(pk=found.pk).order_by("-closed").first()


def tables(process: Process, shown: OpinionMap) -> Iterator[tuple[str, str, Iterable[bytes]]]:
    """(name of the file, title, its pieces)."""
    facts, texts = shown.facts, texts_of(process)
    yield (
        "affirmations.csv",
        _("Affirmations : accords par groupe et par type de commune"),
        encoded(table.header(facts), table.lines(facts, texts)),
    )
    yield "participation.csv", _("Qui a pris part, et la population"), encoded(Equity.HEADER, Equity(facts).lines())
    yield "comments.csv", _("Affirmations, au format de Polis"), encoded(exports.COMMENTS, exports.comments(process))
    if process.publishes_vectors:
        yield (
            "votes.csv",
            _("Réponses une à une, sans nom ni commune, au format de Polis"),
            encoded(exports.VOTES, exports.votes(process)),
        )


def encoded(header: list[str], lines: Iterable[list[Any]]) -> Iterator[bytes]:
    return (piece.encode() for piece in stream_csv(header, lines))


def form_of(process: Process) -> dict[str, Any]:
    """The description in the catalogue."""
    base = settings.SITE_URL
    address = base + reverse("debates:process", args=[process.slug])
    script = base + reverse("debates:data_file", args=[process.slug, "recalculer.py"])
    description = _(
        "Réponses à la question « %(title)s ».\n\nChaque ligne du premier tableau est une affirmation : combien de personnes sont d'accord, pas d'accord, ou passent, en tout, dans chaque groupe d'opinion et dans chaque type de commune. Une case est vide quand moins de dix personnes y ont répondu ; sous cinquante personnes, rien n'est détaillé par territoire.\n\nLa méthode des groupes est celle de Polis. Le programme %(script)s refait les résultats affichés à partir de ces tableaux."
    ) % {"title": process.title, "script": script}
    return {
        "title": _("Consultation : %(title)s") % {"title": process.title},
        "description": description,
        "source": _("Démarche « %(title)s »") % {"title": process.title},
        "source_url": address,
        "frequency": "never",
        "licence": "lov2",
        "keywords": [_("consultation"), _("opinions"), _("participation")],
        "territory": process.territory.reference,
    }


def publisher_of(process: Process) -> User:
    """Who opened the process, else who manages it, else an editor of its organisation: somebody who may publish there."""
    team = User.objects.filter(processes__process=process, processes__role=Teammate.RoleOf.MANAGER)
    editors = Membership.objects.filter(
        organisation=process.organisation, role__in=[OrganisationRole.EDITOR, OrganisationRole.ADMINISTRATOR]
    )
    people = User.objects.filter(
        Q(pk=process.created_by_id) | Q(pk__in=team) | Q(pk__in=editors.values("user")), is_active=True
    )
    for user in sorted(people, key=lambda user: (user.pk != process.created_by_id, user.pk)):
        if may_in_organisation(user, process.organisation, OrganisationRole.EDITOR):
            return user
    raise CannotPublishError(
        _("Personne, dans l'organisation, ne peut publier : donnez à quelqu'un le rôle d'éditeur, puis réessayez.")
    )


def _failed() -> str:
    return _("Les données n'ont pas pu être publiées dans le catalogue. Elles restent à télécharger ici.")


def _end(found: Publication, **fields: object) -> bool:
    mine = Publication.objects.filter(pk=found.pk, state=State.RUNNING, attempt=found.attempt)
    return bool(mine.update(heartbeat=timezone.now(), **fields))


# ----- What pages say of it -----


def last_of(process: Process) -> Publication | None:
    return Publication.objects.filter(phase__process=process).order_by("-closed", "-pk").first()


def published_of(process: Process) -> list[str]:
    """References of the datasets of a process."""
    rows = Publication.objects.filter(phase__process=process, state=State.DONE).exclude(dataset="")
    return sorted({f"dataset:{slug}" for slug in rows.values_list("dataset", flat=True)})


def state_sentence(process: Process) -> str:
    """How far the last publication is, dated."""
    found = last_of(process)
    if found is None or found.state == State.DONE:
        return ""
    when = date_format(timezone.localtime(found.heartbeat), "DATETIME_FORMAT")
    if found.state == State.FAILED:
        return _("Publication dans le catalogue, %(date)s : %(error)s") % {"date": when, "error": found.error}
    return _("Les données seront dans le catalogue dans quelques minutes (demandé le %(date)s).") % {"date": when}
