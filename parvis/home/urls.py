from django.urls import path

from parvis.home import views

app_name = "home"
urlpatterns = [path("bureau/", views.desk, name="desk"), path("recherche/", views.search, name="search")]
