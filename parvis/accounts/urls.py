from django.urls import path

from parvis.accounts.views import login_link, me, outbox, tokens

app_name = "accounts"
urlpatterns = [
    path("", me.me, name="me"),
    path("nom/", me.change_name, name="change-name"),
    path("mes-donnees.json", me.download, name="download"),
    path("supprimer/", me.delete, name="delete"),
    path("jetons/nouveau/", tokens.create, name="token-create"),
    path("jetons/<int:token_id>/revoquer/", tokens.revoke, name="token-revoke"),
    path("lien/<str:token>/", login_link.login_link, name="login-link"),
    path("courriers/", outbox.outbox, name="outbox"),
]
