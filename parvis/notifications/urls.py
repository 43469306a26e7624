from django.urls import path

from parvis.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.follows, name="follows"),
    path("suivre/", views.change, name="change"),
    path("reglages/", views.settings, name="settings"),
    path("ne-plus-ecrire/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
