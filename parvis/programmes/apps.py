from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "parvis.programmes"
    label = "programmes"
