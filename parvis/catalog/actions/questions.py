"""A question that somebody keeps, so that others may read and cite it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog.models import Query
from parvis.catalog.questions import Question, QuestionRefused, answer

LONGEST_TITLE = 200


@transaction.atomic
def keep(*, question: Question, title: str, by: User | None) -> Query:
    """The question at the versions that it names; one that is already kept is given back as it is, title included.

    Only what has an answer is kept. Raises `QuestionRefused`."""
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise QuestionRefused(_("Donnez un titre à cette question : il dira ce qu'elle cherche."))
    if len(title) > LONGEST_TITLE:
        raise QuestionRefused(_("Ce titre est trop long : {n} caractères au plus.").format(n=LONGEST_TITLE))
    known = Query.objects.filter(pk=question.key).first()
    if known:
        return known
    answer(question, size=1)
    found, _created = Query.objects.get_or_create(
        pk=question.key,
        defaults={"title": title, "sql": question.sql.strip(), "resources": question.pinned, "created_by": by},
    )
    return found
