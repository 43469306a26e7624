"""A process: what is asked, by whom, of whom, and its phases one after the other."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.debates.core.processes.rules import Moment, PhaseKind, Role


class Process(models.Model):
    """`published` null: a draft, seen by its team only. `archived`: read, and closed for good."""

    class Access(models.TextChoices):
        """The least that is asked of who takes part."""

        VISITOR = Role.VISITOR.value, _("sans compte")
        CONFIRMED = Role.CONFIRMED.value, _("avec un lien reçu par e-mail")
        MEMBER = Role.MEMBER.value, _("avec un compte")

    class Review(models.TextChoices):
        BEFORE = "before", _("avant d'être montrées")
        AFTER = "after", _("après, si on les signale")

    slug = models.SlugField(_("adresse de la page"), max_length=120, unique=True)
    title = models.CharField(_("question"), max_length=160)
    summary = models.CharField(_("en une phrase"), max_length=300)
    purpose = models.TextField(_("à quoi elle sert"), max_length=20_000, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="processes", verbose_name=_("organisée par")
    )
    territory = models.ForeignKey(
        "territories.Territory", models.PROTECT, related_name="processes", verbose_name=_("territoire concerné")
    )
    residents_only = models.BooleanField(_("réservée aux habitants du territoire"), default=False)
    access = models.CharField(_("pour donner son avis"), max_length=10, choices=Access.choices, default=Access.VISITOR)
    review = models.CharField(
        _("les affirmations proposées sont relues"), max_length=6, choices=Review.choices, default=Review.BEFORE
    )
    publishes_vectors = models.BooleanField(
        _("publier les réponses une à une, sans nom ni commune"),
        default=False,
        help_text=_(
            "À dire avant la première réponse : cela ne peut plus changer ensuite. Sinon, seuls les totaux sont publiés."
        ),
    )
    sources = models.JSONField(
        _("sources"), default=list, blank=True
    )  # references (`chart:k3v9@3`), each cited as it was when somebody chose it
    synthesis = models.TextField(_("synthèse de l'équipe"), max_length=40_000, blank=True)
    synthesis_date = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    published = models.DateTimeField(null=True, blank=True, db_index=True)
    archived = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(_("inventée pour la démonstration"), default=False)
    modified = models.DateTimeField(auto_now=True, db_index=True)  # search looks for what changed
    revision = models.PositiveIntegerField(default=1, editable=False)  # two people who write at once do not undo each other

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        ordering: ClassVar = ["-published", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(archived=None) | Q(published__isnull=False), name="archived_after_it_was_published"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("debates:process", args=[self.slug])

    @property
    def reference(self) -> str:
        return f"process:{self.slug}"

    def moments(self, now: datetime) -> frozenset[Moment]:
        """What it is going through; reads `phases`, so that a list may prefetch them."""
        if self.published is None:
            return frozenset({Moment.DRAFT})
        if self.archived is not None:
            return frozenset({Moment.ARCHIVED})
        phases = list(self.phases.all())
        current = frozenset(Moment(phase.kind) for phase in phases if phase.is_open(now))
        if current:
            return current
        if all(phase.is_over(now) for phase in phases):
            return frozenset({Moment.AFTER})
        return frozenset({Moment.BETWEEN if any(phase.is_over(now) for phase in phases) else Moment.BEFORE})


class Phase(models.Model):
    """Open from `opens` (included) to `closes` (excluded; null: no end was set)."""

    class KindOf(models.TextChoices):
        INFORMATION = PhaseKind.INFORMATION.value, _("s'informer")
        OPINIONS = PhaseKind.OPINIONS.value, _("donner son avis")
        DISCUSSION = PhaseKind.DISCUSSION.value, _("discuter")

    process = models.ForeignKey(Process, models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("nature"), max_length=12, choices=KindOf.choices)
    title = models.CharField(_("nom"), max_length=120)
    text = models.TextField(_("ce qui s'y passe"), max_length=10_000, blank=True)
    opens = models.DateTimeField(_("s'ouvre le"))
    closes = models.DateTimeField(_("se termine le"), null=True, blank=True)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "position"], name="one_phase_a_position"),
            # Votes and statements belong to the process: two rounds of them would be mixed.
            models.UniqueConstraint(
                fields=["process", "kind"], condition=~Q(kind="information"), name="one_phase_of_opinions_and_of_discussion"
            ),
            models.CheckConstraint(condition=Q(closes=None) | Q(closes__gt=F("opens")), name="a_phase_ends_after_it_opens"),
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, now: datetime) -> bool:
        return self.opens <= now and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        return self.closes is not None and self.closes <= now


class Notice(models.Model):
    """That the end of a phase was moved, when and why: shown beside the dates."""

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="notices")
    before = models.DateTimeField(null=True, blank=True)
    after = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("pourquoi"), max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("changement de date")
        verbose_name_plural = _("changements de date")
        ordering: ClassVar = ["created", "pk"]

    def __str__(self) -> str:
        return self.reason


class Teammate(models.Model):
    """Somebody of the team of a process, beside the editors of its organisation."""

    class RoleOf(models.TextChoices):
        MEDIATOR = Role.MEDIATOR.value, _("médiation : écrit ce que disent des personnes sans internet")
        FACILITATOR = Role.FACILITATOR.value, _("animation : relit les affirmations, écrit la synthèse")
        MANAGER = Role.MANAGER.value, _("responsable : modifie la démarche et son calendrier")

    process = models.ForeignKey(Process, models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="processes")
    role = models.CharField(_("rôle"), max_length=12, choices=RoleOf.choices)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membre de l'équipe")
        verbose_name_plural = _("membres de l'équipe")
        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["process", "user"], name="one_role_in_a_process")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.get_role_display()}"
