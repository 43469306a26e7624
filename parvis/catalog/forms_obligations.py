"""Forms by which an authority says what only it knows, and the Région answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.catalog.actions.obligations import MOST_STAFF
from parvis.catalog.obligations.page import Question

ANSWERS = (("yes", _("oui")), ("no", _("non")), ("", _("je ne sais pas encore")))


class SituationForm(forms.Form):
    """The open questions of one authority, all on a page: what is left without an answer changes nothing."""

    def __init__(self, *args: Any, questions: tuple[Question, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.key] = self._staff(question) if question.key == "staff" else self._activity(question)

    def _staff(self, question: Question) -> forms.Field:
        return forms.IntegerField(
            label=question.text,
            required=False,
            min_value=0,
            max_value=MOST_STAFF,
            initial=question.held.number if question.held else None,
            help_text=_("Une estimation suffit : plusieurs règles commencent à 50 agents."),
        )

    def _activity(self, question: Question) -> forms.Field:
        held = question.held
        initial = "" if held is None else "yes" if held.yes else "no"
        return forms.ChoiceField(
            label=question.text, required=False, choices=ANSWERS, widget=forms.RadioSelect, initial=initial
        )


class ElsewhereForm(forms.Form):
    url = forms.URLField(
        label=_("Adresse de la page où c'est publié"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Elle commence par https://. Le public pourra la suivre."),
    )


class ContestForm(forms.Form):
    reason = forms.CharField(
        label=_("Pourquoi cette règle ne vous concerne-t-elle pas ?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Une phrase suffit. La Région vous répond ; d'ici là, rien n'est attendu de vous."),
    )


class SettleForm(forms.Form):
    accepted = forms.ChoiceField(
        label=_("La règle s'applique-t-elle ?"),
        choices=(("yes", _("non, la collectivité a raison")), ("no", _("oui, elle s'applique"))),
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Votre réponse"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
