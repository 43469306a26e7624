"""Addresses that everybody may open. Fixed words first: a slug may not take them (`reserved.RESERVED`)."""

from django.urls import path

from parvis.catalog.views import datasets, resources, searches

urlpatterns = [
    path("", datasets.index, name="datasets"),
    path("recherches-sans-resultat/", searches.index, name="missed_searches"),
    path("exports/<str:export_id>/", resources.export, name="export"),
    path("exports/<str:export_id>/fichier.xlsx", resources.export_file, name="export_file"),
    path("<slug:slug>/", datasets.page, name="dataset"),
    path("<slug:slug>/<str:resource_id>/", resources.page, name="resource"),
    path("<slug:slug>/<str:resource_id>/colonnes/<int:position>/", resources.column, name="column"),
    path("<slug:slug>/<str:resource_id>/lignes/<int:row>/", resources.row, name="row"),
    path("<slug:slug>/<str:resource_id>/controle/", resources.verdict, name="verdict"),
    # The current version, in any format: the address of a download that lasts.
    path("<slug:slug>/<str:resource_id>/telecharger/<str:kind>", resources.download, name="download"),
    # One version, for ever: these answers never change.
    path("<slug:slug>/<str:resource_id>/versions/<int:number>/", resources.version, name="version"),
    path("<slug:slug>/<str:resource_id>/versions/<int:number>/controle/", resources.verdict, name="version_verdict"),
    path("<slug:slug>/<str:resource_id>/versions/<int:number>/erreurs.csv", resources.errors, name="version_errors"),
    path("<slug:slug>/<str:resource_id>/versions/<int:number>/xlsx/", resources.ask_export, name="ask_export"),
    path("<slug:slug>/<str:resource_id>/versions/<int:number>/<str:kind>", resources.download, name="version_download"),
]
