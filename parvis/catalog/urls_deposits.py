"""Addresses of those who publish."""

from django.urls import path

from parvis.catalog.views import deposits, manage

urlpatterns = [
    path("publier/", deposits.publish, name="publish"),
    path("depots/<str:deposit_id>/", deposits.page, name="deposit"),
    path("depots/<str:deposit_id>/lecture/", deposits.reread, name="deposit_reread"),
    path("depots/<str:deposit_id>/reparer/", deposits.use_repaired, name="deposit_repair"),
    path("depots/<str:deposit_id>/decrire/", deposits.describe, name="deposit_describe"),
    path("depots/<str:deposit_id>/publier/", deposits.release, name="deposit_publish"),
    path("depots/<str:deposit_id>/abandonner/", deposits.abandon, name="deposit_abandon"),
    path("depots/<str:deposit_id>/fichiers/<str:name>", deposits.file, name="deposit_file"),
    path("<slug:slug>/gerer/", manage.page, name="manage"),
    path("<slug:slug>/gerer/decrire/", manage.describe, name="manage_describe"),
    path("<slug:slug>/gerer/vue/", manage.visibility, name="manage_visibility"),
    path("<slug:slug>/gerer/ressource/", manage.add_resource, name="manage_resource"),
    path("<slug:slug>/gerer/ressources/<str:resource_id>/", manage.change_resource, name="manage_table"),
    path("<slug:slug>/gerer/effacer/", manage.delete, name="manage_delete"),
    path("<slug:slug>/gerer/versions/<str:version_id>/retirer/", manage.withdraw, name="manage_withdraw"),
]
