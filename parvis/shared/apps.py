from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "parvis.shared"
    label = "shared"
