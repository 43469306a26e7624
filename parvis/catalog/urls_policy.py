"""Addresses of the Région's open-data policy: the word comes first, and is reserved."""

from django.urls import path

from parvis.catalog.views import policy

urlpatterns = [
    path("politique/", policy.page, name="policy"),
    path("politique/chiffres.<str:kind>", policy.export, name="policy_export"),
    path("politique/ecrire/", policy.write, name="policy_write"),
]
