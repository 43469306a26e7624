"""Questions in SQL that somebody kept, and their long answers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Query(models.Model):
    """A question and the versions it is asked of. It never changes: `id` is made from both, so the same one is kept once.

    `resources` says which version each name stands for: `{"communes": "k3v9…@3"}`."""

    id = models.CharField(primary_key=True, max_length=16, editable=False)
    title = models.CharField(max_length=200)
    sql = models.TextField()
    resources: models.JSONField[Any, Any] = models.JSONField()
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:question", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"query:{self.pk}"


class QueryAnswer(models.Model):
    """An answer too long for a request: made by a job, kept some days. `id` is made as that of `Query`, whether one is kept or not."""

    id = models.CharField(primary_key=True, max_length=16, editable=False)
    sql = models.TextField()
    resources: models.JSONField[Any, Any] = models.JSONField()
    state = models.CharField(max_length=10, default="waiting", db_index=True)
    error = models.TextField(blank=True)
    rows = models.PositiveBigIntegerField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    heartbeat = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return self.id
