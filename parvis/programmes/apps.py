from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "parvis.programmes"
    label = "programmes"

    def ready(self) -> None:
        from parvis.programmes import words

        words.install()
