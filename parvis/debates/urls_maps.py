"""Addresses of results: maps, reports, who takes part, data."""

from django.urls import URLPattern, path, re_path

from parvis.debates.views import data, maps, results

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/carte/", maps.opinion_map, name="map"),
    path("<slug:slug>/carte/<int:number>/", maps.opinion_map, name="map"),
    re_path(r"^(?P<slug>[-\w]+)/carte/(?P<number>[0-9]{1,9})/tableau\.(?P<form>csv|json)$", maps.map_table, name="map_table"),
    path("<slug:slug>/rapport/", results.report, name="report"),
    path("<slug:slug>/participation/", results.participation, name="participation"),
    path("<slug:slug>/donnees/", data.data, name="data"),
    re_path(r"^(?P<slug>[-\w]+)/donnees/(?P<name>[a-z-]+\.(?:csv|py))$", data.data_file, name="data_file"),
]
