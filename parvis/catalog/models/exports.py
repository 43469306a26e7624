"""Downloads made by a job."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from parvis.catalog.models.datasets import Version, new_id


class Export(models.Model):
    """A download too heavy for a request (XLSX): made by a job, kept beside the version."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="exports")
    format = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="waiting")
    error = models.TextField(blank=True)
    heartbeat = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "format"], name="one_export_per_format")]

    def __str__(self) -> str:
        return f"{self.version} · {self.format}"
