from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "parvis.organisations"
    label = "organisations"

    def ready(self) -> None:
        from parvis.organisations.authorities import after_loading
        from parvis.territories.signals import loaded

        loaded.connect(after_loading, dispatch_uid="authorities")
