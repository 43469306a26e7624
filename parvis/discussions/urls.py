"""Addresses of discussions. `reference`: that of a thing (`dataset:fibre`)."""

from django.urls import path

from parvis.discussions import views

app_name = "discussions"
urlpatterns = [
    path("", views.index, name="index"),
    path("sur/<str:reference>/", views.subject, name="subject"),
    path("sur/<str:reference>/ecrire/", views.write, name="write"),
    path("sur/<str:reference>/export.csv", views.export, name="export"),
    path("<str:message_id>/", views.thread, name="thread"),
    path("<str:message_id>/corriger/", views.edit, name="edit"),
    path("<str:message_id>/versions/", views.history, name="history"),
    path("<str:message_id>/retirer/", views.withdraw, name="withdraw"),
    path("<str:message_id>/utile/", views.useful, name="useful"),
    path("<str:message_id>/reponse/", views.answer, name="answer"),
]
