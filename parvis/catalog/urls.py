from parvis.catalog import urls_deposits, urls_public

app_name = "catalog"
urlpatterns = [*urls_deposits.urlpatterns, *urls_public.urlpatterns]
