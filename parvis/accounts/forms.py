"""Forms of a person's account."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.accounts.models import Scope, User


def one_line(text: str) -> str:
    """Names go into the subjects of messages: no line break, no control character."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


class SignupForm(AllauthSignupForm):
    name = forms.CharField(
        label=_("Votre nom"),
        max_length=120,
        required=False,
        help_text=_("Tel que les autres le verront. Vous pourrez le changer."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("email", "name", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _(
            "12 caractères au moins. Sans mot de passe, vous recevrez un code par e-mail à chaque connexion."
        )


class NameForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("name",)
        help_texts: ClassVar = {"name": _("Tel que les autres le verront.")}
        widgets: ClassVar = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("À quoi servira ce jeton ?"), max_length=80, help_text=_("Par exemple « export du logiciel de budget ».")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Ce qu'il pourra faire en votre nom"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Il sera valable"),
        coerce=int,
        choices=((30, _("un mois")), (90, _("trois mois")), (365, _("un an"))),
        initial=90,
    )

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class DeleteAccountForm(forms.Form):
    sure = forms.BooleanField(label=_("Je veux supprimer mon compte. Je sais que c'est définitif."))
