"""Addresses of questions. A kept one is its content: its address never says anything else."""

from django.urls import path

from parvis.catalog.views import programs, questions

urlpatterns = [
    path("questions/", questions.index, name="questions"),
    path("questions/garder/", questions.keep, name="question_keep"),
    path("questions/preparer/", questions.ask_whole, name="question_whole"),
    *(
        path(f"questions/reponse.{kind}", questions.result, {"kind": kind}, name=f"question_{kind}")
        for kind in ("csv", "json", "parquet")
    ),
    path("questions/reponses/<str:answer_id>/", questions.answer, name="answer"),
    path("questions/reponses/<str:answer_id>/reponse.<str:kind>", questions.answer_file, name="answer_file"),
    path("questions/<str:query_id>/", questions.one, name="question"),
    path("<slug:slug>/<str:resource_id>/api/", programs.page, name="programs"),
]
