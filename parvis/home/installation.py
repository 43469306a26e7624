"""What a site needs before its first page: database, cache table, translations, static files, first pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

Say = Callable[[str], None]
NOT_SERVED = ["maplibre-gl*.map", "maplibre-gl*-dev.mjs", "*.d.ts", "htmx.amd.js", "htmx.cjs.js", "htmx.esm.js"]
"""What the packages of `node_modules` hold besides what browsers ask for: twenty megabytes to hash and compress for nobody."""


def prepare(*, say: Say) -> None:
    """Bring the home folder up to date. Doing it twice changes nothing."""
    say("Database…")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    say("Translations and static files…")
    compile_translations()
    if not settings.NODE_MODULES.is_dir():
        raise SystemExit("The browser-side libraries are missing: run “make install” (it needs Node 20 and npm).")
    # What a library gives to those who work on it is many times its own weight.
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["*.map", "*-dev.mjs", "*.d.ts"])
    settle_classes()
    say("Rules of the law…")
    prepare_law()
    say("First pages…")
    first_pages()


def prepare_law() -> None:
    from parvis.catalog import public as catalog

    catalog.prepare()


def settle_classes() -> None:
    """Territories loaded before they had classes have them now."""
    from parvis.territories import classes
    from parvis.territories.models import Level, Territory

    if Territory.objects.filter(level=Level.COMMUNE, territory_class="").exists():
        classes.settle()


def compile_translations() -> None:
    """Compile the catalogues that changed, without the gettext tools."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for folder in map(Path, settings.LOCALE_PATHS):
        for source in folder.glob("*/LC_MESSAGES/*.po"):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            beside = target.with_suffix(f".{os.getpid()}.mo")
            with source.open("rb") as readable, beside.open("wb") as writable:
                write_mo(writable, read_po(readable))
            os.replace(beside, target)


def first_pages() -> None:
    """The home page and the pages that the law asks for, as first words to be edited in the back office."""
    from wagtail.models import Page, Site

    from parvis.home.first_pages import HOME, TEXTS
    from parvis.home.models import HomePage
    from parvis.pages.public import ensure_text_page

    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        Page.objects.filter(depth=2, slug="home").delete()
        root = Page.objects.get(pk=root.pk)
        home = root.add_child(instance=HomePage(**HOME))
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, hostname="localhost")
    site.root_page, site.site_name = home, settings.SITE_NAME
    site.save()
    for text in TEXTS:
        ensure_text_page(parent=home, **text)
