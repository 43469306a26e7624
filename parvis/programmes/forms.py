"""Forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from parvis.programmes.core.grid import Criterion
from parvis.programmes.models import CandidateList, Election, Source
from parvis.programmes.templatetags.programmes import said
from parvis.shared import citing
from parvis.territories.models import Level, Territory

MOST_REFERENCES = 12
"""What may stand beside a measure."""


class DecisionForm(forms.Form):
    value = forms.ChoiceField(label=_("La décision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Pourquoi"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Une phrase, publiée avec la décision.")
    )  # fmt: skip

    def __init__(self, *args: Any, criterion: Criterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].choices = [(level.value, said(level.label)) for level in criterion.levels]  # type: ignore[attr-defined]


class ElectionForm(forms.Form):
    title = forms.CharField(label=_("Titre"), max_length=160, help_text=_("Par exemple « Élections régionales de mars 2028 »."))
    summary = forms.CharField(label=_("En une phrase"), max_length=300, required=False)
    first_round = forms.DateField(label=_("Premier tour"), widget=forms.DateInput(attrs={"type": "date"}))
    second_round = forms.DateField(label=_("Second tour"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    order = forms.ChoiceField(label=_("Ordre des listes"), choices=Election.Order.choices, widget=forms.RadioSelect)
    seed = forms.CharField(
        label=_("Graine du tirage au sort"), max_length=60, required=False, help_text=_("Seulement si l'ordre est tiré au sort. Elle est publiée.")
    )  # fmt: skip


class ListForm(forms.Form):
    name = forms.CharField(label=_("Nom de la liste"), max_length=160)
    head = forms.CharField(label=_("Tête de liste"), max_length=120, required=False)
    parties = forms.CharField(label=_("Partis et soutiens"), max_length=300, required=False)
    rank = forms.IntegerField(label=_("Rang sur le panneau officiel"), min_value=1, max_value=200, required=False)
    reference = forms.BooleanField(label=_("C'est un programme de référence, pas celui de candidats"), required=False)


class ElectionDetailsForm(forms.Form):
    title = forms.CharField(label=_("Titre"), max_length=160)
    summary = forms.CharField(label=_("En une phrase"), max_length=300, required=False)
    first_round = forms.DateField(label=_("Premier tour"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    second_round = forms.DateField(
        label=_("Second tour"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class ListDetailsForm(forms.Form):
    """Without a rank where it is drawn by lot, or where the programme is nobody's candidacy."""

    name = forms.CharField(label=_("Nom de la liste"), max_length=160)
    head = forms.CharField(label=_("Tête de liste"), max_length=120, required=False)
    parties = forms.CharField(label=_("Partis et soutiens"), max_length=300, required=False)
    rank = forms.IntegerField(label=_("Rang sur le panneau officiel"), min_value=1, max_value=200, required=False)
    departements = forms.ModelMultipleChoiceField(
        Territory.objects.none(), label=_("Départements où elle se présente"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip

    def __init__(self, *args: Any, candidate_list: CandidateList, **kwargs: Any) -> None:
        initial = {name: getattr(candidate_list, name) for name in ("name", "head", "parties", "rank")}
        initial["departements"] = list(candidate_list.departements.all())
        super().__init__(*args, **({"initial": initial} | kwargs))
        self.fields["departements"].queryset = departements(candidate_list.election.territory)  # type: ignore[attr-defined]
        if candidate_list.reference or candidate_list.election.order == Election.Order.LOT:
            del self.fields["rank"]
        if candidate_list.reference:
            del self.fields["departements"]


def departements(territory: Territory) -> QuerySet[Territory]:
    """Those where a list of this election may stand."""
    inside = Q(pk=territory.pk) | Q(region=territory)
    return Territory.objects.filter(inside, level=Level.DEPARTEMENT, active=True).order_by("name")


class SpokespersonForm(forms.Form):
    email = forms.EmailField(
        label=_("Adresse de son compte"), max_length=254, help_text=_("Vérifiez d'abord, auprès de la liste, que c'est bien elle qui la désigne.")
    )  # fmt: skip


class SourceForm(forms.Form):
    file = forms.FileField(
        label=_("Le document"), required=False, help_text=_("PDF, DOCX, HTML, texte ou Markdown, 40 Mo au plus.")
    )
    missing = forms.BooleanField(label=_("Aucun programme n'a été trouvé à cette date"), required=False)
    kind = forms.ChoiceField(label=_("Nature"), choices=Source.Kind.choices)
    title = forms.CharField(label=_("Titre"), max_length=200, required=False)
    address = forms.URLField(label=_("Adresse d'origine"), max_length=500, required=False, assume_scheme="https")
    archived_address = forms.URLField(label=_("Copie archivée"), max_length=500, required=False, assume_scheme="https")
    licence = forms.CharField(label=_("Licence ou conditions"), max_length=120, required=False)
    collected = forms.DateField(label=_("Recueilli le"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("file")) == bool(found.get("missing")):
            raise forms.ValidationError(_("Donnez un document, ou dites qu'aucun n'a été trouvé."))
        return found


class MeasureForm(forms.Form):
    title = forms.CharField(label=_("La mesure, en une phrase"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class MeasureDetailsForm(MeasureForm):
    references = forms.CharField(
        label=_("Ce qui l'éclaire"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("L'adresse d'une page de ce site par ligne : un graphique, un jeu de données… Un graphique est cité avec la version de ses données."),
    )  # fmt: skip

    def clean_references(self) -> list[str]:
        try:
            return citing.read(self.cleaned_data["references"], most=MOST_REFERENCES)
        except citing.CitingError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("La réponse de votre liste"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Elle est publiée sous la mesure, au nom de la liste."),
    )  # fmt: skip


class RoundForm(forms.Form):
    seed = forms.CharField(
        label=_("Graine de la répartition"),
        max_length=60,
        help_text=_("Elle est publiée : tout le monde peut refaire la répartition."),
    )
    readings = forms.IntegerField(label=_("Évaluateurs par mesure"), min_value=2, max_value=9, initial=2)


class EvaluatorForm(forms.Form):
    email = forms.EmailField(label=_("Adresse de son compte"), max_length=254)
    label = forms.CharField(label=_("Nom sur les pages"), max_length=80)
    presented = forms.CharField(label=_("Qui est-ce"), max_length=300, required=False)
