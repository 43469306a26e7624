from django.urls import path

from parvis.organisations.views import public

app_name = "organisations"
urlpatterns = [
    path("", public.index, name="index"),
    path("<slug:slug>/", public.page, name="page"),
]
