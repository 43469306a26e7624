from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "parvis.home"
    label = "home"
