"""What the team of a process types: its words, its dates (a day and an hour of Paris), its territory, its sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.accounts.forms import one_line
from parvis.accounts.models import User
from parvis.debates.carrying import territory_called
from parvis.debates.core.processes.calendar import NoSuchHourError, instant, shown
from parvis.debates.core.processes.files import MOST_PHASES, MOST_SOURCES
from parvis.debates.models import Phase, Process, Teammate
from parvis.organisations.models import Organisation, Role
from parvis.organisations.queries import organisations_of
from parvis.shared import citing
from parvis.territories.models import Territory
from parvis.territories.search import search

MOST_MATCHES = 8


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def moment(day: date | None, hour: time | None) -> datetime | None:
    """What the two fields say together, in the hour of Paris. Raises `ValidationError` for an hour that spring skips."""
    if day is None:
        return None
    if not 2000 <= day.year <= 2100:
        raise ValidationError(_("Vérifiez l'année."))
    try:
        return instant(day, hour or time(0, 0))
    except NoSuchHourError as error:
        raise ValidationError(_("Cette heure n'existe pas ce jour-là : on passe à l'heure d'été. Choisissez 3:00.")) from error


class TerritoryField(forms.CharField):
    """A reference, or a name; a name that several bear is shown with a button for each."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, **options)
        self.matches: list[Territory] = []

    def clean(self, value: Any) -> Territory | None:
        text: str = super().clean(value)
        if not text:
            return None
        found = territory_called(text)
        if found:
            return found
        self.matches = search(text, limit=MOST_MATCHES)
        if len(self.matches) == 1:
            return self.matches[0]
        if not self.matches:
            raise ValidationError(_("Aucun territoire ne porte ce nom. Vérifiez l'orthographe."))
        raise ValidationError(_("Plusieurs territoires portent ce nom : choisissez le bon ci-dessous."))


