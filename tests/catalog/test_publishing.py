"""From a deposit to a version: numbers, the same bytes again, personal data, and what is left of a withdrawn version."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection

from parvis.catalog import storage
from parvis.catalog.actions import datasets, deposits, versions
from parvis.catalog.actions.datasets import DatasetError
from parvis.catalog.actions.deposits import DepositError
from parvis.catalog.actions.versions import WithdrawalError
from parvis.catalog.models import Dataset, Deposit, Resource, Version

pytestmark = pytest.mark.usefixtures("home")
OTHER = b"code;nom\n1;Figeac\n2;Cahors\n3;Gourdon\n"
STRONG = [{"column": 1, "kind": "name", "level": "strong", "reason": "Des noms de personnes."}]


# ----- Numbers -----


def test_the_first_version_makes_the_resource_and_the_dataset(ready: Any, town: Any, editor: Any) -> None:
    deposit = ready(form={"title": "Nos communes", "description": "Toutes.", "licence": "odbl", "keywords": ["communes"]})
    version = deposits.publish(deposit, by=editor)
    dataset = Dataset.objects.get()
    assert (dataset.title, dataset.slug, dataset.organisation, dataset.licence) == (
        "Nos communes",
        "nos-communes",
        town,
        "odbl",
    )
    assert dataset.published is not None
    assert (version.number, version.rows, version.created_by, version.source_name) == (1, 2, editor, "table.csv")
    assert Resource.objects.get().current == version
    assert "preview" not in version.profile
    deposit.refresh_from_db()
    assert (deposit.state, deposit.version, deposit.resource) == ("published", version, version.resource)


def test_publishing_twice_gives_one_version(ready: Any, editor: Any) -> None:
    deposit = ready()
    first = deposits.publish(deposit, by=editor)
    assert deposits.publish(deposit, by=editor) == deposits.publish(Deposit.objects.get(), by=editor) == first
    assert (Dataset.objects.count(), Resource.objects.count(), Version.objects.count()) == (1, 1, 1)


def test_the_same_bytes_again_make_no_version(ready: Any, editor: Any) -> None:
    first = deposits.publish(ready(), by=editor)
    again = ready(resource=Resource.objects.get())
    assert deposits.same_as_current(again)
    deposits.remember(again, again.form | {"description": "Mieux décrit."}, by=editor)
    assert deposits.publish(again, by=editor) == first
    assert Version.objects.count() == 1
    assert Dataset.objects.get().description == "Mieux décrit."
    again.refresh_from_db()
    assert again.state == "published"


def test_the_same_bytes_read_otherwise_make_a_version(ready: Any, editor: Any) -> None:
    first = deposits.publish(ready(), by=editor)
    other = ready(resource=first.resource, options={"header_row": 2})
    assert not deposits.same_as_current(other)
    second = deposits.publish(other, by=editor)
    assert (second.number, second.source_sha256 == first.source_sha256, second.digest == first.digest) == (2, True, False)


def test_two_deposits_at_once_give_versions_1_and_2(ready: Any, town: Any, editor: Any) -> None:
    dataset = datasets.create(organisation=town, form={"title": "Communes"}, by=editor)
    resource = datasets.add_resource(dataset, title="Table", by=editor)
    one, two = ready(resource=resource), ready(OTHER, resource=resource)
    assert [deposits.publish(deposit, by=editor).number for deposit in (two, one)] == [1, 2]
    resource.refresh_from_db()
    assert (resource.current.number, resource.current.rows) == (2, 2)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each in a thread with its own connection, all from the same moment; what they return, or raise."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        close_old_connections()
        start.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_everybody_presses_the_button_together(ready: Any, editor: Any) -> None:
    deposit = ready()
    results = at_once(*[lambda: deposits.publish(Deposit.objects.get(pk=deposit.pk), by=editor).pk] * 4)
    assert len(set(results)) == 1, results
    assert (Dataset.objects.count(), Version.objects.count()) == (1, 1)
    resource = Resource.objects.get()
    others = [ready(OTHER + b"%d;x\n" % number, resource=resource).pk for number in range(3)]
    numbers = at_once(*[lambda pk=pk: deposits.publish(Deposit.objects.get(pk=pk), by=editor).number for pk in others])
    assert sorted(numbers) == [2, 3, 4], numbers
    twins = [ready(OTHER, resource=resource).pk for _twin in range(3)]
    numbers = at_once(*[lambda pk=pk: deposits.publish(Deposit.objects.get(pk=pk), by=editor).number for pk in twins])
    assert numbers == [5, 5, 5], numbers


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_another_is_published(ready: Any, editor: Any, administrator: Any) -> None:
    first = deposits.publish(ready(), by=editor)
    deposit = ready(OTHER, resource=first.resource)
    at_once(
        lambda: deposits.publish(Deposit.objects.get(pk=deposit.pk), by=editor),
        lambda: versions.withdraw(Version.objects.get(pk=first.pk), reason="Des noms.", by=administrator),
    )
    assert Resource.objects.get().current.number == 2


# ----- What is asked first -----


@pytest.mark.parametrize("state", [state for state in Deposit.State if state not in {"ready", "published"}])
def test_only_what_is_ready_is_published(receive: Any, editor: Any, state: str) -> None:
    deposit = receive()
    Deposit.objects.update(state=state)
    with pytest.raises(DepositError, match="pas encore prêt"):
        deposits.publish(deposit, by=editor)
    assert not Version.objects.exists()


@pytest.mark.parametrize("title", ["", "   ", None])
def test_a_title_is_needed(ready: Any, editor: Any, title: Any) -> None:
    deposit = ready(form={"title": title, "description": "x"})
    with pytest.raises(DatasetError, match="titre"):
        deposits.publish(deposit, by=editor)
    assert (Dataset.objects.count(), Version.objects.count(), Deposit.objects.get().state) == (0, 0, "ready")


def test_personal_data_must_be_confirmed(ready: Any, agent: Any, editor: Any) -> None:
    deposit = ready(personal=STRONG)
    with pytest.raises(DepositError, match="personnes"):
        deposits.publish(deposit, by=editor)
    assert not Dataset.objects.exists()
    deposits.remember(deposit, deposit.form, by=agent)
    with pytest.raises(DepositError, match="personnes"):
        deposits.publish(deposit, by=editor)
    deposits.remember(deposit, deposit.form, by=agent, personal_confirmed=True)
    assert deposits.publish(deposit, by=editor).number == 1


def test_a_weak_sign_of_personal_data_needs_no_confirmation(ready: Any, editor: Any) -> None:
    assert deposits.publish(ready(personal=[STRONG[0] | {"level": "weak"}]), by=editor).number == 1


def test_a_confirmation_holds_for_one_reading_only(ready: Any, agent: Any) -> None:
    deposit = ready(personal=STRONG)
    deposits.remember(deposit, deposit.form, by=agent, personal_confirmed=True)
    assert deposits.reread(deposit, by=agent, options={"header_row": 2}).personal_confirmed is False


def test_what_is_over_changes_no_more(ready: Any, agent: Any, editor: Any) -> None:
    published, abandoned = ready(), ready(OTHER)
    deposits.publish(published, by=editor)
    deposits.abandon(abandoned, by=agent)
    for deposit in (published, abandoned):
        for act in (deposits.reread, deposits.use_repaired, deposits.abandon):
            with pytest.raises(DepositError, match="terminé"):
                act(deposit, by=editor)
        with pytest.raises(DepositError, match="terminé"):
            deposits.remember(deposit, {"title": "Autre"}, by=editor)
    with pytest.raises(DepositError):
        deposits.publish(abandoned, by=editor)


def test_a_resource_of_another_organisation(ready: Any, receive: Any, elsewhere: Any, editor: Any, people: Any) -> None:
    resource = deposits.publish(ready(), by=editor).resource
    with pytest.raises(DepositError, match="autre organisation"):
        receive(resource=resource, organisation=elsewhere, by=people["administrator elsewhere"])


def test_an_abandoned_deposit_takes_its_bytes_away(ready: Any, agent: Any, django_capture_on_commit_callbacks: Any) -> None:
    deposit, twin = ready(), ready()
    original, table = storage.original_path(deposit.sha256), storage.version_path(deposit.digest)
    for one, left in ((deposit, True), (twin, False)):
        with django_capture_on_commit_callbacks(execute=True):
            deposits.abandon(one, by=agent)
        assert (original.exists(), table.exists()) == (left, left)
    deposit.refresh_from_db()
    assert (deposit.reading, deposit.profile) == (None, None)


# ----- Datasets -----


def test_addresses_never_meet(town: Any, agent: Any) -> None:
    titles = ["Budget", "Budget !", "publier", "été à Œuilly", "!!!", "x" * 200]
    slugs = [datasets.create(organisation=town, form={"title": title}, by=agent).slug for title in titles]
    assert slugs[:5] == ["budget", "budget-2", "publier-2", slugs[3], "jeu-de-donnees"]
    assert len(set(slugs)) == 6
    assert all(len(slug) <= 120 for slug in slugs)


def test_out_of_sight_and_back(ready: Any, editor: Any, town: Any, client: Any) -> None:
    deposits.publish(ready(), by=editor)
    dataset = Dataset.objects.get()
    first = dataset.published
    datasets.unpublish(dataset, by=editor)
    assert client.get("/api/v1/datasets/nos-communes").status_code == 404
    datasets.publish_again(dataset, by=editor)
    assert client.get("/api/v1/datasets/nos-communes").status_code == 200
    assert dataset.published >= first
    empty = datasets.create(organisation=town, form={"title": "Vide"}, by=editor)
    with pytest.raises(DatasetError, match="aucun fichier"):
        datasets.publish_again(empty, by=editor)


def test_only_a_draft_that_was_never_shown_is_erased(ready: Any, editor: Any, town: Any) -> None:
    dataset = deposits.publish(ready(), by=editor).resource.dataset
    datasets.unpublish(dataset, by=editor)
    with pytest.raises(DatasetError, match="déjà été publié"):
        datasets.delete_draft(dataset, by=editor)
    draft = datasets.create(organisation=town, form={"title": "Brouillon"}, by=editor)
    datasets.delete_draft(draft, by=editor)
    assert list(Dataset.objects.all()) == [dataset]


# ----- Withdrawal -----


@pytest.fixture
def withdraw(administrator: Any, django_capture_on_commit_callbacks: Any) -> Callable[..., Version]:
    def act(version: Version, reason: str = "Elle contient des noms.", by: Any = None) -> Version:
        with django_capture_on_commit_callbacks(execute=True):
            return versions.withdraw(version, reason=reason, by=by or administrator)

    return act


def test_a_withdrawn_version_leaves_a_trace_and_no_bytes(
    ready: Any, editor: Any, administrator: Any, withdraw: Any, client: Any
) -> None:
    first = deposits.publish(ready(), by=editor)
    second = deposits.publish(ready(OTHER, resource=first.resource), by=editor)
    report = storage.errors_path(Deposit.objects.get(version=second))
    report.parent.mkdir(parents=True)
    report.write_text("ligne,valeur\n2,Cahors\n")
    export = storage.export_path(second.digest, "xlsx")
    export.parent.mkdir(parents=True)
    export.write_bytes(b"x")
    gone = withdraw(second)
    assert (gone.withdrawal_reason, gone.withdrawn_by, gone.withdrawn is None) == (
        "Elle contient des noms.",
        administrator,
        False,
    )
    for path in (storage.source_path(second), storage.parquet_path(second), export, report):
        assert not path.exists(), path
    assert (gone.number, gone.rows, gone.source_name, gone.profile["columns"], gone.verdict) == (2, 3, "table.csv", [], None)
    deposit = Deposit.objects.get(version=second)
    assert (deposit.reading, deposit.profile, deposit.verdict, deposit.repairs, deposit.personal) == (
        None,
        None,
        None,
        None,
        [],
    )
    resource = Resource.objects.get()
    assert resource.current == first
    assert storage.source_path(first).exists()
    assert storage.parquet_path(first).exists()
    told = client.get(f"/api/v1/resources/{resource.pk}/rows?version=2")
    assert (told.status_code, told.json()["reason"]) == (410, "Elle contient des noms.")
    assert b"Cahors" not in b"".join(
        str(value).encode() for value in Version.objects.filter(pk=second.pk).values_list("profile", "verdict")
    )


def test_another_version_of_the_same_source_keeps_its_bytes(ready: Any, editor: Any, withdraw: Any) -> None:
    first = deposits.publish(ready(), by=editor)
    other = deposits.publish(ready(form={"title": "Ailleurs"}), by=editor)  # the same file, in another dataset
    third = deposits.publish(ready(resource=first.resource, options={"header_row": 2}), by=editor)  # and read otherwise
    withdraw(first)
    assert storage.source_path(other).exists()
    assert storage.parquet_path(other).exists()
    withdraw(other)
    assert storage.source_path(third).exists()
    assert not storage.parquet_path(other).exists()
    withdraw(third)
    assert not storage.source_path(third).exists()


def test_a_deposit_under_way_keeps_its_bytes(ready: Any, editor: Any, withdraw: Any) -> None:
    version = deposits.publish(ready(), by=editor)
    waiting = ready(resource=version.resource)
    withdraw(version)
    assert storage.original_path(waiting.sha256).exists()
    assert storage.version_path(waiting.digest).exists()


def test_the_last_version_withdrawn_leaves_an_empty_resource(
    ready: Any, editor: Any, administrator: Any, withdraw: Any
) -> None:
    version = deposits.publish(ready(), by=editor)
    withdraw(version)
    assert Resource.objects.get().current is None
    again = ready(resource=version.resource)
    with pytest.raises(DepositError, match=r"retiré.*Elle contient des noms"):
        deposits.publish(again, by=editor)
    back = deposits.publish(again, by=administrator)
    assert (back.number, back.withdrawn, storage.parquet_path(back).exists()) == (2, None, True)


def test_withdrawing_twice_changes_nothing(ready: Any, editor: Any, withdraw: Any) -> None:
    version = deposits.publish(ready(), by=editor)
    first = withdraw(version)
    second = withdraw(version, reason="Une autre raison.")
    assert (second.withdrawn, second.withdrawal_reason) == (first.withdrawn, first.withdrawal_reason)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_is_needed(ready: Any, editor: Any, withdraw: Any, reason: str) -> None:
    version = deposits.publish(ready(), by=editor)
    with pytest.raises(WithdrawalError, match="pourquoi"):
        withdraw(version, reason=reason)
    version.refresh_from_db()
    assert version.withdrawn is None


def test_what_was_repaired_goes_with_the_file_that_it_came_from(ready: Any, editor: Any, withdraw: Any) -> None:
    deposit = ready(OTHER)
    before = storage.keep([b"code;nom;x\nbroken"])
    Deposit.objects.update(received_sha256=before.sha256, received_name="avant.csv")
    version = deposits.publish(deposit, by=editor)
    withdraw(version)
    assert not storage.original_path(before.sha256).exists()
    assert not storage.source_path(version).exists()
