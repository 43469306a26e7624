"""Discussions, for programs: reading is open to all; writing takes a token with the scope `discussions:write`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from ninja.decorators import decorate_view

from parvis.accounts.public import bearer, signed_in
from parvis.discussions import actions, permissions, queries
from parvis.discussions.models import Message
from parvis.shared import citing
from parvis.shared.conditional import opened
from parvis.shared.problems import Problem

router = Router(tags=["Discussions"])
MOST = 100
WRITE = "discussions:write"


class MessageOut(Schema):
    """`text` et `signature` sont vides quand le message a été masqué ou retiré. `official` : écrit au nom de qui publie."""

    id: str
    page: str
    subject: str
    parent: str | None
    kind: Literal["comment", "question"]
    text: str
    signature: str
    official: bool
    voice: str
    quoted: str | None
    references: list[str]
    answer: str | None
    useful: int
    created: datetime
    edited: datetime | None
    hidden: datetime | None
    hidden_reason: str
    withdrawn: datetime | None
    waiting: bool
    invented: bool


class ThreadOut(MessageOut):
    replies: int


class MetaOut(Schema):
    page: int
    page_size: int
    total: int


class ThreadsOut(Schema):
    """`open` : une personne avec un compte peut écrire aujourd'hui ; sinon `closed` dit pourquoi."""

    data: list[ThreadOut]
    meta: MetaOut
    open: bool
    closed: str
    publisher: str


class OneOut(Schema):
    data: MessageOut
    replies: list[MessageOut]
    meta: MetaOut


class VersionOut(Schema):
    """Des mots que le message a eus, et jusqu'à quand."""

    text: str
    references: list[str]
    until: datetime


class VersionsOut(Schema):
    data: list[VersionOut]
    meta: MetaOut


class MessageIn(Schema):
    subject: str = Field(max_length=240, description="Référence d'une chose du site : `dataset:fibre`, `process:velo`.")
    text: str = Field(max_length=20_000)
    kind: Literal["comment", "question"] = "comment"
    parent: str = Field("", max_length=12, description="Le message auquel on répond.")
    quoted: str = Field("", max_length=12, description="Le message que l'on cite.")
    references: list[str] = Field([], max_length=5, description="Références ou adresses de pages du site.")
    signature: str = Field("", max_length=120, description="Nom affiché ; par défaut celui du compte.")
    official: bool = Field(False, description="Au nom de qui publie, si l'on en a le droit.")
    key: str = Field("", max_length=32, description="La même clé deux fois ne fait qu'un message.")


class MessageChange(Schema):
    text: str = Field(max_length=20_000)
    references: list[str] | None = Field(None, max_length=5, description="Absent : celles du message restent.")


def message_out(one: Message) -> dict[str, Any]:
    readable = one.is_readable
    return {
        "id": one.pk, "page": settings.SITE_URL + one.get_absolute_url(), "subject": one.subject, "parent": one.parent_id,
        "kind": one.kind, "text": one.words if readable else "", "signature": one.signature if readable else "",
        "official": bool(one.voice), "voice": one.voice, "quoted": one.quoted_id, "references": one.sources if readable else [],
        "answer": one.answer_id, "useful": one.useful, "created": one.created, "edited": one.edited, "hidden": one.hidden,
        "hidden_reason": one.hidden_reason, "withdrawn": one.withdrawn, "waiting": one.published is None, "invented": one.invented,
    }  # fmt: skip


def mine(one: Message) -> dict[str, Any]:
    """What its author gets back: their words, even while they wait."""
    return message_out(one) | {
        "text": one.text, "signature": one.signature, "references": one.references, "waiting": one.published is None or one.standing is not None,
    }  # fmt: skip


def anonymous(request: HttpRequest) -> Any:
    """Reading gives what everybody reads: a session counts for nothing here."""
    request.user = AnonymousUser()
    return request.user


def cited(lines: list[str]) -> list[str]:
    try:
        return citing.read("\n".join(lines), most=actions.MOST_SOURCES)
    except citing.CitingError as refusal:
        raise Problem(422, str(refusal)) from refusal


def cited_or_same(lines: list[str] | None) -> list[str] | None:
    return None if lines is None else cited(lines)


def found(user: Any, key: str) -> Message:
    try:
        return permissions.get_message_for(user, key)
    except Http404:
        raise Problem(404, _("Aucun message public n'a cet identifiant.")) from None


@router.get("/discussions", response=ThreadsOut, summary="Les fils d'une discussion", url_name="discussions")
@decorate_view(opened)
def list_threads(
    request: HttpRequest,
    subject: str = Query(..., max_length=240, description="Référence de ce dont on parle."),
    sort: Literal["useful", "recent", "oldest"] = "useful",
    only: Literal["", "questions", "unanswered"] = "",
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(20, ge=1, le=MOST),
) -> dict[str, Any]:
    """Le premier message de chaque fil. Les plus utiles d'abord ; à égalité, le plus récent."""
    floor = permissions.floor_of(subject, anonymous(request))
    if floor is None:
        raise Problem(404, _("Rien de public et dont on discute n'a cette référence."))
    order = {"useful": "utiles", "recent": "recents", "oldest": "anciens"}[sort]
    kept = {"": "", "questions": "questions", "unanswered": "sans-reponse"}[only]
    pages = Paginator(queries.heads(subject, None, order, kept), page_size)
    threads = queries.threads(pages.page(page), None) if page <= pages.num_pages else []
    return {
        "data": [message_out(one.head) | {"replies": one.total} for one in threads],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
        "open": not floor.closed, "closed": floor.closed, "publisher": floor.publisher,
    }  # fmt: skip


