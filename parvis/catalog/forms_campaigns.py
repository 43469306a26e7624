"""The form of a campaign: a letter that the Région's agents make theirs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from parvis.catalog.models import Campaign


class CampaignForm(forms.ModelForm):
    class Meta:
        model = Campaign
        fields = ("title", "subject", "text", "per_minute", "again_days")
        widgets = {"text": forms.Textarea(attrs={"rows": 16})}  # noqa: RUF012 -- as Django reads it
        help_texts = {  # noqa: RUF012
            "title": _lazy("Pour vous y retrouver : les collectivités ne le voient pas."),
            "text": _lazy(
                "Chaque collectivité reçoit le sien : {collectivite}, {a_publier}, {en_ligne}, {habitants}, {region} et {lien} sont remplacés."
            ),
            "per_minute": _lazy("De 1 à 300. Beaucoup de serveurs de courrier refusent d'aller vite."),
            "again_days": _lazy("Personne ne reçoit deux messages en moins de jours que cela."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.text and not self.is_bound:
            self.initial = first_letter() | dict(self.initial)

    def clean_per_minute(self) -> int:
        pace: int = self.cleaned_data["per_minute"]
        if not 1 <= pace <= 300:
            raise forms.ValidationError(_("Choisissez entre 1 et 300 messages par minute."))
        return pace

    def clean_again_days(self) -> int:
        days: int = self.cleaned_data["again_days"]
        if not 1 <= days <= 730:
            raise forms.ValidationError(_("Choisissez entre 1 et 730 jours."))
        return days


def first_letter() -> dict[str, Any]:
    """A letter to start from."""
    return {
        "subject": _("{collectivite} : publier ses données, avec l'aide de la Région"),
        "text": _(
            "Bonjour,\n\n"
            "La loi demande à votre collectivité de mettre en ligne une partie de ses données. {region} vous aide à le faire : un modèle à "
            "remplir, un contrôle qui explique ce qui est à corriger, et une adresse où tout le monde peut les lire.\n\n"
            "Nous avons préparé la page de {collectivite} : {a_publier} publications vous attendent, {en_ligne} sont déjà en ligne.\n\n"
            "Pour l'ouvrir et y inscrire votre équipe :\n{lien}\n\n"
            "Ce lien est personnel et marche soixante jours. Une question ? Répondez à ce message.\n\n"
            "{region}"
        ),
    }
