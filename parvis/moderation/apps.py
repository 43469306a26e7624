from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "parvis.moderation"
    label = "moderation"

    def ready(self) -> None:
        from parvis.moderation import personal  # noqa: F401 -- registers what this room keeps about people
