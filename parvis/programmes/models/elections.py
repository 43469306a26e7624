"""An election, its lists, and who may speak for one."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.programmes.core.calendar import Period, periods, stage_of
from parvis.programmes.core.rules import Stage


class Election(models.Model):
    """Its publisher is an organisation that is independent of the lists and of who is elected."""

    class State(models.TextChoices):
        DRAFT = Stage.DRAFT.value, _("en préparation")
        OPEN = Stage.OPEN.value, _("publiée")
        ARCHIVED = Stage.ARCHIVED.value, _("archivée")

    class Order(models.TextChoices):
        OFFICIAL = "official", _("celui du panneau officiel")
        LOT = "lot", _("tiré au sort")

    slug = models.SlugField(_("adresse de la page"), max_length=80, unique=True)
    title = models.CharField(_("titre"), max_length=160)
    summary = models.CharField(_("en une phrase"), max_length=300, blank=True)
    territory = models.ForeignKey(
        "territories.Territory", models.PROTECT, related_name="elections", verbose_name=_("territoire")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="elections", verbose_name=_("publiée par")
    )
    first_round = models.DateField(_("premier tour"))
    second_round = models.DateField(_("second tour"), null=True, blank=True)
    order = models.CharField(_("ordre des listes"), max_length=8, choices=Order.choices, default=Order.OFFICIAL)
    seed = models.CharField(_("graine du tirage"), max_length=60, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.DRAFT)
    invented = models.BooleanField(_("inventée pour la démonstration"), default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    modified = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("élection")
        verbose_name_plural = _("élections")
        ordering: ClassVar = ["-first_round", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(second_round=None) | Q(second_round__gt=models.F("first_round")), name="rounds_in_their_order"
            ),
            models.CheckConstraint(condition=~Q(order="lot") | ~Q(seed=""), name="a_lot_has_a_seed"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("programmes:election", args=[self.slug])

    def stage(self, today: date) -> Stage:
        return stage_of(self.state, self.first_round, self.second_round, today)

    def calendar(self) -> list[Period]:
        return periods(self.first_round, self.second_round)


class CandidateList(models.Model):
    """A list that stands, or (`reference`) a programme that is nobody's candidacy and stands beside, marked.

    `rank`: its place on the official board, or the one that the lot gave; a reference has none."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="lists")
    slug = models.SlugField(_("adresse de la page"), max_length=60)
    name = models.CharField(_("nom de la liste"), max_length=160)
    head = models.CharField(_("tête de liste"), max_length=120, blank=True)
    parties = models.CharField(_("partis et soutiens"), max_length=300, blank=True)
    departements = models.ManyToManyField(
        "territories.Territory", blank=True, related_name="candidate_lists", verbose_name=_("départements où elle se présente")
    )
    rank = models.PositiveSmallIntegerField(_("rang"), null=True, blank=True)
    reference = models.BooleanField(_("programme de référence, hors candidature"), default=False)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("liste")
        verbose_name_plural = _("listes")
        ordering: ClassVar = ["reference", models.F("rank").asc(nulls_last=True), "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["election", "slug"], name="one_address_a_list"),
            models.UniqueConstraint(fields=["election", "rank"], condition=Q(rank__isnull=False), name="one_rank_a_list"),
            models.CheckConstraint(condition=Q(reference=False) | Q(rank=None), name="a_reference_has_no_rank"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programmes:list", args=[self.election.slug, self.slug])


class Spokesperson(models.Model):
    """Somebody who may answer in public in the name of a list; the publisher has checked it."""

    candidate_list = models.ForeignKey(CandidateList, models.CASCADE, related_name="spokespeople")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("porte-parole")
        verbose_name_plural = _("porte-parole")
        constraints: ClassVar = [models.UniqueConstraint(fields=["candidate_list", "user"], name="one_spokesperson_a_list")]

    def __str__(self) -> str:
        return f"{self.user} · {self.candidate_list_id}"


class Trace(models.Model):
    """What was done to an election, by whom: read by the team, never changed."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="traces")
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    act = models.CharField(max_length=30)
    about = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("trace")
        verbose_name_plural = _("traces")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act} {self.about}"
