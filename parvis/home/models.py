"""The home page: its words are written in the back office, what is below comes from the rooms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from parvis.home.queries import overview
from parvis.shared.readers import same_for_readers


class HomePage(Page):
    eyebrow = models.CharField(_("surtitre"), max_length=80, blank=True)
    heading = models.CharField(_("titre affiché"), max_length=160)
    lead = models.TextField(_("chapeau"), max_length=400, blank=True)

    max_count = 1
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("eyebrow"), FieldPanel("heading"), FieldPanel("lead")]
    template = "home/home.html"

    class Meta:
        verbose_name = _("page d'accueil")
        verbose_name_plural = _("pages d'accueil")

    @method_decorator(same_for_readers)
    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | overview(request)
