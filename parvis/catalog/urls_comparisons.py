"""Addresses of comparisons: two versions never change, so neither does what is said here."""

from django.urls import path

from parvis.catalog.views import comparisons

PAIR = "<slug:slug>/<str:resource_id>/versions/<int:before>/comparer/<int:after>/"

urlpatterns = [
    path("<slug:slug>/<str:resource_id>/comparer/", comparisons.choose, name="compare"),
    path(PAIR, comparisons.page, name="comparison"),
    path(PAIR + "preparer/", comparisons.ask, name="comparison_ask"),
    path(PAIR + "changements.<str:kind>", comparisons.file, name="comparison_file"),
]
