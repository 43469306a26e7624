"""A measure: one or several passages stated as one proposal."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_key() -> str:
    return "".join(secrets.choice(LETTERS) for _place in range(12))


class Measure(models.Model):
    """`quote`: what is shown beside its title when it has no passage (an import). `references`: what the team puts beside it (charts with
    their version, tables). `merged_into`: the measure of the same list that says the same; it is no longer counted, its page leads there."""

    class Origin(models.TextChoices):
        READING = "reading", _("relevée à la lecture")
        MACHINE = "machine", _("proposée par la machine, retenue par une personne")
        IMPORT = "import", _("importée")

    key = models.CharField(max_length=12, primary_key=True, default=new_key, editable=False)
    candidate_list = models.ForeignKey("programmes.CandidateList", models.CASCADE, related_name="measures")
    number = models.PositiveIntegerField()
    title = models.CharField(_("la mesure, en une phrase"), max_length=300)
    quote = models.TextField(_("citation"), max_length=4000, blank=True)
    passages = models.ManyToManyField("programmes.Passage", blank=True, related_name="measures")
    references = models.JSONField(_("ce qui éclaire la mesure"), default=list, blank=True)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.READING)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    modified = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("mesure")
        verbose_name_plural = _("mesures")
        ordering: ClassVar = ["candidate_list", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["candidate_list", "number"], name="one_number_a_measure"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("key")), name="not_merged_into_itself"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["candidate_list", "merged_into"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("programmes:measure", args=[self.key])

    @property
    def reference(self) -> str:
        return f"measure:{self.key}"


class ListReply(models.Model):
    """What a list answers in public to the reading of one of its measures. A newer one replaces it; the older stays in the trail."""

    measure = models.OneToOneField(Measure, models.CASCADE, related_name="reply")
    text = models.TextField(_("réponse de la liste"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("réponse d'une liste")
        verbose_name_plural = _("réponses des listes")

    def __str__(self) -> str:
        return self.text[:60]
