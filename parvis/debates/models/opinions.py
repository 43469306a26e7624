"""Statements, and what people answer to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.shared.search.words import meaning, stem


def stems(text: str) -> str:
    return f" {' '.join(stem(meaning(text)))} "[:600]


class Statement(models.Model):
    """What people agree or disagree with. Its counts are kept beside it, in the transaction of each vote: a list of a thousand
    statements never counts millions of votes. They count participants that are `counted` only."""

    class State(models.TextChoices):
        WAITING = "waiting", _("à relire")
        SHOWN = "shown", _("montrée")
        REFUSED = "refused", _("non retenue")

    process = models.ForeignKey("debates.Process", models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField()
    text = models.CharField(_("affirmation"), max_length=280)
    author = models.ForeignKey("debates.Participant", models.SET_NULL, null=True, blank=True, related_name="statements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    seed = models.BooleanField(_("écrite par l'équipe"), default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("motif"), max_length=2100, blank=True)  # why it is not shown: its author and everybody read it
    created = models.DateTimeField(default=timezone.now, editable=False)
    shown = models.DateTimeField(null=True, blank=True)
    edited = models.DateTimeField(null=True, blank=True)
    modified = models.DateTimeField(auto_now=True, db_index=True)
    agrees = models.PositiveIntegerField(default=0)
    disagrees = models.PositiveIntegerField(default=0)
    passes = models.PositiveIntegerField(default=0)
    extremity = models.FloatField(default=0.0)  # how much it divides, as the last map says
    priority = models.FloatField(default=0.0, db_index=True)  # what to show next; see core.opinions.priorities
    words = models.CharField(
        max_length=600, blank=True, editable=False
    )  # its stems, folded, between spaces: what search looks into

    class Meta:
        verbose_name = _("affirmation")
        verbose_name_plural = _("affirmations")
        ordering: ClassVar = ["process", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["process", "number"], name="one_number_a_statement")]
        indexes: ClassVar = [models.Index(fields=["process", "state", "-priority"])]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **fields: Any) -> None:
        self.words = stems(self.text)
        update: Iterable[str] | None = fields.get("update_fields")
        if update is not None and "text" in update:
            fields["update_fields"] = {*update, "words"}
        super().save(*args, **fields)

    def get_absolute_url(self) -> str:
        return reverse("debates:statement", args=[self.process.slug, self.number])

    @property
    def reference(self) -> str:
        return f"statement:{self.process.slug}.{self.number}"

    @property
    def seen(self) -> int:
        return self.agrees + self.disagrees + self.passes


class Vote(models.Model):
    """One a person and statement, by constraint; the latest answer is the one that counts."""

    class Value(models.IntegerChoices):
        AGREE = 1, _("d'accord")
        PASS = 0, _("je passe")
        DISAGREE = -1, _("pas d'accord")

    participant = models.ForeignKey("debates.Participant", models.CASCADE, related_name="votes")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="votes")
    value = models.SmallIntegerField(choices=Value.choices)
    created = models.DateTimeField(default=timezone.now, editable=False)
    changed = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participant", "statement"], name="one_vote_a_person_and_statement")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.statement_id} · {self.value}"