@router.get("/messages/{key}", response=OneOut, summary="Un message et ses réponses", url_name="message")
@decorate_view(opened)
def one_message(
    request: HttpRequest, key: str, page: int = Query(1, ge=1, le=100_000), page_size: int = Query(50, ge=1, le=MOST)
) -> dict[str, Any]:
    one = found(anonymous(request), key)
    pages = Paginator(queries.replies(one, None), page_size)
    return {
        "data": message_out(one),
        "replies": [message_out(reply) for reply in (pages.page(page) if page <= pages.num_pages else [])],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
    }


@router.get(
    "/messages/{key}/versions", response=VersionsOut, summary="Ce qu'un message disait avant", url_name="message_versions"
)
@decorate_view(opened)
def past_versions(
    request: HttpRequest, key: str, page: int = Query(1, ge=1, le=100_000), page_size: int = Query(50, ge=1, le=MOST)
) -> dict[str, Any]:
    """La dernière d'abord. Rien de ce qui a été masqué ou retiré."""
    one = found(anonymous(request), key)
    if not one.is_readable:
        raise Problem(404, _("Aucun message public n'a cet identifiant."))
    pages = Paginator(one.revisions.all(), page_size)
    return {
        "data": [
            {"text": past.text, "references": past.references, "until": past.until}
            for past in (pages.page(page) if page <= pages.num_pages else [])
        ],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
    }


@router.post("/messages", response={201: MessageOut}, auth=bearer(WRITE), summary="Écrire, ou répondre")
def post_message(request: HttpRequest, given: MessageIn) -> Any:
    """Le message est public tout de suite, sauf si une règle de modération demande qu'une personne le lise d'abord (`waiting`)."""
    fields = given.dict(include={"kind", "signature", "official"})
    parent, quoted = (found(request.user, key) if key else None for key in (given.parent, given.quoted))
    try:
        made = actions.write(
            given.subject.replace("\x00", ""), given.text, parent=parent, quoted=quoted, references=cited(given.references),
            form_key=given.key, by=signed_in(request), **fields,
        )  # fmt: skip
    except actions.DiscussionError as refusal:
        raise Problem(422, str(refusal)) from refusal
    return Status(201, mine(made))


@router.patch("/messages/{key}", response=MessageOut, auth=bearer(WRITE), summary="Corriger son message")
def change_message(request: HttpRequest, key: str, given: MessageChange) -> dict[str, Any]:
    """Ce qui était écrit avant reste lisible, avec sa date."""
    one = found(request.user, key)
    try:
        return mine(actions.edit(one, given.text, references=cited_or_same(given.references), by=signed_in(request)))
    except actions.DiscussionError as refusal:
        raise Problem(422, str(refusal)) from refusal


@router.delete("/messages/{key}", response={204: None}, auth=bearer(WRITE), summary="Retirer son message")
def withdraw_message(request: HttpRequest, key: str) -> Any:
    actions.withdraw(found(request.user, key), by=signed_in(request))
    return Status(204, None)


@router.put("/messages/{key}/useful", response=MessageOut, auth=bearer(WRITE), summary="Juger un message utile")
def put_useful(request: HttpRequest, key: str) -> dict[str, Any]:
    """Une fois par personne : recommencer ne change rien."""
    return marked(request, key, useful=True)


@router.delete("/messages/{key}/useful", response=MessageOut, auth=bearer(WRITE), summary="Ne plus le juger utile")
def delete_useful(request: HttpRequest, key: str) -> dict[str, Any]:
    return marked(request, key, useful=False)


def marked(request: HttpRequest, key: str, *, useful: bool) -> dict[str, Any]:
    try:
        return message_out(actions.mark_useful(found(request.user, key), useful=useful, by=signed_in(request)))
    except actions.DiscussionError as refusal:
        raise Problem(409, str(refusal)) from refusal


@router.put("/messages/{key}/answer", response=MessageOut, auth=bearer(WRITE), summary="Dire qu'une réponse est la réponse")
def put_answer(request: HttpRequest, key: str) -> dict[str, Any]:
    """De la question qui est en tête du fil ; par qui l'a posée, ou par qui publie. Rend la question."""
    return answered(request, key, found(request.user, key))


@router.delete("/messages/{key}/answer", response=MessageOut, auth=bearer(WRITE), summary="Ce n'est pas la réponse")
def delete_answer(request: HttpRequest, key: str) -> dict[str, Any]:
    return answered(request, key, None)


def answered(request: HttpRequest, key: str, reply: Message | None) -> dict[str, Any]:
    question = found(request.user, key).parent
    if question is None:
        raise Problem(409, _("Choisissez une réponse de ce fil."))
    if reply is None and question.answer_id != key:
        return message_out(question)
    try:
        return message_out(actions.mark_answer(question, reply, by=signed_in(request)))
    except actions.DiscussionError as refusal:
        raise Problem(409, str(refusal)) from refusal
