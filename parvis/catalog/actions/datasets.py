"""What may be done with a dataset: describe it, show it, take it back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.catalog import news
from parvis.catalog.models import Dataset, Frequency, HighValue, Licence, Resource
from parvis.catalog.permissions import Deed, check
from parvis.catalog.queries import territory_called
from parvis.catalog.reserved import RESERVED
from parvis.catalog.search import refresh
from parvis.organisations.models import Organisation

FIELDS = ("title", "description", "licence", "frequency", "source", "source_url", "keywords", "high_value")


class DatasetError(Exception):
    """What was asked cannot be done; the message is the sentence for the person."""


def form_of(resource: Resource) -> dict[str, Any]:
    """What a new version of `resource` starts from."""
    return described(resource.dataset) | {"resource_title": resource.title}


def described(dataset: Dataset) -> dict[str, Any]:
    """The description of a dataset that exists, as its form holds it."""
    territory = dataset.territory.reference if dataset.territory else ""
    return {name: getattr(dataset, name) for name in FIELDS} | {"territory": territory}


def free_slug(title: str) -> str:
    """An address made of the title, that no other dataset has and that is no word of the site."""
    base = slugify(title)[:90] or "jeu-de-donnees"
    slug, number = base, 1
    while slug in RESERVED or Dataset.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def create(*, organisation: Organisation, form: dict[str, Any], by: User, invented: bool = False) -> Dataset:
    """A dataset that nobody outside sees yet."""
    check(by, Deed.PREPARE, organisation)
    dataset = Dataset(organisation=organisation, territory=organisation.territory, invented=invented)
    fill(dataset, form)
    dataset.slug = free_slug(dataset.title)
    dataset.save()
    refresh(dataset)
    return dataset


def check_edit(dataset: Dataset, *, by: User) -> None:
    """What is public is changed by those who may publish, a draft by those who prepare; what is harvested, where it comes from."""
    check(by, Deed.EDIT if dataset.published else Deed.PREPARE, dataset.organisation)
    check_ours(dataset)


def check_ours(dataset: Dataset) -> None:
    """What comes from another portal is changed there, and nowhere else."""
    if hasattr(dataset, "harvested"):
        raise PermissionDenied(_("Ce jeu de données vient d'un autre portail : c'est là-bas qu'il se modifie."))


@transaction.atomic
def apply(dataset: Dataset, form: dict[str, Any], *, by: User) -> Dataset:
    """Change the description of a dataset. Its address stays."""
    check_edit(dataset, by=by)
    fill(dataset, form)
    dataset.save()
    refresh(dataset)
    return dataset


def fill(dataset: Dataset, form: dict[str, Any]) -> None:
    """What a form holds, complete or not: a draft may hold anything, a dataset may not."""
    for name in FIELDS:
        if name in form and form[name] is not None:
            longest = getattr(Dataset._meta.get_field(name), "max_length", None)
            value = form[name].strip()[:longest] if isinstance(form[name], str) else form[name]
            setattr(dataset, name, value)
    if not dataset.title:
        raise DatasetError(_("Donnez un titre au jeu de données : c'est ce que l'on cherchera."))
    dataset.source_url = dataset.source_url if is_web_address(dataset.source_url) else ""
    if "territory" in form:
        dataset.territory = territory_called(form["territory"] or "") or dataset.organisation.territory
    dataset.licence = dataset.licence if dataset.licence in Licence.values else Licence.LO2
    dataset.frequency = dataset.frequency if dataset.frequency in Frequency.values else Frequency.UNKNOWN
    dataset.high_value = dataset.high_value if dataset.high_value in HighValue.values else ""


def is_web_address(text: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return True


def show(dataset: Dataset, *, by: User) -> None:
    check(by, Deed.PUBLISH, dataset.organisation)
    if dataset.published is None:
        dataset.published = timezone.now()
    dataset.save()
    refresh(dataset)
    news.shown(dataset, by)


def unpublish(dataset: Dataset, *, by: User) -> None:
    """Nobody outside sees it any more; nothing is removed."""
    check(by, Deed.UNPUBLISH, dataset.organisation)
    dataset.published = None
    dataset.save(update_fields=["published", "modified"])
    refresh(dataset)


def publish_again(dataset: Dataset, *, by: User) -> None:
    check(by, Deed.PUBLISH, dataset.organisation)
    if not dataset.resources.filter(Q(current__isnull=False) | ~Q(remote_url="")).exists():
        raise DatasetError(_("Ce jeu de données ne contient encore aucun fichier : déposez-en un d'abord."))
    show(dataset, by=by)


@transaction.atomic
def add_resource(dataset: Dataset, *, title: str, by: User) -> Resource:
    check_edit(dataset, by=by)
    position = dataset.resources.count()
    return Resource.objects.create(dataset=dataset, title=title.strip()[:200] or dataset.title, position=position)


def delete_draft(dataset: Dataset, *, by: User) -> None:
    """Remove a dataset that was never shown and holds no version."""
    check(by, Deed.PREPARE, dataset.organisation)
    if dataset.published or dataset.resources.filter(versions__isnull=False).exists():
        raise DatasetError(_("Ce jeu de données a déjà été publié : retirez-le de la vue plutôt que de l'effacer."))
    dataset.delete()
