"""Forms of the deposit flow and of the managing pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from parvis.catalog import known_schemas
from parvis.catalog.models import Frequency, HighValue, Licence
from parvis.catalog.queries import territory_choices
from parvis.organisations.models import Organisation
from parvis.territories.models import Level

ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")
DELIMITERS = ((";", _("point-virgule ;")), (",", _("virgule ,")), ("\t", _("tabulation")), ("|", _("barre |")))


class FileForm(forms.Form):
    """A file, or its address. The organisation is asked only when there are several."""

    organisation = forms.ModelChoiceField(
        label=_("Pour quelle organisation ?"), queryset=Organisation.objects.none(), to_field_name="slug"
    )
    file = forms.FileField(
        label=_("Votre fichier"),
        required=False,
        help_text=_(
            "CSV, Excel (XLSX), OpenDocument (ODS), JSON par lignes ou Parquet, compressé ou non. Tel qu'il est : nous vous dirons quoi corriger."
        ),
    )
    schema = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput())  # where the page before chose it
    url = forms.URLField(
        label=_("Ou son adresse sur internet"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text=_("Si le fichier est déjà en ligne."),
    )

    def __init__(self, *args: Any, organisations: Any, refused: Exception | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.initial["organisation"] = organisations[0].slug

    def clean_schema(self) -> str:
        asked: str = self.cleaned_data["schema"]
        return asked if asked in {name for name, _words in known_schemas.choices()} else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.refused:
            self.add_error("file", str(self.refused))
        elif not given.get("file") and not given.get("url") and not self.errors:
            self.add_error("file", _("Choisissez un fichier, ou donnez son adresse."))
        return given


class ReadingForm(forms.Form):
    """What a person may correct of the reading. Empty means: let Parvis recognise it."""

    encoding = forms.ChoiceField(label=_("Encodage (accents)"), required=False)
    delimiter = forms.ChoiceField(label=_("Séparateur de colonnes"), required=False)
    header_row = forms.IntegerField(
        label=_("Ligne des titres"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Son numéro dans votre tableur."),
    )
    sheet = forms.CharField(label=_("Feuille du classeur"), required=False, max_length=120)
    decimal = forms.ChoiceField(label=_("Décimales"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        automatic = ("", _("reconnu automatiquement"))
        self.fields["encoding"].choices = [automatic, *((name, name) for name in ENCODINGS)]  # type: ignore[attr-defined]
        self.fields["delimiter"].choices = [automatic, *DELIMITERS]  # type: ignore[attr-defined]
        self.fields["decimal"].choices = [automatic, (",", _("virgule : 12,5")), (".", _("point : 12.5"))]  # type: ignore[attr-defined]


class SchemaForm(forms.Form):
    schema = forms.ChoiceField(label=_("Schéma à suivre"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schema"].choices = [("", _("aucun")), *known_schemas.choices()]  # type: ignore[attr-defined]


class DescriptionForm(forms.Form):
    """What people will read of the dataset. Only the title is needed."""

    title = forms.CharField(
        label=_("Titre"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Une phrase courte, avec l'année si elle compte : « Subventions versées en 2025 »."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Ce que contient le fichier, pour quelqu'un qui ne connaît pas votre service."),
    )
    territory = forms.ChoiceField(label=_("Territoire dont parlent ces données"), required=False)
    frequency = forms.ChoiceField(label=_("Mise à jour"), required=False, choices=Frequency.choices)
    keywords = forms.CharField(
        label=_("Mots-clés"),
        required=False,
        max_length=500,
        help_text=_("Séparés par des virgules : les mots que l'on cherchera."),
    )
    source = forms.CharField(label=_("D'où viennent ces données ?"), required=False, max_length=300)
    source_url = forms.URLField(
        label=_("Adresse de l'original"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("S'il est aussi publié ailleurs."),
    )
    licence = forms.ChoiceField(
        label=_("Licence"),
        required=False,
        choices=Licence.choices,
        help_text=_("La Licence Ouverte convient presque toujours : on peut réutiliser en citant la source."),
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        initial = dict(kwargs.pop("initial", None) or {})
        if isinstance(initial.get("keywords"), list):
            initial["keywords"] = ", ".join(map(str, initial["keywords"]))
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories(organisation, initial.get("territory", ""))  # type: ignore[attr-defined]

    def clean_keywords(self) -> list[str]:
        words = [word.strip()[:60] for word in (self.cleaned_data.get("keywords") or "").split(",")]
        return list(dict.fromkeys(word for word in words if word))[:20]

    def typed(self) -> dict[str, Any]:
        """What was typed, valid or not, so that nothing is lost."""
        words = [word.strip() for word in self.data.get("keywords", "").split(",") if word.strip()]
        return {name: self.data.get(name, "") for name in self.fields if name != "keywords"} | {"keywords": words}


class ManageForm(DescriptionForm):
    """The same, with what is rarely needed and never asked at the first publication."""

    high_value = forms.ChoiceField(
        label=_("Données de forte valeur"),
        required=False,
        choices=[("", _("non, ou je ne sais pas")), *HighValue.choices],
        help_text=_(
            "Le règlement européen 2023/138 en donne la liste. Si ces données en font partie, dites dans quelle catégorie."
        ),
    )


def territories(organisation: Organisation, chosen: str) -> list[tuple[str, Any]]:
    """The territory of the organisation first, then those around it (or inside it, for a région)."""
    own = organisation.territory
    found = territory_choices(own, chosen, own.code if own and own.level == Level.REGION else settings.REGION_CODE)
    if own and own.level == Level.REGION:
        found = territory_choices(None, chosen, own.code)
    named = [(one.reference, f"{one.name} ({one.kind_name})") for one in found]
    return named if own else [("", _("aucun en particulier")), *named]


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Pourquoi cette version est-elle retirée ?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("La raison restera affichée à la place du fichier. Ses octets seront effacés."),
    )
