"""What a process gave to the catalogue at the end of a phase."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Publication(models.Model):
    """One an end of phase: a phase that is extended and ends again gives new versions of the same tables. The row is the job."""

    class State(models.TextChoices):
        WAITING = "waiting", _("à publier")
        RUNNING = "running", _("en cours")
        DONE = "done", _("publié")
        FAILED = "failed", _("échec")

    phase = models.ForeignKey("debates.Phase", models.CASCADE, related_name="publications")
    closed = models.DateTimeField()  # the end that was reached
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    heartbeat = models.DateTimeField(default=timezone.now, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    done = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.CharField(max_length=400, blank=True)
    dataset = models.CharField(max_length=120, blank=True)  # its address in the catalogue
    resources = models.JSONField(default=dict)  # name of the table → primary key of its resource there
    map = models.ForeignKey("debates.OpinionMap", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("publication de données")
        verbose_name_plural = _("publications de données")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["phase", "closed"], name="one_publication_an_end_of_phase")]

    def __str__(self) -> str:
        return f"{self.phase_id} · {self.closed}"
