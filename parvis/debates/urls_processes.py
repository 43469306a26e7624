"""Addresses of processes, their phases and their team."""

from django.urls import URLPattern, path

from parvis.debates.views import carrying, preparing, processes, scheduling, teams

urlpatterns: list[URLPattern] = [
    path("", processes.index, name="list"),
    path("nouvelle/", preparing.choose, name="new"),
    path("nouvelle/<slug:blueprint>/", preparing.create, name="create"),
    path("importer/", carrying.import_file, name="import"),
    path("<slug:slug>/", processes.page, name="process"),
    path("<slug:slug>/preparer/", preparing.prepare, name="prepare"),
    path("<slug:slug>/modifier/", preparing.edit, name="edit"),
    path("<slug:slug>/premieres-affirmations/", preparing.seeds, name="seeds"),
    path("<slug:slug>/premieres-affirmations/<int:number>/retirer/", preparing.remove_seed, name="remove_seed"),
    path("<slug:slug>/synthese/", preparing.synthesis, name="synthesis"),
    path("<slug:slug>/publier/", scheduling.publish, name="publish"),
    path("<slug:slug>/phases/<int:position>/", scheduling.move, name="move"),
    path("<slug:slug>/phases/<int:position>/terminer/", scheduling.close, name="close"),
    path("<slug:slug>/archiver/", scheduling.archive, name="archive"),
    path("<slug:slug>/effacer/", scheduling.erase, name="erase_draft"),
    path("<slug:slug>/dupliquer/", carrying.duplicate, name="duplicate"),
    path("<slug:slug>/demarche.json", carrying.export, name="export"),
    path("<slug:slug>/equipe/", teams.team, name="team"),
    path("<slug:slug>/equipe/<int:teammate_id>/retirer/", teams.remove, name="remove_mate"),
]
