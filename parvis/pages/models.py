"""Editorial pages, written in the back office (`/gestion/`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class TextPage(Page):
    """A page of text: about, legal notice, privacy, accessibility statement."""

    lead = models.TextField(_("chapeau"), max_length=400, blank=True)
    body = RichTextField(_("texte"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "hr"])

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    template = "pages/text_page.html"

    class Meta:
        verbose_name = _("page de texte")
        verbose_name_plural = _("pages de texte")
