"""A process to a file and back (the format: `core/processes/files`)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.debates.actions import statements
from parvis.debates.actions.processes import DAY, ProcessError, free_slug
from parvis.debates.core.processes import files
from parvis.debates.core.processes.calendar import Dates, Fault, faults
from parvis.debates.core.processes.files import FormatError, PhaseFile, ProcessFile
from parvis.debates.core.processes.rules import PhaseKind
from parvis.debates.models import Phase, Process, Statement
from parvis.debates.permissions import check_may_create
from parvis.debates.readiness import FAULTS
from parvis.organisations.models import Organisation
from parvis.shared.limits import check_limit
from parvis.territories.models import Level, Territory

UNKEEPABLE = {Fault.ENDS_FIRST, Fault.TWICE}
"""What even a draft may not hold."""


def to_file(process: Process) -> ProcessFile:
    written = process.statements.filter(seed=True, state=Statement.State.SHOWN).order_by("number")
    return ProcessFile(
        title=process.title, summary=process.summary, purpose=process.purpose, territory=process.territory.reference,
        residents_only=process.residents_only, access=process.access, review=process.review,
        publishes_vectors=process.publishes_vectors, sources=tuple(process.sources),
        phases=tuple(PhaseFile(PhaseKind(one.kind), one.title, one.text, one.opens, one.closes) for one in process.phases.all()),
        statements=tuple(written.values_list("text", flat=True)),
    )  # fmt: skip


def territory_called(reference: str) -> Territory | None:
    level, _colon, code = reference.partition(":")
    if level not in Level.values:
        return None
    return Territory.objects.filter(level=level, code=code, active=True).first()


def bring(body: bytes, *, organisation: Organisation, territory: Territory | None = None, by: User) -> Process:
    """The draft that a file makes, in its own territory unless another is given. Every refusal but a right that lacks is said by a
    `ProcessError` or a `StatementError`."""
    try:
        found = files.read(body)
    except FormatError as error:
        raise ProcessError(unreadable(error)) from error
    territory = territory or territory_called(found.territory)
    if territory is None:
        raise ProcessError(_("Le territoire du fichier n'est pas connu ici : choisissez-en un vous-même."))
    return from_file(found, organisation=organisation, territory=territory, by=by)


def unreadable(error: FormatError) -> str:
    if error.where:
        return _("Ce fichier ne peut pas être lu : vérifiez « %(where)s ».") % {"where": error.where}
    return _("Ce n'est pas un fichier de démarche : exportez-en un depuis la page d'une démarche.")


@transaction.atomic
def from_file(found: ProcessFile, *, organisation: Organisation, territory: Territory, by: User) -> Process:
    """A draft of `organisation`. Its team reads it again before anybody sees it: publishing checks the rest."""
    check_may_create(by, organisation)
    check_limit(f"process:create:{by.pk}", 60, DAY)
    for _place, fault in faults([Dates(one.kind, one.opens, one.closes) for one in found.phases]):
        if fault in UNKEEPABLE:
            raise ProcessError(str(FAULTS[fault]))
    made = Process.objects.create(
        slug=free_slug(found.title), title=found.title, summary=found.summary, purpose=found.purpose, organisation=organisation,
        territory=territory, residents_only=found.residents_only, access=found.access, review=found.review,
        publishes_vectors=found.publishes_vectors, sources=list(found.sources), created_by=by,
    )  # fmt: skip
    for position, one in enumerate(found.phases, start=1):
        Phase.objects.create(
            process=made, position=position, kind=one.kind, title=one.title, text=one.text, opens=one.opens, closes=one.closes
        )  # fmt: skip
    for text in dict.fromkeys(statements.worded(one) for one in found.statements):
        statements.create(made, text, seed=True, by=by, state=Statement.State.SHOWN)
    return made
