"""Addresses of campaigns: the word comes first, and is reserved."""

from django.urls import path

from parvis.catalog.views import campaigns

urlpatterns = [
    path("campagnes/", campaigns.index, name="campaigns"),
    path("campagnes/nouvelle/", campaigns.new, name="campaign_new"),
    path("campagnes/lien/<str:token>/", campaigns.link, name="campaign_link"),
    path("campagnes/ne-plus-recevoir/<str:token>/", campaigns.refuse, name="campaign_refuse"),
    path("campagnes/<str:campaign_id>/", campaigns.page, name="campaign"),
    path("campagnes/<str:campaign_id>/suivi.csv", campaigns.export, name="campaign_export"),
    path("campagnes/<str:campaign_id>/changer/", campaigns.change, name="campaign_change"),
    path("campagnes/<str:campaign_id>/messages/<str:message_id>/", campaigns.settle, name="campaign_message"),
]
