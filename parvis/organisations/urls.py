from django.urls import path

from parvis.organisations import urls_team
from parvis.organisations.views import identity, public

app_name = "organisations"
urlpatterns = [
    *urls_team.urlpatterns,
    path("", public.index, name="index"),
    path("<slug:slug>/", public.page, name="page"),
    path("<slug:slug>/identite/", identity.edit, name="identity"),
    path("<slug:slug>/identite-<str:version>.css", identity.style, name="style"),
    path("<slug:slug>/logo-<str:version>.png", identity.logo, name="logo"),
]
