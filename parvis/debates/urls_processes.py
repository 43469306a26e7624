"""Addresses of processes, their phases and their team."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
