"""Addresses of what the law asks. Fixed words first: no authority is called so."""

from django.urls import path

from parvis.catalog.views import obligations, obligations_region

urlpatterns = [
    path("obligations/", obligations_region.cockpit, name="obligations"),
    path("obligations/export.<str:kind>", obligations_region.export, name="obligations_export"),
    path("obligations/reussites/", obligations_region.achievers, name="obligations_achievers"),
    path("obligations/regles/", obligations_region.rules, name="obligation_rules"),
    path("obligations/aide/", obligations_region.helping, name="obligations_help"),
    path("obligations/aide/export.csv", obligations_region.helping_export, name="obligations_help_export"),
    path("obligations/aide/contestations/<str:statement_id>/", obligations_region.settle, name="obligation_settle"),
    path("obligations/modeles/<path:schema>/modele.<str:kind>", obligations.template, name="obligation_template"),
    path("obligations/<slug:slug>/", obligations.page, name="authority_obligations"),
    path("obligations/<slug:slug>/situation/", obligations.situation, name="obligation_situation"),
    path("obligations/<slug:slug>/<str:rule>/", obligations.rule, name="obligation"),
    path("obligations/<slug:slug>/<str:rule>/publie-ailleurs/", obligations.elsewhere, name="obligation_elsewhere"),
    path("obligations/<slug:slug>/<str:rule>/contester/", obligations.contest, name="obligation_contest"),
    path("obligations/<slug:slug>/<str:rule>/annuler/", obligations.take_back, name="obligation_take_back"),
]
