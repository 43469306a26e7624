"""What people follow, what happened to it, and the one digest that tells them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Follow(models.Model):
    """A person follows a thing, whatever room it belongs to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    reference = models.CharField(max_length=240, db_index=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("suivi")
        verbose_name_plural = _("suivis")
        ordering: ClassVar = ["-created", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "reference"], name="one_follow_of_each_thing")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.reference}"


class Event(models.Model):
    """What happened to a thing, in one sentence. `key` makes telling it twice harmless."""

    key = models.CharField(max_length=200, unique=True)
    reference = models.CharField(max_length=240)
    sentence = models.CharField(max_length=400)
    url = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        ordering: ClassVar = ["-created", "-pk"]
        indexes: ClassVar = [models.Index(fields=["reference", "created"])]

    def __str__(self) -> str:
        return self.sentence


class Period(models.TextChoices):
    DAILY = "daily", _("une fois par jour au plus")
    WEEKLY = "weekly", _("une fois par semaine au plus")
    NONE = "none", _("jamais : je viens voir sur le site")


class Preference(models.Model):
    """How often a person is written to (daily without a row). `cursor`: until when they were told."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preference")
    period = models.CharField(_("courrier"), max_length=8, choices=Period.choices, default=Period.DAILY)
    cursor = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("réglage des courriers")
        verbose_name_plural = _("réglages des courriers")

    def __str__(self) -> str:
        return f"{self.user_id} · {self.period}"


class Digest(models.Model):
    """One letter to one person for one period: written down before it leaves, so that it cannot leave twice.

    `sending` is set before the message is handed over. One that stays there belonged to a worker that was killed at the worst
    moment: nobody can say whether it left, so it is not sent again; what it told is on the person's page."""

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        SENDING = "sending", _("en cours d'envoi")
        SENT = "sent", _("envoyé")
        FAILED = "failed", _("non parti")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    period = models.CharField(max_length=12)  # "2026-11-23", or "2026-W48"
    events = models.ManyToManyField(Event, through="notifications.Told", related_name="digests")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now, editable=False)
    touched = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("courrier de nouvelles")
        verbose_name_plural = _("courriers de nouvelles")
        ordering: ClassVar = ["-created", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "period"], name="one_digest_a_period")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.period} · {self.state}"


class Told(models.Model):
    """That an event was put in a person's digest: once, whatever the workers do."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="told")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="told")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "event"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.event_id}"
