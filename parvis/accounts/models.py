"""People. An address is an account; what a person may do in an organisation is said by `organisations.Membership`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, platform_role=PlatformRole.ADMINISTRATOR, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class PlatformRole(models.TextChoices):
    """What a person may do on the whole platform, beyond their organisations."""

    NONE = "", _("aucun")
    MODERATOR = "moderator", _("modération")
    ADMINISTRATOR = "administrator", _("administration de la plateforme")


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("adresse électronique"), unique=True)
    name = models.CharField(_("nom affiché"), max_length=120, blank=True)
    platform_role = models.CharField(
        _("rôle sur la plateforme"), max_length=20, choices=PlatformRole.choices, default=PlatformRole.NONE, blank=True
    )
    demonstration = models.BooleanField(_("compte de démonstration"), default=False, editable=False)
    is_active = models.BooleanField(_("actif"), default=True)
    date_joined = models.DateTimeField(_("inscription"), default=timezone.now, editable=False)

    objects = UserManager()
    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *args: Any, **fields: Any) -> None:
        # Wagtail and Django know "superuser"; here only the role on the platform decides it.
        self.is_superuser = self.is_administrator
        update: Iterable[str] | None = fields.get("update_fields")
        if update is not None and "platform_role" in update:
            fields["update_fields"] = {*update, "is_superuser"}
        super().save(*args, **fields)

    def get_full_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        return self.get_full_name()

    @property
    def is_administrator(self) -> bool:
        return self.platform_role == PlatformRole.ADMINISTRATOR

    @property
    def is_moderator(self) -> bool:
        return self.platform_role in {PlatformRole.MODERATOR, PlatformRole.ADMINISTRATOR}

    @property
    def is_staff(self) -> bool:
        return self.is_administrator

    @property
    def may_sign_in(self) -> bool:
        """Demonstration accounts exist on a demonstration only, even if its database is later put to real use."""
        return self.is_active and (settings.DEMONSTRATION or not self.demonstration)


class Scope(models.TextChoices):
    """What a token may do in its owner's name; never more than the owner may."""

    READ_DRAFTS = "datasets:read-drafts", _("lire les jeux de données en préparation")
    WRITE = "datasets:write", _("préparer des jeux de données et déposer des fichiers")
    PUBLISH = "datasets:publish", _("publier des versions")
    DISCUSSIONS = "discussions:write", _("écrire dans les discussions")
    DEBATES = "debates:write", _("répondre dans les débats, et saisir des feuilles pour une équipe")


class ApiToken(models.Model):
    """A key for a program. It is shown once: only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("à quoi il sert"), max_length=80)
    prefix = models.CharField(_("début"), max_length=16, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("droits"), default=list)
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires = models.DateTimeField(_("expire"))
    last_used = models.DateTimeField(_("dernier usage"), null=True, blank=True, editable=False)
    revoked = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("jeton")
        verbose_name_plural = _("jetons")
        ordering: ClassVar = ["-created", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_valid(self) -> bool:
        return self.revoked is None and self.expires > timezone.now()

    @property
    def scope_labels(self) -> list[str]:
        labels = dict(Scope.choices)
        return [str(labels[scope]) for scope in self.scopes if scope in labels]

    @staticmethod
    def hash(secret: str) -> str:
        # No salt and no slow hash: 256 random bits cannot be guessed, and every request needs it.
        return hashlib.sha256(secret.encode()).hexdigest()
