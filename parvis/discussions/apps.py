from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "parvis.discussions"
    label = "discussions"

    def ready(self) -> None:
        from parvis.discussions import personal  # noqa: F401 -- registers what this room keeps about people
