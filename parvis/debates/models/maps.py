"""The opinion maps of a process: each dated, the last good one stays while another is computed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OpinionMap(models.Model):
    """`facts` is what pages, sentences and tables read; `arrays` (a compressed numpy file) what places one more person on the map.

    The row is the job (state, heartbeat): a worker that dies leaves one that is taken up again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("à calculer")
        RUNNING = "running", _("en cours")
        DONE = "done", _("prête")
        FAILED = "failed", _("échec")

    process = models.ForeignKey("debates.Process", models.CASCADE, related_name="maps")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    heartbeat = models.DateTimeField(null=True, blank=True, editable=False)
    done = models.DateTimeField(null=True, blank=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    error = models.CharField(max_length=400, blank=True)
    signature = models.CharField(max_length=64, blank=True, editable=False)  # of the votes that it was asked for
    cited = models.BooleanField(default=False, editable=False)  # shown as a card somewhere: never thrown away
    votes = models.PositiveIntegerField(default=0)
    participants = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    arrays = models.BinaryField(null=True, blank=True)

    class Meta:
        verbose_name = _("carte des opinions")
        verbose_name_plural = _("cartes des opinions")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "number"], name="one_number_a_map"),
            models.UniqueConstraint(
                fields=["process"], condition=models.Q(state__in=["waiting", "running"]), name="one_map_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("debates:map", args=[self.process.slug, self.number])

    @property
    def reference(self) -> str:
        return f"opinion_map:{self.process.slug}@{self.number}"
