"""Addresses of taking part: statements and votes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
