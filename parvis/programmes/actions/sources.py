"""Sources of a list: received, said missing, read, read again by a better reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.programmes import texts
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.core.rules import Act
from parvis.programmes.core.spans import anchor, anchored_again
from parvis.programmes.models import CandidateList, Extraction, Passage, Source
from parvis.programmes.models.texts import passage_fields
from parvis.programmes.permissions import check
from parvis.programmes.traces import trace


def receive(
    candidate_list: CandidateList,
    *,
    chunks: Iterable[bytes],
    name: str,
    collected: date,
    by: User,
    kind: str = Source.Kind.DOCUMENT,
    title: str = "",
    address: str = "",
    archived_address: str = "",
    licence: str = "",
) -> Source:
    """Keep a document and read it. What cannot be read is refused with a sentence and not kept. Raises ElectionError."""
    check(by, Act.PREPARE, candidate_list.election)
    try:
        content, form = texts.received(chunks, name)
        found = texts.read(content, form)
    except texts.UnreadableDocument as error:
        raise ElectionError(str(error)) from error
    sha256 = texts.kept(content)
    with transaction.atomic():
        if Source.objects.filter(candidate_list=candidate_list, sha256=sha256).exists():
            raise ElectionError(_("Ce document est déjà parmi les sources de cette liste."))
        source = Source.objects.create(
            candidate_list=candidate_list, kind=kind, title=title.strip()[:200], address=address, archived_address=archived_address,
            collected=collected, licence=licence.strip()[:120], name=name[:200], format=form, sha256=sha256, size=len(content), by=by,
        )  # fmt: skip
        Extraction.objects.create(source=source, number=1, reader=found["reader"], text=found["text"], pages=found["pages"])
        Source.objects.filter(candidate_list=candidate_list, missing=True, kind=kind).delete()
        trace(candidate_list.election, "source.receive", by=by, about=candidate_list.slug, sha256=sha256, name=name[:200])
    return source


@transaction.atomic
def say_missing(
    candidate_list: CandidateList, *, on: date, by: User, kind: str = Source.Kind.DOCUMENT, where: str = ""
) -> Source:
    """“No programme was found on that day”: a fact, kept and shown."""
    check(by, Act.PREPARE, candidate_list.election)
    if candidate_list.sources.filter(kind=kind, missing=False).exists():
        raise ElectionError(_("Un document de cette nature est déjà parmi les sources de la liste."))
    made, _fresh = Source.objects.update_or_create(
        candidate_list=candidate_list, kind=kind, missing=True, defaults={"collected": on, "address": where, "by": by}
    )
    trace(candidate_list.election, "source.missing", by=by, about=candidate_list.slug, kind=kind, on=on.isoformat())
    return made


def read_again(source: Source, *, by: User | None) -> Extraction:
    """Read a source with the reader of today. Its passages are found again, or flagged; the older text stays. Raises ElectionError."""
    try:
        found = texts.read(texts.content_of(source), source.format)
    except texts.UnreadableDocument as error:
        raise ElectionError(str(error)) from error
    return renewed(source, found["text"], found["pages"], found["reader"], by=by)


@transaction.atomic
def renewed(source: Source, text: str, pages: list[list[int]], reader: str, *, by: User | None) -> Extraction:
    """Keep another text of a source; the same text changes nothing."""
    last = source.extractions.select_for_update().order_by("-number").first()
    if last is not None and last.text == text and last.pages == pages:
        return last
    made = Extraction.objects.create(
        source=source, number=last.number + 1 if last else 1, reader=reader, text=text, pages=pages
    )
    lost = 0
    for passage in source.passages.all():
        place = anchored_again(passage.anchor, text)
        if place is None:
            passage.lost = True
            lost += 1
        else:
            for name, value in passage_fields(anchor(text, *place), made).items():
                setattr(passage, name, value)
            passage.lost = False
        passage.save()
    trace(source.candidate_list.election, "source.read", by=by, about=f"source:{source.pk}", number=made.number, lost=lost)
    return made


@transaction.atomic
def mark(source: Source, *, start: int, end: int, by: User) -> Passage:
    """A passage of the last text of a source. The same place twice is one passage. Raises ElectionError."""
    check(by, Act.PREPARE, source.candidate_list.election)
    extraction = source.extractions.order_by("-number").first()
    if extraction is None:
        raise ElectionError(_("Ce document n'a pas encore été lu."))
    try:
        fields = passage_fields(anchor(extraction.text, start, end), extraction)
    except ValueError as error:
        raise ElectionError(str(error)) from error
    key = {"digest": fields.pop("digest"), "start": fields.pop("start")}
    return Passage.objects.get_or_create(source=source, **key, defaults=fields)[0]
