"""What the page of a map shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from parvis.debates.models import OpinionMap, Process, Statement
from parvis.debates.results import table
from parvis.debates.results.drawing import Picture, picture_of
from parvis.debates.results.sentences import Words, standing_sentence
from parvis.debates.results.standing import Standing

Done = OpinionMap.State.DONE


def good_map(process: Process, number: int | None = None) -> OpinionMap | None:
    """The last good map, or that of this number. Raises `Http404` for a number that is not there."""
    found = OpinionMap.objects.filter(process=process, state=Done)
    if number is None:
        return found.order_by("-number").first()
    one = found.filter(number=number).first()
    if one is None:
        raise Http404(_("Cette carte n'a pas été gardée. La carte actuelle est à l'adresse de la démarche."))
    return one


def state_sentence(process: Process, shown: OpinionMap | None) -> str:
    """What happens beside the map that is shown, dated; "" when it is the last one asked for."""
    last = OpinionMap.objects.filter(process=process).order_by("-number").only("number", "state", "created").first()
    if last is None or last.state == Done:
        return ""
    when = date_format(timezone.localtime(last.created), "DATETIME_FORMAT")
    if last.state == OpinionMap.State.FAILED:
        if shown is None:
            return _("Le calcul du %(date)s n'a pas abouti. Il sera repris dans l'heure.") % {"date": when}
        return _("La mise à jour du %(date)s n'a pas abouti : la carte ci-dessous reste la dernière bonne.") % {"date": when}
    if shown is None:
        return _("La première carte a été demandée le %(date)s. Elle paraîtra ici dès qu'elle sera calculée.") % {"date": when}
    return _("De nouvelles réponses sont arrivées : une carte a été demandée le %(date)s. Celle-ci reste en attendant.") % {
        "date": when
    }


@dataclass
class MapPage:
    process: Process
    map: OpinionMap
    standing: Standing | None = None
    by: str = "-commun"

    @cached_property
    def facts(self) -> dict[str, Any]:
        return dict(self.map.facts)

    @cached_property
    def words(self) -> Words:
        return Words(self.facts)

    @cached_property
    def picture(self) -> Picture:
        return picture_of(self.facts, self.standing)

    @cached_property
    def columns(self) -> list[table.Column]:
        return table.columns_of(self.facts)

    @cached_property
    def sorted(self) -> tuple[list[table.Row], str]:
        rows = table.rows_of(self.facts, self.standing.votes if self.standing else None)
        return table.sort(rows, self.columns, self.by)

    def rows(self, page: str) -> Page[table.Row]:
        return Paginator(self.sorted[0], table.PER_PAGE).get_page(page)

    @property
    def where(self) -> str:
        return standing_sentence(self.standing)


def texts_of(process: Process, numbers: list[int] | None = None) -> dict[int, str]:
    """What the statements say; one that is no longer shown says nothing more."""
    found = process.statements.all() if numbers is None else process.statements.filter(number__in=numbers)
    gone = _("(affirmation retirée depuis)")
    return {
        number: text if state == Statement.State.SHOWN else gone
        for number, text, state in found.values_list("number", "text", "state")
    }
