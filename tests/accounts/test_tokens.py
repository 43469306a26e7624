"""Tokens: shown once, hashed, with scopes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from ninja import NinjaAPI
from ninja.testing import TestClient

from parvis.accounts import actions
from parvis.accounts.models import ApiToken, Scope
from parvis.accounts.tokens import bearer
from parvis.shared.limits import TooMany
from parvis.shared.problems import install

ALL = Scope.values


@pytest.fixture(scope="module")
def api() -> TestClient:
    site = NinjaAPI(urls_namespace="test-tokens")
    install(site)
    for number, scopes in enumerate([[], *[[scope] for scope in ALL], ["datasets:write", "datasets:publish"]]):

        @site.get(f"/{number}", auth=bearer(*scopes), operation_id=f"operation{number}")
        def operation(request):
            return {"user": request.user.email, "token": request.auth.name}

    return TestClient(site)


def get(api: TestClient, path: str, secret: str):
    return api.get(path, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def token(ada) -> tuple[ApiToken, str]:
    return actions.create_token("export", ["datasets:write"], 30, by=ada)


def test_only_the_hash_is_kept(token) -> None:
    stored, secret = token
    assert secret.startswith("parvis_")
    assert stored.prefix == secret[:12]
    row = ApiToken.objects.values().get()
    assert secret not in str(row)
    assert row["token_hash"] == ApiToken.hash(secret)


@pytest.mark.parametrize("wanted", ALL)
@pytest.mark.parametrize("given", ALL)
def test_each_scope_opens_its_own_door_only(api, ada, given, wanted) -> None:
    _stored, secret = actions.create_token("un", [given], 30, by=ada)
    answer = get(api, f"/{1 + ALL.index(wanted)}", secret)
    assert answer.status_code == (200 if given == wanted else 403)
    if given != wanted:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["missing_scopes"] == [wanted]


def test_all_scopes_are_needed(api, ada, token) -> None:
    assert get(api, f"/{len(ALL) + 1}", token[1]).status_code == 403
    _stored, both = actions.create_token("deux", ["datasets:write", "datasets:publish"], 30, by=ada)
    assert get(api, f"/{len(ALL) + 1}", both).json() == {"user": "ada@exemple.fr", "token": "deux"}


def test_any_valid_token_opens_a_door_without_scope(api, token) -> None:
    assert get(api, "/0", token[1]).status_code == 200


@pytest.mark.parametrize("secret", ["", "faux", "parvis_", "é"])
def test_unknown_tokens_are_refused(api, token, secret) -> None:
    answer = get(api, "/0", secret)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_header_is_refused(api, db) -> None:
    assert api.get("/0").status_code == 401


def test_revoked_expired_and_inactive_are_refused(api, ada, token) -> None:
    stored, secret = token
    ApiToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert get(api, "/0", secret).status_code == 401
    ApiToken.objects.update(expires=timezone.now() + timedelta(days=1))
    ada.is_active = False
    ada.save()
    assert get(api, "/0", secret).status_code == 401
    ada.is_active = True
    ada.save()
    assert get(api, "/0", secret).status_code == 200
    for _ in range(2):
        actions.revoke_token(stored, by=ada)
    assert get(api, "/0", secret).status_code == 401


def test_last_use_is_written_at_most_once_a_minute(api, token, django_assert_num_queries) -> None:
    assert get(api, "/0", token[1]).status_code == 200
    first = ApiToken.objects.get().last_used
    assert first
    with django_assert_num_queries(1):
        get(api, "/0", token[1])
    assert ApiToken.objects.get().last_used == first
    ApiToken.objects.update(last_used=first - timedelta(minutes=2))
    get(api, "/0", token[1])
    assert ApiToken.objects.get().last_used >= first


def test_unknown_scopes_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no such scope"):
        bearer("datasets:destroy")


@pytest.mark.parametrize("scopes", [[], ["datasets:destroy"], ["datasets:write", "x"]])
def test_a_token_needs_known_scopes(ada, scopes) -> None:
    with pytest.raises(actions.Refused):
        actions.create_token("non", scopes, 30, by=ada)


def test_nobody_revokes_another_persons_token(make_user, token) -> None:
    with pytest.raises(PermissionDenied):
        actions.revoke_token(token[0], by=make_user("bob@exemple.fr"))
    actions.revoke_token(token[0], by=make_user("chef@exemple.fr", platform_role="administrator"))
    assert ApiToken.objects.get().revoked


def test_pages(client, make_user) -> None:
    user = make_user(password=None)
    client.force_login(user)
    page = client.post("/compte/jetons/nouveau/", {"name": "", "days": "90"})
    assert "Quelque chose est à corriger" in page.text
    page = client.post("/compte/jetons/nouveau/", {"name": "export", "scopes": ["datasets:write"], "days": "90"})
    secret = page.context["secret"]
    assert secret in page.text
    account = client.get("/compte/").text
    assert secret not in account
    assert secret[:12] in account
    stored = ApiToken.objects.get()
    client.force_login(make_user("bob@exemple.fr"))
    assert client.post(f"/compte/jetons/{stored.pk}/revoquer/").status_code == 404
    client.force_login(user)
    assert client.get(f"/compte/jetons/{stored.pk}/revoquer/").status_code == 405
    client.post(f"/compte/jetons/{stored.pk}/revoquer/")
    assert "export" in client.get("/compte/").text  # in the confirmation
    assert secret[:12] not in client.get("/compte/").text


def test_too_many_tokens(ada) -> None:
    for _ in range(20):
        actions.create_token("x", ["datasets:write"], 30, by=ada)
    with pytest.raises(TooMany):
        actions.create_token("x", ["datasets:write"], 30, by=ada)
