"""What followers read of a request, and that the search looks at it again."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog import news
from parvis.catalog.core.requests.clocks import Reply
from parvis.catalog.models import DataRequest, DataRequestAnswer
from parvis.notifications.public import follow_too, tell
from parvis.shared.search import keeper


def look_again(request: DataRequest) -> None:
    transaction.on_commit(partial(keeper.look_again, "request"))


def answered(request: DataRequest, answer: DataRequestAnswer, by: User) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        said = {
            Reply.DATASET: _("%(authority)s a publié des données en réponse à « %(title)s »."),
            Reply.DATE: _("%(authority)s promet une date pour « %(title)s »."),
            Reply.REFUSAL: _("%(authority)s a refusé « %(title)s », avec son motif."),
        }[Reply(answer.kind)]
        sentence = said % {"authority": request.organisation.name, "title": request.title}
    _tell(request, f"answer:{answer.pk}", sentence, by)
    news.answered(request, f"{request.reference}:answer:{answer.pk}", sentence, by)


def silence(request: DataRequest) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("Un mois a passé sans réponse de %(authority)s à « %(title)s » : la loi y voit un refus.") % {
            "authority": request.organisation.name,
            "title": request.title,
        }
    _tell(request, "silence", sentence)


def closed(request: DataRequest, by: User) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("La demande « %(title)s » est close par son auteur.") % {"title": request.title}
    _tell(request, "closed", sentence, by)


def passed(request: DataRequest, made: DataRequest, by: User) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("%(authority)s ne détient pas ce que demande « %(title)s » et transmet la demande à %(other)s.") % {
            "authority": request.organisation.name,
            "title": request.title,
            "other": made.organisation.name,
        }
    _tell(request, "passed", sentence, by)
    news.answered(request, f"{request.reference}:passed", sentence, by)
    look_again(made)


def followers_come_along(request: DataRequest, made: DataRequest) -> None:
    follow_too(request.reference, made.reference)


def _tell(request: DataRequest, what: str, sentence: str, by: User | None = None) -> None:
    tell(
        key=f"{request.reference}:{what}", reference=request.reference, sentence=sentence, url=request.get_absolute_url(), by=by
    )
    look_again(request)
