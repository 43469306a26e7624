"""Teams: who may do what, cell by cell, and the life of an invitation and of a request."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from parvis.accounts.models import User
from parvis.accounts.public import Refused
from parvis.organisations import actions
from parvis.organisations.models import Invitation, JoinRequest, Membership, Organisation, Role
from parvis.organisations.official_domains import is_official
from parvis.shared.limits import TooMany


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def organisation(db) -> Organisation:
    return Organisation.objects.create(
        name="Mairie d'Exemple", slug="mairie", nature="commune", email_domain="mairie-exemple.fr"
    )


@pytest.fixture
def person(db):
    def make(email: str, organisation: Organisation | None = None, role: str | None = None, **fields) -> User:
        user = User.objects.create_user(email, None, **fields)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        if organisation and role:
            Membership.objects.create(user=user, organisation=organisation, role=role)
        return user

    return make


@pytest.fixture
def chef(person, organisation) -> User:
    return person("chef@mairie-exemple.fr", organisation, Role.ADMINISTRATOR)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run an action and the messages that follow its commit."""

    def run(function):
        with django_capture_on_commit_callbacks(execute=True):
            return function()

    return run


def token_in(mailoutbox) -> str:
    found = re.search(r"/organisations/invitation/([\w-]+)/", mailoutbox[-1].body)
    assert found
    return found.group(1)


# Who may do what

ACTORS = ["nobody", "stranger", "agent", "editor", "administrator", "elsewhere", "moderator", "platform", "inactive"]
MANAGES = {"administrator", "platform"}


@pytest.fixture
def actors(person, organisation, chef) -> dict[str, User | None]:
    other = Organisation.objects.create(name="Ailleurs", slug="ailleurs", nature="company")
    return {
        "nobody": None,
        "stranger": person("stranger@a.fr"),
        "agent": person("agent@a.fr", organisation, Role.AGENT),
        "editor": person("editor@a.fr", organisation, Role.EDITOR),
        "administrator": chef,
        "elsewhere": person("elsewhere@a.fr", other, Role.ADMINISTRATOR),
        "moderator": person("moderator@a.fr", platform_role="moderator"),
        "platform": person("platform@a.fr", platform_role="administrator"),
        "inactive": person("inactive@a.fr", organisation, Role.ADMINISTRATOR, is_active=False),
    }


def _invite(organisation, by, person):
    actions.invite(organisation, "new@a.fr", Role.AGENT, by=by)


def _revoke(organisation, by, person):
    found = Invitation.objects.create(organisation=organisation, email="i@a.fr", token_hash="x", expires=timezone.now())
    actions.revoke_invitation(found, by=by)


def _decide(organisation, by, person):
    asked = JoinRequest.objects.create(organisation=organisation, user=person("asks@a.fr"))
    actions.decide_request(asked, True, "", Role.AGENT, by=by)


def _change(organisation, by, person):
    actions.change_role(person("m@a.fr", organisation, Role.AGENT).memberships.get(), Role.EDITOR, by=by)


def _remove(organisation, by, person):
    actions.remove_member(person("m@a.fr", organisation, Role.AGENT).memberships.get(), by=by)


@pytest.mark.parametrize("action", [_invite, _revoke, _decide, _change, _remove])
@pytest.mark.parametrize("actor", [actor for actor in ACTORS if actor != "nobody"])
def test_actions_are_for_those_who_run_the_organisation(actors, organisation, person, actor, action) -> None:
    if actor in MANAGES:
        action(organisation, actors[actor], person)
    else:
        with pytest.raises(PermissionDenied):
            action(organisation, actors[actor], person)


