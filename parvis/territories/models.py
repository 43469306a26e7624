"""Territories, by INSEE code. One table for the four levels, since every page and every figure crosses them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.territories.core.classes import TerritoryClass
from parvis.territories.core.names import of


class Level(models.TextChoices):
    REGION = "region", _("région")
    DEPARTEMENT = "departement", _("département")
    EPCI = "epci", _("intercommunalité")
    COMMUNE = "commune", _("commune")


class ClassOf(models.TextChoices):
    """Of communes; `classes` says how it is decided."""

    CENTRE = TerritoryClass.CENTRE.value, _("centre")
    PERIPHERY = TerritoryClass.PERIPHERY.value, _("périphérie")
    RURAL = TerritoryClass.RURAL.value, _("rurale")


CLASS_NAMES = {
    ClassOf.CENTRE.value: _("centre"),
    ClassOf.PERIPHERY.value: _("périphérie"),
    ClassOf.RURAL.value: _("commune rurale"),
}
# What INSEE calls the seven levels of its grid of density.
GRID_LEVELS = {
    1: _("grand centre urbain"),
    2: _("centre urbain intermédiaire"),
    3: _("ceinture urbaine"),
    4: _("petite ville"),
    5: _("bourg rural"),
    6: _("rural à habitat dispersé"),
    7: _("rural à habitat très dispersé"),
}

# What the DGCL calls the kinds of EPCI with their own taxes.
EPCI_NATURES = {
    "CC": _("communauté de communes"),
    "CA": _("communauté d'agglomération"),
    "CU": _("communauté urbaine"),
    "METRO": _("métropole"),
    "MET69": _("métropole de Lyon"),
}


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
    link = models.PositiveSmallIntegerField(
        _("article"), default=0, help_text=_("Code TNCC de l'INSEE : comment le nom suit « de ».")
    )
    density = models.PositiveSmallIntegerField(
        _("niveau de densité"), null=True, blank=True, help_text=_("De la grille de densité de l'Insee qui a été chargée.")
    )
    rural = models.BooleanField(_("rurale"), null=True, blank=True)
    territory_class = models.CharField(
        _("classe de territoire"), max_length=9, choices=ClassOf.choices, blank=True, db_index=True
    )
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

    @property
    def kind_name(self) -> str:
        """« commune », « communauté de communes »."""
        return str(EPCI_NATURES.get(self.nature) or self.get_level_display())

    @property
    def class_name(self) -> str:
        """« commune rurale (bourgs ruraux) »; "" for other levels than communes."""
        if not self.territory_class:
            return ""
        name = str(CLASS_NAMES[self.territory_class])
        level = GRID_LEVELS.get(self.density or 0)
        return f"{name} ({level})" if level else name

    @property
    def of_name(self) -> str:
        """The name after "de": « du Lot », « d'Albi »."""
        return of(self.name, self.link)


class Contour(models.Model):
    """The outline of a territory on the grid of `core.topology`: an SVG path that any map may draw as it is."""

    territory = models.OneToOneField(Territory, models.CASCADE, related_name="contour", verbose_name=_("territoire"))
    path = models.TextField(_("tracé"))
    left = models.IntegerField()
    top = models.IntegerField()
    right = models.IntegerField()
    bottom = models.IntegerField()
    label_x = models.IntegerField(default=0)
    label_y = models.IntegerField(default=0)
    vintage = models.PositiveSmallIntegerField(_("millésime"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    derived = models.BooleanField(_("réunion de communes"), default=False)
    partial = models.BooleanField(
        _("incomplet"), default=False, help_text=_("Il manque le contour d'une partie de ses communes.")
    )

    class Meta:
        verbose_name = _("contour")
        verbose_name_plural = _("contours")

    def __str__(self) -> str:
        return f"{self.territory_id}"

    @property
    def box(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.right, self.bottom


class Loading(models.Model):
    """One loading of the official code or of contours: what the pages quote as source and vintage."""

    class What(models.TextChoices):
        CODE = "code", _("code officiel géographique")
        CONTOURS = "contours", _("contours")
        DENSITY = "density", _("densité")

    what = models.CharField(max_length=8, choices=What.choices)
    vintage = models.PositiveSmallIntegerField(_("millésime"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    report = models.JSONField(_("compte rendu"), default=dict)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("chargement")
        verbose_name_plural = _("chargements")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.vintage or ''} ({self.source})"
