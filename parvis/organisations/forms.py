"""Forms of a team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.organisations.models import Role

ROLES = (
    (Role.AGENT.value, _("agent : prépare")),
    (Role.EDITOR.value, _("éditeur : prépare et publie")),
    (Role.ADMINISTRATOR.value, _("administrateur : prépare, publie et gère l'équipe")),
)


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Adresse électronique"), widget=forms.EmailInput(attrs={"autocomplete": "off"}), max_length=254
    )
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Rôle"), choices=ROLES)


class JoinForm(forms.Form):
    message = forms.CharField(
        label=_("Pourquoi demandez-vous à rejoindre cette équipe ?"),
        help_text=_("Votre fonction, par exemple. La personne qui décidera lira ces mots."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Votre réponse"), choices=(("accept", _("accepter")), ("refuse", _("refuser"))), widget=forms.RadioSelect
    )
    role = forms.ChoiceField(label=_("Rôle, si vous acceptez"), choices=ROLES)
    reason = forms.CharField(
        label=_("Motif, si vous refusez"),
        help_text=_("La personne le recevra."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "refuse" and not data.get("reason", "").strip():
            self.add_error("reason", _("Dites pourquoi : la personne recevra votre réponse."))
        return data