PAGES = {
    ("GET", "/organisations/mairie/equipe/"): {"agent", "editor"} | MANAGES,
    ("POST", "/organisations/mairie/equipe/inviter/"): MANAGES,
    ("POST", "/organisations/mairie/equipe/invitations/{invitation}/annuler/"): MANAGES,
    ("POST", "/organisations/mairie/equipe/membres/{membership}/role/"): MANAGES,
    ("GET", "/organisations/mairie/equipe/membres/{membership}/retirer/"): MANAGES,
    ("POST", "/organisations/mairie/equipe/membres/{membership}/retirer/"): MANAGES,
    ("GET", "/organisations/mairie/equipe/demandes/{request}/"): MANAGES,
    ("POST", "/organisations/mairie/equipe/demandes/{request}/"): MANAGES,
    ("GET", "/organisations/mairie/rejoindre/"): set(ACTORS) - {"nobody", "inactive"},
}


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize(("method", "path"), PAGES)
def test_pages(client, actors, organisation, person, actor, method, path) -> None:
    member = person("m@a.fr", organisation, Role.AGENT).memberships.get()
    found = Invitation.objects.create(organisation=organisation, email="i@a.fr", token_hash="x", expires=timezone.now())
    asked = JoinRequest.objects.create(organisation=organisation, user=person("asks@a.fr"))
    if actors[actor]:
        client.force_login(actors[actor])
    allowed = PAGES[method, path]
    path = path.format(invitation=found.pk, membership=member.pk, request=asked.pk)
    data = {"email": "new@a.fr", "role": "agent", "decision": "accept", "reason": ""}
    answer = client.get(path) if method == "GET" else client.post(path, data)
    if actor in ("nobody", "inactive"):
        assert answer.url.startswith("/compte/login/")
    elif actor in allowed:
        assert answer.status_code in (200, 302)
        assert answer.status_code == 200 or answer.url.startswith("/organisations/")
    else:
        assert answer.status_code == 403


def test_addresses_are_for_those_who_run_the_team(client, actors, organisation) -> None:
    client.force_login(actors["agent"])
    assert "editor@a.fr" not in client.get("/organisations/mairie/equipe/").text
    client.force_login(actors["administrator"])
    assert "editor@a.fr" in client.get("/organisations/mairie/equipe/").text


# Invitations


def test_an_invitation_from_mail_to_membership(client, organisation, chef, person, committed, mailoutbox) -> None:
    client.force_login(chef)
    committed(lambda: client.post("/organisations/mairie/equipe/inviter/", {"email": "Bea@a.fr", "role": "editor"}))
    assert mailoutbox[-1].to == ["bea@a.fr"]
    token = token_in(mailoutbox)
    assert token not in str(Invitation.objects.values().get())
    client.logout()
    path = f"/organisations/invitation/{token}/"
    page = client.get(path)
    assert "/compte/signup/?next=%2Forganisations%2Finvitation" in page.text
    assert client.post(path).status_code == 200  # nobody joins without an account
    assert Membership.objects.count() == 1
    bea = person("bea@a.fr")
    client.force_login(bea)
    assert client.get(path).status_code == 200
    assert Membership.objects.count() == 1  # opening is not accepting
    for _ in range(2):
        assert client.post(path).url == "/organisations/mairie/equipe/"
    assert Membership.objects.get(user=bea).role == "editor"


def test_sign_up_leads_back_to_the_invitation(client, organisation, chef, committed, mailoutbox) -> None:
    committed(lambda: actions.invite(organisation, "bea@a.fr", Role.AGENT, by=chef))
    path = f"/organisations/invitation/{token_in(mailoutbox)}/"
    signup = re.search(r'href="(/compte/signup/[^"]+)"', client.get(path).text).group(1).replace("&amp;", "&")
    form = client.get(signup)
    assert 'value="bea@a.fr"' in form.text
    client.post(signup, {"email": "bea@a.fr", "next": path})
    code = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)$", mailoutbox[-1].body, re.MULTILINE).group(1)
    assert client.post("/compte/confirm-email/", {"code": code}).url == path


def test_only_the_invited_address_may_accept(client, organisation, chef, person, committed, mailoutbox) -> None:
    committed(lambda: actions.invite(organisation, "bea@a.fr", Role.AGENT, by=chef))
    token = token_in(mailoutbox)
    other = person("autre@a.fr")
    EmailAddress.objects.create(user=other, email="bea@a.fr", verified=False)  # claimed, not proved
    client.force_login(other)
    page = client.post(f"/organisations/invitation/{token}/")
    assert page.status_code == 403
    assert "b…@a.fr" in page.text
    assert "autre@a.fr" in page.text
    assert not Membership.objects.filter(user=other).exists()


