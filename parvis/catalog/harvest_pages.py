"""What the pages of the sources say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models import HarvestedDataset, HarvestRecord, HarvestRun, HarvestSource, LinkCheck
from parvis.catalog.permissions import Deed, can

HEADER = ("page", "devenir", "identifiant", "titre", "jeu_de_donnees", "message")
RECOGNISED = {
    "dcat": _("un catalogue DCAT"),
    "ckan": _("un portail CKAN"),
    "udata": _("un portail udata, comme data.gouv.fr"),
}
REASONS = {
    "siren": _("par son SIREN"),
    "insee": _("par son code INSEE"),
    "name": _("par son nom"),
    "person": _("par une personne"),
}


def sources(found: QuerySet[HarvestSource]) -> QuerySet[HarvestSource]:
    """The list: how many datasets each gives, and how its last reading ended."""
    last = HarvestRun.objects.filter(source=OuterRef("pk"), preview=False).order_by("-created")
    datasets = (
        HarvestedDataset.objects.filter(source=OuterRef("pk"), archived=None).order_by().values("source").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    return found.annotate(
        shown=Subquery(datasets),
        last_state=Subquery(last.values("state")[:1]),
        last_ended=Subquery(last.values("ended")[:1]),
    )


def asked(given: QueryDict) -> dict[str, str]:
    """What another page filled in beforehand."""
    return {name: str(given[name])[:1000] for name in ("address", "organisation", "name") if name in given}


def number(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 else 0


def source_page(source: HarvestSource, user: object) -> dict[str, Any]:
    manages = can(user, Deed.HARVEST, source.organisation)
    look = source.runs.filter(preview=True).first() if manages else None
    current = source.runs.filter(state__in=["waiting", "running"]).first()
    return {
        "source": source,
        "manages": manages,
        "draft": source.state == HarvestSource.State.DRAFT,
        "look": look,
        "looking": bool(look and look.at_work),
        "current": None if current and current.preview else current,
        "recognised": RECOGNISED.get(source.kind, ""),
        "runs": source.runs.filter(preview=False).select_related("asked_by"),
        "publishers": publishers(source) if manages else [],
        "to_confirm": source.publishers.filter(state="proposed").count() if manages else 0,
        "shown": source.datasets.filter(archived=None).count(),
        "broken": LinkCheck.objects.filter(
            state=LinkCheck.State.BROKEN, resource__dataset__harvested__source=source
        ).count(),
    }  # fmt: skip


def publishers(source: HarvestSource) -> list[dict[str, Any]]:
    """Those that wait for an answer first."""
    ranks = {"proposed": 0, "unknown": 1, "confirmed": 2, "refused": 3}
    found = sorted(source.publishers.select_related("organisation"), key=lambda one: (ranks[one.state], -one.count, one.name))
    return [{"one": one, "reason": REASONS.get(one.reason, "")} for one in found]


def filtered(run: HarvestRun, given: Mapping[str, str]) -> tuple[QuerySet[HarvestRecord], str, str]:
    """The lines of a log that are asked for: a fate, some words."""
    fate, text = given.get("devenir", ""), " ".join(given.get("q", "").replace("\x00", "").split())[:100]
    found = run.records.all()
    if fate in HarvestRecord.Fate.values:
        found = found.filter(fate=fate)
    else:
        fate = ""
    if text:
        found = found.filter(Q(title__icontains=text) | Q(identifier__icontains=text) | Q(message__icontains=text))
    return found, fate, text


def run_page(run: HarvestRun, given: Mapping[str, str], user: object) -> dict[str, Any]:
    found, fate, text = filtered(run, given)
    counts = dict(run.records.order_by().values_list("fate").annotate(n=Count("pk")))
    fates = [(value, label, counts[value]) for value, label in HarvestRecord.Fate.choices if counts.get(value)]
    return {
        "run": run,
        "source": run.source,
        "records": found.select_related("dataset"),
        "fate": fate,
        "text": text,
        "fates": fates,
        "manages": can(user, Deed.HARVEST, run.source.organisation),
        "duration": timedelta(seconds=round(run.seconds)),
    }


def lines(run: HarvestRun, given: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    found, _fate, _text = filtered(run, given)
    for one in found.select_related("dataset").iterator(chunk_size=1000):
        slug = one.dataset.slug if one.dataset else ""
        yield (one.page or "", one.get_fate_display(), one.identifier, one.title, slug, one.message)
