"""Who may do what: the whole table, cell by cell, then each action and each door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from parvis.catalog import permissions, storage
from parvis.catalog.actions import datasets, deposits, versions
from parvis.catalog.models import Dataset, Deposit, Resource, Version
from parvis.catalog.permissions import Deed
from parvis.organisations.models import Organisation

ALLOWED = {
    "anonymous": "",
    "stranger": "",
    "administrator elsewhere": "",
    "moderator": "",
    "retired administrator": "",
    "agent": "deposit prepare state accompany",
    "editor": "deposit prepare publish edit unpublish state answer accompany settle",
    "administrator": "deposit prepare publish edit unpublish withdraw state answer harvest accompany settle",
    "platform administrator": "deposit prepare publish edit unpublish withdraw state answer harvest accompany settle",
}
CELLS = [(who, deed, deed.value in allowed.split()) for who, allowed in ALLOWED.items() for deed in Deed]


@pytest.mark.parametrize(("who", "deed", "allowed"), CELLS)
def test_who_may_do_what(people: Any, town: Organisation, who: str, deed: Deed, allowed: bool) -> None:
    assert permissions.can(people[who], deed, town) is allowed
    if allowed:
        permissions.check(people[who], deed, town)
    else:
        with pytest.raises(PermissionDenied, match="Il faut être"):
            permissions.check(people[who], deed, town)


def test_the_table_holds_every_deed() -> None:
    assert set(permissions.LEAST) == set(Deed)


# What each action needs: (deed, what is done with the world).
ACTIONS: dict[str, tuple[Deed, Callable[[dict[str, Any], Any], Any]]] = {
    "receive": (
        Deed.DEPOSIT,
        lambda world, by: deposits.receive(chunks=[b"a;b\n1;2\n"], name="a.csv", organisation=world["town"], by=by),
    ),
    "from_url": (
        Deed.DEPOSIT,
        lambda world, by: deposits.from_url(url="https://exemple.fr/a.csv", organisation=world["town"], by=by),
    ),
    "reread": (Deed.PREPARE, lambda world, by: deposits.reread(world["deposit"], by=by)),
    "use_repaired": (Deed.PREPARE, lambda world, by: deposits.use_repaired(world["deposit"], by=by)),
    "remember": (Deed.PREPARE, lambda world, by: deposits.remember(world["deposit"], {"title": "Autre"}, by=by)),
    "abandon": (Deed.PREPARE, lambda world, by: deposits.abandon(world["deposit"], by=by)),
    "publish": (Deed.PUBLISH, lambda world, by: deposits.publish(world["deposit"], by=by)),
    "create": (Deed.PREPARE, lambda world, by: datasets.create(organisation=world["town"], form={"title": "X"}, by=by)),
    "describe a draft": (Deed.PREPARE, lambda world, by: datasets.apply(world["draft"], {"title": "Autre"}, by=by)),
    "describe what is shown": (Deed.EDIT, lambda world, by: datasets.apply(world["shown"], {"title": "Autre"}, by=by)),
    "show": (Deed.PUBLISH, lambda world, by: datasets.show(world["draft"], by=by)),
    "unpublish": (Deed.UNPUBLISH, lambda world, by: datasets.unpublish(world["shown"], by=by)),
    "publish again": (Deed.PUBLISH, lambda world, by: datasets.publish_again(world["shown"], by=by)),
    "add a resource": (Deed.PREPARE, lambda world, by: datasets.add_resource(world["draft"], title="Table", by=by)),
    "delete a draft": (Deed.PREPARE, lambda world, by: datasets.delete_draft(world["draft"], by=by)),
    "withdraw": (Deed.WITHDRAW, lambda world, by: versions.withdraw(world["version"], reason="Des noms.", by=by)),
}


@pytest.fixture
def world(ready: Any, town: Organisation) -> dict[str, Any]:
    """A dataset that is shown, with a version; a draft; a deposit that is ready."""
    deposit = ready()
    stored = storage.keep([b"repaired"])
    Deposit.objects.filter(pk=deposit.pk).update(repaired_sha256=stored.sha256)
    shown = Dataset.objects.create(organisation=town, title="Vu", slug="vu", published=timezone.now())
    resource = Resource.objects.create(dataset=shown, title="Vu")
    version = Version.objects.create(
        resource=resource, number=1, digest="d" * 64, source_sha256="e" * 64, source_name="a", source_bytes=1, rows=1,
        reading={"names": []}, profile={"rows": 1, "columns": []},
    )  # fmt: skip
    resource.current = version
    resource.save()
    draft = Dataset.objects.create(organisation=town, title="Brouillon", slug="brouillon")
    return {"town": town, "deposit": deposit, "shown": shown, "draft": draft, "resource": resource, "version": version}


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Dataset, Resource, Version, Deposit)]


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_asks_the_table(world: dict[str, Any], people: Any, action: str) -> None:
    deed, act = ACTIONS[action]
    before = everything()
    for who, allowed in ALLOWED.items():
        if deed.value not in allowed.split():
            with pytest.raises(PermissionDenied):
                act(world, people[who])
            assert everything() == before, who
    weakest = next(who for who, allowed in ALLOWED.items() if deed.value in allowed.split())
    act(world, people[weakest])


@pytest.mark.parametrize("who", ALLOWED)
def test_to_others_what_is_prepared_does_not_exist(world: dict[str, Any], people: Any, who: str) -> None:
    user, prepares = people[who], "prepare" in ALLOWED[who]
    doors: list[tuple[Callable[..., Any], Any]] = [
        (permissions.get_deposit_for, world["deposit"].pk),
        (permissions.get_dataset_to_manage_for, "brouillon"),
        (permissions.get_dataset_to_manage_for, "vu"),
        (permissions.get_resource_to_manage_for, world["resource"].pk),
    ]
    for door, key in doors:
        if prepares:
            assert str(key) in {door(user, key).pk, getattr(door(user, key), "slug", "")}
        else:
            with pytest.raises(Http404):
                door(user, key)
    if "withdraw" in ALLOWED[who]:
        assert permissions.get_version_to_withdraw_for(user, "vu", world["version"].pk) == world["version"]
    else:
        with pytest.raises((PermissionDenied, Http404)):
            permissions.get_version_to_withdraw_for(user, "vu", world["version"].pk)


def test_what_does_not_exist_is_not_found(world: dict[str, Any], editor: Any, administrator: Any) -> None:
    for door in (permissions.get_deposit_for, permissions.get_dataset_to_manage_for, permissions.get_resource_to_manage_for):
        with pytest.raises(Http404):
            door(editor, "rien")
    with pytest.raises(Http404):  # a version is asked through its own dataset
        permissions.get_version_to_withdraw_for(administrator, "brouillon", world["version"].pk)


@pytest.mark.parametrize("who", ALLOWED)
def test_the_pages_ask_the_same_table(world: dict[str, Any], people: Any, client: Any, who: str) -> None:
    user, prepares = people[who], "prepare" in ALLOWED[who]
    signed_in = user.is_authenticated and user.is_active
    if signed_in:
        client.force_login(user)
    for path in (f"/donnees/depots/{world['deposit'].pk}/", "/donnees/brouillon/gerer/", "/donnees/vu/gerer/"):
        answer = client.get(path)
        assert answer.status_code == (200 if prepares else 404 if signed_in else 302), path
    drafts = client.get("/donnees/brouillon/")
    assert drafts.status_code in ({200} if prepares else {404}), drafts
