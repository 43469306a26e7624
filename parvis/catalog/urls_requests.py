"""Addresses of requests of data. Fixed words first: an identifier has twelve characters."""

from django.urls import path

from parvis.catalog.views import answering, asking, requests

urlpatterns = [
    path("demandes/", requests.index, name="requests"),
    path("demandes/export.csv", requests.export, name="requests_export"),
    path("demandes/chiffres/", requests.numbers, name="requests_figures"),
    path("demandes/chiffres/export.csv", requests.numbers_export, name="requests_figures_export"),
    path("demandes/recues/", answering.received, name="requests_received"),
    path("demandes/miennes/", asking.mine, name="requests_mine"),
    path("demandes/nouvelle/", asking.begin, name="request_begin"),
    path("demandes/nouvelle/redaction/", asking.write, name="request_write"),
    path("demandes/confirmer/<str:token>/", asking.confirm, name="request_confirm"),
    path("demandes/<str:request_id>/", requests.page, name="request"),
    path("demandes/<str:request_id>/lettre/", requests.letter, name="request_letter"),
    path("demandes/<str:request_id>/cada/", requests.cada, name="request_cada"),
    path("demandes/<str:request_id>/cada.txt", requests.cada, {"kind": "txt"}, name="request_cada_text"),
    path("demandes/<str:request_id>/soutenir/", asking.support, name="request_support"),
    path("demandes/<str:request_id>/remise/", asking.bring, name="request_bring"),
    path("demandes/<str:request_id>/saisine/", asking.note_cada, name="request_note_cada"),
    path("demandes/<str:request_id>/clore/", asking.close, name="request_close"),
    path("demandes/<str:request_id>/transmettre/", answering.pass_on, name="request_pass"),
    path("demandes/<str:request_id>/repondre/", answering.answer, name="request_answer"),
]
