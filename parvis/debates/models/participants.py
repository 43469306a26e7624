"""Who takes part in a process: a person with an account, an e-mail that was confirmed, a browser, or a sheet of paper."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.debates.core.processes.rules import Role


class Participant(models.Model):
    """One person in one process. Nothing here says who they are: an account is a key, an e-mail and a browser are digests.

    `number` is what exports show. `counted` false: kept apart until an e-mail is confirmed, in no result meanwhile."""

    class Origin(models.TextChoices):
        SITE = "site", _("sur le site")
        ASSISTED = "assisted", _("avec l'aide d'une médiatrice ou d'un agent")
        PAPER = "paper", _("sur papier")

    class Level(models.TextChoices):
        VISITOR = Role.VISITOR.value, _("sans compte")
        CONFIRMED = Role.CONFIRMED.value, _("e-mail confirmé")
        MEMBER = Role.MEMBER.value, _("avec un compte")

    process = models.ForeignKey("debates.Process", models.PROTECT, related_name="participants")
    number = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="participations")
    email_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)
    browser_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)
    network = models.CharField(max_length=32, blank=True, editable=False, db_index=True)  # forgotten after the process
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.VISITOR)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.SITE)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    commune = models.ForeignKey("territories.Territory", models.PROTECT, null=True, blank=True, related_name="+")
    commune_asked = models.BooleanField(default=False)  # asked once: an answer that was not given is not asked for again
    counted = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("personne qui participe")
        verbose_name_plural = _("personnes qui participent")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "number"], name="one_number_a_participant"),
            models.UniqueConstraint(
                fields=["process", "user"], condition=Q(user__isnull=False), name="one_participation_an_account"
            ),
            models.UniqueConstraint(fields=["process", "email_hash"], name="one_participation_an_email"),
            models.UniqueConstraint(fields=["process", "browser_hash"], name="one_participation_a_browser"),
        ]

    def __str__(self) -> str:
        return f"{self.process_id} · {self.number}"
