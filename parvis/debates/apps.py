from django.apps import AppConfig


class DebatesConfig(AppConfig):
    name = "parvis.debates"
    label = "debates"

    def ready(self) -> None:
        from parvis.debates import personal  # noqa: F401 -- registers what this room keeps about people
