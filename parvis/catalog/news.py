"""What followers of a dataset, and of the organisation that publishes it, read: in one digest, each event once.

Organisations' followers read of new datasets and of answers to requests; a dataset's, of its versions. To be called inside the
transaction that makes it happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.accounts.models import User
from parvis.catalog.models import DataRequest, Dataset, Version
from parvis.notifications import public as notifications


def shown(dataset: Dataset, by: User | None) -> None:
    """A dataset that is public for the first time: one that comes back under the same address is no news."""
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("%(organisation)s publie « %(title)s ».") % {
            "organisation": dataset.organisation.name,
            "title": dataset.title,
        }
    notifications.tell(
        key=f"dataset:{dataset.pk}:shown",
        reference=dataset.organisation.reference,
        sentence=sentence,
        url=dataset.get_absolute_url(),
        by=by,
    )


def published(version: Version, by: User | None) -> None:
    """A new version of a table. The first of a new dataset is told with it, to those who follow its organisation."""
    dataset = version.resource.dataset
    with translation.override(settings.LANGUAGE_CODE):
        sentence = ngettext(
            "Nouvelle version de « %(title)s » : %(rows)s ligne (version %(number)s).",
            "Nouvelle version de « %(title)s » : %(rows)s lignes (version %(number)s).",
            version.rows,
        ) % {
            "title": _titled(version), "rows": number_format(version.rows, use_l10n=True, force_grouping=True), "number": version.number,
        }  # fmt: skip
    notifications.tell(
        key=f"dataset:{dataset.pk}:version:{version.pk}",
        reference=dataset.reference,
        sentence=sentence,
        url=version.resource.get_absolute_url(),
        by=by,
    )


def withdrawn(version: Version, by: User | None) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("La version %(number)s de « %(title)s » a été retirée : %(reason)s") % {
            "number": version.number, "title": _titled(version), "reason": version.withdrawal_reason,
        }  # fmt: skip
    dataset = version.resource.dataset
    notifications.tell(
        key=f"dataset:{dataset.pk}:version:{version.pk}:withdrawn",
        reference=dataset.reference,
        sentence=sentence,
        url=version.resource.get_absolute_url(),
        by=by,
    )


def changed_elsewhere(datasets: Iterable[Dataset], digests: Mapping[str, str]) -> None:
    """Records that changed on the portal they come from; `digests`: what they now are, by dataset. Only those that somebody follows."""
    found = {dataset.reference: dataset for dataset in datasets}
    with translation.override(settings.LANGUAGE_CODE):
        for reference in sorted(notifications.followed(found)):
            dataset = found[reference]
            notifications.tell(
                key=f"dataset:{dataset.pk}:record:{digests[dataset.pk]}",
                reference=reference,
                sentence=_("« %(title)s » a changé sur son portail d'origine.") % {"title": dataset.title},
                url=dataset.get_absolute_url(),
            )


def answered(request: DataRequest, key: str, sentence: str, by: User | None) -> None:
    """The same sentence for those who follow the authority: who follows both reads it once."""
    notifications.tell(
        key=f"{key}:authority",
        reference=request.organisation.reference,
        sentence=sentence,
        url=request.get_absolute_url(),
        by=by,
    )


def _titled(version: Version) -> str:
    """The table, and the dataset where it says more."""
    table, dataset = version.resource.title, version.resource.dataset.title
    return dataset if table == dataset else f"{dataset}, {table}"
