"""Reports, what was decided and why, and appeals. Nothing is erased: a case keeps its reports and its decisions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why a thing is reported, or hidden. One table for both, so that figures add up."""

    PERSONAL = "personal", _("des informations sur une personne, ou une attaque contre elle")
    INSULT = "insult", _("une insulte, une menace ou un appel à la haine")
    FALSE_IDENTITY = "false_identity", _("quelqu'un se fait passer pour un autre")
    ADVERTISING = "advertising", _("de la publicité, ou un lien trompeur")
    ILLEGAL = "illegal", _("la loi l'interdit pour une autre raison")
    OFF_TOPIC = "off_topic", _("hors sujet : cela n'a rien à faire ici")
    SEVERAL = "several", _("plusieurs choses à la fois : on ne saurait à laquelle répondre")
    KNOWN = "known", _("un autre contenu dit déjà la même chose")
    UNCLEAR = "unclear", _("on ne comprend pas ce que cela veut dire")
    OTHER = "other", _("autre raison")


REPORTED = [choice for choice in Reason.choices if choice[0] not in (Reason.SEVERAL, Reason.KNOWN, Reason.UNCLEAR)]
"""What a thing is reported for: the others are for whoever reads it before it is shown."""


class KeptReason(models.TextChoices):
    """Why a thing stays, or is shown again."""

    WITHIN_RULES = "within_rules", _("cela respecte les règles du site")
    CORRECTED = "corrected", _("le texte a été corrigé")
    MISTAKE = "mistake", _("il avait été masqué par erreur")


class Verdict(models.TextChoices):
    KEEP = "keep", _("garder visible")
    HIDE = "hide", _("masquer")
    RESTORE = "restore", _("montrer de nouveau")


REASONS: dict[str, list[tuple[str, object]]] = {
    Verdict.KEEP.value: [
        (KeptReason.WITHIN_RULES.value, KeptReason.WITHIN_RULES.label),
        (KeptReason.CORRECTED.value, KeptReason.CORRECTED.label),
    ],
    Verdict.HIDE.value: list(Reason.choices),
    Verdict.RESTORE.value: [
        (KeptReason.MISTAKE.value, KeptReason.MISTAKE.label),
        (KeptReason.CORRECTED.value, KeptReason.CORRECTED.label),
    ],
}
"""The reasons that each decision may have."""


class Case(models.Model):
    """What must be decided about one thing: opened by a first report, by a rule, or because it waits for its first publication.

    `held`: nobody sees the thing before the decision."""

    class Origin(models.TextChoices):
        REPORT = "report", _("signalement")
        FIRST = "first", _("première publication d'un nouveau compte")
        REVIEW = "review", _("à lire avant d'être montré")
        RULE = "rule", _("règle")
        TEAM = "team", _("l'équipe qui anime la page")

    reference = models.CharField(max_length=240, db_index=True)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.REPORT)
    held = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    decided = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("cas à modérer")
        verbose_name_plural = _("cas à modérer")
        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], condition=Q(decided=None), name="one_open_case_of_each_thing")
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.get_origin_display()})"

    def get_absolute_url(self) -> str:
        return reverse("moderation:case", args=[self.pk])


class Report(models.Model):
    """One person, or one network without an account, reports a thing once while its case is open."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reports")
    reason = models.CharField(_("motif"), max_length=16, choices=Reason.choices)
    text = models.TextField(_("précisions"), blank=True, max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reports")
    network = models.CharField(max_length=32, blank=True, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")
        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "by"], condition=Q(by__isnull=False), name="one_report_a_person"),
            models.UniqueConstraint(fields=["case", "network"], condition=~Q(network=""), name="one_report_a_network"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.get_reason_display()}"


class Decision(models.Model):
    """What a moderator decided, why, and what the text was then."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="decisions")
    verdict = models.CharField(_("décision"), max_length=8, choices=Verdict.choices)
    reason = models.CharField(_("motif"), max_length=16, choices=[*Reason.choices, *KeptReason.choices])
    note = models.TextField(_("explication pour l'auteur"), blank=True, max_length=2000)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("décision de modération")
        verbose_name_plural = _("décisions de modération")
        ordering: ClassVar = ["created", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.get_verdict_display()}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:decision", args=[self.pk])


class Appeal(models.Model):
    """The author asks another moderator to look again, once for a decision."""

    decision = models.OneToOneField(Decision, models.CASCADE, related_name="appeal")
    text = models.TextField(_("pourquoi"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    answer = models.OneToOneField(Decision, models.SET_NULL, null=True, blank=True, related_name="answers")

    class Meta:
        verbose_name = _("recours")
        verbose_name_plural = _("recours")
        ordering: ClassVar = ["created", "pk"]

    def __str__(self) -> str:
        return f"{self.decision_id}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:appeal", args=[self.pk])
