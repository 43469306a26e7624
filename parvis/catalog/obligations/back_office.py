"""The rules in the back office: wording, thresholds, confidence, shown or not. A rule that was edited is never overwritten."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet

from parvis.catalog.core.obligations.rules import ANY_DATASET
from parvis.catalog.models import ObligationRule
from parvis.catalog.obligations import law
from parvis.organisations.models import Nature

NATURES = [(one.value, one.label) for one in (Nature.COMMUNE, Nature.EPCI, Nature.DEPARTEMENT, Nature.REGION, Nature.PUBLIC)]


class EditOnly(ModelPermissionPolicy):
    """Rules come from the law that Parvis brings: one is hidden rather than deleted, none is added by hand."""

    def user_has_permission(self, user: object, action: str) -> bool:
        return action not in {"add", "delete"} and super().user_has_permission(user, action)

    def user_has_permission_for_instance(self, user: object, action: str, instance: object) -> bool:
        return self.user_has_permission(user, action)


class NaturesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class ConditionForm(WagtailAdminModelForm):
    natures = NaturesField(label=_("qui"), choices=NATURES)
    activity = forms.ChoiceField(label=_("activité"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = [("", _("aucune")), *law.questions().items()]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            language = ("natures", "activity", "since", "unsure", *law.LIMITS)
            law.check_condition({name: given[name] for name in language if name in given})
        return given


class RuleForm(WagtailAdminModelForm):
    portal = forms.URLField(label=_("adresse du portail national"), required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("schemas", "companions"):
            names = given.get(name, self.instance and getattr(self.instance, name))
            if not isinstance(names, list) or not all(isinstance(one, str) and one for one in names):
                self.add_error(name, _('Écrivez une liste de noms courts, par exemple ["scdl/subventions"].'))
        if ANY_DATASET in (given.get("companions") or ()):
            self.add_error("companions", _("« * » ne va que parmi les schémas qui répondent à la règle."))
        return given

    def save(self, commit: bool = True) -> Any:
        self.instance.edited = self.instance.modified = timezone.now()
        return super().save(commit)


def condition_panels() -> list[Any]:
    return [
        FieldPanel("natures"),
        FieldRowPanel([FieldPanel("inhabitants_least"), FieldPanel("inhabitants_above"), FieldPanel("inhabitants_below")]),
        FieldRowPanel([FieldPanel("staff_least"), FieldPanel("largest_commune_least")]),
        FieldPanel("activity"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("unsure")]),
    ]


class ConditionsPanel(InlinePanel):
    """Each row is checked against the language of conditions."""

    def get_form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = ConditionForm
        return options


class RuleViewSet(SnippetViewSet):
    model = ObligationRule
    icon = "list-ul"
    menu_label = _("Règles de publication")
    add_to_admin_menu = True
    menu_order = 260
    list_display = ("title", "kind", "confidence", "active", "edited")
    list_filter = ("kind", "confidence", "active")
    list_per_page = 80
    ordering = ("position",)
    search_fields = ("title", "what", "text")
    search_backend_name = None
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("what"),
            FieldPanel("why"),
            FieldPanel("who"),
            MultiFieldPanel(
                [FieldPanel("where"), FieldPanel("portal"), FieldPanel("deadline"), FieldPanel("fresh_days")], heading=_("Quand et où")
            ),
            MultiFieldPanel([FieldPanel("schemas"), FieldPanel("companions")], heading=_("Schémas")),
            MultiFieldPanel(
                [FieldPanel("text"), FieldPanel("in_force"), FieldPanel("source"), FieldPanel("confidence")], heading=_("Texte")
            ),
            FieldPanel("active"),
            ConditionsPanel("conditions", panels=condition_panels(), heading=_("Qui est concerné : une condition suffit"), min_num=1),
        ],
        base_form_class=RuleForm,
    )  # fmt: skip
