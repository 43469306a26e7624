"""Taking part, for programs: what the pages do, with a token, or as a visitor with the key that `next` gives. Nothing here is kept by caches.

A session's cookie counts for nothing here: who has an account gives a token. The cookie of a visitor is sent to these addresses only,
and a page of another site is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from parvis.accounts.models import User
from parvis.accounts.public import bearer
from parvis.debates import choosing, statements
from parvis.debates.actions import participants, sheets, votes
from parvis.debates.actions import statements as proposing
from parvis.debates.core.processes.rules import Act, Obstacle
from parvis.debates.models import Participant, Process, Statement, Vote
from parvis.debates.participation import identity
from parvis.debates.participation.identity import StaleKeyError, Visit
from parvis.debates.permissions import SENTENCES, get_process_for, verdict
from parvis.shared.limits import check_limit
from parvis.shared.problems import Problem
from parvis.territories.models import Level, Territory

router = Router(tags=["Débats"])
MOST, MOST_ANSWERS = 100, 5_000
WRITE = "debates:write"
Answer = Literal["agree", "pass", "disagree"]
VALUES: dict[str, int] = {"agree": 1, "pass": 0, "disagree": -1}
NAMES = {value: name for name, value in VALUES.items()}


# ----- What is answered and asked -----


class StatementOut(Schema):
    number: int
    text: str
    state: str
    reason: str
    seed: bool
    created: datetime
    agrees: int
    disagrees: int
    passes: int
    page: str
    reference: str


class MetaOut(Schema):
    page: int
    page_size: int
    total: int


class StatementsOut(Schema):
    data: list[StatementOut]
    meta: MetaOut


class NextOut(Schema):
    """`key` : à renvoyer avec la première réponse d'une personne sans compte. `obstacle` : ce qui empêche de répondre."""

    statement: StatementOut | None
    answered: int
    total: int
    key: str
    obstacle: Obstacle | None
    detail: str


class VoteIn(Schema):
    statement: int = Field(ge=1, lt=10_000_000, description="Numéro de l'affirmation.")
    value: Answer
    key: str = Field(
        "", max_length=600, description="Celle que donne `next` ; inutile avec un jeton, ou une fois le témoin reçu."
    )


class VoteOut(Schema):
    """Ce qui est enregistré. `counted` : faux tant qu'un lien envoyé par e-mail doit être ouvert."""

    statement: int
    value: Answer
    changed: datetime
    participant: int
    counted: bool


class MeOut(Schema):
    participant: int
    level: str
    origin: str
    counted: bool
    commune: str | None
    commune_asked: bool
    answered: int
    total: int
    created: datetime


class MeIn(Schema):
    commune: str | None = Field(max_length=5, description="Code INSEE, ou `null` pour ne pas le dire.")
    key: str = Field("", max_length=600)


class StatementIn(Schema):
    """`sure` : les affirmations ressemblantes ont été lues. `team` : écrite par l'équipe, montrée tout de suite."""

    text: str = Field(max_length=2_000)
    sure: bool = False
    team: bool = False
    key: str = Field("", max_length=600)


class AnswerIn(Schema):
    statement: int = Field(ge=1, lt=10_000_000)
    value: Answer


class SheetIn(Schema):
    origin: Literal["assisted", "paper"]
    commune: str | None = Field(None, max_length=5, description="Code INSEE.")
    answers: list[AnswerIn] = Field(min_length=1, max_length=MOST_ANSWERS)


class SheetOut(Schema):
    sheet: str
    participant: int
    origin: str
    answers: int


def statement_out(one: Statement) -> dict[str, Any]:
    shown = one.state == Statement.State.SHOWN
    return {
        "number": one.number,
        "text": one.text if shown else "",
        "state": one.state,
        "reason": one.reason,
        "seed": one.seed,
        "created": one.created,
        "agrees": one.agrees,
        "disagrees": one.disagrees,
        "passes": one.passes,
        "page": settings.SITE_URL + reverse("debates:statement", args=[one.process.slug, one.number]),
        "reference": one.reference,
    }


# ----- Who asks -----


def process_of(request: HttpRequest, slug: str) -> Process:
    """With the person of a token, or nobody: a session does not count."""
    if request.headers.get("Authorization"):
        bearer(WRITE)(request)
    else:
        request.user = AnonymousUser()
    try:
        return get_process_for(request.user, slug)
    except Http404:
        raise Problem(404, _("Cette démarche n'existe pas, ou n'est pas publique.")) from None


