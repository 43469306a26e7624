"""Addresses of the room. Where the room is not open on this installation, each of them is a 404 (`opening.opened`)."""

from django.urls import URLPattern

app_name = "programmes"
urlpatterns: list[URLPattern] = []
