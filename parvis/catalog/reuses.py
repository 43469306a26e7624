"""Reuses: who may see and change them, how they are found, and the kind that other rooms may meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.accounts.models import User
from parvis.catalog.models import Dataset, Reuse
from parvis.moderation.public import moderates
from parvis.notifications.public import tell
from parvis.shared.kinds import Card, Domain, Kind, Listing, Moderable, SearchDocument, Written
from parvis.shared.search import keeper
from parvis.shared.search.port import Question, Unavailable

MOST_FOUND = 300
HEADER = ("id", "titre", "nature", "adresse", "jeux_de_donnees", "signature", "publiee", "page")

# ----- Who may do what -----


def shown() -> QuerySet[Reuse]:
    """What lists, search, exports and API hold."""
    found = Reuse.objects.filter(published__isnull=False, withdrawn=None, hidden=None)
    return found.prefetch_related(
        Prefetch("datasets", Dataset.objects.filter(published__isnull=False).select_related("organisation"))
    )


def get_reuse_for(user: Any, reuse_id: str) -> Reuse:
    """The reuse, or 404: what waits to be read exists for its author and for moderators. What was hidden or taken away is found:
    its page says so."""
    found = Reuse.objects.filter(pk=reuse_id.replace("\x00", "")).first()
    if found is None or (found.published is None and not may_read_early(user, found)):
        raise Http404
    return found


def may_change(user: Any, reuse: Reuse) -> bool:
    mine = isinstance(user, User) and user.is_active and reuse.author_id == user.pk
    return mine and reuse.hidden is None


def may_read_early(user: Any, reuse: Reuse) -> bool:
    return moderates(user) or (isinstance(user, User) and reuse.author_id == user.pk)


def trusted(user: User) -> bool:
    """Who already had one published, and none hidden, need not wait."""
    mine = Reuse.objects.filter(author=user)
    return mine.filter(published__isnull=False).exists() and not mine.filter(hidden__isnull=False).exists()


# ----- Lists -----


def reuses(text: str = "", kind: str = "", dataset: str = "") -> QuerySet[Reuse]:
    found = shown()
    if kind:
        found = found.filter(kind=kind)
    if dataset:
        found = found.filter(datasets__slug=dataset, datasets__published__isnull=False)
    if text:
        try:
            keys: Sequence[str] | None = keeper.search("reuse", Question(text, limit=MOST_FOUND)).keys
        except Unavailable:
            keys = None
        named = Q(title__icontains=text) | Q(description__icontains=text)
        found = found.filter(named if keys is None else Q(pk__in=keys))
    return found.order_by("-published", "pk").distinct()


def lines(found: QuerySet[Reuse], site: str) -> Iterator[tuple[Any, ...]]:
    for one in found.iterator(chunk_size=500):
        references = " ".join(dataset.reference for dataset in one.datasets.all())
        day = one.published.date() if one.published else None
        yield one.pk, one.title, one.kind, one.url, references, one.signature, day, site + one.get_absolute_url()


# ----- Telling -----


def look_again() -> None:
    transaction.on_commit(partial(keeper.look_again, "reuse"))


def told(reuse: Reuse, by: User | None) -> None:
    """Those who follow one of its datasets read of it once."""
    look_again()
    for dataset in reuse.datasets.all():
        with translation.override(settings.LANGUAGE_CODE):
            sentence = _("Une réutilisation de « %(dataset)s » : %(title)s.") % {"dataset": dataset.title, "title": reuse.title}
        tell(
            key=f"{reuse.reference}:{dataset.pk}",
            reference=dataset.reference,
            sentence=sentence,
            url=reuse.get_absolute_url(),
            by=by,
        )


# ----- The kind -----


def card(reuse: Reuse) -> Card:
    day = date_format(reuse.published, "DATE_FORMAT") if reuse.published else str(_("en attente de relecture"))
    parts = [str(reuse.get_kind_display()), reuse.signature, day]
    badges = (str(_("inventée pour la démonstration")),) if reuse.invented else ()
    return Card(reuse.title, reuse.get_absolute_url(), "reuse", " · ".join(part for part in parts if part), badges=badges)


def _resolve(keys: Sequence[str], user: Any) -> Mapping[str, Card]:
    found = Reuse.objects.filter(pk__in=keys, withdrawn=None)
    return {
        one.pk: card(one) for one in found if (one.published is not None and one.hidden is None) or may_read_early(user, one)
    }


def _territories(keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
    places: dict[str, tuple[str, ...]] = {}
    for one in shown().filter(pk__in=keys).prefetch_related("datasets__territory", "datasets__organisation__territory"):
        about = [dataset.territory or dataset.organisation.territory for dataset in one.datasets.all()]
        references = tuple(dict.fromkeys(place.reference for place in about if place))
        if references:
            places[one.pk] = references
    return places


def _about(reference: str, _user: Any, limit: int) -> Listing:
    """What was made with the data of an organisation."""
    kind, _colon, key = reference.partition(":")
    if kind != "organisation":
        return Listing()
    found = shown().filter(datasets__organisation__slug=key).order_by("-published", "pk").distinct()
    first = list(found[: limit + 1])
    total = len(first) if len(first) <= limit else found.count()
    return Listing(tuple(card(one) for one in first[:limit]), total, reverse("catalog:reuses") if total else "")


def _documents(since: datetime | None) -> Iterable[SearchDocument]:
    found = Reuse.objects.filter(modified__gt=since) if since else shown()
    for one in found.prefetch_related("datasets__organisation").order_by("pk").iterator(chunk_size=500):
        gone = one.published is None or one.withdrawn is not None or one.hidden is not None
        details = tuple(dataset.title for dataset in one.datasets.all())
        yield SearchDocument(
            one.reference, one.title, one.modified, one.description, details=details, published=one.published, removed=gone
        )


def _read(key: str) -> Written | None:
    one = Reuse.objects.filter(pk=key).first()
    if one is None:
        return None
    text = "\n\n".join(part for part in (one.description, one.url) if part)
    return Written(one.title, text, one.author_id, waiting=one.published is None, hidden=one.hidden is not None)


def _decide(key: str, reason: str | None) -> None:
    """Hidden, with the reason; or shown, and published if it waited for that."""
    one = Reuse.objects.select_for_update().get(pk=key)
    first = reason is None and one.published is None
    one.hidden, one.hidden_reason = (timezone.now(), reason) if reason else (None, "")
    one.published = one.published or timezone.now()
    one.save()
    look_again()
    if first:
        told(one, one.author)


def kind() -> Kind:
    return Kind(
        name="reuse",
        label=gettext_lazy("réutilisation"),
        plural=gettext_lazy("réutilisations"),
        domain=Domain.DATA,
        resolve=_resolve,
        territory=_territories,
        search_documents=_documents,
        about=_about,
        followable=True,
        reportable=True,
        exportable=True,
        moderable=Moderable(_read, _decide),
        page="catalog:reuse",
    )
