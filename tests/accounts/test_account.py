"""A person's page, copy of data and departure; accounts of the demonstration; the outbox; mails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

from parvis.accounts import actions, mail, outbox
from parvis.accounts.models import PlatformRole, User
from parvis.accounts.templatetags.accounts import linked
from parvis.accounts.tokens import find
from parvis.organisations.models import Membership, Organisation, Role

PASSWORD = "un long mot de passe"


def test_my_page_is_mine(client, ada) -> None:
    assert client.get("/compte/").url == "/compte/login/?next=/compte/"
    client.force_login(ada)
    page = client.get("/compte/").text
    assert "ada@exemple.fr" in page
    client.post("/compte/nom/", {"name": "Ada  Lovelace"})
    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace"


def test_copy_of_my_data(client, ada) -> None:
    organisation = Organisation.objects.create(name="Mairie", slug="mairie", nature="commune")
    Membership.objects.create(user=ada, organisation=organisation, role=Role.AGENT)
    _token, secret = actions.create_token("export", ["datasets:write"], 30, by=ada)
    client.force_login(ada)
    answer = client.get("/compte/mes-donnees.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mes-donnees.json"'
    data = answer.json()
    assert data["account"]["email"] == "ada@exemple.fr"
    assert data["account"]["tokens"][0]["name"] == "export"
    assert data["organisations"]["memberships"] == [
        {"organisation__name": "Mairie", "role": "agent", "created": data["organisations"]["memberships"][0]["created"]}
    ]
    assert secret not in answer.text
    assert ada.password not in answer.text


def test_leaving(client, make_user) -> None:
    user = make_user(password=None)
    client.force_login(user)
    assert "Supprimer mon compte" in client.get("/compte/supprimer/").text
    client.post("/compte/supprimer/", {})
    assert User.objects.filter(pk=user.pk).exists()
    client.post("/compte/supprimer/", {"sure": "on"})
    assert not User.objects.filter(pk=user.pk).exists()
    assert not EmailAddress.objects.exists()


def test_the_last_to_run_something_cannot_leave(client, make_user) -> None:
    chef = make_user("chef@exemple.fr", password=None, platform_role="administrator")
    organisation = Organisation.objects.create(name="Mairie", slug="mairie", nature="commune")
    Membership.objects.create(user=chef, organisation=organisation, role=Role.ADMINISTRATOR)
    assert len(actions.objections(chef)) == 2
    client.force_login(chef)
    page = client.post("/compte/supprimer/", {"sure": "on"})
    assert "Mairie" in page.text
    assert User.objects.filter(pk=chef.pk).exists()
    other = make_user("b@exemple.fr", platform_role="administrator")
    Membership.objects.create(user=other, organisation=organisation, role=Role.ADMINISTRATOR)
    client.post("/compte/supprimer/", {"sure": "on"})
    assert not User.objects.filter(pk=chef.pk).exists()


@pytest.mark.parametrize(("role", "superuser"), [("", False), ("moderator", False), ("administrator", True)])
def test_the_role_decides_superuser(db, role, superuser) -> None:
    user = User.objects.create_user("x@exemple.fr", None, platform_role=role, is_superuser=not superuser)
    assert user.is_superuser is superuser
    user.platform_role = PlatformRole.NONE
    user.save(update_fields=["platform_role"])
    user.refresh_from_db()
    assert user.is_superuser is False


# Demonstration


def test_demonstration_account(client, db, settings) -> None:
    settings.DEMONSTRATION = True
    user, password = actions.create_demonstration_account("demo@exemple.fr", "Dana", PlatformRole.MODERATOR)
    again, second = actions.create_demonstration_account("demo@exemple.fr", "Dana", PlatformRole.MODERATOR)
    assert user == again
    assert password != second
    assert len(password) >= 16
    assert client.post("/compte/login/", {"login": "demo@exemple.fr", "password": second}).url == "/bureau/"
    _token, secret = actions.create_token("x", ["datasets:write"], 30, by=user)
    assert find(secret)
    # The same database, no longer a demonstration: the open session, the password, the code and the token are all shut.
    settings.DEMONSTRATION = False
    assert client.get("/compte/").status_code == 302
    assert find(secret) is None
    client.cookies.clear()
    answer = client.post("/compte/login/", {"login": "demo@exemple.fr", "password": second})
    assert answer.url == "/compte/inactive/"
    assert client.get("/compte/").status_code == 302


def test_demonstration_account_by_code_is_refused_elsewhere(client, db, last_code, last_link, settings) -> None:
    settings.DEMONSTRATION = False
    actions.create_demonstration_account("demo@exemple.fr", "Dana")
    client.post("/compte/login/code/", {"email": "demo@exemple.fr"})
    link = last_link("/lien/")
    assert client.post("/compte/login/code/confirm/", {"code": last_code()}).url == "/compte/inactive/"
    assert client.post(link).url == "/compte/inactive/"
    assert client.get("/compte/").status_code == 302


def test_a_real_person_never_becomes_a_demonstration_account(ada) -> None:
    with pytest.raises(actions.Refused):
        actions.create_demonstration_account("ADA@exemple.fr", "Autre")
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


# Outbox


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path
    settings.DEMONSTRATION = True
    return tmp_path


def post(folder: Path, subject: str, body: str, to: str = "ada@exemple.fr") -> None:
    EmailBackend(file_path=folder).send_messages([EmailMessage(subject, body, to=[to])])


def test_the_outbox_exists_only_in_the_demonstration(client, db, folder, settings) -> None:
    assert client.get("/compte/courriers/").status_code == 200
    settings.DEMONSTRATION = False
    assert client.get("/compte/courriers/").status_code == 404


def test_the_outbox_reads_safely(client, db, folder) -> None:
    post(
        folder,
        "Été <b>",
        'Bonjour <script>alert(1)</script>\nhttp://localhost:8000/compte/lien/abc/ javascript:alert(1)\n" onclick="x',
    )
    (folder / "20260101-000000-1.log").write_bytes(
        b"\xff\xfe not a message \x00\nContent-Type: text/plain; charset=nope\n\nhello"
    )
    (folder / "secret-key").write_text("tres-secret")
    (folder / "20260101-000000-2.log").symlink_to("/etc/passwd")
    page = client.get("/compte/courriers/").text
    assert "Été &lt;b&gt;" in page
    assert "<script>alert" not in page
    assert '<a href="http://localhost:8000/compte/lien/abc/"' in page
    assert 'href="javascript' not in page
    assert "tres-secret" not in page
    assert "root:" not in page


def test_the_outbox_is_newest_first_and_paginated(client, db, folder) -> None:
    import os

    for number in range(20):
        name = folder / f"20260101-0000{number:02d}-1.log"
        name.write_bytes(
            EmailMessage(f"Courrier n{number:02d}", "corps", to=["a@b.fr"]).message().as_bytes() + outbox.SEPARATOR
        )
        os.utime(name, (1_700_000_000 + number, 1_700_000_000 + number))
    page = client.get("/compte/courriers/").text
    assert re.findall(r"Courrier n(\d\d)", page) == [f"{number:02d}" for number in range(19, 4, -1)]
    assert "page 1 sur 2" in page
    assert "n04" in client.get("/compte/courriers/?page=2").text


def test_messages_to_those_who_run_the_platform_are_kept_back(client, make_user, folder) -> None:
    chef = make_user("chef@exemple.fr", platform_role="administrator")
    post(folder, "Code du chef", "ABCD", "chef@exemple.fr")
    page = client.get("/compte/courriers/").text
    assert "ABCD" not in page
    assert "1 courrier" in page
    client.force_login(chef)
    assert "ABCD" in client.get("/compte/courriers/").text


@pytest.mark.parametrize("path", ["login/code/", "password/reset/"])
def test_pages_that_send_mail_point_to_the_outbox(client, db, settings, path) -> None:
    settings.DEMONSTRATION = False
    assert "/compte/courriers/" not in client.get(f"/compte/{path}").text
    settings.DEMONSTRATION = True
    assert "/compte/courriers/" in client.get(f"/compte/{path}").text


def test_links_keep_the_rest_escaped() -> None:
    assert linked("<i> (http://a.fr/x?y=1&z=2).") == (
        '&lt;i&gt; (<a href="http://a.fr/x?y=1&amp;z=2" rel="nofollow noreferrer">http://a.fr/x?y=1&amp;z=2</a>).'
    )


# Mails


@pytest.mark.parametrize("email", ["a@b.fr\nBcc: x@y.fr", "a@b.fr, c@d.fr", "", "pas une adresse"])
def test_only_one_plain_address(email) -> None:
    with pytest.raises(ValidationError):
        mail.send("organisations/mails/removed", email)


def test_names_cannot_inject_headers(mailoutbox) -> None:
    organisation = Organisation(name="Mairie\r\nBcc: tous@exemple.fr", slug="m")
    mail.send("organisations/mails/removed", "a@b.fr", organisation=organisation)
    assert "\n" not in mailoutbox[0].subject
    assert mailoutbox[0].recipients() == ["a@b.fr"]