def test_expired_revoked_and_unknown(client, organisation, chef, person, committed, mailoutbox) -> None:
    bea = person("bea@a.fr")
    found = committed(lambda: actions.invite(organisation, "bea@a.fr", Role.AGENT, by=chef))
    token = token_in(mailoutbox)
    Invitation.objects.update(expires=timezone.now())
    with pytest.raises(Refused, match="expiré"):
        actions.accept_invitation(token, by=bea)
    assert client.get(f"/organisations/invitation/{token}/").status_code == 410
    Invitation.objects.update(expires=timezone.now() + timedelta(days=1))
    for _ in range(2):
        actions.revoke_invitation(found, by=chef)
    with pytest.raises(Refused, match="n'existe plus"):
        actions.accept_invitation(token, by=bea)
    assert client.get(f"/organisations/invitation/{token}/").status_code == 404
    assert client.get("/organisations/invitation/x/").status_code == 404


def test_inviting_again_renews(organisation, chef, person, committed, mailoutbox) -> None:
    committed(lambda: actions.invite(organisation, "bea@a.fr", Role.AGENT, by=chef))
    first = token_in(mailoutbox)
    committed(lambda: actions.invite(organisation, "BEA@a.fr ", Role.AGENT, by=chef))  # a double click
    assert len(mailoutbox) == 1
    Invitation.objects.update(created=timezone.now() - timedelta(days=20), expires=timezone.now() - timedelta(days=6))
    committed(lambda: actions.invite(organisation, "bea@a.fr", Role.AGENT, by=chef))
    second = token_in(mailoutbox)
    bea = person("bea@a.fr")
    with pytest.raises(Refused):
        actions.accept_invitation(first, by=bea)
    assert actions.accept_invitation(second, by=bea).role == "agent"
    with pytest.raises(Refused, match="déjà dans l'équipe"):
        actions.invite(organisation, "bea@a.fr", Role.EDITOR, by=chef)


def test_an_invitation_never_lowers_a_role(organisation, chef, person, committed, mailoutbox) -> None:
    committed(lambda: actions.invite(organisation, "bea@a.fr", Role.AGENT, by=chef))
    bea = person("bea@a.fr", organisation, Role.EDITOR)
    assert actions.accept_invitation(token_in(mailoutbox), by=bea).role == "editor"


def test_a_used_invitation_does_not_bring_back_who_was_removed(organisation, chef, person, committed, mailoutbox) -> None:
    committed(lambda: actions.invite(organisation, "bea@a.fr", Role.AGENT, by=chef))
    token = token_in(mailoutbox)
    bea = person("bea@a.fr")
    membership = actions.accept_invitation(token, by=bea)
    actions.remove_member(membership, by=chef)
    with pytest.raises(Refused, match="déjà servi"):
        actions.accept_invitation(token, by=bea)


@pytest.mark.parametrize("email", ["pas une adresse", "a@b.fr\nBcc: c@d.fr", "a@b.fr, c@d.fr", ""])
def test_wrong_addresses(organisation, chef, email, mailoutbox) -> None:
    with pytest.raises(Refused):
        actions.invite(organisation, email, Role.AGENT, by=chef)
    assert not mailoutbox


def test_invitations_are_limited(client, organisation, chef) -> None:
    for number in range(30):
        actions.invite(organisation, f"p{number}@a.fr", Role.AGENT, by=chef)
    with pytest.raises(TooMany):
        actions.invite(organisation, "p31@a.fr", Role.AGENT, by=chef)
    client.force_login(chef)
    page = client.post("/organisations/mairie/equipe/inviter/", {"email": "p31@a.fr", "role": "agent"})
    assert "beaucoup en peu de temps" in page.text
    assert 'value="p31@a.fr"' in page.text  # nothing typed is lost


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_time_make_one_membership() -> None:
    organisation = Organisation.objects.create(name="Mairie", slug="mairie", nature="commune")
    bea = User.objects.create_user("bea@a.fr", None)
    EmailAddress.objects.create(user=bea, email="bea@a.fr", verified=True)
    Invitation.objects.create(
        organisation=organisation,
        email="bea@a.fr",
        role=Role.EDITOR,
        token_hash=Invitation.hash("secret"),
        expires=timezone.now() + timedelta(days=1),
    )
    results: list[object] = []
    barrier = threading.Barrier(6)

    def click() -> None:
        barrier.wait()
        try:
            results.append(actions.accept_invitation("secret", by=bea).pk)
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert set(results) == {Membership.objects.get().pk}


