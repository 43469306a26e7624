"""The rules that look at what people write, what they saw, and for how long a text is remembered."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.moderation.models.cases import Case

DAY = 24 * 60


class Rule(models.Model):
    """One row a kind, once a moderator changed it: `rules.all_rules()` gives the others from `DEFAULTS`.

    A rule never refuses. It puts the text in the queue; when it `holds`, the text waits there unseen."""

    class Kind(models.TextChoices):
        LINKS = "links", gettext_lazy("beaucoup de liens")
        SHOUTING = "shouting", gettext_lazy("un texte presque tout en capitales")
        REPEATED = "repeated", gettext_lazy("le même texte plusieurs fois")
        FLOOD = "flood", gettext_lazy("beaucoup de textes en peu de temps")
        NEWCOMER = "newcomer", gettext_lazy("beaucoup de textes d'un nouveau venu")
        WORDS = "words", gettext_lazy("un mot de la liste")

    kind = models.CharField(max_length=8, choices=Kind.choices, unique=True)
    active = models.BooleanField(gettext_lazy("en service"), default=True)
    holds = models.BooleanField(gettext_lazy("le texte attend d'être lu avant d'être montré"), default=False)
    limit = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(1000)])
    minutes = models.PositiveIntegerField(default=0, validators=[MinValueValidator(1), MaxValueValidator(7 * DAY)])
    days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(365)])
    words = models.TextField(blank=True, max_length=20_000)
    changed = models.DateTimeField(null=True, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        verbose_name = gettext_lazy("règle de modération")
        verbose_name_plural = gettext_lazy("règles de modération")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def list_of_words(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]


DEFAULTS: dict[str, dict[str, Any]] = {
    Rule.Kind.LINKS: {"limit": 2},  # more than two links in a text
    Rule.Kind.SHOUTING: {"limit": 60},  # more than 60 capitals in a hundred letters
    Rule.Kind.REPEATED: {"limit": 2, "minutes": DAY},  # the third time in a day, whoever writes it
    Rule.Kind.FLOOD: {"limit": 10, "minutes": 10},  # the eleventh text of one person in ten minutes
    Rule.Kind.NEWCOMER: {"limit": 3, "minutes": 10, "days": 7, "holds": True},  # the fourth of who came less than 7 days ago
    Rule.Kind.WORDS: {},  # an empty list: the words are each site's own
}
"""Where each rule starts from; this is the one place."""


class Hit(models.Model):
    """A rule saw something in what a case is about: how much, and the limit that it had then."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="hits")
    kind = models.CharField(max_length=8, choices=Rule.Kind.choices)
    count = models.PositiveIntegerField(default=0)
    limit = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    held = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = gettext_lazy("constat d'une règle")
        verbose_name_plural = gettext_lazy("constats des règles")
        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "kind"], name="one_hit_of_each_rule_a_case")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What the moderator reads: the rule, and what it saw."""
        given = {"n": self.count, "limit": self.limit, "words": self.words}
        sentences = {
            Rule.Kind.LINKS: ngettext("%(n)s lien (limite : %(limit)s)", "%(n)s liens (limite : %(limit)s)", self.count),
            Rule.Kind.SHOUTING: _("%(n)s %% de lettres capitales (limite : %(limit)s %%)"),
            Rule.Kind.REPEATED: _("le même texte, %(n)s fois (limite : %(limit)s)"),
            Rule.Kind.FLOOD: _("%(n)s textes de cette personne en peu de temps (limite : %(limit)s)"),
            Rule.Kind.NEWCOMER: _("%(n)s textes en peu de temps d'une personne nouvelle ou sans compte (limite : %(limit)s)"),
            Rule.Kind.WORDS: _("mots de la liste : %(words)s"),
        }
        return sentences[Rule.Kind(self.kind)] % given


class Sent(models.Model):
    """That somebody wrote something, for the rules that count: digests only, forgotten after the longest span that a rule looks at."""

    writer = models.CharField(max_length=32, editable=False)
    reference = models.CharField(max_length=240, editable=False)
    fingerprint = models.CharField(max_length=32, blank=True, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        verbose_name = gettext_lazy("texte récent")
        verbose_name_plural = gettext_lazy("textes récents")
        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["writer", "reference"], name="one_trace_of_each_text")]
        indexes: ClassVar = [models.Index(fields=["writer", "created"]), models.Index(fields=["fingerprint", "created"])]

    def __str__(self) -> str:
        return self.reference
