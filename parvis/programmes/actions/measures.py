"""Measures: stated from passages, imported, corrected, merged. A person always decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core.rules import Act
from parvis.programmes.models import CandidateList, ListReply, Measure, Passage
from parvis.programmes.permissions import check, check_speaks_for
from parvis.programmes.traces import trace
from parvis.shared.limits import check_limit
from parvis.shared.search import keeper


def look_again() -> None:
    transaction.on_commit(partial(keeper.look_again, "measure"))


def next_number(candidate_list: CandidateList) -> int:
    CandidateList.objects.select_for_update().get(pk=candidate_list.pk)
    last: int | None = candidate_list.measures.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


@transaction.atomic
def state(
    candidate_list: CandidateList,
    *,
    title: str,
    passages: Sequence[Passage],
    by: User,
    origin: str = Measure.Origin.READING,
) -> Measure:
    """State one or several passages of a list as one proposal."""
    check(by, Act.PREPARE, candidate_list.election)
    words = one_line(title)
    if not words:
        raise ElectionError(_("Dites la mesure en une phrase."))
    if not passages or any(passage.source.candidate_list_id != candidate_list.pk for passage in passages):
        raise ElectionError(_("Une mesure s'appuie sur au moins un passage d'un document de cette liste."))
    made = Measure.objects.create(
        candidate_list=candidate_list, number=next_number(candidate_list), title=words[:300], origin=origin, created_by=by
    )
    made.passages.set(passages)
    trace(candidate_list.election, "measure.state", by=by, about=made.reference, passages=[one.pk for one in passages])
    look_again()
    return made


@transaction.atomic
def correct(measure: Measure, *, title: str, references: Sequence[str], by: User) -> Measure:
    """State it otherwise, or put other things of the site beside it. Its passages, and what was coded, stay."""
    check(by, Act.PREPARE, measure.candidate_list.election)
    words, beside = one_line(title)[:300], list(references)
    if not words:
        raise ElectionError(_("Dites la mesure en une phrase."))
    fresh = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    if (fresh.title, fresh.references) == (words, beside):
        return fresh
    before = {"title": fresh.title, "references": fresh.references}
    trace(measure.candidate_list.election, "measure.correct", by=by, about=fresh.reference, before=before)
    fresh.title, fresh.references = words, beside
    fresh.save()
    look_again()
    return fresh


@transaction.atomic
def merge(measure: Measure, *, into: Measure, by: User) -> Measure:
    """Two measures of one list say the same: the first leads to the second, which takes its passages. Codings of the first stay."""
    check(by, Act.PREPARE, measure.candidate_list.election)
    fresh, kept = (Measure.objects.select_for_update().get(pk=one.pk) for one in (measure, into))
    if fresh.pk == kept.pk or fresh.candidate_list_id != kept.candidate_list_id:
        raise ElectionError(_("On ne réunit que deux mesures d'une même liste."))
    if fresh.merged_into_id or kept.merged_into_id:
        raise ElectionError(_("L'une de ces mesures est déjà réunie à une autre."))
    kept.passages.add(*fresh.passages.all())
    kept.save()
    fresh.merged.update(merged_into=kept, modified=timezone.now())
    fresh.merged_into = kept
    fresh.save()
    trace(measure.candidate_list.election, "measure.merge", by=by, about=fresh.reference, into=kept.reference)
    look_again()
    return fresh


@transaction.atomic
def import_rows(candidate_list: CandidateList, texts: Iterable[str], *, by: User | None) -> tuple[int, int]:
    """Uncoded measures from texts; one that the list already has is left. (added, already there)."""
    if by is not None:
        check(by, Act.PREPARE, candidate_list.election)
    known = set(candidate_list.measures.values_list("quote", flat=True))
    number, there = next_number(candidate_list), 0
    made: list[Measure] = []
    for text in texts:
        words = one_line(text)[:4000]
        if not words:
            continue
        if words in known:
            there += 1
            continue
        known.add(words)
        title = words if len(words) <= 300 else words[:299].rsplit(" ", 1)[0] + "…"
        place = number + len(made)
        made.append(
            Measure(candidate_list=candidate_list, number=place, title=title, quote=words, origin="import", created_by=by)
        )
    Measure.objects.bulk_create(made, batch_size=500)
    trace(candidate_list.election, "measures.import", by=by, about=candidate_list.slug, added=len(made), there=there)
    look_again()
    return len(made), there


@transaction.atomic
def reply(measure: Measure, *, text: str, by: User) -> ListReply:
    """The list answers in public to the reading of its measure; a newer answer takes the place of the older, which the trail keeps."""
    check_speaks_for(by, measure.candidate_list)
    words = text.replace("\x00", "").strip()[:2000]
    if not words:
        raise ElectionError(_("Écrivez votre réponse."))
    check_limit(f"list-reply:{by.pk}", 40, 86_400)
    before = ListReply.objects.filter(measure=measure).values_list("text", flat=True).first()
    made, _fresh = ListReply.objects.update_or_create(
        measure=measure, defaults={"text": words, "by": by, "created": timezone.now()}
    )
    trace(measure.candidate_list.election, "measure.reply", by=by, about=measure.reference, before=before)
    return made
