from django.apps import AppConfig


class DebatesConfig(AppConfig):
    name = "parvis.debates"
    label = "debates"
