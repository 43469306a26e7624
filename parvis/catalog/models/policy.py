"""The Région's open-data policy, in its own words."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OpenDataPolicy(models.Model):
    """What the Région says of its policy: each text replaces the one before, which is kept. The figures are `ObligationSnapshot`."""

    text = models.TextField(_("la politique de la Région, en quelques paragraphes"), max_length=20_000)
    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.created.isoformat()