# Requests


@pytest.mark.parametrize(
    ("address", "domain", "official"),
    [
        ("a@mairie-exemple.fr", "mairie-exemple.fr", True),
        ("a@Mairie-Exemple.FR", "@mairie-exemple.fr", True),
        ("a@sub.mairie-exemple.fr", "mairie-exemple.fr", False),
        ("a@mairie-exemple.fr.mechant.fr", "mairie-exemple.fr", False),
        ("a@xmairie-exemple.fr", "mairie-exemple.fr", False),
        ('"a@mairie-exemple.fr"@mechant.fr', "mairie-exemple.fr", False),
        ("a@orange.fr", "orange.fr", False),
        ("a@gmail.com", "gmail.com", False),
        ("a@gouv.fr", "gouv.fr", False),
        ("a@mairie-exemple.fr", "", False),
    ],
)
def test_official_domain(address, domain, official) -> None:
    assert is_official([address], domain) is official


def test_an_unverified_address_is_not_official(organisation, person) -> None:
    user = person("a@gmail.com")
    EmailAddress.objects.create(user=user, email="a@mairie-exemple.fr", verified=False)
    assert not actions.ask_to_join(organisation, "Bonjour", by=user).official_domain
    EmailAddress.objects.filter(user=user).update(verified=True)
    JoinRequest.objects.all().delete()
    assert actions.ask_to_join(organisation, "Bonjour", by=user).official_domain


def test_a_request_from_page_to_membership(client, organisation, chef, person, committed, mailoutbox) -> None:
    dan = person("dan@mairie-exemple.fr")
    client.force_login(dan)
    assert "Votre demande" not in client.get("/organisations/mairie/rejoindre/").text
    for _ in range(2):
        committed(lambda: client.post("/organisations/mairie/rejoindre/", {"message": "Je suis la secrétaire."}))
    assert JoinRequest.objects.count() == 1
    assert [message.to for message in mailoutbox] == [["chef@mairie-exemple.fr"]]
    assert "Votre demande du" in client.get("/organisations/mairie/rejoindre/").text
    asked = JoinRequest.objects.get()
    client.force_login(chef)
    assert "dan@mairie-exemple.fr" in client.get("/organisations/mairie/equipe/").text
    path = f"/organisations/mairie/equipe/demandes/{asked.pk}/"
    assert "Je suis la secrétaire." in client.get(path).text
    page = client.post(path, {"decision": "refuse", "role": "agent", "reason": " "})
    assert "Dites pourquoi" in page.text
    committed(lambda: client.post(path, {"decision": "accept", "role": "editor", "reason": ""}))
    assert Membership.objects.get(user=dan).role == "editor"
    assert mailoutbox[-1].to == ["dan@mairie-exemple.fr"]
    assert "Demande acceptée" in client.get(path).text


def test_decisions_are_final_and_idempotent(organisation, chef, person, committed, mailoutbox) -> None:
    asked = actions.ask_to_join(organisation, "Bonjour", by=person("dan@a.fr"))
    with pytest.raises(Refused, match="Dites pourquoi"):
        actions.decide_request(asked, False, "  ", Role.AGENT, by=chef)
    for _ in range(2):
        committed(lambda: actions.decide_request(asked, False, "Nous ne vous connaissons pas.", Role.AGENT, by=chef))
    assert len(mailoutbox) == 1
    assert "Nous ne vous connaissons pas." in mailoutbox[0].body
    with pytest.raises(Refused, match="déjà répondu"):
        actions.decide_request(asked, True, "", Role.AGENT, by=chef)
    assert not Membership.objects.filter(user=asked.user).exists()
    assert actions.ask_to_join(organisation, "Encore moi", by=asked.user).pk != asked.pk


