"""People. An address is an account; what a person may do in an organisation is said by `organisations.Membership`."""

from __future__ import annotations

from typing import Any, ClassVar

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
