"""Ways in: password, code, link, second factor; and what strangers must not learn."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.utils import timezone

from parvis.accounts import login_links
from parvis.accounts.models import User

PASSWORD = "un long mot de passe"


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_up_then_verify_with_the_code(client, db, last_code) -> None:
    answer = client.post("/compte/signup/", {"email": "Ada@Exemple.fr", "name": "Ada\nLovelace", "password1": PASSWORD})
    assert answer.url == "/compte/confirm-email/"
    assert not signed_in(client)
    assert mail.outbox[-1].subject == "Vérifiez votre adresse"
    answer = client.post(answer.url, {"code": last_code()})
    assert signed_in(client)
    user = User.objects.get()
    assert (user.email, user.name) == ("ada@exemple.fr", "Ada Lovelace")
    assert EmailAddress.objects.get().verified


def test_sign_up_without_password_then_by_code(client, db, last_code) -> None:
    client.post("/compte/signup/", {"email": "ada@exemple.fr"})
    client.post("/compte/confirm-email/", {"code": last_code()})
    assert signed_in(client)
    assert not User.objects.get().has_usable_password()


def test_a_wrong_code_says_so_and_five_end_it(client, db) -> None:
    client.post("/compte/signup/", {"email": "ada@exemple.fr"})
    page = client.post("/compte/confirm-email/", {"code": "NOPE"})
    assert "Ce code ne va pas" in page.text
    for _ in range(4):
        page = client.post("/compte/confirm-email/", {"code": "NOPE"})
    assert page.status_code == 302
    assert not signed_in(client)


def test_password(client, ada) -> None:
    client.post("/compte/login/", {"login": "ada@exemple.fr", "password": PASSWORD})
    assert signed_in(client)


def test_wrong_password_and_unknown_address_say_the_same(client, ada) -> None:
    texts = set()
    for email in ("ada@exemple.fr", "nobody@exemple.fr"):
        page = client.post("/compte/login/", {"login": email, "password": "tout faux, vraiment"})
        texts.add(page.text.replace(email, "").split("error-summary")[1].split("</ul>")[0])
    assert len(texts) == 1


@pytest.mark.parametrize("path", ["/compte/signup/", "/compte/login/code/", "/compte/password/reset/"])
def test_nobody_learns_who_has_an_account(client, ada, path) -> None:
    """Same answer, same next page, and one message each time."""
    seen = []
    for email in ("ada@exemple.fr", "nobody@exemple.fr"):
        mail.outbox.clear()
        client.cookies.clear()
        answer = client.post(path, {"email": email, "name": "", "password1": PASSWORD})
        page = client.get(answer.url)
        seen.append((answer.status_code, answer.url, page.status_code, page.text.count("<p"), len(mail.outbox)))
    assert seen[0] == seen[1]


def test_code_by_mail(client, ada, last_code) -> None:
    answer = client.post("/compte/login/code/?next=/donnees/", {"email": "ada@exemple.fr", "next": "/donnees/"})
    client.post(answer.url, {"code": last_code(), "next": "/donnees/"})
    assert signed_in(client)


def test_link_by_mail_signs_in_only_with_the_button_and_only_once(client, ada, last_link) -> None:
    client.post("/compte/login/code/", {"email": "ada@exemple.fr", "next": "/donnees/"})
    link = last_link("/lien/")
    client.cookies.clear()  # another device
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert "ada@exemple.fr" in page.text
        assert not signed_in(client)
    assert client.post(link).url == "/donnees/"
    assert signed_in(client)
    client.post("/compte/logout/")
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    assert not signed_in(client)


def test_link_expires_and_does_not_forge(client, ada, monkeypatch) -> None:
    link = login_links.make(ada, ada.email).removeprefix("http://localhost:8000")
    forged = link[:-3] + "AA/"
    assert client.post(forged).status_code == 410
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert client.post(link).status_code == 410


def test_link_dies_with_a_new_password(client, ada) -> None:
    link = login_links.make(ada, ada.email).removeprefix("http://localhost:8000")
    ada.set_password("un autre mot de passe")
    ada.save()
    assert client.post(link).status_code == 410


def test_link_does_not_replace_somebody_already_there(client, ada, make_user) -> None:
    client.force_login(make_user("bob@exemple.fr"))
    page = client.post(login_links.make(ada, ada.email).removeprefix("http://localhost:8000"))
    assert "Une autre personne est connectée" in page.text


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_second_factor_after_password_code_and_link(client, ada, last_code, last_link) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(ada, secret)
    RecoveryCodes.activate(ada)
    ada.refresh_from_db()
    ways = [
        lambda: client.post("/compte/login/", {"login": ada.email, "password": PASSWORD}),
        lambda: client.post(login_links.make(ada, ada.email).removeprefix("http://localhost:8000")),
    ]
    for way in ways:
        answer = way()
        assert answer.url.startswith("/compte/2fa/authenticate/")
        assert not signed_in(client)
        assert "Votre second code" in client.get(answer.url).text
        client.cookies.clear()
    answer = client.post("/compte/login/", {"login": ada.email, "password": PASSWORD})
    client.post(answer.url, {"code": code_now(secret)})
    assert signed_in(client)
    client.logout()
    recovery = Authenticator.objects.get(user=ada, type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (True, False):  # a recovery code serves once
        answer = client.post("/compte/login/", {"login": ada.email, "password": PASSWORD})
        client.post("/compte/2fa/authenticate/", {"code": recovery})
        assert signed_in(client) is expected
        client.logout()


@pytest.mark.parametrize("target", ["https://mechant.fr/", "//mechant.fr", "/\\mechant.fr", "javascript:alert(1)"])
def test_next_stays_here(client, ada, target) -> None:
    answer = client.post("/compte/login/", {"login": ada.email, "password": PASSWORD, "next": target})
    assert answer.url == "/bureau/"
    client.logout()
    ada.refresh_from_db()
    link = login_links.make(ada, ada.email, target).removeprefix("http://localhost:8000")
    assert client.post(link).url == "/bureau/"


def test_password_reset(client, ada, last_link) -> None:
    client.post("/compte/password/reset/", {"email": ada.email})
    form = client.get(last_link("/key/"), follow=True)
    assert "Choisir un mot de passe" in form.text
    path = form.redirect_chain[-1][0]
    fresh = "un tout autre mot de passe"
    client.post(path, {"password1": fresh, "password2": fresh})
    ada.refresh_from_db()
    assert ada.check_password(fresh)


def test_too_many_wrong_passwords_are_stopped(client, ada) -> None:
    for _ in range(5):
        client.post("/compte/login/", {"login": ada.email, "password": "tout faux, vraiment"})
    page = client.post("/compte/login/", {"login": ada.email, "password": PASSWORD})
    assert "Trop d&#x27;essais" in page.text
    assert not signed_in(client)


def test_codes_are_limited_and_the_refusal_is_a_page(client, ada) -> None:
    for _ in range(4):
        client.cookies.clear()
        page = client.post("/compte/login/code/", {"email": ada.email})
    assert len(mail.outbox) == 3
    assert page.status_code == 200
    for _ in range(30):
        page = client.post("/compte/signup/", {"email": "pas une adresse"})
    assert page.status_code == 429
    assert "Trop de demandes" in page.text


def test_change_of_address_waits_for_the_code(client, make_user, last_code) -> None:
    user = make_user(password=None)  # nothing to confirm again
    client.force_login(user)
    client.post("/compte/email/", {"action_add": "", "email": "nouvelle@exemple.fr"})
    user.refresh_from_db()
    assert user.email == "ada@exemple.fr"
    client.post("/compte/confirm-email/", {"code": last_code_of("nouvelle@exemple.fr", last_code)})
    user.refresh_from_db()
    assert user.email == "nouvelle@exemple.fr"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("nouvelle@exemple.fr", True)]


def last_code_of(email: str, last_code) -> str:
    assert mail.outbox[-1].to == [email]
    return last_code()


def test_sensitive_pages_ask_again(client, ada) -> None:
    client.force_login(ada)
    for path in ("/compte/jetons/nouveau/", "/compte/supprimer/", "/compte/2fa/totp/activate/"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer.url.startswith("/compte/reauthenticate/")
    assert "Confirmez que c'est vous" in client.get(answer.url).text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "path",
    ["login/", "signup/", "login/code/", "password/reset/", "password/reset/done/", "inactive/", "password/reset/key/1-x/",
     "3rdparty/login/cancelled/", "3rdparty/login/error/", "lien/faux/"],
)  # fmt: skip
def test_public_pages_render(client, db, path, language) -> None:
    client.cookies["django_language"] = language
    page = client.get(f"/compte/{path}")
    assert page.status_code in (200, 401, 410)
    assert f'<html lang="{language}">' in page.text
    assert page.text.count("<h1") == 1
    assert 'id="contenu"' in page.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "path",
    ["", "nom/", "email/", "password/set/", "logout/", "2fa/", "2fa/totp/activate/", "jetons/nouveau/", "supprimer/",
     "3rdparty/"],
)  # fmt: skip
def test_private_pages_render(client, make_user, path, language) -> None:
    client.force_login(make_user(password=None))
    client.cookies["django_language"] = language
    page = client.get(f"/compte/{path}")
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert page.text.count("<h1") == 1


@pytest.mark.django_db(transaction=True)
def test_second_factor_from_activation_to_codes(client, make_user) -> None:
    user = make_user(password=None)
    client.force_login(user)
    form = client.get("/compte/2fa/totp/activate/")
    assert '<rect width="100%" height="100%" fill="#fff"/><path' in form.context["totp_svg"]
    answer = client.post("/compte/2fa/totp/activate/", {"code": code_now(form.context["form"].secret)})
    assert mail.outbox[-1].subject == "La double vérification est active"
    page = client.get(answer.url)
    assert "Codes de secours" in page.text
    assert page.text.count("\n", page.text.index("<pre>"), page.text.index("</pre>")) >= 9
    assert client.get("/compte/2fa/recovery-codes/download/").status_code == 200
    assert "La double vérification est active" in client.get("/compte/2fa/").text
    assert client.get("/compte/2fa/totp/deactivate/").status_code == 200
    assert client.get("/compte/2fa/recovery-codes/generate/").status_code == 200
    client.post("/compte/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=user).exists()


def test_identity_providers_only_when_configured(client, db, settings) -> None:
    assert "Ou avec un autre compte" not in client.get("/compte/login/").text
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "pc",
                    "name": "ProConnect",
                    "client_id": "a",
                    "secret": "b",
                    "settings": {"server_url": "https://exemple.fr"},
                }
            ]
        }
    }
    assert "ProConnect" in client.get("/compte/login/").text


def test_old_link_is_refused_after_a_sign_in(client, ada) -> None:
    link = login_links.make(ada, ada.email).removeprefix("http://localhost:8000")
    User.objects.filter(pk=ada.pk).update(last_login=timezone.now() + timedelta(seconds=1))
    assert client.get(link).status_code == 410
