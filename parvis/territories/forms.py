"""What people send here: the commune to remember."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.territories.models import Level, Territory


class Remember(forms.Form):
    commune = forms.CharField(max_length=5, label=_("commune"))
    next = forms.CharField(max_length=500, required=False)

    def clean_commune(self) -> Territory:
        commune = Territory.objects.filter(level=Level.COMMUNE, code=self.cleaned_data["commune"], active=True).first()
        if commune is None:
            raise forms.ValidationError(_("Cette commune n'est pas dans le code officiel géographique."))
        return commune
