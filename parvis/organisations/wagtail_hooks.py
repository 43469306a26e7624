"""Organisations in the back office, for those who run the platform. Creating and deleting stay with actions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from parvis.organisations.models import Organisation


class EditOnly(ModelPermissionPolicy):
    """Authorities come from the official code, the others from their own people: nothing is added or deleted here."""

    def user_has_permission(self, user: object, action: str) -> bool:
        return action not in {"add", "delete"} and super().user_has_permission(user, action)

    def user_has_permission_for_instance(self, user: object, action: str, instance: object) -> bool:
        return self.user_has_permission(user, action)


class OrganisationForm(WagtailAdminModelForm):
    website = forms.URLField(label=_("site"), required=False, assume_scheme="https")


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "group"
    menu_label = _("Organisations")
    add_to_admin_menu = True
    menu_order = 250
    list_display = ("name", "nature", "siren")
    list_filter = ("nature",)
    list_per_page = 50
    search_fields = ("name", "slug", "siren")
    search_backend_name = None  # the database's own, without an index to keep
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("description"),
            FieldPanel("website"),
            MultiFieldPanel([FieldRowPanel([FieldPanel("email"), FieldPanel("email_domain")])], heading=_("Adresses")),
        ],
        base_form_class=OrganisationForm,
    )


register_permission_policy(Organisation, EditOnly(Organisation))
register_snippet(OrganisationViewSet)
