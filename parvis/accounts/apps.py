from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "parvis.accounts"
    label = "accounts"
    default = True

    def ready(self) -> None:
        from parvis.accounts import second_factor  # noqa: F401  its receivers

        autodiscover_modules("personal")


class BackOfficeUsersConfig(WagtailUsersAppConfig):
    """Wagtail's screens for people, with our fields."""

    user_viewset = "parvis.accounts.back_office.UserViewSet"
