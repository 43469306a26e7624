"""Catalogues of others, read regularly: the source, each reading of it, what became of each record, and what stands in ours."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models.datasets import Dataset, Resource, new_id


class HarvestSource(models.Model):
    """A catalogue that somebody declared. `address` is what they typed, `endpoint` where its first page was found."""

    class Kind(models.TextChoices):
        UNKNOWN = "", _("pas encore reconnu")
        DCAT = "dcat", _("catalogue DCAT")
        CKAN = "ckan", _("portail CKAN")
        UDATA = "udata", _("portail de la famille de data.gouv.fr (udata)")

    class State(models.TextChoices):
        DRAFT = "draft", _("à vérifier avant activation")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("en pause")
        ENDED = "ended", _("retirée")

    class Rhythm(models.TextChoices):
        HOURLY = "hourly", _("chaque heure")
        DAILY = "daily", _("chaque jour")
        WEEKLY = "weekly", _("chaque semaine")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="harvest_sources")
    name = models.CharField(_("nom"), max_length=200)
    address = models.CharField(_("adresse"), max_length=1000)
    endpoint = models.CharField(max_length=2000, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT, db_index=True)
    rhythm = models.CharField(_("rythme"), max_length=8, choices=Rhythm.choices, default=Rhythm.DAILY)
    # Made or activated by the platform: its publishers may be told by their SIREN. Otherwise each must be confirmed by somebody
    # who administers it, so that nobody publishes in the name of another.
    trusted = models.BooleanField(default=False)
    next_run = models.DateTimeField(null=True, blank=True, db_index=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("source moissonnée")
        verbose_name_plural = _("sources moissonnées")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address"], condition=~Q(state="ended"), name="one_source_per_address")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:harvest_source", args=[self.pk])


class HarvestRun(models.Model):
    """One reading of a source. The row is the truth of the job (ADR 3): state, cursor, heartbeat; a queued task is only a nudge."""

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminée")
        PARTIAL = "partial", _("terminée, catalogue incomplet")
        FAILED = "failed", _("interrompue")
        STOPPED = "stopped", _("arrêtée à la demande")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    source = models.ForeignKey(HarvestSource, models.CASCADE, related_name="runs")
    preview = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # The next page to read, its number from 1, the digest of the page before (a portal may give the same one for ever).
    cursor = models.CharField(max_length=2000, blank=True)
    page = models.PositiveIntegerField(default=1)
    last_body = models.CharField(max_length=64, blank=True)
    whole = models.BooleanField(default=True)  # nothing was missed so far: what is not there has left
    total = models.PositiveIntegerField(null=True, blank=True)  # as the portal says
    attempt = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # of the present page
    generation = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    heartbeat = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField(default=0)
    error = models.TextField(blank=True)
    found: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)  # of a preview
    read = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    archived = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now, editable=False)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("lecture d'une source")
        verbose_name_plural = _("lectures d'une source")
        ordering: ClassVar = ["-created", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(state__in=["waiting", "running"]), name="one_harvest_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.created:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:harvest_run", args=[self.source_id, self.pk])

    @property
    def at_work(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}


class HarvestRecord(models.Model):
    """What became of one record in one run; without `key`, something that happened to a page."""

    class Fate(models.TextChoices):
        MADE = "made", _("ajouté")
        CHANGED = "changed", _("mis à jour")
        SAME = "same", _("inchangé")
        RESTORED = "restored", _("revenu")
        DOUBLE = "double", _("en double")
        REFUSED = "refused", _("refusé")
        MISSING = "missing", _("absent du catalogue")
        ARCHIVED = "archived", _("archivé")
        PROBLEM = "problem", _("problème")

    run = models.ForeignKey(HarvestRun, models.CASCADE, related_name="records")
    key = models.CharField(max_length=40, blank=True)
    page = models.PositiveIntegerField(default=0)
    fate = models.CharField(max_length=8, choices=Fate.choices)
    identifier = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=1000, blank=True)
    dataset = models.ForeignKey(Dataset, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("ligne du journal de moissonnage")
        verbose_name_plural = _("lignes du journal de moissonnage")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["run", "key"]), models.Index(fields=["run", "fate"])]

    def __str__(self) -> str:
        return f"{self.identifier or self.page} · {self.get_fate_display()}"


class HarvestPage(models.Model):
    """What is known of one page of a source, so that one that did not change costs nothing."""

    source = models.ForeignKey(HarvestSource, models.CASCADE, related_name="pages")
    key = models.CharField(max_length=40)
    url = models.CharField(max_length=2000)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    body = models.CharField(max_length=64, blank=True)
    next = models.CharField(max_length=2000, blank=True)
    count = models.PositiveIntegerField(default=0)
    sound = models.BooleanField(default=False)  # every record of it stands in the catalogue, and none had a problem
    revision = models.PositiveIntegerField(default=0)
    run = models.ForeignKey(HarvestRun, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "key"], name="one_harvest_page_per_address")]

    def __str__(self) -> str:
        return self.url


class HarvestedDataset(models.Model):
    """The record of elsewhere that a dataset stands for. `identifier` never changes; everything else may."""

    dataset = models.OneToOneField(Dataset, models.CASCADE, primary_key=True, related_name="harvested")
    source = models.ForeignKey(HarvestSource, models.PROTECT, related_name="datasets")
    key = models.CharField(max_length=40)
    identifier = models.CharField(max_length=500)
    iri = models.CharField(max_length=2000, blank=True)
    page = models.CharField(max_length=40, blank=True, db_index=True)
    digest = models.CharField(max_length=64)
    original_url = models.CharField(_("adresse de l'original"), max_length=2000, blank=True)
    publisher_key = models.CharField(max_length=40, blank=True, db_index=True)
    publisher = models.CharField(_("organisme d'origine"), max_length=500, blank=True)
    licence = models.CharField(_("licence d'origine"), max_length=500, blank=True)
    record: models.JSONField[Any, Any] = models.JSONField(default=dict)  # what we have no column for, as it was read
    issued = models.DateTimeField(null=True, blank=True)
    updated = models.DateTimeField(null=True, blank=True)
    seen_in = models.ForeignKey(HarvestRun, models.SET_NULL, null=True, related_name="+")
    first_seen = models.DateTimeField(default=timezone.now)
    missing_since = models.DateTimeField(null=True, blank=True)
    archived = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("jeu de données moissonné")
        verbose_name_plural = _("jeux de données moissonnés")
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "key"], name="one_dataset_per_identifier")]

    def __str__(self) -> str:
        return self.identifier


class HarvestPublisher(models.Model):
    """A publisher named by a source, and the organisation here that it is, once that is sure."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("aucune organisation reconnue")
        PROPOSED = "proposed", _("à confirmer")
        CONFIRMED = "confirmed", _("confirmé")
        REFUSED = "refused", _("gardé sous le nom de la source")

    source = models.ForeignKey(HarvestSource, models.CASCADE, related_name="publishers")
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=500)
    identifier = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.SET_NULL, null=True, blank=True, related_name="harvest_publishers"
    )
    reason = models.CharField(max_length=20, blank=True)  # siren, insee, name, person
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNKNOWN)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("organisme d'une source")
        verbose_name_plural = _("organismes d'une source")
        ordering: ClassVar = ["-count", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "key"], name="one_publisher_per_source")]

    def __str__(self) -> str:
        return self.name


class HarvestHost(models.Model):
    """A server that asked to be left in peace, or that does not answer: nobody goes there before `not_before`."""

    host = models.CharField(primary_key=True, max_length=255)
    not_before = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.host


class LinkCheck(models.Model):
    """Whether the file of a harvested resource still stands at its address, as last seen."""

    class State(models.TextChoices):
        GOOD = "good", _("le fichier répond")
        BROKEN = "broken", _("le fichier ne répond plus")

    resource = models.OneToOneField(Resource, models.CASCADE, primary_key=True, related_name="link")
    state = models.CharField(max_length=8, choices=State.choices, default=State.GOOD)
    why = models.CharField(max_length=300, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    checked = models.DateTimeField()
    next_check = models.DateTimeField(db_index=True)
    told = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.resource_id} · {self.get_state_display()}"
