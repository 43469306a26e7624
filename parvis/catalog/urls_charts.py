"""Addresses of charts: those being made live under their table, those kept under their own identifier."""

from django.urls import path

from parvis.catalog.views import charts, charts_kept

urlpatterns = [
    path("graphiques/<str:chart_id>/", charts_kept.page, name="chart"),
    path("graphiques/<str:chart_id>/integrer/", charts_kept.embed, name="chart_embed"),
    path("graphiques/<str:chart_id>/retirer/", charts_kept.remove, name="chart_remove"),
    path("graphiques/<str:chart_id>/image/<str:look>.svg", charts_kept.picture, name="chart_picture"),
    path("graphiques/<str:chart_id>/graphique.<str:kind>", charts_kept.download, name="chart_download"),
    path("graphiques/<str:chart_id>/donnees.<str:kind>", charts_kept.data, name="chart_data"),
    path("<slug:slug>/graphiques/", charts_kept.index, name="charts"),
    path("<slug:slug>/gerer/integration/", charts_kept.embedding, name="manage_embedding"),
    path("<slug:slug>/<str:resource_id>/graphiques/", charts.build, name="chart_build"),
    path("<slug:slug>/<str:resource_id>/graphiques/garder/", charts.keep, name="chart_keep"),
    path("<slug:slug>/<str:resource_id>/graphiques/<int:number>/image.svg", charts.picture, name="chart_preview"),
]
