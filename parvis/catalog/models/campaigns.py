"""Invitations by e-mail to many authorities, and what came of each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models.datasets import new_id


class Campaign(models.Model):
    """A letter to a filtered set of authorities. The set is fixed when the campaign is prepared; the text until it starts."""

    class State(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        SENDING = "sending", _("en cours d'envoi")
        PAUSED = "paused", _("suspendue")
        DONE = "done", _("terminée")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    title = models.CharField(_("nom de la campagne"), max_length=120)
    subject = models.CharField(_("objet du message"), max_length=150)
    text = models.TextField(_("message"), max_length=6000)
    filters: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT, db_index=True)
    per_minute = models.PositiveSmallIntegerField(_("messages par minute"), default=30)
    again_days = models.PositiveSmallIntegerField(_("jours entre deux messages à la même adresse"), default=30)
    error = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("campagne d'invitations")
        verbose_name_plural = _("campagnes d'invitations")
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:campaign", args=[self.pk])


class CampaignMessage(models.Model):
    """The message of one authority. `token_hash` is that of its own link, and of the invitation that the link opens."""

    class State(models.TextChoices):
        READY = "ready", _("à envoyer")
        SENDING = "sending", _("en train de partir")
        SENT = "sent", _("envoyé")
        FAILED = "failed", _("refusé par le serveur de courrier")
        UNSURE = "unsure", _("peut-être parti : l'envoi s'est arrêté au milieu")
        RETURNED = "returned", _("revenu : l'adresse ne marche plus")
        NO_ADDRESS = "no_address", _("sans adresse")
        RECENT = "recent", _("déjà écrit il y a peu")
        REFUSED = "refused", _("ne veut plus de messages")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="messages")
    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="campaign_messages")
    email = models.EmailField(blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY, db_index=True)
    invitation = models.ForeignKey("organisations.Invitation", models.SET_NULL, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    error = models.CharField(max_length=300, blank=True)
    claimed = models.DateTimeField(null=True, blank=True)
    sent = models.DateTimeField(null=True, blank=True, db_index=True)
    opened = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["organisation__name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "organisation"], name="one_message_per_authority"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.organisation}"


class MailRefusal(models.Model):
    """An address that asked for no more of these messages: kept as its hash, which is enough never to write to it."""

    email_hash = models.CharField(max_length=64, primary_key=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.email_hash[:8]
