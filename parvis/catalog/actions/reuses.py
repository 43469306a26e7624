"""Showing what one made with the data. The first of a new account waits to be read; an address is linked, never fetched."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.accounts.forms import one_line
from parvis.accounts.models import User
from parvis.catalog import reuses
from parvis.catalog.models import Dataset, Reuse
from parvis.moderation.public import Case, Writer, keep_screened, lock_case, open_case, screen
from parvis.shared.limits import check_limit

DAY = 86_400
MOST_DATASETS = 20


class ReuseError(Exception):
    """It cannot be kept; the message is the sentence for the person."""


def _checked(url: str, datasets: Sequence[Dataset]) -> str:
    address = urlsplit(url.strip())
    if url.strip() and (address.scheme not in {"http", "https"} or "." not in (address.hostname or "") or len(url) > 500):
        raise ReuseError(_("Donnez l'adresse complète de la page, qui commence par https://."))
    if not datasets or len(datasets) > MOST_DATASETS or any(dataset.published is None for dataset in datasets):
        raise ReuseError(_("Dites quels jeux de données publiés vous avez utilisés (vingt au plus)."))
    return url.strip()


def show(
    *,
    title: str,
    kind: str,
    description: str,
    datasets: Sequence[Dataset],
    by: User,
    url: str = "",
    signature: str = "",
    form_key: str = "",
    invented: bool = False,
) -> Reuse:
    """Show a reuse. At once for who already showed one; otherwise once a moderator has read it. The same form sent twice is one."""
    address = _checked(url, datasets)
    known = Reuse.objects.filter(form_key=form_key, author=by).first() if form_key else None
    if known:
        return known
    check_limit(f"reuse:{by.pk}", 10, DAY)
    kept = {"url": address, "description": description.strip()[:3000], "signature": one_line(signature)[:80]}
    try:
        with transaction.atomic():
            made = Reuse(
                title=one_line(title)[:160], kind=kind, author=by, form_key=form_key[:32] or None, invented=invented, **kept
            )
            found = screen(_text(made), Writer(by))
            if reuses.trusted(by) and not found.held:
                made.published = timezone.now()
            made.save()
            made.datasets.set(datasets)
            keep_screened(made.reference, found)
            if made.published:
                reuses.told(made, by)
            else:
                open_case(made.reference, Case.Origin.FIRST)
            return made
    except IntegrityError:
        return Reuse.objects.get(form_key=form_key, author=by)


@transaction.atomic
def change(
    reuse: Reuse,
    *,
    title: str,
    kind: str,
    description: str,
    datasets: Sequence[Dataset],
    by: User,
    url: str = "",
    signature: str = "",
) -> Reuse:
    """Its author corrects it."""
    lock_case(reuse.reference)
    fresh = _mine(reuse, by)
    fresh.url = _checked(url, datasets)
    fresh.title, fresh.kind, fresh.description = one_line(title)[:160], kind, description.strip()[:3000]
    fresh.signature = one_line(signature)[:80]
    fresh.save()
    keep_screened(fresh.reference, screen(_text(fresh), Writer(by), reference=fresh.reference))
    fresh.datasets.set(datasets)
    reuses.look_again()
    return fresh


@transaction.atomic
def withdraw(reuse: Reuse, *, by: User) -> None:
    """Its author takes it away. Its page says so; twice changes nothing."""
    fresh = _mine(reuse, by)
    if fresh.withdrawn is None:
        fresh.withdrawn = timezone.now()
        fresh.save(update_fields=["withdrawn", "modified"])
        reuses.look_again()


def _text(reuse: Reuse) -> str:
    return f"{reuse.title}\n{reuse.description}"


def _mine(reuse: Reuse, by: User) -> Reuse:
    fresh = Reuse.objects.select_for_update(of=("self",)).get(pk=reuse.pk)
    if not reuses.may_change(by, fresh):
        raise PermissionDenied(_("Seule la personne qui l'a écrite peut la changer."))
    return fresh
