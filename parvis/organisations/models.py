"""One register for those who publish and those who act: local authorities, firms, laboratories, associations."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Nature(models.TextChoices):
    COMMUNE = "commune", _("commune")
    EPCI = "epci", _("intercommunalité")
    DEPARTEMENT = "departement", _("département")
    REGION = "region", _("région")
    PUBLIC = "public", _("autre organisme public")
    COMPANY = "company", _("entreprise")
    RESEARCH = "research", _("laboratoire ou université")
    ASSOCIATION = "association", _("association")
    THIRD_PLACE = "third-place", _("tiers-lieu")


class Organisation(models.Model):
    name = models.CharField(_("nom"), max_length=200)
    slug = models.SlugField(_("adresse de la page"), max_length=120, unique=True)
    nature = models.CharField(_("nature"), max_length=12, choices=Nature.choices)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True, db_index=True)
    territory = models.ForeignKey(
        "territories.Territory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("territoire"),
    )
    description = models.TextField(_("présentation"), blank=True)
    website = models.URLField(_("site"), blank=True)
    email = models.EmailField(_("adresse de contact"), blank=True)
    email_domain = models.CharField(
        _("domaine officiel des adresses"), max_length=120, blank=True, help_text=_("Par exemple « mairie-exemple.fr ».")
    )
    demonstration = models.BooleanField(_("inventée pour la démonstration"), default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    modified = models.DateTimeField(auto_now=True, db_index=True)  # search looks for what changed

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["name", "slug"]
        constraints: ClassVar = [
            # The authority of a territory is one organisation.
            models.UniqueConstraint(
                fields=["territory", "nature"],
                condition=models.Q(nature__in=["commune", "epci", "departement", "region"]),
                name="one_authority_per_territory",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisations:page", args=[self.slug])

    @property
    def reference(self) -> str:
        return f"organisation:{self.slug}"


class Role(models.TextChoices):
    """Each role may do what the one before it may: prepare, publish, and manage the team."""

    AGENT = "agent", _("agent")
    EDITOR = "editor", _("éditeur")
    ADMINISTRATOR = "administrator", _("administrateur")


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=15, choices=Role.choices, default=Role.AGENT)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rattachement")
        verbose_name_plural = _("rattachements")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "organisation"], name="one_role_per_organisation")]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"


class Invitation(models.Model):
    """An invitation by e-mail. Only the hash of its token is kept."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("adresse électronique"))
    role = models.CharField(_("rôle"), max_length=15, choices=Role.choices, default=Role.AGENT)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "email"], condition=models.Q(accepted=None), name="one_open_invitation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation}"

    @staticmethod
    def hash(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()


class JoinRequest(models.Model):
    """Somebody asks to act for an organisation, with a word of why; an administrator decides."""

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="join_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests")
    message = models.TextField(_("pourquoi"), blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    official_domain = models.BooleanField(_("adresse du domaine officiel"), default=False, editable=False)
    reason = models.TextField(_("motif"), blank=True, max_length=2000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    decided = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("demande de rattachement")
        verbose_name_plural = _("demandes de rattachement")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=models.Q(state="waiting"), name="one_waiting_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_state_display()}"


class Identity(models.Model):
    """How an organisation looks on its own page. Colours passed the contrast check; the logo was drawn again by us."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="identity")
    brand = models.CharField(_("couleur de l'institution"), max_length=7, blank=True)
    action = models.CharField(_("couleur des liens et des boutons"), max_length=7, blank=True)
    logo = models.BinaryField(null=True, blank=True, editable=True)  # PNG, at most 512 pixels a side
    logo_hash = models.CharField(max_length=16, blank=True)
    logo_text = models.CharField(_("ce que montre le logo"), max_length=150, blank=True)
    modified = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.organisation}"

    @property
    def style_hash(self) -> str:
        """What the address of its style sheet bears: another colour, another address."""
        return hashlib.sha256(f"{self.brand}{self.action}".encode()).hexdigest()[:12]
