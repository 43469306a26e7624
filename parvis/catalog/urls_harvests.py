"""Addresses of the sources that are read regularly."""

from django.urls import path

from parvis.catalog.views import harvests

urlpatterns = [
    path("moissonnage/", harvests.index, name="harvests"),
    path("moissonnage/ajouter/", harvests.add, name="harvest_add"),
    path("moissonnage/<str:source_id>/", harvests.page, name="harvest_source"),
    path("moissonnage/<str:source_id>/relire-l-apercu/", harvests.look, name="harvest_look"),
    path("moissonnage/<str:source_id>/activer/", harvests.activate, name="harvest_activate"),
    path("moissonnage/<str:source_id>/regler/", harvests.change, name="harvest_change"),
    path("moissonnage/<str:source_id>/retirer/", harvests.end, name="harvest_end"),
    path("moissonnage/<str:source_id>/organismes/", harvests.publishers, name="harvest_publishers"),
    path("moissonnage/<str:source_id>/lectures/<str:run_id>/", harvests.run, name="harvest_run"),
    path("moissonnage/<str:source_id>/lectures/<str:run_id>/journal.csv", harvests.run_export, name="harvest_run_export"),
    path("moissonnage/<str:source_id>/lectures/<str:run_id>/arreter/", harvests.stop, name="harvest_stop"),
]
