"""The discussion of a thing, a thread, writing, correcting, and what is said on the whole site."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parvis.accounts.public import signed_in
from parvis.discussions import actions, permissions, queries
from parvis.discussions.forms import MessageForm
from parvis.discussions.models import Message
from parvis.shared import kinds
from parvis.shared.exports import stream_csv
from parvis.shared.limits import TooMany

PER_PAGE, REPLIES_PER_PAGE = 15, 50
NO = (actions.DiscussionError, TooMany, PermissionDenied)
ONLY = ("", "questions", "sans-reponse")


def _about(request: HttpRequest, subject: str) -> dict[str, Any]:
    """The thing, and what this person may do of its discussion."""
    floor = permissions.get_floor_for(request.user, subject)
    card = kinds.cards([subject], request.user)[0]
    if card.state == "gone":
        raise Http404
    kind = kinds.get(card.kind)
    return {
        "subject": subject, "about": card, "floor": floor, "label": kind.label, "hue": kind.domain.value,
        "may_write": permissions.may_write(request.user, floor),
        "may_reply": permissions.may_reply(request.user, floor),
    }  # fmt: skip


def _only(request: HttpRequest) -> str:
    asked = request.GET.get("seulement", "")
    return asked if asked in ONLY else ""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The latest threads of the site; those of a thing that left public view are not told."""
    kind = request.GET.get("nature", "")[:30]
    page = Paginator(queries.latest(_only(request), kind), PER_PAGE).get_page(request.GET.get("page"))
    cards = kinds.cards([one.subject for one in page], request.user)
    threads = queries.threads(page, request.user)
    context = {
        "page": page,
        "cited": queries.cited_by((thread.head for thread in threads), request.user),
        "threads": [(thread, card) for thread, card in zip(threads, cards, strict=True) if card.state == "here"],
        "only": _only(request),
        "kind": kind,
        "facts": queries.facts_of(),
        "year": queries.facts_of(days=365),
    }
    return render(request, "discussions/index.html", context)


@require_safe
def subject(request: HttpRequest, reference: str) -> HttpResponse:
    sort = request.GET.get("tri", "")
    context = _about(request, reference)
    found = queries.heads(reference, request.user, sort, _only(request))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    threads = queries.threads(page, request.user)
    context |= _marks(request, [message for thread in threads for message in thread.messages])
    context |= {"page": page, "threads": threads, "facts": queries.facts_of(reference), "only": _only(request)}
    context |= {"sorts": queries.SORTS, "sort": sort if sort in queries.SORTS else "utiles"}
    return render(request, "discussions/subject.html", context)


def _marks(request: HttpRequest, shown: list[Message]) -> dict[str, Any]:
    marked, cited = queries.marked_by(request.user, shown), queries.cited_by(shown, request.user)
    return {"marked": marked, "cited": cited, "here": request.get_full_path()}


@require_safe
def thread(request: HttpRequest, message_id: str) -> HttpResponse:
    """A thread and its replies; with `message`, the page that holds that one."""
    head = permissions.get_message_for(request.user, message_id)
    if head.parent_id:
        return redirect(head)
    found = queries.replies(head, request.user)
    number = request.GET.get("page") or _page_of(found, request.GET.get("message_id", ""))
    page = Paginator(found, REPLIES_PER_PAGE).get_page(number)
    context = _about(request, head.subject) | _marks(request, [head, *page])
    context |= {"head": head, "page": page, "reads_early": permissions.reads_early(request.user, head)}
    context |= {"may_answer_be_marked": permissions.may_mark_answer(request.user, head, context["floor"])}
    return render(request, "discussions/thread.html", context)


