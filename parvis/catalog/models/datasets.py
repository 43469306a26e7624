"""The catalogue: datasets, their resources, and the immutable versions of each resource."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ALPHABET = b"23456789abcdefghjkmnpqrstvwxyz"
LETTERS = bytes(ALPHABET[byte % len(ALPHABET)] for byte in range(256))
UNEVEN = bytes(range(256 - 256 % len(ALPHABET), 256))
"""Bytes that are thrown away, so that each letter is as likely as the others."""


def new_id() -> str:
    """Twelve characters that nobody guesses and that stand well in an address. A harvest makes tens of thousands."""
    found = b""
    while len(found) < 12:
        found += secrets.token_bytes(16).translate(LETTERS, UNEVEN)
    return found[:12].decode()


class Licence(models.TextChoices):
    LO2 = "lov2", _("Licence Ouverte 2.0")
    ODBL = "odbl", _("ODbL 1.0")


class Frequency(models.TextChoices):
    UNKNOWN = "unknown", _("non précisée")
    CONTINUOUS = "continuous", _("en continu")
    DAILY = "daily", _("chaque jour")
    WEEKLY = "weekly", _("chaque semaine")
    MONTHLY = "monthly", _("chaque mois")
    QUARTERLY = "quarterly", _("chaque trimestre")
    ANNUAL = "annual", _("chaque année")
    IRREGULAR = "irregular", _("irrégulière")
    NEVER = "never", _("une seule fois")


class HighValue(models.TextChoices):
    """Categories of regulation (EU) 2023/138. Somebody says that it applies; nothing guesses it."""

    GEOSPATIAL = "geospatial", _("données géospatiales")
    ENVIRONMENT = "environment", _("observation de la Terre et environnement")
    METEOROLOGICAL = "meteorological", _("données météorologiques")
    STATISTICS = "statistics", _("statistiques")
    COMPANIES = "companies", _("entreprises et propriété d'entreprises")
    MOBILITY = "mobility", _("mobilité")


class Dataset(models.Model):
    """What an organisation publishes on one subject. A draft (`published` null) is seen by its organisation alone."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    slug = models.SlugField(_("adresse de la page"), max_length=120, unique=True)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="datasets")
    territory = models.ForeignKey("territories.Territory", models.PROTECT, null=True, blank=True, related_name="datasets")
    title = models.CharField(_("titre"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    licence = models.CharField(_("licence"), max_length=10, choices=Licence.choices, default=Licence.LO2)
    frequency = models.CharField(_("mise à jour"), max_length=12, choices=Frequency.choices, default=Frequency.UNKNOWN)
    source = models.CharField(_("origine des données"), max_length=300, blank=True)
    source_url = models.URLField(_("adresse de l'original"), blank=True, max_length=500)
    keywords = models.JSONField(_("mots-clés"), default=list, blank=True)
    high_value = models.CharField(_("données de forte valeur"), max_length=16, choices=HighValue.choices, blank=True)
    invented = models.BooleanField(_("inventé pour la démonstration"), default=False)
    # See catalog/quality.py: kept when the dataset changes, and each day.
    quality_score = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    quality_marks = models.JSONField(default=list, blank=True, editable=False)
    quality_day = models.DateField(null=True, blank=True, editable=False, db_index=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    modified = models.DateTimeField(auto_now=True, db_index=True)  # search looks for what changed
    published = models.DateTimeField(_("publication"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("jeu de données")
        verbose_name_plural = _("jeux de données")
        ordering: ClassVar = ["-published", "title", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:dataset", args=[self.slug])

    @property
    def reference(self) -> str:
        return f"dataset:{self.slug}"

    def get_licence_display(self) -> str:  # type: ignore[no-redef]
        """That of a harvested dataset may be one that nobody chooses here, or none."""
        known = {"": _("licence non précisée"), "other": _("autre licence")} | dict(Licence.choices)
        return str(known.get(self.licence, self.licence))


class Resource(models.Model):
    """A table (or a file) of a dataset, at an address that lasts; its content is its current version."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="resources")
    title = models.CharField(_("titre"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    schema = models.CharField(_("schéma"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # A file that stands elsewhere (harvested): its address, and what its publisher says of it. It has no version.
    remote_url = models.CharField(_("adresse du fichier"), max_length=2000, blank=True)
    remote_key = models.CharField(max_length=40, blank=True)
    remote_format = models.CharField(max_length=30, blank=True)
    remote_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    remote_updated = models.DateTimeField(null=True, blank=True)
    current = models.ForeignKey("catalog.Version", models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")
        ordering: ClassVar = ["position", "created", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:resource", args=[self.dataset.slug, self.id])


class Version(models.Model):
    """The content of a resource at one moment: the original bytes, the typed Parquet, what was understood, the verdict.

    `digest` is the SHA-256 of the source bytes and of the reading options; `number` counts from 1 in a resource.
    A withdrawn version keeps its row (`withdrawn`, `withdrawal_reason`) and loses its bytes."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64)
    source_name = models.CharField(max_length=255)
    source_bytes = models.PositiveBigIntegerField()
    parquet_bytes = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField()
    reading: models.JSONField[Any, Any] = models.JSONField()
    profile: models.JSONField[Any, Any] = models.JSONField()
    verdict: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    valid = models.BooleanField(null=True)
    schema = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    withdrawn = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "number"], name="one_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} · version {self.number}"
