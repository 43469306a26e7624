from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "parvis.catalog"
    label = "catalog"
