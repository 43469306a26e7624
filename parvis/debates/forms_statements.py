"""What the team decides of a statement, and what it writes itself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.debates.actions.statements import LONGEST
from parvis.moderation import public as moderation


class DecisionForm(forms.Form):
    """`show`, or a reason why not."""

    decision = forms.ChoiceField(choices=[("show", "show"), ("refuse", "refuse")])
    reason = forms.ChoiceField(choices=[("", _("choisir")), *moderation.REASONS[moderation.Verdict.HIDE]], required=False)
    note = forms.CharField(max_length=1000, required=False)


class SeedForm(forms.Form):
    text = forms.CharField(
        label=_("Affirmation"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Une seule idée, en une phrase à laquelle on peut être d'accord ou non."),
    )
