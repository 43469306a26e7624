"""Addresses of maps: the word comes after a table or a chart, so that no dataset can bear it."""

from django.urls import path

from parvis.catalog.views import maps

urlpatterns = [
    path("graphiques/<str:chart_id>/carte/", maps.of_chart, name="chart_map"),
    path("<slug:slug>/<str:resource_id>/carte/", maps.page, name="map"),
    path("<slug:slug>/<str:resource_id>/carte/<int:number>/valeurs.json", maps.values, name="map_values"),
    path("<slug:slug>/<str:resource_id>/carte/<int:number>/<str:scheme>.svg", maps.picture, name="map_picture"),
]
