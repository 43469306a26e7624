"""The form by which an organisation says how it looks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from parvis.organisations.identity import LARGEST_LOGO, passing
from parvis.organisations.models import Organisation
from parvis.shared.contrast import LIGHT, contrast, is_colour


class ColourField(forms.CharField):
    """A colour that can be read on our backgrounds. One that cannot is refused, and the nearest that can is proposed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=7, required=False, **kwargs)
        self.widget.attrs |= {"placeholder": "#8a2b1f", "autocomplete": "off", "spellcheck": "false"}

    def clean(self, value: Any) -> str:
        colour = str(super().clean(value)).strip().lower()
        colour = f"#{colour}" if colour and not colour.startswith("#") else colour
        if not colour:
            return ""
        if not is_colour(colour):
            raise forms.ValidationError(_("Écrivez une couleur comme #8a2b1f : six chiffres ou lettres de a à f après le #."))
        proposed = passing(colour)
        if proposed != colour:
            raise forms.ValidationError(
                _(
                    "Cette couleur se lit mal sur fond clair (contraste de %(found)s, il faut 4,5). La plus proche qui convient : %(proposed)s."
                )
                % {"found": f"{contrast(colour, LIGHT):.1f}".replace(".", ","), "proposed": proposed}
            )
        return colour


class IdentityForm(forms.ModelForm):
    website = forms.URLField(label=_lazy("Site"), required=False, assume_scheme="https", max_length=200)
    brand = ColourField(
        label=_lazy("Couleur de l'institution"),
        help_text=_lazy("Celle de votre charte, par exemple #8a2b1f. Vide : celle du site."),
    )
    action = ColourField(label=_lazy("Couleur des liens et des boutons"), help_text=_lazy("Vide : celle du site."))
    logo = forms.FileField(label=_lazy("Logo"), required=False, help_text=_lazy("PNG, JPEG ou WebP, 2 Mo au plus."))
    logo_text = forms.CharField(
        label=_lazy("Ce que montre le logo"),
        required=False,
        max_length=150,
        help_text=_lazy("Lu aux personnes qui ne le voient pas."),
    )
    without_logo = forms.BooleanField(label=_lazy("Retirer le logo"), required=False)

    class Meta:
        model = Organisation
        fields = ("name", "description", "website", "email")
        widgets = {"description": forms.Textarea(attrs={"rows": 6})}  # noqa: RUF012 -- as Django reads it
        help_texts = {"description": _lazy("Quelques phrases. Laissez une ligne vide entre deux paragraphes.")}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = getattr(self.instance, "identity", None)
        for name in ("brand", "action", "logo_text"):
            self.fields[name].initial = getattr(held, name, "")
        if not (held and held.logo_hash):
            del self.fields["without_logo"]

    def clean_logo(self) -> Any:
        given = self.cleaned_data.get("logo")
        if given and given.size > LARGEST_LOGO:
            raise forms.ValidationError(
                _("Cette image dépasse 2 Mo. Enregistrez-la plus petite, puis choisissez-la de nouveau.")
            )
        return given

    @property
    def logo_bytes(self) -> bytes | None:
        """The new logo, b"" to take it away, None to keep the one that is there."""
        given = self.cleaned_data.get("logo")
        if given:
            content: bytes = given.read()
            return content
        return b"" if self.cleaned_data.get("without_logo") else None
