"""Addresses of reuses. Fixed words first: an identifier has twelve characters."""

from django.urls import path

from parvis.catalog.views import reuses

urlpatterns = [
    path("reutilisations/", reuses.index, name="reuses"),
    path("reutilisations/export.csv", reuses.export, name="reuses_export"),
    path("reutilisations/nouvelle/", reuses.new, name="reuse_new"),
    path("reutilisations/<str:reuse_id>/", reuses.page, name="reuse"),
    path("reutilisations/<str:reuse_id>/corriger/", reuses.change, name="reuse_change"),
    path("reutilisations/<str:reuse_id>/retirer/", reuses.withdraw, name="reuse_withdraw"),
]