def sender(request: HttpRequest, process: Process, key: str) -> Visit:
    """Who writes: the person of a token, a browser that is known, or a newcomer with a key."""
    if isinstance(request.user, User):
        visit = participants.join_account(identity.visit_of(request, process))
    elif identity.cookie_of(request) and not key:
        identity.check_origin(request)
        visit = identity.visit_of(request, process)
    else:
        try:
            visit = identity.sending_visit(request, process, key)
        except StaleKeyError:
            raise Problem(409, _("Cette clé manque, ou ne va plus : demandez-en une à « next ».")) from None
    who = visit.participant.pk if visit.participant else visit.network
    check_limit(f"debates:api:{process.pk}:{who}", 60, 60)
    return visit


def check_open(visit: Visit, act: Act) -> None:
    obstacle = verdict(visit.user, act, visit.process, participant=visit.participant).obstacle
    if obstacle:
        raise Problem(403, str(SENTENCES[obstacle]), obstacle=obstacle.value)


def known(response: HttpResponse, visit: Visit) -> None:
    response.headers["Cache-Control"] = "no-store"
    identity.remember(response, visit)


# ----- Operations -----


@router.get("/debates/{slug}/statements", response=StatementsOut, summary="Les affirmations d'une démarche")
def list_statements(
    request: HttpRequest,
    slug: str,
    q: str = Query("", max_length=200),
    sort: Literal["recentes", "reponses", "accord", "divise", "numero"] = "numero",
    state: Literal["shown", "refused"] = "shown",
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(20, ge=1, le=MOST),
) -> dict[str, Any]:
    """Le texte d'une affirmation qui n'est pas retenue n'est pas donné ; son numéro et le motif, si. Les comptes ne portent que sur les
    personnes comptées."""
    asked = statements.Asked(q.replace("\x00", ""), sort, "refused" if state == "refused" else "")
    pages = Paginator(statements.listed(process_of(request, slug), asked), page_size)
    rows = list(pages.page(page)) if page <= pages.num_pages else []
    return {
        "data": [statement_out(one) for one in rows],
        "meta": {"page": page, "page_size": page_size, "total": pages.count},
    }


@router.get("/debates/{slug}/next", response=NextOut, summary="L'affirmation suivante, pour cette personne")
def next_statement(request: HttpRequest, response: HttpResponse, slug: str) -> dict[str, Any]:
    """Tirée selon sa priorité parmi celles qui restent ; la même tant qu'on n'y répond pas."""
    process = process_of(request, slug)
    visit = identity.visit_of(request, process)
    found = choosing.next_statement(visit, request.headers.get("User-Agent", "")[:200])
    progress = choosing.progress(process, visit.participant)
    obstacle = verdict(visit.user, Act.VOTE, process, participant=visit.participant).obstacle
    response.headers["Cache-Control"] = "no-store"
    return {
        "statement": statement_out(found) if found else None,
        "answered": progress.answered,
        "total": progress.total,
        "key": identity.make_key(visit),
        "obstacle": obstacle,
        "detail": str(SENTENCES[obstacle]) if obstacle else "",
    }


def cast(request: HttpRequest, response: HttpResponse, slug: str, given: VoteIn) -> dict[str, Any]:
    process = process_of(request, slug)
    visit = sender(request, process, given.key)
    statement = statement_called(process, given.statement)
    check_open(visit, Act.VOTE)
    try:
        person = votes.answer(visit, statement, VALUES[given.value])
    except votes.VoteError as error:
        raise Problem(409, str(error)) from error
    known(response, visit)
    vote = Vote.objects.select_related("participant").get(participant=person, statement=statement)
    return {
        "statement": statement.number, "value": NAMES[vote.value], "changed": vote.changed,
        "participant": vote.participant.number, "counted": vote.participant.counted,
    }  # fmt: skip


def statement_called(process: Process, number: int) -> Statement:
    found = process.statements.select_related("process").filter(number=number).exclude(state=Statement.State.WAITING).first()
    if found is None:
        raise Problem(404, _("Aucune affirmation de cette démarche n'a ce numéro."))
    return found


@router.put("/debates/{slug}/votes", response=VoteOut, summary="Répondre à une affirmation", operation_id="put_vote")
def put_vote(request: HttpRequest, response: HttpResponse, slug: str, given: VoteIn) -> dict[str, Any]:
    """La même réponse deux fois ne change rien ; une autre la remplace."""
    return cast(request, response, slug, given)


@router.post("/debates/{slug}/votes", response=VoteOut, summary="Répondre à une affirmation", operation_id="post_vote")
def post_vote(request: HttpRequest, response: HttpResponse, slug: str, given: VoteIn) -> dict[str, Any]:
    """Comme PUT, pour les programmes qui ne savent que POST."""
    return cast(request, response, slug, given)


