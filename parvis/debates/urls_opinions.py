"""Addresses of taking part: statements and votes."""

from django.urls import path

from parvis.debates.views import opinions, statements

urlpatterns = [
    path("<slug:slug>/opinions/", opinions.opinions, name="opinions"),
    path("<slug:slug>/opinions/repondre/", opinions.vote, name="vote"),
    path("<slug:slug>/affirmations/", statements.index, name="statements"),
    path("<slug:slug>/affirmations/<int:number>/", statements.page, name="statement"),
]
