from parvis.catalog import (
    urls_campaigns,
    urls_charts,
    urls_comparisons,
    urls_consolidations,
    urls_dcat,
    urls_deposits,
    urls_harvests,
    urls_maps,
    urls_obligations,
    urls_policy,
    urls_public,
    urls_questions,
    urls_requests,
    urls_reuses,
)

app_name = "catalog"
urlpatterns = [
    *urls_obligations.urlpatterns,
    *urls_consolidations.urlpatterns,
    *urls_campaigns.urlpatterns,
    *urls_policy.urlpatterns,
    *urls_deposits.urlpatterns,
    *urls_harvests.urlpatterns,
    *urls_charts.urlpatterns,
    *urls_maps.urlpatterns,
    *urls_questions.urlpatterns,
    *urls_comparisons.urlpatterns,
    *urls_requests.urlpatterns,
    *urls_reuses.urlpatterns,
    *urls_dcat.urlpatterns,
    *urls_public.urlpatterns,
]
