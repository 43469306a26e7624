"""What other rooms may ask of the editorial pages."""

from __future__ import annotations

from wagtail.models import Page

from parvis.pages.models import TextPage


def ensure_text_page(*, parent: Page, slug: str, title: str, lead: str, body: str) -> None:
    """Make the page if nobody did; a page that exists is never touched."""
    if not parent.get_children().filter(slug=slug).exists():
        parent.add_child(instance=TextPage(slug=slug, title=title, lead=lead, body=body))
