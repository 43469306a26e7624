from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "parvis.programmes"
    label = "programmes"

    def ready(self) -> None:
        from parvis.programmes import personal, words  # noqa: F401 -- the first registers what this room keeps about people

        words.install()
