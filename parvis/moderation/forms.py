"""Forms of reports, decisions and appeals."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.moderation.models import REASONS, REPORTED, Rule, Verdict


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


LIMITS = {
    Rule.Kind.LINKS: _("Liens permis dans un texte"),
    Rule.Kind.SHOUTING: _("Lettres capitales permises, sur cent"),
    Rule.Kind.REPEATED: _("Fois où un même texte est permis"),
    Rule.Kind.FLOOD: _("Textes permis d'une personne"),
    Rule.Kind.NEWCOMER: _("Textes permis d'une personne nouvelle"),
}
COUNTED = {Rule.Kind.REPEATED, Rule.Kind.FLOOD, Rule.Kind.NEWCOMER}


class RuleForm(forms.ModelForm):
    """What a moderator may change of one rule; each kind has its own fields."""

    class Meta:
        model = Rule
        fields: ClassVar = ["active", "limit", "minutes", "days", "words", "holds"]
        labels: ClassVar = {
            "minutes": _("En combien de minutes"),
            "days": _("Jours pendant lesquels un compte est nouveau"),
            "words": _("Mots, un par ligne"),
        }
        help_texts: ClassVar = {
            "minutes": _("1 440 minutes font un jour. Une semaine au plus."),
            "days": _("Une personne sans compte est toujours nouvelle."),
            "words": _(
                "Le mot entier, sans tenir compte des accents ni des majuscules. Plusieurs mots qui se suivent vont aussi. "
                "« escroc* » est tout mot qui commence ainsi."
            ),
        }
        widgets: ClassVar = {"words": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.instance.kind
        wanted = {
            "limit": kind in LIMITS,
            "minutes": kind in COUNTED,
            "days": kind == Rule.Kind.NEWCOMER,
            "words": kind == Rule.Kind.WORDS,
        }
        for name, shown in wanted.items():
            if not shown:
                del self.fields[name]
        if kind in LIMITS:
            self.fields["limit"].label = LIMITS[Rule.Kind(kind)]
