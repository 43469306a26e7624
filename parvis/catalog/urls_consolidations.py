"""Addresses of consolidations: the word comes first, and is reserved."""

from django.urls import path

from parvis.catalog.views import consolidations

urlpatterns = [
    path("consolidations/", consolidations.index, name="consolidations"),
    path("consolidations/commencer/", consolidations.begin, name="consolidation_begin"),
    path("consolidations/<slug:slug>/", consolidations.page, name="consolidation"),
    path("consolidations/<slug:slug>/rapport.csv", consolidations.export, name="consolidation_report"),
    path("consolidations/<slug:slug>/changer/", consolidations.change, name="consolidation_change"),
]
