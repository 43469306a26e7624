from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "parvis.shared"
    label = "shared"

    def ready(self) -> None:
        from parvis.shared import kinds

        kinds.autodiscover()
