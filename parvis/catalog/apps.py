from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "parvis.catalog"
    label = "catalog"

    def ready(self) -> None:
        from django.db.models.signals import post_save
        from django.utils.translation import get_language, gettext, ngettext

        from parvis.catalog import personal  # noqa: F401 -- registers what this room keeps about people
        from parvis.catalog.core import speech
        from parvis.catalog.search import after_organisation
        from parvis.organisations.models import Organisation

        post_save.connect(after_organisation, sender=Organisation, dispatch_uid="catalog-search")
        speech.install(gettext, ngettext, lambda: (get_language() or speech.FRENCH)[:2])
