"""Territories, by INSEE code. One table for the four levels, since every page and every figure crosses them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    REGION = "region", _("région")
    DEPARTEMENT = "departement", _("département")
    EPCI = "epci", _("intercommunalité")
    COMMUNE = "commune", _("commune")


class Territory(models.Model):
    """A région, a département, an EPCI (code: its SIREN) or a commune (code: INSEE), in the vintage last loaded.

    `departement` and `region` of an EPCI are those where most of its people live. A territory that left the
    official code is kept with `active=False`, so that what pointed to it still does."""

    level = models.CharField(_("niveau"), max_length=12, choices=Level.choices)
    code = models.CharField(_("code"), max_length=9)
    name = models.CharField(_("nom"), max_length=120)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    region = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    departement = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    epci = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="communes")
    postcodes = models.JSONField(_("codes postaux"), default=list, blank=True)
    nature = models.CharField(_("nature juridique"), max_length=12, blank=True)
    vintage = models.PositiveSmallIntegerField(_("millésime"))
    active = models.BooleanField(_("en vigueur"), default=True)

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering: ClassVar = ["name", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "code"], name="one_territory_per_code")]
        indexes: ClassVar = [models.Index(fields=["level", "region"]), models.Index(fields=["level", "departement"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("territories:page", args=[self.level, self.code])

    @property
    def reference(self) -> str:
        return f"{self.level}:{self.code}"
