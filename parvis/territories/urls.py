from django.urls import path

from parvis.territories import views

app_name = "territories"
urlpatterns = [
    path("", views.index, name="index"),
    path("choisir/", views.choose, name="choose"),
    path("contours/<str:stamp>/<slug:level>.json", views.contours, name="contours"),
    path("<slug:level>/<slug:code>/", views.page, name="page"),
]
