"""Requests of data: what somebody asks of an authority in public, what the authority answered, and each step with its date."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.catalog.core.requests.clocks import Clocks, Facts, Reply, clocks
from parvis.catalog.core.requests.states import State
from parvis.catalog.models.datasets import new_id


class DataRequest(models.Model):
    """`published` null: it waits for its author's e-mail, or, with an author, to be read by moderation first. `hidden`: by moderation; the page stays, with the reason.

    signature is what everybody reads of its author ("" shows nothing); given_name is for the authority alone."""

    class StateOf(models.TextChoices):
        TO_CONFIRM = State.TO_CONFIRM.value, _("à confirmer par e-mail")
        TO_SEND = State.TO_SEND.value, _("pas encore transmise")
        RECEIVED = State.RECEIVED.value, _("reçue, le délai court")
        PROMISED = State.PROMISED.value, _("une date est promise")
        ANSWERED = State.ANSWERED.value, _("données publiées")
        REFUSED = State.REFUSED.value, _("refusée")
        SILENT = State.SILENT.value, _("sans réponse : refus")
        PASSED = State.PASSED.value, _("transmise à qui détient les données")
        CLOSED = State.CLOSED.value, _("close par son auteur")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="data_requests")
    title = models.CharField(_("ce qui est demandé"), max_length=160)
    text = models.TextField(_("précisions"), max_length=4000)
    period = models.CharField(_("période"), max_length=120, blank=True)
    form = models.CharField(_("forme souhaitée"), max_length=120, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="data_requests")
    signature = models.CharField(_("prénom ou pseudonyme"), max_length=60, blank=True)
    given_name = models.CharField(_("nom donné à la collectivité"), max_length=120, blank=True)
    email = models.EmailField(blank=True, editable=False)  # until it is confirmed
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    form_key = models.CharField(max_length=32, null=True, blank=True, unique=True, editable=False)  # a form sent twice
    state = models.CharField(max_length=10, choices=StateOf.choices, default=StateOf.TO_CONFIRM, db_index=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    published = models.DateTimeField(null=True, blank=True, db_index=True)
    sending = models.DateTimeField(null=True, blank=True, editable=False)  # a worker is transmitting it
    received = models.DateField(_("reçue le"), null=True, blank=True)
    answer_by = models.DateField(_("réponse attendue le"), null=True, blank=True, db_index=True)
    promised = models.DateField(_("date promise"), null=True, blank=True)
    cada_asked = models.DateField(_("CADA saisie le"), null=True, blank=True)
    satisfied = models.BooleanField(null=True, blank=True)  # said when it is closed
    hidden = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=2100, blank=True)
    invented = models.BooleanField(_("inventée pour la démonstration"), default=False)
    # The request of which this one is the continuation, at the authority that holds the data (CRPA L311-2).
    passed_from = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="passed_to")
    modified = models.DateTimeField(auto_now=True, db_index=True)  # search looks for what changed

    class Meta:
        verbose_name = _("demande de données")
        verbose_name_plural = _("demandes de données")
        ordering: ClassVar = ["-published", "id"]
        indexes: ClassVar = [models.Index(fields=["organisation", "state"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:request", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"request:{self.pk}"

    @property
    def waits(self) -> bool:
        """A rule of moderation holds it: its author and those who moderate see it."""
        return self.published is None and self.author_id is not None and self.hidden is None

    @property
    def standing(self) -> DataRequestAnswer | None:
        """The answer that stands; reads `answers`, so that a list may prefetch them."""
        return next((answer for answer in self.answers.all() if answer.replaced is None), None)

    def facts(self) -> Facts:
        answer = self.standing
        return Facts(
            self.received,
            Reply(answer.kind) if answer else None,
            timezone.localdate(answer.created) if answer else None,
            self.cada_asked,
        )

    def clocks(self, today: date) -> Clocks:
        return clocks(self.facts(), today)


class DataRequestAnswer(models.Model):
    """What the authority answered. One stands at a time; a corrected one stays, with who replaced it and when."""

    class KindOf(models.TextChoices):
        DATASET = Reply.DATASET.value, _("des données")
        DATE = Reply.DATE.value, _("une date")
        REFUSAL = Reply.REFUSAL.value, _("un refus")

    class GroundOf(models.TextChoices):
        NOT_HELD = "not_held", _("nous ne détenons pas ces données")
        NOT_EXISTING = (
            "not_existing",
            _("ces données n'existent pas, et les produire demanderait un autre travail qu'une extraction courante"),
        )
        UNFINISHED = "unfinished", _("le document n'est pas achevé")
        PREPARATORY = "preparatory", _("il prépare une décision qui n'est pas encore prise")
        ALREADY_PUBLIC = "already_public", _("ces données sont déjà publiques ailleurs")
        PRIVACY = "privacy", _("elles touchent à la vie privée de personnes")
        BUSINESS_SECRECY = "business_secrecy", _("elles sont couvertes par le secret des affaires")
        SECURITY = "security", _("leur publication mettrait en danger la sécurité de personnes ou de systèmes")
        OTHER_SECRET = "other_secret", _("un autre secret protégé par la loi les couvre")
        INTELLECTUAL_PROPERTY = "intellectual_property", _("une autre personne a des droits d'auteur sur elles")
        ABUSIVE = "abusive", _("la demande est abusive, par son nombre ou sa répétition")

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=8, choices=KindOf.choices)
    text = models.TextField(blank=True, max_length=4000)
    dataset = models.ForeignKey("catalog.Dataset", models.SET_NULL, null=True, blank=True, related_name="request_answers")
    promised = models.DateField(null=True, blank=True)
    ground = models.CharField(max_length=24, choices=GroundOf.choices, blank=True)
    address = models.URLField(max_length=500, blank=True)  # where what is already public is
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)
    replaced = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("réponse à une demande de données")
        verbose_name_plural = _("réponses à des demandes de données")
        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request"], condition=Q(replaced=None), name="one_standing_answer")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} · {self.get_kind_display()}"


class DataRequestStep(models.Model):
    """What happened on the way, once each: transmitted, reminded, silence noted."""

    class What(models.TextChoices):
        TRANSMITTED = "transmitted", _("transmise par ce site")
        BROUGHT = "brought", _("remise par son auteur")
        REMINDED = "reminded", _("rappelée à la collectivité")
        SILENCE = "silence", _("le mois s'est achevé sans réponse")
        CADA = "cada", _("la CADA est saisie")
        PASSED = "passed", _("transmise à l'administration qui détient les données")
        CLOSED = "closed", _("close par son auteur")

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="steps")
    what = models.CharField(max_length=12, choices=What.choices)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("étape d'une demande")
        verbose_name_plural = _("étapes de demandes")
        ordering: ClassVar = ["created", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "what"], name="each_step_once")]

    def __str__(self) -> str:
        return f"{self.request_id} · {self.get_what_display()}"


class DataRequestSupport(models.Model):
    """« Je demande aussi »: one a person, so that like requests add up instead of multiplying."""

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="supports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("soutien à une demande")
        verbose_name_plural = _("soutiens à des demandes")
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "user"], name="one_support_a_person")]

    def __str__(self) -> str:
        return f"{self.request_id} · {self.user_id}"