class TerritoryForm(forms.Form):
    """A form with a territory: the button of a match says which."""

    territory = TerritoryField(
        label=gettext_lazy("Territoire concerné"),
        help_text=gettext_lazy("Le nom d'une commune, d'une intercommunalité, d'un département ou de la Région."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **options: Any) -> None:
        if data is not None and data.get("territory_chosen"):
            copy: Any = data.copy()  # type: ignore[attr-defined]
            copy["territory"] = copy["territory_chosen"]
            data = copy
        super().__init__(data, *args, **options)

    @property
    def matches(self) -> list[Territory]:
        field: Any = self.fields["territory"]
        return list(field.matches)


class CreateForm(TerritoryForm):
    """A good process in five minutes: four answers and two dates."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Au nom de"), to_field_name="slug", empty_label=None
    )
    title = forms.CharField(
        label=gettext_lazy("La question que vous posez"), max_length=160,
        help_text=gettext_lazy("Une vraie question, courte, que tout le monde comprend. C'est le titre de la page."),
    )  # fmt: skip
    summary = forms.CharField(
        label=gettext_lazy("En une phrase, de quoi s'agit-il ?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Ce qui va être décidé, et par qui."),
    )  # fmt: skip
    opens_day = forms.DateField(label=gettext_lazy("Premier jour"), widget=DayInput)
    closes_day = forms.DateField(
        label=gettext_lazy("Dernier jour"), widget=DayInput,
        help_text=gettext_lazy("On peut répondre jusqu'au soir, à minuit. Vous pourrez prolonger ensuite."),
    )  # fmt: skip
    field_order = ("title", "summary", "organisation", "territory", "opens_day", "closes_day")

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["organisation"]
        field.queryset = writable_by(by)

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean_summary(self) -> str:
        return one_line(self.cleaned_data["summary"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("opens_day", "closes_day"):
            day = found.get(name)
            if day is not None and not 2000 <= day.year <= 2100:
                self.add_error(name, _("Vérifiez l'année."))
        opens, closes = self.cleaned_data.get("opens_day"), self.cleaned_data.get("closes_day")
        if opens and closes and closes < opens:
            self.add_error("closes_day", _("Le dernier jour vient avant le premier."))
        return found


def writable_by(user: User) -> Any:
    """The organisations in whose name this person may open a process."""
    if user.is_administrator:
        return Organisation.objects.filter(pk__in=organisations_of(user).values("pk"))
    return organisations_of(user, Role.EDITOR)


class ImportForm(TerritoryForm):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("Au nom de"), to_field_name="slug", empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier"), help_text=gettext_lazy("Un fichier .json, exporté d'une démarche de ce site ou d'un autre.")
    )  # fmt: skip
    field_order = ("file", "organisation", "territory")

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["territory"].required = False
        self.fields["territory"].help_text = _("Laissez vide pour garder celui du fichier.")
        field: Any = self.fields["organisation"]
        field.queryset = writable_by(by)


class EditForm(TerritoryForm):
    """revision: that of the process when the page was opened."""

    title = forms.CharField(label=gettext_lazy("Question"), max_length=160)
    summary = forms.CharField(label=gettext_lazy("En une phrase"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    purpose = forms.CharField(
        label=gettext_lazy("À quoi elle sert"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("Pourquoi la question se pose, qui décide, quand, et ce que l'on fera des réponses. Une ligne vide sépare deux paragraphes."),
    )  # fmt: skip
    sources = forms.CharField(
        label=gettext_lazy("Sources"), max_length=8_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Une par ligne : l'adresse d'une page de ce site (jeu de données, graphique…), ou sa référence (chart:k3v9@3). Un graphique est cité tel qu'il est aujourd'hui."),
    )  # fmt: skip
    access = forms.ChoiceField(label=gettext_lazy("Pour donner son avis"), choices=Process.Access.choices)
    residents_only = forms.BooleanField(
        label=gettext_lazy("Réservée aux habitants du territoire"),
        help_text=gettext_lazy(
            "Eux seuls répondent et proposent. La discussion reste ouverte à toute personne qui a un compte."
        ),
        required=False,
    )
    review = forms.ChoiceField(label=gettext_lazy("Les affirmations proposées sont relues"), choices=Process.Review.choices)
    publishes_vectors = forms.BooleanField(
        label=gettext_lazy("Publier les réponses une à une, sans nom ni commune"), required=False,
        help_text=gettext_lazy("À dire avant la première réponse : cela ne peut plus changer ensuite. Sinon, seuls les totaux sont publiés."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)
    field_order = ("title", "summary", "purpose", "sources", "territory", "residents_only", "access", "review")
    SAVED: ClassVar = (
        "title", "summary", "purpose", "sources", "territory", "residents_only", "access", "review", "publishes_vectors"
    )  # fmt: skip

    def __init__(self, *args: Any, process: Process, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        if process.published:
            del self.fields["publishes_vectors"]

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean_summary(self) -> str:
        return one_line(self.cleaned_data["summary"])

    def clean_sources(self) -> list[str]:
        try:
            return citing.read(self.cleaned_data["sources"], most=MOST_SOURCES)
        except citing.CitingError as refusal:
            raise ValidationError(str(refusal)) from refusal

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.SAVED if name in self.cleaned_data}


class PhaseForm(forms.Form):
    """One phase; without a kind or a name, a line that was left empty."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=Phase.KindOf.choices)
    title = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Ce qui s'y passe"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    opens_day = forms.DateField(label=gettext_lazy("S'ouvre le"), widget=DayInput)
    opens_hour = forms.TimeField(label=gettext_lazy("à (heure de Paris)"), widget=HourInput)
    closes_day = forms.DateField(label=gettext_lazy("Se termine le"), widget=DayInput, required=False)
    closes_hour = forms.TimeField(label=gettext_lazy("à (heure de Paris)"), widget=HourInput, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("opens", "closes"):
            try:
                found[name] = moment(found.get(f"{name}_day"), found.get(f"{name}_hour"))
            except ValidationError as error:
                self.add_error(f"{name}_day", error)
        opens, closes = found.get("opens"), found.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes_day", _("Elle se termine avant de s'ouvrir : changez l'une des deux dates."))
        return found


class Phases(forms.BaseFormSet[PhaseForm]):
    """In the order of the page; those that are ticked for removal are left out."""

    def __init__(self, *args: Any, fixed: bool = False, **options: Any) -> None:
        self.fixed = fixed
        super().__init__(*args, **options)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if self.fixed:  # dates of a published process move by a notice
            for name in ("kind", "opens_day", "opens_hour", "closes_day", "closes_hour", "DELETE", "ORDER"):
                form.fields.pop(name, None)

    def clean(self) -> None:
        kept = [form.cleaned_data.get("kind") for form in self.kept if form.is_valid()]
        for kind in (Phase.KindOf.OPINIONS, Phase.KindOf.DISCUSSION):
            if kept.count(kind.value) > 1:
                raise ValidationError(_("Une démarche a une seule phase pour donner son avis, et une seule pour discuter."))

    @property
    def kept(self) -> list[Any]:
        return [form for form in self.forms if form.has_changed() or form.initial if not form.data.get(f"{form.prefix}-DELETE")]

    @property
    def values(self) -> list[dict[str, Any]]:
        """Fields of each phase, first opened first."""
        found = [form.cleaned_data for form in self.kept]
        return found if self.fixed else sorted(found, key=lambda one: one["opens"])


PhaseFormSet: Any = formset_factory(PhaseForm, Phases, extra=0, can_delete=True, max_num=MOST_PHASES, validate_max=True)


def initial_of(phase: Phase) -> dict[str, Any]:
    opens, closes = shown(phase.opens), shown(phase.closes) if phase.closes else (None, None)
    return {
        "pk": phase.pk, "kind": phase.kind, "title": phase.title, "text": phase.text, "opens_day": opens[0], "opens_hour": opens[1],
        "closes_day": closes[0], "closes_hour": closes[1],
    }  # fmt: skip


class MoveForm(forms.Form):
    closes_day = forms.DateField(label=gettext_lazy("Nouvelle fin"), widget=DayInput)
    closes_hour = forms.TimeField(label=gettext_lazy("à (heure de Paris)"), widget=HourInput)
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Cette phrase est publique, à côté des dates. Les personnes qui suivent la démarche la reçoivent."),
    )  # fmt: skip

    def clean_reason(self) -> str:
        return one_line(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            found["closes"] = moment(found.get("closes_day"), found.get("closes_hour"))
        except ValidationError as error:
            self.add_error("closes_day", error)
        return found


class SeedsForm(forms.Form):
    lines = forms.CharField(
        label=gettext_lazy("Vos affirmations, une par ligne"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
    )  # fmt: skip


class MateForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Adresse électronique de son compte"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Rôle"), choices=Teammate.RoleOf.choices)


class SynthesisForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Synthèse"), max_length=40_000, required=False, widget=forms.Textarea(attrs={"rows": 16}),
        help_text=gettext_lazy("Ce que vous retenez, ce qui rapproche, ce qui divise, et ce que vous allez faire. Elle est signée de votre organisation."),
    )  # fmt: skip
