"""A chart that was kept, for programs: what was chosen, what it says, where its picture and its data are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.decorators import decorate_view

from parvis.catalog import charts
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()


class ChartVersionOut(Schema):
    resource: str
    number: int
    created: datetime
    address: str


class ChartOut(Schema):
    id: str
    reference: str
    title: str
    choice: dict[str, Any]
    page: str
    data: dict[str, str]
    pictures: dict[str, str]
    dataset: str
    source: str
    version: ChartVersionOut
    newer_version: int | None
    created: datetime


@router.get("/charts/{chart_id}", response=ChartOut, summary="Un graphique gardé", operation_id="get_chart")
@decorate_view(opened)
def get_chart(request: HttpRequest, chart_id: str) -> dict[str, Any]:
    """Ce qui a été choisi, la phrase qui en sort, et les adresses de l'image et des données. Le graphique est lié pour toujours à une
    version : `newer_version` dit si une autre l'a suivie."""
    try:
        chart = charts.get_chart_for(AnonymousUser(), chart_id)
    except Http404:
        raise Problem(404, _("Ce graphique n'existe pas, ou n'est pas public.")) from None
    version, dataset = chart.version, chart.resource.dataset
    if version.withdrawn:
        reason = " " + _("Motif : %(reason)s") % {"reason": version.withdrawal_reason} if version.withdrawal_reason else ""
        raise Problem(410, _("Ce graphique montrait la version %(n)s, qui a été retirée.") % {"n": version.number} + reason)

    def address(name: str, *args: Any) -> str:
        return settings.SITE_URL + reverse(f"catalog:{name}", args=args)

    newer = charts.newer(chart)
    return {
        "id": chart.pk,
        "reference": chart.reference,
        "title": chart.said,
        "choice": chart.choice,
        "page": address("chart", chart.pk),
        "data": {kind: address("chart_data", chart.pk, kind) for kind in ("csv", "json")},
        "pictures": {kind: address("chart_download", chart.pk, kind) for kind in ("svg", "png")},
        "dataset": dataset.slug,
        "source": charts.origin(version),
        "version": {
            "resource": chart.resource_id,
            "number": version.number,
            "created": version.created,
            "address": address("version", dataset.slug, chart.resource_id, version.number),
        },
        "newer_version": newer.number if newer else None,
        "created": chart.created,
    }
