"""What the law asks, what each authority says of itself, and how far the region has come."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from parvis.catalog.core.obligations.rules import Confidence, Kind
from parvis.catalog.models.datasets import new_id


class ObligationRule(ClusterableModel):
    """A rule of the law, brought by Parvis and then the operator's own: once edited, a new release leaves it alone."""

    class KindOf(models.TextChoices):
        PUBLISH = Kind.PUBLISH.value, _("à publier")
        KNOW = Kind.KNOW.value, _("à connaître")

    class ConfidenceOf(models.TextChoices):
        SURE = Confidence.SURE.value, _("sûre")
        TO_CHECK = Confidence.TO_CHECK.value, _("à vérifier : jamais montrée comme due")

    id = models.CharField(primary_key=True, max_length=40, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    kind = models.CharField(_("nature de la règle"), max_length=8, choices=KindOf.choices)
    title = models.CharField(_("titre"), max_length=200)
    what = models.TextField(_("ce qui est demandé"))
    why = models.TextField(_("pourquoi"), blank=True)
    who = models.TextField(_("qui est concerné, en mots"))
    where = models.CharField(_("où"), max_length=300, blank=True)
    portal = models.URLField(_("adresse du portail national"), blank=True)
    deadline = models.CharField(_("quand"), max_length=300, blank=True)
    fresh_days = models.PositiveIntegerField(
        _("à mettre à jour après (jours)"), null=True, blank=True, help_text=_("Vide : aucune date ne le dit.")
    )
    schemas = models.JSONField(
        _("schémas qui y répondent"), default=list, blank=True, help_text=_('Par exemple ["scdl/subventions"].')
    )
    companions = models.JSONField(_("schémas utiles, que la loi ne demande pas"), default=list, blank=True)
    text = models.TextField(_("texte"))
    in_force = models.DateField(_("en vigueur depuis"), null=True, blank=True)
    source = models.TextField(_("source de notre lecture"), blank=True)
    confidence = models.CharField(_("confiance"), max_length=1, choices=ConfidenceOf.choices)
    active = models.BooleanField(_("montrée"), default=True)
    edited = models.DateTimeField(null=True, blank=True, editable=False)
    modified = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("règle de publication")
        verbose_name_plural = _("règles de publication")
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class ObligationCondition(models.Model):
    """One way of being bound by a rule: all its limits must hold."""

    rule = ParentalKey(ObligationRule, on_delete=models.CASCADE, related_name="conditions")
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    natures = models.JSONField(_("qui"), default=list)
    inhabitants_least = models.PositiveIntegerField(_("habitants, au moins"), null=True, blank=True)
    inhabitants_above = models.PositiveIntegerField(_("habitants, plus de"), null=True, blank=True)
    inhabitants_below = models.PositiveIntegerField(_("habitants, moins de"), null=True, blank=True)
    staff_least = models.PositiveIntegerField(_("agents (ETP), au moins"), null=True, blank=True)
    largest_commune_least = models.PositiveIntegerField(
        _("habitants de sa plus grande commune, au moins"), null=True, blank=True
    )
    activity = models.CharField(_("activité"), max_length=40, blank=True)
    since = models.DateField(_("depuis"), null=True, blank=True)
    unsure = models.BooleanField(_("à vérifier"), default=False)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions (une seule suffit)")
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return ", ".join(self.natures)


class ObligationStatement(models.Model):
    """What an authority says of itself. One holds at a time on each subject; the others stay, with who said them and when.

    subject: "" for the staff, an activity, or the id of a rule."""

    class About(models.TextChoices):
        STAFF = "staff", _("nombre d'agents")
        ACTIVITY = "activity", _("activité")
        ELSEWHERE = "elsewhere", _("publié ailleurs")
        CONTEST = "contest", _("statut contesté")

    class Decision(models.TextChoices):
        WAITING = "", _("en attente de réponse")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="obligation_statements")
    about = models.CharField(max_length=10, choices=About.choices)
    subject = models.CharField(max_length=40, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)  # of the staff
    yes = models.BooleanField(null=True, blank=True)  # of an activity
    url = models.URLField(max_length=500, blank=True)
    reason = models.TextField(blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    answer = models.TextField(blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ended = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("déclaration")
        verbose_name_plural = _("déclarations")
        ordering: ClassVar = ["-created"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "about", "subject"], condition=Q(ended=None), name="one_statement_on_each_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_about_display()} {self.subject}"


class ObligationProgress(models.Model):
    """Where an authority of the region stands, computed set-wise so that the cockpit only adds up. Never the truth: it can be
    thrown away and computed again."""

    organisation = models.OneToOneField("organisations.Organisation", models.CASCADE, related_name="obligation_progress")
    statuses: models.JSONField[Any, Any] = models.JSONField(default=dict)  # {rule: status}
    expected = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0, db_index=True)
    to_do = models.PositiveSmallIntegerField(default=0)
    late = models.PositiveSmallIntegerField(default=0)
    to_confirm = models.PositiveSmallIntegerField(default=0)
    gain = models.PositiveSmallIntegerField(default=0, db_index=True)
    day = models.DateField(db_index=True)
    computed = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.organisation} · {self.done}/{self.expected}"


class ObligationSnapshot(models.Model):
    """The region on one day: a row a day, written over during the day."""

    day = models.DateField(unique=True)
    figures: models.JSONField[Any, Any] = models.JSONField(
        default=dict
    )  # {"authorities", "started", "complete", "expected", "done"…}
    rules: models.JSONField[Any, Any] = models.JSONField(default=dict)  # {rule: {status: authorities}}

    class Meta:
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return self.day.isoformat()
