"""Reuses: what people made with the data, shown beside them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models.datasets import new_id


class Reuse(models.Model):
    """`published` null: the first of a new account waits to be read by a moderator. Its address is linked, never fetched."""

    class KindOf(models.TextChoices):
        PICTURE = "picture", _("visualisation ou carte")
        APPLICATION = "application", _("application ou site")
        ARTICLE = "article", _("article ou enquête")
        STUDY = "study", _("étude ou recherche")
        LESSON = "lesson", _("cours ou atelier")
        OTHER = "other", _("autre")

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    title = models.CharField(_("titre"), max_length=160)
    url = models.URLField(_("adresse"), max_length=500, blank=True)
    kind = models.CharField(_("nature"), max_length=12, choices=KindOf.choices, default=KindOf.OTHER)
    description = models.TextField(_("description"), max_length=3000)
    datasets = models.ManyToManyField("catalog.Dataset", related_name="reuses", verbose_name=_("jeux de données"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reuses")
    signature = models.CharField(_("nom affiché"), max_length=80, blank=True)
    form_key = models.CharField(max_length=32, null=True, blank=True, unique=True, editable=False)  # a form sent twice
    created = models.DateTimeField(default=timezone.now, editable=False)
    published = models.DateTimeField(null=True, blank=True, db_index=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    hidden = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=2100, blank=True)
    invented = models.BooleanField(_("inventée pour la démonstration"), default=False)
    modified = models.DateTimeField(auto_now=True, db_index=True)  # search looks for what changed

    class Meta:
        verbose_name = _("réutilisation")
        verbose_name_plural = _("réutilisations")
        ordering: ClassVar = ["-published", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:reuse", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"reuse:{self.pk}"
