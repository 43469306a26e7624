"""What changed between two versions of a table: open to all, no key, from any site."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view

from parvis.catalog import comparison_rows, comparisons, queries, rows
from parvis.catalog.api.read import Links, Meta, _found, _links
from parvis.catalog.models import Comparison, Resource, Version
from parvis.catalog.retold import retold
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router()
MOST_CHANGES = 200


class CountsOut(Schema):
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    same: int
    unkeyed_before: int
    unkeyed_after: int


class RetypedOut(Schema):
    name: str
    before: str
    after: str


class ColumnsOut(Schema):
    added: list[str]
    removed: list[str]
    retyped: list[RetypedOut]
    changed: dict[str, int]


class ComparisonOut(Schema):
    before: int
    after: int
    key: list[str]
    key_reason: str
    counts: CountsOut
    columns: ColumnsOut
    files: dict[str, str]
    data: list[dict[str, Any]]
    links: Links
    meta: Meta


class WaitingOut(Schema):
    before: int
    after: int
    state: str
    page: str


DESCRIPTION = (
    "Lignes ajoutées, retirées et modifiées, suivies par la clé du schéma, sinon par une colonne sans vide ni doublon "
    "(`key`, `key_reason` : `schema` ou `unique`), sinon comparées entières (`key` vide). `unkeyed_*` compte les lignes dont la "
    "clé est vide ou répétée : elles sont comparées entières. Deux longues tables sont comparées par un travail : la réponse "
    "est 202 tant qu'il n'est pas fini ; redemandez quelques secondes plus tard. Tous les changements : `files`."
)


@router.get(
    "/resources/{resource}/versions/{before}/compare/{after}",
    response={200: ComparisonOut, 202: WaitingOut},
    summary="Ce qui change d'une version à une autre",
    description=DESCRIPTION,
    url_name="comparison",
)
@decorate_view(opened)
def compare(
    request: HttpRequest,
    resource: str,
    before: int,
    after: int,
    change: Literal["", "added", "removed", "changed"] = Query("", description="Une seule sorte de changements."),
    column: str = Query("", description="Les lignes modifiées dans cette colonne."),
    page: int = Query(1, ge=1, le=100_000_000),
    page_size: int = Query(20, ge=1, le=MOST_CHANGES),
) -> Any:
    found = _found(resource)
    asked = _asked(_version(found, before), _version(found, after))
    if asked.state != comparisons.DONE:
        return Status(202, _waiting(found, asked))
    if column and column not in asked.summary["common"]:
        raise Problem(400, _("Les deux versions n'ont pas de colonne commune « %(column)s ».") % {"column": column[:80]})
    kind = "changed" if column else change
    if column and change not in {"", "changed"}:
        raise Problem(400, _("« column » ne s'applique qu'aux lignes modifiées."))
    total = comparison_rows.total(asked, kind, column)
    try:
        changes = comparison_rows.page(asked, kind=kind, column=column, offset=(page - 1) * page_size, limit=page_size)
    except rows.OverloadError as error:
        raise Problem(503, retold(str(error))) from error
    answer = _described(found, asked) | {
        "data": [comparison_rows.described(one) for one in changes],
        "links": _links(request, page, page_size, total),
        "meta": {"page": page, "page_size": page_size, "total": total},
    }
    return Status(200, answer)


def _version(resource: Resource, number: int) -> Version:
    found = queries.published_version(resource, number) if 0 < number < 2**31 else None
    if found is None:
        raise Problem(404, _("Cette version n'existe pas."))
    if found.withdrawn:
        raise Problem(410, _("La version %(n)s a été retirée.") % {"n": number}, reason=found.withdrawal_reason)
    return found


def _asked(before: Version, after: Version) -> Comparison:
    """Done, or under way: a program does not press a button."""
    try:
        found = comparisons.ask(before=before, after=after)
    except comparisons.CannotCompareError as error:
        raise Problem(422, retold(str(error))) from error
    except comparisons.TooManyError as error:
        raise Problem(503, retold(str(error))) from error
    if found.state == comparisons.FAILED:
        raise Problem(503, retold(found.error))
    return found


def _addresses(resource: Resource, asked: Comparison) -> tuple[str, str, int, int]:
    return resource.dataset.slug, resource.pk, asked.before.number, asked.after.number


def _waiting(resource: Resource, asked: Comparison) -> dict[str, Any]:
    page = settings.SITE_URL + reverse("catalog:comparison", args=_addresses(resource, asked))
    return {"before": asked.before.number, "after": asked.after.number, "state": asked.state, "page": page}


def _described(resource: Resource, asked: Comparison) -> dict[str, Any]:
    summary = asked.summary
    counts = {name: summary[name] for name in CountsOut.model_fields if name != "same"}
    addresses = _addresses(resource, asked)
    return {
        "before": asked.before.number,
        "after": asked.after.number,
        "key": summary["key"],
        "key_reason": summary["reason"],
        "counts": counts | {"same": summary["rows_after"] - summary["added"] - summary["changed"]},
        "columns": {
            "added": summary["columns_added"],
            "removed": summary["columns_removed"],
            "retyped": summary["retyped"],
            "changed": {name: n for name, n in zip(summary["common"], summary["cells"], strict=True) if n},
        },
        "files": {
            kind: settings.SITE_URL + reverse("catalog:comparison_file", args=[*addresses, kind]) for kind in ("csv", "json")
        },
    }
