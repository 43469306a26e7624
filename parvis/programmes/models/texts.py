"""What lists published, the text that was read in it, and passages of that text."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.programmes.core.spans import Anchor


class Source(models.Model):
    """A document of a list, kept as it was; or (`missing`) the fact that none was found on that day, which is said, never left silent."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("programme")
        EASY = "easy", _("programme facile à lire")
        SITE = "site", _("page du site")

    candidate_list = models.ForeignKey("programmes.CandidateList", models.CASCADE, related_name="sources")
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices, default=Kind.DOCUMENT)
    title = models.CharField(_("titre"), max_length=200, blank=True)
    address = models.URLField(_("adresse d'origine"), max_length=500, blank=True)
    archived_address = models.URLField(_("copie archivée"), max_length=500, blank=True)
    collected = models.DateField(_("recueilli le"))
    licence = models.CharField(_("licence ou conditions"), max_length=120, blank=True)
    missing = models.BooleanField(_("aucun programme trouvé"), default=False)
    name = models.CharField(_("nom du fichier"), max_length=200, blank=True)
    format = models.CharField(max_length=8, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering: ClassVar = ["kind", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(missing=True, sha256="") | (Q(missing=False) & ~Q(sha256="")), name="found_or_missing"
            ),
            models.UniqueConstraint(
                fields=["candidate_list", "sha256"], condition=~Q(sha256=""), name="one_source_a_file_and_list"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.name or f"{self.collected:%Y-%m-%d}"

    @property
    def absence(self) -> str:
        """What is said of a document that was looked for and not found."""
        day = date_format(self.collected, "j F Y")
        if self.kind == self.Kind.EASY:
            return gettext("Aucune version facile à lire trouvée au %(day)s.") % {"day": day}
        if self.kind == self.Kind.SITE:
            return gettext("Aucun site trouvé au %(day)s.") % {"day": day}
        return gettext("Aucun programme trouvé au %(day)s.") % {"day": day}


class Extraction(models.Model):
    """One reading of a source. `pages`: [[start, end], …] in `text`."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="extractions")
    number = models.PositiveIntegerField()
    reader = models.CharField(max_length=20)
    text = models.TextField()
    pages = models.JSONField(default=list)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("texte extrait")
        verbose_name_plural = _("textes extraits")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "number"], name="one_number_an_extraction")]

    def __str__(self) -> str:
        return f"{self.source_id} · {self.number}"

    def page_at(self, place: int) -> int:
        """The page, from 1, that holds a character."""
        return next((at for at, (_start, end) in enumerate(self.pages, start=1) if place < end), max(1, len(self.pages)))


class Passage(models.Model):
    """A stable span. `lost`: the last reading of the source no longer holds it, and somebody must look; its quotation stays."""

    extraction = models.ForeignKey(Extraction, models.PROTECT, related_name="passages")
    source = models.ForeignKey(Source, models.CASCADE, related_name="passages")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    page = models.PositiveIntegerField(default=1)
    quote = models.TextField()
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64)
    lost = models.BooleanField(_("introuvable dans la dernière lecture"), default=False)
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering: ClassVar = ["source", "start"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="a_passage_is_not_empty"),
            models.UniqueConstraint(fields=["source", "digest", "start"], name="one_passage_a_place"),
        ]

    def __str__(self) -> str:
        return self.quote[:60]

    @property
    def link(self) -> str:
        """Where the document was published, at the page where that can be said; "" when its address is not known."""
        address = self.source.address
        return f"{address}#page={self.page}" if address and self.source.format == "pdf" and "#" not in address else address

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.start, self.end, self.quote, self.before, self.after)


def passage_fields(anchor: Anchor, extraction: Extraction) -> dict[str, Any]:
    """The columns that an anchor in a text fills."""
    return {
        "start": anchor.start, "end": anchor.end, "quote": anchor.quote, "before": anchor.before, "after": anchor.after,
        "digest": anchor.digest, "page": extraction.page_at(anchor.start), "extraction": extraction,
    }  # fmt: skip
