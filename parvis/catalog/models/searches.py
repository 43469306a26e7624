"""What people looked for and did not find."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class MissedSearch(models.Model):
    """Words that found nothing, how many times in a day. Neither who asked nor from where: nothing of a person is kept."""

    words = models.CharField(_("mots cherchés"), max_length=80)
    day = models.DateField(_("jour"), db_index=True)
    count = models.PositiveIntegerField(_("fois"), default=0)

    class Meta:
        verbose_name = _("recherche sans résultat")
        verbose_name_plural = _("recherches sans résultat")
        ordering: ClassVar = ["-day", "-count", "words"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["words", "day"], name="one_missed_search_a_day")]

    def __str__(self) -> str:
        return f"{self.words} ({self.day}, {self.count})"