def test_without_administrator_the_platform_decides(organisation, person, committed, mailoutbox) -> None:
    platform = person("platform@a.fr", platform_role="administrator")
    person("agent@a.fr", organisation, Role.AGENT)
    asked = committed(lambda: actions.ask_to_join(organisation, "Bonjour", by=person("dan@a.fr")))
    assert [message.to for message in mailoutbox] == [["platform@a.fr"]]
    actions.decide_request(asked, True, "", Role.ADMINISTRATOR, by=platform)
    assert Membership.objects.get(user=asked.user).role == "administrator"


def test_members_do_not_ask(client, organisation, chef) -> None:
    with pytest.raises(Refused):
        actions.ask_to_join(organisation, "Bonjour", by=chef)
    client.force_login(chef)
    assert client.get("/organisations/mairie/rejoindre/").url == "/organisations/mairie/equipe/"


# Roles and departures


def test_the_last_administrator_stays(client, organisation, chef, person) -> None:
    mine = chef.memberships.get()
    person("gone@a.fr", organisation, Role.ADMINISTRATOR, is_active=False)  # does not count
    with pytest.raises(Refused):
        actions.remove_member(mine, by=chef)
    with pytest.raises(Refused):
        actions.change_role(mine, Role.AGENT, by=chef)
    client.force_login(chef)
    page = client.post(f"/organisations/mairie/equipe/membres/{mine.pk}/retirer/", follow=True)
    assert "nommez d'abord" in page.text.replace("&#x27;", "'")
    second = person("b@a.fr", organisation, Role.ADMINISTRATOR)
    actions.change_role(mine, Role.AGENT, by=chef)
    with pytest.raises(Refused):
        actions.remove_member(second.memberships.get(), by=second)


def test_the_platform_may_remove_the_last_administrator_but_not_itself(organisation, chef, person) -> None:
    platform = person("platform@a.fr", platform_role="administrator")
    for _ in range(2):
        actions.remove_member(chef.memberships.first() or Membership(pk=0, organisation=organisation, user=chef), by=platform)
    mine = Membership.objects.create(user=platform, organisation=organisation, role=Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        actions.remove_member(mine, by=platform)


def test_anybody_may_leave(client, organisation, chef, person) -> None:
    agent = person("agent@a.fr", organisation, Role.AGENT)
    client.force_login(agent)
    path = f"/organisations/mairie/equipe/membres/{agent.memberships.get().pk}/retirer/"
    assert "Quitter" in client.get(path).text
    assert client.post(path).url == "/organisations/mairie/"
    assert not agent.memberships.exists()


def test_a_member_of_another_team_is_not_found(client, organisation, chef, person) -> None:
    other = Organisation.objects.create(name="Ailleurs", slug="ailleurs", nature="company")
    elsewhere = person("e@a.fr", other, Role.AGENT).memberships.get()
    client.force_login(chef)
    for path in (f"membres/{elsewhere.pk}/role/", f"membres/{elsewhere.pk}/retirer/", "demandes/999/"):
        assert client.post(f"/organisations/mairie/equipe/{path}", {"role": "editor"}).status_code == 404


def test_change_of_role_is_told(organisation, chef, person, committed, mailoutbox) -> None:
    agent = person("agent@a.fr", organisation, Role.AGENT)
    for _ in range(2):
        committed(lambda: actions.change_role(agent.memberships.get(), Role.EDITOR, by=chef))
    assert [message.to for message in mailoutbox] == [["agent@a.fr"]]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_in_both_languages(client, organisation, chef, language) -> None:
    client.force_login(chef)
    client.cookies["django_language"] = language
    page = client.get("/organisations/mairie/equipe/")
    assert f'<html lang="{language}">' in page.text
    assert page.text.count("<h1") == 1
