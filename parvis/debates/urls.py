"""Addresses of the debates."""

from parvis.debates import urls_maps, urls_opinions, urls_processes

app_name = "debates"
urlpatterns = [*urls_processes.urlpatterns, *urls_opinions.urlpatterns, *urls_maps.urlpatterns]
