from django.urls import path

from parvis.organisations.views import team

urlpatterns = [
    path("invitation/<str:token>/", team.invitation, name="invitation"),
    path("<slug:slug>/equipe/", team.team, name="team"),
    path("<slug:slug>/equipe/inviter/", team.invite, name="invite"),
    path("<slug:slug>/equipe/invitations/<int:invitation_id>/annuler/", team.revoke_invitation, name="revoke-invitation"),
    path("<slug:slug>/equipe/membres/<int:membership_id>/role/", team.change_role, name="change-role"),
    path("<slug:slug>/equipe/membres/<int:membership_id>/retirer/", team.remove_member, name="remove-member"),
    path("<slug:slug>/equipe/demandes/<int:request_id>/", team.decide_request, name="decide-request"),
    path("<slug:slug>/rejoindre/", team.join, name="join"),
]
