"""Charts that people keep, so that others may cite them."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models.datasets import Dataset, Resource, Version

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


def chart_id(version_id: str, choice: str, title: str) -> str:
    """Twelve characters made of what the chart says: keeping the same one twice keeps it once."""
    content = "\0".join((version_id, choice, title)).encode("utf-8", "surrogatepass")
    number = int.from_bytes(hashlib.sha256(content).digest(), "big")
    found = ""
    while len(found) < 12:
        number, rest = divmod(number, len(ALPHABET))
        found += ALPHABET[rest]
    return found


class Chart(models.Model):
    """A choice of columns and a shape, on one version of a table, for ever. `choice` is what `core.charts.choice.from_dict` reads.

    `title` says what the picture shows: the finding, or what a person wrote (`own_title`)."""

    id = models.CharField(primary_key=True, max_length=12, editable=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="charts")
    version = models.ForeignKey(Version, models.CASCADE, related_name="charts")
    choice: models.JSONField[Any, Any] = models.JSONField()
    title = models.CharField(_("titre"), max_length=250)
    own_title = models.BooleanField(default=False)
    findings: models.JSONField[Any, Any] = models.JSONField(default=dict)  # the finding, by language
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("graphique")
        verbose_name_plural = _("graphiques")
        ordering: ClassVar = ["-created", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:chart", args=[self.id])

    @property
    def said(self) -> str:
        """The title in the language of the reader; what a person wrote is not translated."""
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        return self.title if self.own_title else self.findings.get(language) or self.title

    @property
    def reference(self) -> str:
        """With the number of the version: the data that it shows never change."""
        return f"chart:{self.id}@{self.version.number}"


class Embedding(models.Model):
    """Which sites may show the charts of a dataset inside their pages: `*` for all (as without a row), nothing for none, or
    addresses of sites separated by spaces."""

    EVERYBODY = "*"

    dataset = models.OneToOneField(Dataset, models.CASCADE, related_name="embedding")
    sites = models.CharField(max_length=1000, blank=True, default=EVERYBODY)

    def __str__(self) -> str:
        return f"{self.dataset} → {self.sites or '-'}"
