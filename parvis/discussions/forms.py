"""What somebody types to say something."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.accounts.forms import one_line
from parvis.discussions.actions import LONGEST, MOST_SOURCES
from parvis.discussions.models import Message
from parvis.shared import citing


class MessageForm(forms.Form):
    """asks: at the head of a thread, what the message is. speaks: its author may write for who publishes."""

    kind = forms.ChoiceField(
        label=_("C'est"), choices=Message.KindOf.choices, widget=forms.RadioSelect, initial=Message.KindOf.COMMENT
    )
    text = forms.CharField(label=_("Votre message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 7}))
    references = forms.CharField(
        label=_("Ce que vous citez"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("L'adresse d'une page de ce site par ligne : un graphique, un jeu de données, une démarche… Un graphique est cité avec la version de ses données."),
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Nom affiché"), max_length=120, help_text=_("Vous, ou un pseudonyme. Votre adresse électronique n'est jamais montrée.")
    )  # fmt: skip
    official = forms.BooleanField(label="", required=False)
    form_key = forms.CharField(max_length=32, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asks: bool, speaks: str, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = secrets.token_hex(16)
        for name, kept in (("kind", asks), ("official", bool(speaks)), ("signature", not editing), ("form_key", not editing)):
            if not kept:
                del self.fields[name]
        if speaks and not editing:
            self.fields["official"].label = _("J'écris au nom de : %(publisher)s") % {"publisher": speaks}

    def clean_signature(self) -> str:
        return one_line(self.cleaned_data["signature"])

    def clean_references(self) -> list[str]:
        try:
            return citing.read(self.cleaned_data["references"], most=MOST_SOURCES)
        except citing.CitingError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
