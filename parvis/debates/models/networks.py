"""What one network did, and the links sent by e-mail: how a process without accounts resists a crowd that is one person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NetworkCount(models.Model):
    """How many times a network did something since the beginning of a day or of a minute. Thrown away after two days."""

    class What(models.TextChoices):
        NEWCOMERS = "newcomers", _("nouvelles participations")
        VOTES = "votes", _("votes")

    process = models.ForeignKey("debates.Process", models.CASCADE, related_name="+")
    network = models.CharField(max_length=32)
    what = models.CharField(max_length=9, choices=What.choices)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("compte d'un réseau")
        verbose_name_plural = _("comptes des réseaux")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "network", "what", "since"], name="one_count_a_network_and_while")
        ]

    def __str__(self) -> str:
        return f"{self.process_id} · {self.what} · {self.count}"


class EmailLink(models.Model):
    """A link that was sent. The address is not kept: a digest says that two links went to the same one."""

    process = models.ForeignKey("debates.Process", models.CASCADE, related_name="+")
    participant = models.ForeignKey("debates.Participant", models.CASCADE, null=True, blank=True, related_name="+")
    email_hash = models.CharField(max_length=64, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    browser_hash = models.CharField(
        max_length=64, blank=True, editable=False
    )  # of who asked, when they have no participation yet
    created = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    used = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("lien envoyé par e-mail")
        verbose_name_plural = _("liens envoyés par e-mail")

    def __str__(self) -> str:
        return f"{self.process_id} · {self.created}"


class OtherBrowser(models.Model):
    """Another browser of somebody who confirmed one e-mail on both: it is still the same person."""

    process = models.ForeignKey("debates.Process", models.CASCADE, related_name="+")
    participant = models.ForeignKey("debates.Participant", models.CASCADE, related_name="other_browsers")
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("autre navigateur")
        verbose_name_plural = _("autres navigateurs")
        constraints: ClassVar = [models.UniqueConstraint(fields=["process", "digest"], name="one_person_a_browser")]

    def __str__(self) -> str:
        return f"{self.process_id} · {self.participant_id}"
