"""`{% opinion_card process %}`: the next statement to answer; `{% answers_bar statement %}`: what people answered, as one bar."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.debates.models import Process, Statement
from parvis.debates.opinion_page import card_of
from parvis.debates.participation import identity
from parvis.shared.templatetags.parvis import number

register = template.Library()
WIDTH = 300


@register.inclusion_tag("debates/_opinion_card.html", takes_context=True)
def opinion_card(context: Context, process: Process) -> dict[str, Any]:
    """For one person: the page that holds it is kept for nobody else (`readers.personal`)."""
    request = context["request"]
    card = card_of(request, identity.visit_of(request, process))
    return {"card": card, "process": process, "request": request}


@register.simple_tag
def answers_bar(statement: Statement) -> SafeString:
    """Agree full from the left, disagree pale and outlined from the right, pass empty between: told apart without colour."""
    if not statement.seen:
        return SafeString("")
    left = round(WIDTH * statement.agrees / statement.seen)
    right = round(WIDTH * statement.disagrees / statement.seen)
    label = _("%(agrees)s d'accord, %(disagrees)s pas d'accord, %(passes)s « je passe »") % {
        "agrees": number(statement.agrees),
        "disagrees": number(statement.disagrees),
        "passes": number(statement.passes),
    }
    return format_html(
        '<svg class="answers-bar" viewBox="0 0 {w} 14" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<rect class="frame" x=".5" y=".5" width="{inner}" height="13"/><rect class="agree" width="{left}" height="14"/>'
        '<rect class="disagree" x="{start}" width="{right}" height="14"/></svg>',
        w=WIDTH,
        inner=WIDTH - 1,
        label=label,
        left=left,
        start=WIDTH - right,
        right=right,
    )
