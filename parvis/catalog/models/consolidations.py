"""The tables of one schema, brought together."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models.datasets import Resource, Version, new_id


class Consolidation(models.Model):
    """All valid tables of one schema as one table of the Région, built again when one of them changes.

    The row is the truth of its job (ADR 3): `due` says when it is to be built, `fingerprint` what the last one was built from."""

    class State(models.TextChoices):
        IDLE = "idle", _("à jour")
        WAITING = "waiting", _("en attente")
        RUNNING = "running", _("en construction")
        FAILED = "failed", _("en échec")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    schema = models.CharField(_("schéma"), max_length=200, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    active = models.BooleanField(_("mise à jour automatique"), default=True)
    resource = models.OneToOneField(Resource, models.SET_NULL, null=True, blank=True, related_name="consolidation")
    version = models.ForeignKey(Version, models.SET_NULL, null=True, blank=True, related_name="+")
    fingerprint = models.CharField(max_length=64, blank=True)
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)  # {"kept", "left", "organisations", "rows", "as_text"}
    built = models.DateTimeField(null=True, blank=True)
    looked = models.DateTimeField(null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.IDLE, db_index=True)
    progress = models.PositiveSmallIntegerField(default=0)
    heartbeat = models.DateTimeField(default=timezone.now)
    attempt = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("consolidation")
        verbose_name_plural = _("consolidations")
        ordering: ClassVar = ["schema"]

    def __str__(self) -> str:
        return self.schema

    def get_absolute_url(self) -> str:
        return reverse("catalog:consolidation", args=[self.slug])


class ConsolidationPart(models.Model):
    """What became of one table in the last construction: kept with its rows, or left out and why (`core.consolidation`).

    Names are kept as they were: the report stays right when a table goes."""

    consolidation = models.ForeignKey(Consolidation, models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, blank=True, db_index=True)  # "" where it was kept
    organisation = models.CharField(max_length=200)
    siren = models.CharField(max_length=9, blank=True)
    title = models.CharField(max_length=200)
    resource = models.ForeignKey(Resource, models.SET_NULL, null=True, related_name="+")
    version = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")
    number = models.PositiveIntegerField()
    address = models.CharField(max_length=500)
    rows = models.PositiveBigIntegerField(default=0)
    errors = models.PositiveBigIntegerField(null=True)
    extra = models.JSONField(default=list)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consolidation", "position"], name="one_part_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.title}"


class ConsolidationBuild(models.Model):
    """Which versions a version of the whole was made of: what is withdrawn from a publisher goes from the whole too."""

    version = models.OneToOneField(Version, models.CASCADE, related_name="consolidated")
    sources = models.TextField()  # identifiers between spaces: one LIKE finds them on both databases

    def __str__(self) -> str:
        return f"{self.version}"
