"""Lists of statements: sorted, searched, a page at a time, with counts that are read and not counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.functions import Cast, Greatest, Least
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from parvis.debates.models import Process, Statement
from parvis.shared.search.words import meaning, stem

PER_PAGE = 25
SORTS = {
    "recentes": _("les plus récentes"),
    "reponses": _("les plus répondues"),
    "accord": _("celles qui rassemblent"),
    "divise": _("celles qui divisent"),
    "numero": _("par numéro"),
}
ORDERS: dict[str, tuple[Any, ...]] = {
    "recentes": ("-number",),
    "reponses": ("-seen_count", "number"),
    "accord": ("-agreement", "number"),
    "divise": ("-division", "number"),
    "numero": ("number",),
}
STATES = {"": _("soumises aux réponses"), "refused": _("non retenues")}


@dataclass(frozen=True)
class Asked:
    text: str = ""
    sort: str = "recentes"
    state: str = ""


def asked(parameters: QueryDict) -> Asked:
    sort, state = parameters.get("tri", ""), parameters.get("etat", "")
    text = parameters.get("q", "").replace("\x00", "").strip()[:200]
    return Asked(text, sort if sort in SORTS else "recentes", state if state in STATES else "")


def listed(process: Process, question: Asked) -> QuerySet[Statement]:
    """What everybody may read. With few answers a share says little: two of each are added before it is computed."""
    state = Statement.State.REFUSED if question.state == "refused" else Statement.State.SHOWN
    found = Statement.objects.filter(process=process, state=state)
    for word in stem(meaning(question.text)) if state == Statement.State.SHOWN else ():
        found = found.filter(words__contains=f" {word}")
    seen = F("agrees") + F("disagrees") + F("passes")
    half = Cast(F("agrees") + F("disagrees"), FloatField())
    found = found.annotate(
        seen_count=seen,
        agreement=Cast(F("agrees") + Value(2), FloatField()) / (Cast(seen, FloatField()) + Value(4.0)),
        division=Cast(Least("agrees", "disagrees"), FloatField()) / Greatest(half, Value(1.0)) * half / (half + Value(4.0)),
    )
    return found.select_related("process").order_by(*ORDERS[question.sort])


def waiting(process: Process) -> QuerySet[Statement]:
    """What the team has to read, the oldest first."""
    found = Statement.objects.filter(process=process, state=Statement.State.WAITING)
    return found.select_related("author").order_by("number")
