"""Forms by which people ask for data, and authorities answer."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.catalog.core.requests.clocks import Reply
from parvis.catalog.models import DataRequestAnswer, Dataset
from parvis.organisations.models import Organisation


class AskForm(forms.Form):
    title = forms.CharField(
        label=_("Quelles données demandez-vous ?"), max_length=160,
        help_text=_("En une ligne, comme un titre : « Menus des cantines scolaires », « Comptages de vélos ». C'est ce que tout le monde lira d'abord."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Précisez"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Ce que chaque ligne devrait dire, le lieu, le document où vous les avez vues. Vous n'avez pas à dire pourquoi vous les demandez. N'écrivez rien de personnel : ce texte est public."),
    )  # fmt: skip
    period = forms.CharField(
        label=_("Période"), max_length=120, required=False, help_text=_("Par exemple « de 2020 à aujourd'hui ».")
    )
    form = forms.CharField(
        label=_("Forme souhaitée"), max_length=120, required=False, help_text=_("Par exemple « un tableur ». La loi laisse le choix dans la limite de ce que la collectivité peut faire.")
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Prénom ou pseudonyme affiché"), max_length=60, required=False, help_text=_("Public. Laissez vide pour ne rien montrer de vous.")
    )  # fmt: skip
    given_name = forms.CharField(
        label=_("Nom donné à la collectivité"), max_length=120, required=False,
        help_text=_("Jamais public : il part seulement dans le courrier. La CADA vous demandera vos nom et adresse si vous la saisissez."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    form_key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = secrets.token_hex(16)
        if not signed_in:
            self.fields["email"] = forms.EmailField(
                label=_("Votre adresse électronique"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
                help_text=_("Jamais publique. Vous recevrez un lien pour confirmer, puis les réponses. Confirmer crée un compte sans mot de passe, que vous pourrez supprimer."),
            )  # fmt: skip


class DayForm(forms.Form):
    day = forms.DateField(label=_("Le jour"), widget=forms.DateInput(attrs={"type": "date"}))


class CloseForm(forms.Form):
    satisfied = forms.ChoiceField(
        label=_("Avez-vous obtenu ce que vous demandiez ?"),
        choices=(("yes", _("oui")), ("no", _("non"))),
        widget=forms.RadioSelect,
    )


class AnswerForm(forms.Form):
    """One of three, by what is answered: only its own fields are there."""

    def __init__(self, *args: Any, reply: Reply, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reply is Reply.DATASET:
            datasets = Dataset.objects.filter(organisation=organisation, published__isnull=False).order_by("title")
            self.fields["dataset"] = forms.ModelChoiceField(
                label=_("Quel jeu de données répond à la demande ?"), queryset=datasets, empty_label=_("choisir"),
                help_text=_("Il doit être publié. Sinon, publiez-le d'abord, puis revenez ici."),
            )  # fmt: skip
        elif reply is Reply.DATE:
            self.fields["promised"] = forms.DateField(
                label=_("À quelle date les données seront-elles publiées ?"), widget=forms.DateInput(attrs={"type": "date"}),
                help_text=_("Une date promise n'arrête pas le délai de la loi : elle dit que vous vous en occupez."),
            )  # fmt: skip
        else:
            self.fields["ground"] = forms.ChoiceField(
                label=_("Pour quel motif ?"), choices=[("", _("choisir")), *DataRequestAnswer.GroundOf.choices],
                help_text=_("Ce sont ceux que la loi prévoit. Si seule une partie est protégée, la loi demande de l'occulter et de donner le reste."),
            )  # fmt: skip
            self.fields["address"] = forms.URLField(
                label=_("Adresse où ces données sont déjà publiques"), required=False, max_length=500, assume_scheme="https",
                help_text=_("Seulement pour le motif « déjà publiques ailleurs »."),
            )  # fmt: skip
        refusal = reply is Reply.REFUSAL
        self.fields["text"] = forms.CharField(
            label=_("Votre explication") if refusal else _("Un mot d'explication"), required=refusal, max_length=4000,
            widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Public : ne nommez personne."),
        )  # fmt: skip
