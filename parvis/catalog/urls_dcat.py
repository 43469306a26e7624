"""DCAT: documents by extension, and identifiers that last. A slug has no dot, so `<slug>.ttl` is never a page."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from parvis.catalog.views import dcat


class RdfExtension(StringConverter):
    regex = "ttl|rdf|jsonld"


register_converter(RdfExtension, "rdf")

urlpatterns = [
    path("catalogue.<rdf:extension>", dcat.catalogue, name="dcat_catalogue"),
    path("id/catalogue", dcat.catalogue_id, name="dcat_catalogue_id"),
    path("id/api", dcat.service_id, name="dcat_service_id"),
    path("id/organisations/<int:organisation_id>", dcat.organisation_id, name="dcat_organisation_id"),
    path("id/<str:dataset_id>", dcat.dataset_id, name="dcat_dataset_id"),
    path("<slug:slug>.<rdf:extension>", dcat.dataset, name="dcat_dataset"),
]
#: Under `organisations/`: that room is below this one and knows nothing of datasets.
organisation_patterns = (
    [path("<slug:slug>/catalogue.<rdf:extension>", dcat.organisation, name="dcat")],
    "catalog_organisations",
)
