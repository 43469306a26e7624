"""The form by which somebody shows what they made with the data."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models import Dataset, Reuse

NAMED = re.compile(r"(?:dataset:|/donnees/)?([a-z0-9][a-z0-9-]*)/?$")


class ReuseForm(forms.Form):
    title = forms.CharField(label=_("Son titre"), max_length=160)
    kind = forms.ChoiceField(label=_("Ce que c'est"), choices=Reuse.KindOf.choices)
    url = forms.URLField(
        label=_("Son adresse"), required=False, max_length=500, assume_scheme="https",
        help_text=_("La page où on la voit. Nous y menons par un lien ; nous n'allons jamais la lire."),
    )  # fmt: skip
    description = forms.CharField(
        label=_("Présentez-la"), max_length=3000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Ce qu'elle montre, pour qui, ce que vous avez changé aux données."),
    )  # fmt: skip
    datasets = forms.CharField(
        label=_("Les jeux de données utilisés"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Un par ligne : l'adresse de sa page, ou sa référence (dataset:…)."),
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Nom affiché"), max_length=80, required=False, help_text=_("Vous, un pseudonyme ou votre structure. Vide : rien ne s'affiche.")
    )  # fmt: skip
    form_key = forms.CharField(max_length=32, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = secrets.token_hex(16)

    def clean_datasets(self) -> list[Dataset]:
        """Each line names a published dataset."""
        named = [line.strip() for line in self.cleaned_data["datasets"].splitlines() if line.strip()]
        slugs = {line: found[1] if (found := NAMED.search(line.lower())) else "" for line in named}
        known = {one.slug: one for one in Dataset.objects.filter(slug__in=slugs.values(), published__isnull=False)}
        for line, slug in slugs.items():
            if slug not in known:
                raise forms.ValidationError(
                    gettext("« %(line)s » n'est pas un jeu de données publié ici.") % {"line": line[:120]}
                )
        return [known[slug] for slug in dict.fromkeys(slugs.values())]
