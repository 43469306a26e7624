"""Forms of the sources that are read regularly."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from parvis.catalog.models import HarvestSource
from parvis.organisations.models import Organisation


class SourceForm(forms.Form):
    """An address, and for whom. The platform's administrators may name any organisation by its SIREN."""

    address = forms.CharField(
        label=_("Adresse du portail ou du catalogue"),
        max_length=1000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        help_text=_("Celle que vous ouvrez dans votre navigateur suffit souvent : « https://donnees.exemple.fr »."),
    )
    name = forms.CharField(
        label=_("Nom de la source"),
        max_length=200,
        required=False,
        help_text=_("Il sera cité sous chaque jeu de données : « moissonné depuis … »."),
    )
    organisation = forms.ModelChoiceField(
        label=_("Pour quelle organisation ?"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("Les jeux de données dont l'organisme n'est pas reconnu seront rangés sous son nom."),
    )
    siren = forms.CharField(
        label=_("Ou le SIREN de l'organisation"), max_length=20, required=False, help_text=_("Neuf chiffres, si elle n'est pas dans la liste.")
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Any, anyone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        known = list(organisations[:2])
        if len(known) == 1:
            self.initial.setdefault("organisation", known[0].slug)
        if not anyone:
            del self.fields["siren"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        number = "".join((given.get("siren") or "").split())
        if number:
            found = Organisation.objects.filter(siren=number).first()
            if found is None:
                self.add_error("siren", _("Aucune organisation de ce site n'a ce SIREN."))
            given["organisation"] = found
        elif not given.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Dites pour quelle organisation."))
        return given


class RhythmForm(forms.Form):
    name = forms.CharField(label=_("Nom de la source"), max_length=200)
    rhythm = forms.ChoiceField(label=_("Relire ce catalogue"), choices=HarvestSource.Rhythm.choices)


def of(source: HarvestSource, data: Any = None) -> RhythmForm:
    return RhythmForm(data, initial={"name": source.name, "rhythm": source.rhythm})


class PublisherForm(forms.Form):
    """Who a publisher named by a source is: the organisation proposed, another by its SIREN, or nobody here."""

    choice = forms.CharField(max_length=10)
    siren = forms.CharField(max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        number = "".join((given.get("siren") or "").split())
        given["organisation"] = Organisation.objects.filter(siren=number).first() if number else None
        if given.get("choice") == "other" and given["organisation"] is None:
            self.add_error("siren", _now("Aucune organisation de ce site n'a ce SIREN."))
        return given
