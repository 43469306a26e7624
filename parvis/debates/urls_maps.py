"""Addresses of results: maps, reports, who takes part, data."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
