"""Keeping a chart, and choosing who may show it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.actions.datasets import check_edit
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.models import Chart, Dataset, Embedding, Version
from parvis.catalog.models.charts import chart_id
from parvis.catalog.permissions import Deed, check

SITE = re.compile(r"https://(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(?::[0-9]{2,5})?")
MOST_SITES = 20
LONGEST_TITLE = 250


class ChartError(Exception):
    """A sentence for the person."""


@transaction.atomic
def keep(version: Version, choice: Choice, *, findings: Mapping[str, str], title: str = "", by: User | None = None) -> Chart:
    """The chart, kept once however often it is asked for. Words of one's own need a name behind them: without `by`, the finding
    (`findings`, by language; that of the site names the chart for everybody)."""
    finding = findings[settings.LANGUAGE_CODE]
    own = " ".join(title.split())[:LONGEST_TITLE] if by else ""
    written = own if own and own != finding else ""
    said = written or finding[:LONGEST_TITLE]
    key = chart_id(version.pk, choice.text, written)
    chart, _created = Chart.objects.get_or_create(
        pk=key,
        defaults={
            "resource_id": version.resource_id,
            "version": version,
            "choice": choice.as_dict(),
            "title": said,
            "own_title": bool(written),
            "findings": {language: said[:LONGEST_TITLE] for language, said in findings.items()},
            "created_by": by,
        },
    )
    return chart


@transaction.atomic
def remove(chart: Chart, *, by: User) -> None:
    """Those who publish the data may take away a chart that says what it should not."""
    check(by, Deed.EDIT, chart.resource.dataset.organisation)
    chart.delete()


@transaction.atomic
def choose_embedding(dataset: Dataset, *, who: str, sites: str = "", by: User) -> Embedding:
    """who: `everybody`, `nobody`, or `some`, with the addresses of the sites. Raises ChartError."""
    check_edit(dataset, by=by)
    chosen = {"everybody": Embedding.EVERYBODY, "nobody": ""}.get(who)
    if chosen is None:
        chosen = " ".join(_sites(sites))
    embedding, _created = Embedding.objects.update_or_create(dataset=dataset, defaults={"sites": chosen})
    return embedding


def _sites(text: str) -> list[str]:
    found = list(dict.fromkeys(one.strip().lower().rstrip("/") for one in re.split(r"[\s,;]+", text) if one.strip()))
    for one in found:
        if not SITE.fullmatch(one):
            raise ChartError(
                _("« {site} » n'est pas l'adresse d'un site : écrivez par exemple https://www.exemple.fr.").format(
                    site=one[:80]
                )
            )
    if not 0 < len(found) <= MOST_SITES or len(" ".join(found)) > 1000:
        raise ChartError(_("Donnez de 1 à {most} adresses de sites, une par ligne.").format(most=MOST_SITES))
    return found
