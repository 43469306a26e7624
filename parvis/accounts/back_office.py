"""People in the back office: no user name, no first and last name, no password set by somebody else."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import IndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from parvis.accounts.forms import one_line
from parvis.accounts.models import User

FIELDS = ["email", "name", "platform_role", "groups"]


class PersonForm:
    """Shared by both forms: the address is kept in step with allauth's register, unverified until its owner proves it."""

    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        others = User.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if (
            others.filter(email__iexact=email).exists()
            or EmailAddress.objects.filter(email__iexact=email)
            .exclude(
                user=self.instance.pk  # type: ignore[attr-defined]
            )
            .exists()
        ):
            raise forms.ValidationError(_("Une personne a déjà cette adresse."))
        return email

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)  # type: ignore[misc]
        if user.pk is None:
            user.set_unusable_password()  # they sign in with a code sent by e-mail, then may choose a password
        user.save()
        self.save_m2m()  # type: ignore[attr-defined]
        if not EmailAddress.objects.filter(user=user, email__iexact=user.email).exists():
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
        return user


class PersonCreationForm(PersonForm, UserCreationForm):
    first_name = last_name = is_superuser = None

    class Meta:
        model = User
        fields: ClassVar = FIELDS
        widgets: ClassVar = {"groups": forms.CheckboxSelectMultiple}


class PersonEditForm(PersonForm, UserEditForm):
    first_name = last_name = is_superuser = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        editing_self = kwargs.pop("editing_self", False)
        super().__init__(*args, **kwargs)
        if editing_self:  # nobody locks themselves out
            del self.fields["is_active"]
            del self.fields["platform_role"]

    class Meta:
        model = User
        fields: ClassVar = [*FIELDS, "is_active"]
        widgets: ClassVar = {"groups": forms.CheckboxSelectMultiple}


class PeopleView(IndexView):
    search_fields: ClassVar = {"email", "name"}


class UserViewSet(WagtailUserViewSet):
    index_view_class = PeopleView
    create_template_name = edit_template_name = "wagtailadmin/generic/form.html"

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[User]]:
        return PersonEditForm if for_update else PersonCreationForm
