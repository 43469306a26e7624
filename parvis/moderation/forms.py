"""Forms of reports, decisions and appeals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.moderation.models import REASONS, REPORTED, Verdict


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("Qu'est-ce qui ne va pas ?"), choices=REPORTED, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Précisions"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Seules les personnes qui modèrent vous liront. L'auteur ne saura pas que cela vient de vous."),
    )  # fmt: skip


class DecisionForm(forms.Form):
    def __init__(self, *args: Any, verdicts: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Verdict.choices)
        self.fields["verdict"] = forms.ChoiceField(
            label=_("Votre décision"), choices=[(value, labels[value]) for value in verdicts], widget=forms.RadioSelect
        )
        groups = [(labels[value], REASONS[value]) for value in verdicts]
        self.fields["reason"] = forms.ChoiceField(label=_("Motif"), choices=[("", _("choisir")), *groups])
        self.fields["note"] = forms.CharField(
            label=_("Explication pour l'auteur"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("L'auteur la reçoit avec le motif et son texte. Elle n'est pas publique, sauf avec « autre raison »."),
        )  # fmt: skip


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("Pourquoi cette décision n'est-elle pas juste ?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Une autre personne que celle qui a décidé vous lira."),
    )
