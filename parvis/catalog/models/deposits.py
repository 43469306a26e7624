"""A file on its way to becoming a version."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models.datasets import Resource, Version, new_id


class Deposit(models.Model):
    """A file on its way to becoming a version: what arrived, how it is read, and how far the work has come.

    The row is the truth of the job (state, step, progress, heartbeat); a queued task is only a nudge, and doing it twice
    is harmless."""

    class State(models.TextChoices):
        FETCHING = "fetching", _("récupération du fichier")
        WAITING = "waiting", _("en attente de lecture")
        READING = "reading", _("lecture et contrôle")
        READY = "ready", _("prêt à publier")
        FAILED = "failed", _("à corriger")
        PUBLISHING = "publishing", _("publication")
        PUBLISHED = "published", _("publié")
        ABANDONED = "abandoned", _("abandonné")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="deposits")
    resource = models.ForeignKey(Resource, models.SET_NULL, null=True, blank=True, related_name="deposits")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="deposits")
    name = models.CharField(_("nom du fichier"), max_length=255)
    url = models.URLField(_("adresse"), max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    received_name = models.CharField(max_length=255, blank=True)  # before the repaired file took its place
    received_sha256 = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)  # of the table that is ready
    options: models.JSONField[Any, Any] = models.JSONField(default=dict)
    schema = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING, db_index=True)
    step = models.CharField(max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    heartbeat = models.DateTimeField(default=timezone.now)
    attempt = models.PositiveSmallIntegerField(default=0)
    generation = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    reading: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    profile: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    personal: models.JSONField[Any, Any] = models.JSONField(default=list)
    personal_confirmed = models.BooleanField(default=False)
    proposals: models.JSONField[Any, Any] = models.JSONField(default=list)
    verdict: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    repaired_sha256 = models.CharField(max_length=64, blank=True)
    repairs: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    form: models.JSONField[Any, Any] = models.JSONField(default=dict)  # what was typed of the dataset, so that nothing is lost
    version = models.ForeignKey(Version, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("dépôt")
        verbose_name_plural = _("dépôts")
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:deposit", args=[self.id])
