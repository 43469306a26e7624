from django.urls import path

from parvis.organisations import urls_team
from parvis.organisations.views import public

app_name = "organisations"
urlpatterns = [
    *urls_team.urlpatterns,
    path("", public.index, name="index"),
    path("<slug:slug>/", public.page, name="page"),
]
