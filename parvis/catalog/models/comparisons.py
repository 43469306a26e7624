"""Two versions of a table, compared."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from parvis.catalog.models.datasets import Version, new_id


class Comparison(models.Model):
    """What changed from a version to another: counted once, since neither will change. The changes themselves are a file.

    `summary` is `dataclasses.asdict(core.tables.compare.Comparison)` and `reason` (why this key); null until it is done."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    before = models.ForeignKey(Version, models.CASCADE, related_name="+")
    after = models.ForeignKey(Version, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="waiting", db_index=True)
    error = models.TextField(blank=True)
    summary: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    heartbeat = models.DateTimeField(default=timezone.now)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["before", "after"], name="one_comparison_per_pair")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after.number}"