def _page_of(found: Any, message_id: str) -> int:
    one = found.filter(pk=message_id.replace("\x00", "")).first() if message_id else None
    before = found.filter(created__lt=one.created).count() if one else 0
    return int(before // REPLIES_PER_PAGE) + 1


@never_cache
@login_required
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """A new thread; with `a`, an answer to a message; with `cite`, words quoted."""
    context, by = _about(request, reference), signed_in(request)
    parent, quoted = (_named(request, name, reference) for name in ("a", "cite"))
    floor = context["floor"]
    initial = {"signature": by.name, "kind": request.GET.get("nature", Message.KindOf.COMMENT), "official": floor.speaks}
    form = MessageForm(
        request.POST or None, initial=initial, asks=parent is None, speaks=floor.publisher if floor.speaks else ""
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write(reference, **form.cleaned_data, parent=parent, quoted=quoted, by=by)
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(made))
            return redirect(made)
    context |= {"form": form, "parent": parent, "quoted": quoted}
    return render(request, "discussions/form.html", context, status=422 if form.is_bound else 200)


def _said(made: Message) -> str:
    if made.standing:
        return _(
            "Merci. Une personne relit votre correction avant qu'elle soit publique ; d'ici là, chacun lit ce que vous aviez écrit."
        )
    if made.published:
        return _("Votre message est publié.")
    return _("Merci. Une personne relit votre message avant qu'il soit public ; vous êtes seul à le voir pour l'instant.")


def _named(request: HttpRequest, name: str, subject: str) -> Message | None:
    """The message that the address names, of the same discussion, which this person reads."""
    key = request.GET.get(name, "")
    found = permissions.get_message_for(request.user, key) if key else None
    if found and (found.subject != subject or not found.is_readable):
        raise Http404
    return found


@never_cache
@login_required
def edit(request: HttpRequest, message_id: str) -> HttpResponse:
    found = permissions.get_message_for(request.user, message_id)
    if not permissions.may_edit(request.user, found):
        raise PermissionDenied(_("Seule la personne qui l'a écrit peut le changer."))
    initial = {"text": found.text, "references": "\n".join(found.references)}
    form = MessageForm(request.POST or None, initial=initial, asks=False, speaks="", editing=True)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.edit(found, **form.cleaned_data, by=signed_in(request))
        except NO as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(changed))
            return redirect(changed)
    context = _about(request, found.subject) | {"form": form, "edited": found}
    return render(request, "discussions/form.html", context, status=422 if form.is_bound else 200)


@require_safe
def history(request: HttpRequest, message_id: str) -> HttpResponse:
    """What the message said before. Words that were hidden or withdrawn are not shown here either."""
    found = permissions.get_message_for(request.user, message_id)
    if not found.is_readable and not permissions.reads_early(request.user, found):
        raise Http404
    page = Paginator(found.revisions.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "discussions/history.html", _about(request, found.subject) | {"message": found, "page": page})


@login_required
@require_POST
def withdraw(request: HttpRequest, message_id: str) -> HttpResponse:
    found = permissions.get_message_for(request.user, message_id)
    actions.withdraw(found, by=signed_in(request))
    messages.success(request, _("Votre message est retiré."))
    return redirect("discussions:subject", found.subject)


@login_required
@require_POST
def useful(request: HttpRequest, message_id: str) -> HttpResponse:
    found = permissions.get_message_for(request.user, message_id)
    return _done(request, found, lambda: actions.mark_useful(found, useful="stop" not in request.POST, by=signed_in(request)))


@login_required
@require_POST
def answer(request: HttpRequest, message_id: str) -> HttpResponse:
    """Mark the message as the answer to the question of its thread, or take the mark away."""
    found = permissions.get_message_for(request.user, message_id)
    if found.parent is None:
        raise Http404
    question, reply = found.parent, None if "stop" in request.POST else found
    return _done(request, found, lambda: actions.mark_answer(question, reply, by=signed_in(request)))


def _done(request: HttpRequest, found: Message, act: Any) -> HttpResponse:
    try:
        act()
    except (actions.DiscussionError, TooMany) as refusal:
        messages.error(request, str(refusal))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(f"{back.partition('#')[0]}#m-{found.pk}")
    return redirect(found)


@require_safe
def export(request: HttpRequest, reference: str) -> HttpResponseBase:
    permissions.get_floor_for(request.user, reference)
    name = reference.replace(":", "-")
    answer = StreamingHttpResponse(stream_csv(queries.HEADER, queries.lines(reference)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="discussion-{name}.csv"'
    return answer
