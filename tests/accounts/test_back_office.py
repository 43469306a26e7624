"""The back office: who gets in, and the forms for people."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from parvis.accounts.models import User


@pytest.mark.parametrize(("role", "gets_in"), [("", False), ("moderator", False), ("administrator", True)])
def test_who_gets_in(client, make_user, role, gets_in) -> None:
    client.force_login(make_user(platform_role=role))
    assert (client.get("/gestion/").status_code == 200) is gets_in


def test_its_sign_in_page_is_ours(client, db) -> None:
    assert client.get("/gestion/login/?next=/gestion/").url == "/compte/login/?next=/gestion/"
    assert client.post("/gestion/login/", {"username": "a", "password": "b"}).url == "/compte/login/"
    assert client.get("/gestion/").url == "/compte/login/?next=/gestion/"
    assert client.get("/gestion/password_reset/").status_code == 404


@pytest.fixture
def chef(client, make_user) -> User:
    user = make_user("chef@exemple.fr", platform_role="administrator")
    client.force_login(user)
    return user


def test_list_search_and_own_page(client, chef, ada) -> None:
    assert "ada@exemple.fr" in client.get("/gestion/users/?q=ada").text
    assert client.get("/gestion/users/").status_code == 200
    page = client.get("/gestion/account/")
    assert page.status_code == 200
    assert "first_name" not in page.text


def test_create_then_edit(client, chef) -> None:
    form = client.get("/gestion/users/new/")
    assert "first_name" not in form.text
    answer = client.post("/gestion/users/new/", {"email": "Bea@exemple.fr", "name": "Béa", "platform_role": "moderator"})
    assert answer.status_code == 302, answer.context["form"].errors
    user = User.objects.get(email="bea@exemple.fr")
    assert not user.has_usable_password()
    assert not EmailAddress.objects.get(user=user).verified
    edit = f"/gestion/users/edit/{user.pk}/"
    assert client.get(edit).status_code == 200
    client.post(edit, {"email": "b@exemple.fr", "name": "B", "platform_role": "administrator", "is_active": "on"})
    user.refresh_from_db()
    assert (user.email, user.is_superuser) == ("b@exemple.fr", True)
    assert EmailAddress.objects.get(user=user).email == "b@exemple.fr"


def test_an_address_taken_is_refused(client, chef, ada) -> None:
    page = client.post("/gestion/users/new/", {"email": "ADA@exemple.fr", "name": "", "platform_role": ""})
    assert "Une personne a déjà cette adresse" in page.text


def test_nobody_locks_themselves_out(client, chef) -> None:
    client.post(f"/gestion/users/edit/{chef.pk}/", {"email": chef.email, "name": "Chef", "platform_role": ""})
    chef.refresh_from_db()
    assert (chef.name, chef.platform_role, chef.is_active) == ("Chef", "administrator", True)


def test_a_person_made_there_signs_in_with_a_code(client, chef, last_code) -> None:
    client.post("/gestion/users/new/", {"email": "bea@exemple.fr", "name": "", "platform_role": ""})
    client.logout()
    client.post("/compte/login/code/", {"email": "bea@exemple.fr"})
    assert client.post("/compte/login/code/confirm/", {"code": last_code()}).url == "/bureau/"
    assert EmailAddress.objects.get(email="bea@exemple.fr").verified