@router.delete("/debates/{slug}/votes/{int:number}", response={204: None}, summary="Retirer sa réponse")
def delete_vote(request: HttpRequest, slug: str, number: int) -> Any:
    process = process_of(request, slug)
    visit = sender(request, process, "")
    check_open(visit, Act.VOTE)
    votes.take_back(visit, statement_called(process, number))
    return Status(204, None)


@router.post("/debates/{slug}/statements", response={201: StatementOut}, summary="Proposer une affirmation")
def propose(request: HttpRequest, response: HttpResponse, slug: str, given: StatementIn) -> Any:
    """409, avec `alike`, si d'autres disent presque la même chose : renvoyez-la avec `sure` après les avoir lues."""
    process = process_of(request, slug)
    text = given.text.replace("\x00", "")
    try:
        if given.team:
            return Status(201, statement_out(written(request, process, text)))
        visit = sender(request, process, given.key)
        check_open(visit, Act.SUGGEST)
        made = proposing.propose(visit, text, sure=given.sure)
    except proposing.AlikeError as error:
        raise Problem(409, str(error), alike=[{"number": one.number, "text": one.text} for one in error.found]) from error
    except proposing.StatementError as error:
        raise Problem(422, str(error)) from error
    known(response, visit)
    return Status(201, statement_out(made) | {"text": made.text})


def written(request: HttpRequest, process: Process, text: str) -> Statement:
    if not isinstance(request.user, User):
        raise Problem(401, _("Écrire au nom de l'équipe demande un jeton."))
    return proposing.write(process, text, by=request.user)


@router.get("/debates/{slug}/participants/me", response=MeOut, summary="Ma participation")
def me(request: HttpRequest, response: HttpResponse, slug: str) -> dict[str, Any]:
    process = process_of(request, slug)
    person = identity.visit_of(request, process).participant
    response.headers["Cache-Control"] = "no-store"
    if person is None:
        raise Problem(404, _("Vous n'avez encore répondu à rien dans cette démarche."))
    return me_out(process, person)


def me_out(process: Process, person: Participant) -> dict[str, Any]:
    progress = choosing.progress(process, person)
    return {
        "participant": person.number, "level": person.level, "origin": person.origin, "counted": person.counted,
        "commune": person.commune.code if person.commune else None, "commune_asked": person.commune_asked,
        "answered": progress.answered, "total": progress.total, "created": person.created,
    }  # fmt: skip


@router.put("/debates/{slug}/participants/me", response=MeOut, summary="Dire sa commune, ou qu'on ne la dit pas")
def live_in(request: HttpRequest, response: HttpResponse, slug: str, given: MeIn) -> dict[str, Any]:
    process = process_of(request, slug)
    visit = sender(request, process, given.key)
    obstacle = verdict(visit.user, Act.VOTE, process, participant=visit.participant).obstacle
    if obstacle not in (None, Obstacle.ELSEWHERE, Obstacle.CONFIRM):
        check_open(visit, Act.VOTE)
    person = participants.begin(visit)
    participants.live_in(person, commune_called(given.commune))
    known(response, visit)
    return me_out(process, person)


def commune_called(code: str | None) -> Territory | None:
    if code is None:
        return None
    found = Territory.objects.filter(level=Level.COMMUNE, code=code.replace("\x00", ""), active=True).first()
    if found is None:
        raise Problem(422, _("Aucune commune n'a ce code INSEE."))
    return found


@router.put(
    "/debates/{slug}/sheets/{sheet}", response=SheetOut, summary="Saisir les réponses d'une personne", auth=bearer(WRITE)
)
def put_sheet(request: HttpRequest, slug: str, sheet: str, given: SheetIn) -> dict[str, Any]:
    """Pour l'équipe d'une démarche : une feuille, une personne. `sheet` est le nom que vous lui donnez ; la même feuille envoyée de nouveau
    remplace ses réponses."""
    process = process_of(request, slug)
    answers = {one.statement: VALUES[one.value] for one in given.answers}
    if len(answers) != len(given.answers):
        raise Problem(422, _("Une affirmation porte deux réponses."))
    if not isinstance(request.user, User):
        raise Problem(401, _("Saisir des feuilles demande un jeton."))
    commune = commune_called(given.commune)
    try:
        person = sheets.enter(
            process, answers, by=request.user, sheet=f"api:{sheet[:200]}", origin=given.origin, commune=commune
        )
    except sheets.SheetError as error:
        raise Problem(422, str(error)) from error
    return {"sheet": sheet, "participant": person.number, "origin": person.origin, "answers": len(answers)}
