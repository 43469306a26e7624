from django.urls import path

from parvis.moderation import views, views_rules

app_name = "moderation"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("signaler/", views.report, name="report"),
    path("regles/", views_rules.index, name="rules"),
    path("chiffres/", views.statistics, name="statistics"),
    path("cas/<int:case_id>/", views.case, name="case"),
    path("decisions/<int:decision_id>/", views.decision, name="decision"),
    path("recours/<int:appeal_id>/", views.appeal, name="appeal"),
]
