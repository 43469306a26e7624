"""Every address of the site. Wagtail's pages come last, since they take what nobody else took."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from parvis.catalog.urls_dcat import organisation_patterns
from parvis.config.api import api
from parvis.shared.glossary import page as glossary
from parvis.shared.problems import nowhere
from parvis.shared.tokenless import choose_language

urlpatterns = [
    path("", include("parvis.home.urls")),
    path("langue/", choose_language, name="set_language"),
    path("donnees/", include("parvis.catalog.urls")),
    path("debats/", include("parvis.debates.urls")),
    path("programmes/", include("parvis.programmes.urls")),
    path("mots/", glossary, name="glossary"),
    path("territoires/", include("parvis.territories.urls")),
    path("organisations/", include("parvis.organisations.urls")),
    path("organisations/", include(organisation_patterns)),
    path("discussions/", include("parvis.discussions.urls")),
    path("suivis/", include("parvis.notifications.urls")),
    path("moderation/", include("parvis.moderation.urls")),
    path("compte/", include("parvis.accounts.urls")),
    path("compte/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("api/v1/<path:rest>", nowhere),
    # Wagtail's own sign-in page knows neither the second factor nor the limits.
    path("gestion/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="back_office_login"),
    path("gestion/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]
if settings.DEBUG:
    from django.conf.urls.static import static

    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
urlpatterns += [path("", include(wagtail_urls))]

handler400 = "parvis.home.errors.bad_request"
handler403 = "parvis.home.errors.forbidden"
handler404 = "parvis.home.errors.not_found"
handler500 = "parvis.home.errors.broken"
