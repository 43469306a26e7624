"""Grids, rounds of blind coding, what each evaluator coded, and what was decided where they differ."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from parvis.programmes.core import grid as grids


class Grid(models.Model):
    """A version of a grid, as data. It does not change once a round uses it: another version is another row."""

    name = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("grille")
        verbose_name_plural = _("grilles")
        ordering: ClassVar = ["name", "-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "version"], name="one_version_a_grid")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @cached_property
    def read(self) -> grids.Grid:
        return grids.read(self.content)


class CodingRound(models.Model):
    """`facts`: what the pages of results read, written when it is published. `agreement`: the last that was computed, and of what."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("en préparation")
        CODING = "coding", _("codage en cours")
        ADJUDICATION = "adjudication", _("arbitrage")
        PUBLISHED = "published", _("publié")

    election = models.ForeignKey("programmes.Election", models.CASCADE, related_name="coding_rounds")
    number = models.PositiveIntegerField()
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="rounds")
    readings = models.PositiveSmallIntegerField(_("évaluateurs par mesure"), default=2)
    seed = models.CharField(_("graine de la répartition"), max_length=60)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREPARED)
    created = models.DateTimeField(default=timezone.now, editable=False)
    opened = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    catalogued = models.DateTimeField(null=True, blank=True)  # when its tables last went to the catalogue
    cataloguing = models.DateTimeField(null=True, blank=True)  # since when a worker is at it
    agreement = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("tour de codage")
        verbose_name_plural = _("tours de codage")
        ordering: ClassVar = ["election", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["election", "number"], name="one_number_a_coding_round"),
            models.CheckConstraint(condition=Q(readings__gte=2), name="two_evaluators_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.election_id} · {self.number}"

    @property
    def coding_is_over(self) -> bool:
        return self.state in (self.State.ADJUDICATION, self.State.PUBLISHED)


class Evaluator(models.Model):
    """Somebody who codes in a round. `name`: how the page of the method names them; their own words, never their address."""

    coding_round = models.ForeignKey(CodingRound, models.CASCADE, related_name="evaluators")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")  # who left still has coded
    label = models.CharField(_("nom sur les pages"), max_length=80)
    presented = models.CharField(_("qui est-ce"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("évaluateur")
        verbose_name_plural = _("évaluateurs")
        ordering: ClassVar = ["label", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coding_round", "user"], name="one_evaluator_a_round"),
            models.UniqueConstraint(fields=["coding_round", "label"], name="one_label_a_round"),
        ]

    def __str__(self) -> str:
        return self.label


class Task(models.Model):
    """A unit that an evaluator has to code: a measure, or a whole list (`unit` says presence or vision)."""

    evaluator = models.ForeignKey(Evaluator, models.CASCADE, related_name="tasks")
    coding_round = models.ForeignKey(CodingRound, models.CASCADE, related_name="tasks")
    unit = models.CharField(max_length=8)
    measure = models.ForeignKey("programmes.Measure", models.CASCADE, null=True, blank=True, related_name="tasks")
    candidate_list = models.ForeignKey("programmes.CandidateList", models.CASCADE, related_name="tasks")
    unit_key = models.CharField(max_length=40, db_index=True)  # the unit, whoever codes it: `measure:…`, `presence:…`, `list:…`
    position = models.PositiveIntegerField()
    memo = models.TextField(_("note pour l'arbitrage"), max_length=2000, blank=True)
    done = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("unité à coder")
        verbose_name_plural = _("unités à coder")
        ordering: ClassVar = ["evaluator", "position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(unit="measure", measure__isnull=False) | (~Q(unit="measure") & Q(measure=None)),
                name="a_unit_is_one_thing",
            ),
            models.UniqueConstraint(fields=["evaluator", "position"], name="one_task_a_position"),
            models.UniqueConstraint(
                fields=["evaluator", "measure"], condition=Q(measure__isnull=False), name="one_task_a_measure"
            ),
            models.UniqueConstraint(
                fields=["evaluator", "candidate_list", "unit"], condition=Q(measure=None), name="one_task_a_list_and_unit"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["coding_round", "unit", "done"]),
            models.Index(
                fields=["coding_round", "evaluator", "done"], name="how_far_each_is"
            ),  # the page of a round counts by it
        ]

    def __str__(self) -> str:
        return f"{self.evaluator_id} · {self.unit_key}"


def key_of(unit: str, *, measure: str | None, candidate_list: int) -> str:
    return f"measure:{measure}" if measure else f"{unit}:{candidate_list}"


class Coding(models.Model):
    """What one evaluator says of one criterion of one unit; the last word of that evaluator. The trail is its task's."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="codings")
    criterion = models.CharField(max_length=40)
    value = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("codage")
        verbose_name_plural = _("codages")
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "criterion"], name="one_coding_a_criterion")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.criterion}={self.value}"


class Adjudication(models.Model):
    """A criterion on which evaluators differ: open while `value` is empty, then decided, with the reason. Both codings stay."""

    coding_round = models.ForeignKey(CodingRound, models.CASCADE, related_name="adjudications")
    unit_key = models.CharField(max_length=40)
    unit = models.CharField(max_length=8)
    measure = models.ForeignKey("programmes.Measure", models.CASCADE, null=True, blank=True, related_name="adjudications")
    candidate_list = models.ForeignKey("programmes.CandidateList", models.CASCADE, related_name="adjudications")
    criterion = models.CharField(max_length=40)
    value = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("pourquoi"), max_length=600, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("arbitrage")
        verbose_name_plural = _("arbitrages")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["coding_round", "unit_key", "criterion"], name="one_adjudication_a_criterion"),
            models.CheckConstraint(
                condition=Q(value="", reason="") | (~Q(value="") & ~Q(reason="")), name="a_decision_has_a_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["coding_round", "value"])]

    def __str__(self) -> str:
        return f"{self.unit_key} {self.criterion}={self.value}"


class Outcome(models.Model):
    """What is published of a criterion of a unit: agreed by the evaluators, or adjudicated. Written whole when a round is published."""

    coding_round = models.ForeignKey(CodingRound, models.CASCADE, related_name="outcomes")
    measure = models.ForeignKey("programmes.Measure", models.CASCADE, null=True, blank=True, related_name="outcomes")
    candidate_list = models.ForeignKey("programmes.CandidateList", models.CASCADE, related_name="outcomes")
    unit = models.CharField(max_length=8)
    criterion = models.CharField(max_length=40)
    value = models.CharField(max_length=40)
    adjudicated = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("résultat du codage")
        verbose_name_plural = _("résultats du codage")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coding_round", "measure", "criterion"],
                condition=Q(measure__isnull=False),
                name="one_outcome_a_measure",
            ),
            models.UniqueConstraint(
                fields=["coding_round", "candidate_list", "unit", "criterion"],
                condition=Q(measure=None),
                name="one_outcome_a_list_and_unit",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["coding_round", "criterion", "value", "candidate_list"])]

    def __str__(self) -> str:
        return f"{self.criterion}={self.value}"
