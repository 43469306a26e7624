"""Two versions of a table compared: the page, the files, the API, and the job that long tables need."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.catalog import comparison_rows, comparisons, rows, storage
from parvis.catalog.models import Comparison, Resource, Version
from parvis.catalog.public import reap
from tests.catalog.publishing import body, dataset, member, organisation, published, version, withdraw

FIRST = "code;nom;habitants\n46001;Figeac;9793\n46002;Cahors;20050\n46003;Martel;1600\n"
SECOND = "code;nom;habitants\n46001;Figeac;9800\n46003;Martel;1600\n46004;Gramat;3500\n"


@pytest.fixture(autouse=True)
def _home(home: Any) -> None:
    """Files of these tests stay here."""


@pytest.fixture
def pair(db: None) -> tuple[Version, Version]:
    first = published(FIRST)
    return first, version(first.resource, SECOND)


def address(before: Version, after: Version, name: str = "catalog:comparison", *more: Any) -> str:
    return reverse(name, args=[after.resource.dataset.slug, after.resource.pk, before.number, after.number, *more])


def api(before: Version, after: Version, **asked: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/api/v1/resources/{after.resource.pk}/versions/{before.number}/compare/{after.number}?{query}"


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u202f", " ").replace("&#x27;", "'").split())


def test_a_page_says_what_changed(client: Client, pair: Any) -> None:
    response = client.get(address(*pair))
    assert response.status_code == 200
    shown = text(response)
    assert "Ce qui change de la version 1 à la version 2" in shown
    assert "Les lignes sont suivies par « code »" in shown
    assert "<del>9 793</del>" in shown
    assert "<ins>9 800</ins>" in shown
    assert "Gramat" not in shown
    assert "Gramat" in text(client.get(address(*pair) + "?quoi=ajoutees"))
    assert "Cahors" in text(client.get(address(*pair) + "?quoi=retirees"))
    assert "20 050" in text(client.get(address(*pair) + "?quoi=retirees"))


def test_the_other_way_round(client: Client, pair: Any) -> None:
    shown = text(client.get(address(pair[1], pair[0])))
    assert "<del>9 800</del>" in shown
    assert "<ins>9 793</ins>" in shown


def test_it_is_counted_once(client: Client, pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get(address(*pair))
    monkeypatch.setattr(comparisons.compare, "compare", None)
    assert client.get(address(*pair)).status_code == 200
    assert client.get(api(*pair)).status_code == 200
    assert Comparison.objects.count() == 1


def test_only_one_column(client: Client, db: None) -> None:
    first = published("code;a;b\n1;x;y\n2;x;y\n3;x;y\n")
    second = version(first.resource, "code;a;b\n1;X;y\n2;x;Y\n3;X;Y\n")
    shown = text(client.get(address(first, second) + "?colonne=b"))
    assert "ligne 1<" not in shown
    assert "ligne 2<" in shown
    assert "ligne 3<" in shown
    answer = client.get(api(first, second, column="a")).json()
    assert [one["row_after"] for one in answer["data"]] == [1, 3]
    assert (answer["meta"]["total"], answer["columns"]["changed"]) == (2, {"a": 2, "b": 2})


def test_pages_of_changes(client: Client, db: None) -> None:
    first = published("code;v\n" + "".join(f"A{n:03d};{n}\n" for n in range(60)))
    second = version(first.resource, "code;v\n" + "".join(f"A{n:03d};{n + 1}\n" for n in range(60)))
    shown = text(client.get(address(first, second) + "?page=3"))
    assert "page 3 sur 3" in shown
    assert shown.count("<del>") == 10
    answer = client.get(api(first, second, page=2, page_size=50)).json()
    assert (len(answer["data"]), answer["meta"]["total"], answer["links"]["next"]) == (10, 60, None)


def test_without_a_key_rows_are_compared_whole(client: Client, db: None) -> None:
    first = published("nom;montant\nA;1\nA;1\nB;2\n")
    second = version(first.resource, "nom;montant\nA;1\nB;3\n")
    shown = text(client.get(address(first, second)))
    assert "les lignes sont comparées entières" in shown
    answer = client.get(api(first, second)).json()
    assert (answer["key"], answer["key_reason"]) == ([], "")
    assert {name: answer["counts"][name] for name in ("added", "removed", "changed", "same")} == {
        "added": 1, "removed": 2, "changed": 0, "same": 1,
    }  # fmt: skip


def test_the_key_of_the_schema_comes_first(client: Client, db: None, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [{"name": name, "type": "string"} for name in ("a", "b", "v")]
    monkeypatch.setattr(
        comparisons.known_schemas, "text_of", lambda name: json.dumps({"fields": fields, "primaryKey": ["a", "b"]})
    )
    first = published("a;b;v\nx;1;p\nx;2;q\n;3;r\n", slug="avec-schema")
    second = version(first.resource, "a;b;v\nx;1;P\nx;2;q\n;3;r\nx;2;s\n", schema="ici/essai")
    answer = client.get(api(first, second)).json()
    assert (answer["key"], answer["key_reason"]) == (["a", "b"], "schema")
    counts = answer["counts"]
    assert (counts["changed"], counts["added"], counts["removed"]) == (1, 1, 0)
    assert (counts["unkeyed_before"], counts["unkeyed_after"]) == (2, 3)
    assert "3 lignes ont une clé vide ou répétée" in text(client.get(address(first, second)))


def test_columns_that_came_went_or_changed_type(client: Client, db: None) -> None:
    first = published("code;vieux;n\nA1;x;3\nA2;y;4\n")
    second = version(first.resource, "code;n;neuf\nA1;3;p\nA2;quatre;q\n")
    answer = client.get(api(first, second)).json()
    assert (answer["columns"]["added"], answer["columns"]["removed"]) == (["neuf"], ["vieux"])
    assert answer["columns"]["retyped"] == [{"name": "n", "before": "BIGINT", "after": "VARCHAR"}]
    assert [one["cells"] for one in answer["data"]] == [{"n": {"before": 4, "after": "quatre"}}]
    shown = text(client.get(address(first, second)))
    assert "était « nombre entier », devient « texte »" in shown
    assert "Seules les colonnes présentes dans les deux versions sont comparées." in shown


def test_two_versions_that_say_the_same(client: Client, db: None) -> None:
    first = published(FIRST)
    second = version(first.resource, FIRST.replace(";", ","))
    assert "disent la même chose" in text(client.get(address(first, second)))


def test_files(client: Client, db: None) -> None:
    first = published("code;nom\n1;=1+1\n2;b\n3;c\n")
    second = version(first.resource, "code;nom;\x3dtitre\n1;@SUM(A1);x\n2;b;y\n4;+cmd;-2\n")
    client.get(address(first, second))
    response = client.get(address(first, second, "catalog:comparison_file", "csv"))
    assert response.headers["Content-Disposition"].startswith("attachment")
    lines = list(csv.reader(io.StringIO(body(response).decode())))
    assert lines[0] == ["changement", "ligne_avant", "ligne_apres", "colonnes_modifiees", "code", "nom", "'=titre"]
    assert lines[1:] == [
        ["ajoutée", "", "3", "", "4", "'+cmd", "-2"],
        ["avant", "1", "1", "nom", "1", "'=1+1", ""],
        ["après", "1", "1", "nom", "1", "'@SUM(A1)", "x"],
        ["retirée", "3", "", "", "3", "c", ""],
    ]
    found = json.loads(body(client.get(address(first, second, "catalog:comparison_file", "json") + "?quoi=modifiees")))
    assert [one["cells"] for one in found] == [{"nom": {"before": "=1+1", "after": "@SUM(A1)"}}]
    assert client.get(address(first, second, "catalog:comparison_file", "xlsx")).status_code == 404


def test_a_withdrawn_version_is_not_compared(client: Client, pair: Any) -> None:
    client.get(address(*pair))
    assert comparisons.path(*pair).is_file()
    withdraw(pair[0])
    assert not comparisons.path(*pair).exists()
    for where in (address(*pair), address(*pair, "catalog:comparison_file", "csv")):
        response = client.get(where)
        assert response.status_code == 410
        assert "La version 1 a été retirée" in text(response)
    answer = client.get(api(*pair))
    assert (answer.status_code, answer.headers["Content-Type"]) == (410, "application/problem+json")
    assert client.post(address(*pair, "catalog:comparison_ask")).status_code == 410


def test_a_draft_is_for_its_members_alone(client: Client, db: None) -> None:
    resource = Resource.objects.create(dataset=dataset("Brouillon", draft=True, slug="brouillon"), title="Table")
    first, second = version(resource, FIRST), version(resource, SECOND)
    for where in (address(first, second), address(first, second, "catalog:comparison_file", "csv"), api(first, second)):
        assert client.get(where).status_code == 404
    client.force_login(member(organisation()))
    response = client.get(address(first, second))
    assert response.status_code == 200


def test_what_does_not_exist(client: Client, pair: Any) -> None:
    slug, pk = pair[0].resource.dataset.slug, pair[0].resource.pk
    assert client.get(f"/donnees/{slug}/{pk}/versions/1/comparer/9/").status_code == 404
    assert client.get(f"/api/v1/resources/{pk}/versions/1/compare/9").status_code == 404
    assert client.get(f"/api/v1/resources/{pk}/versions/1/compare/{2**70}").status_code == 404
    assert client.get(f"/api/v1/resources/{pk}/versions/2/compare/2").status_code == 422
    assert client.get(f"/donnees/{slug}/{pk}/versions/2/comparer/2/").status_code == 302
    assert client.get(api(*pair, column="rien")).status_code == 400
    assert client.get(api(*pair, column="code", change="added")).status_code == 400
    assert client.get(api(*pair, change="n'importe quoi")).status_code == 422


def test_any_two_are_chosen_from_the_page(client: Client, pair: Any) -> None:
    first, second = pair
    resource = first.resource
    third = version(resource, SECOND + "46005;Souillac;3300\n")
    listed = client.get(resource.get_absolute_url()).content.decode()
    assert address(second, third) in listed
    assert address(first, second) in listed
    compare = reverse("catalog:compare", args=[resource.dataset.slug, resource.pk])
    assert compare in listed
    assert client.get(compare).headers["Location"] == address(second, third)
    assert client.get(f"{compare}?avant=1&apres=3").headers["Location"] == address(first, third)
    for wrong in ("?avant=2&apres=2", "?avant=x&apres=1", "?avant=1"):
        response = client.get(compare + wrong)
        assert response.status_code == 400
        assert "Choisissez deux versions différentes" in text(response)
    withdraw(second)
    assert client.get(compare).headers["Location"] == address(first, third)
    assert address(first, third) in client.get(resource.get_absolute_url()).content.decode()


def test_one_version_has_nothing_to_be_compared_with(client: Client, db: None) -> None:
    resource = published(FIRST).resource
    shown = text(client.get(reverse("catalog:compare", args=[resource.dataset.slug, resource.pk])))
    assert "pas encore deux versions" in shown


def test_an_answer_that_is_known_is_not_sent_again(client: Client, pair: Any) -> None:
    answer = client.get(api(*pair))
    assert client.get(api(*pair), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_busy_machine_is_said(client: Client, pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get(address(*pair))

    def busy(*_args: Any, **_fields: Any) -> Any:
        raise rows.OverloadError("Beaucoup de personnes lisent des données en ce moment.")

    monkeypatch.setattr(comparison_rows, "page", busy)
    assert client.get(address(*pair)).status_code == 503
    assert client.get(api(*pair)).status_code == 503
    assert client.get(address(*pair, "catalog:comparison_file", "csv")).status_code == 503


# ----- Long tables -----


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "AT_ONCE_CELLS", 0)


@pytest.mark.usefixtures("long")
def test_long_tables_are_compared_by_a_job(client: Client, pair: Any) -> None:
    shown = text(client.get(address(*pair)))
    assert "Lancer la comparaison" in shown
    assert not Comparison.objects.exists()
    assert client.get(address(*pair, "catalog:comparison_file", "csv")).status_code == 302
    assert client.post(address(*pair, "catalog:comparison_ask")).status_code == 302
    assert "se prépare" in text(client.get(address(*pair)))
    answer = client.get(api(*pair))
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    found = Comparison.objects.get()
    comparisons.run(found.pk)
    comparisons.run(found.pk)  # twice is harmless
    found.refresh_from_db()
    assert (found.state, found.attempt) == ("done", 1)
    assert "<ins>9 800</ins>" in text(client.get(address(*pair)))
    assert client.get(api(*pair)).json()["counts"]["changed"] == 1
    assert list((storage.root().parent / "work").iterdir()) == []


@pytest.mark.usefixtures("long")
def test_the_job_agrees_with_the_request(client: Client, pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = comparisons.ask(before=pair[0], after=pair[1])
    comparisons.run(job.pk)
    job.refresh_from_db()
    Comparison.objects.all().delete()
    monkeypatch.setattr(comparisons, "AT_ONCE_CELLS", 10**9)
    at_once = comparisons.ask(before=pair[0], after=pair[1])
    assert json.loads(json.dumps(at_once.summary)) == job.summary


def test_what_lasts_too_long_becomes_a_job(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def long(*_args: Any, **_fields: Any) -> Any:
        raise comparisons.compare.TooLongError

    monkeypatch.setattr(comparisons.compare, "compare", long)
    assert comparisons.ask(before=pair[0], after=pair[1]).state == "waiting"


@pytest.mark.usefixtures("long")
def test_a_dead_worker_is_noticed_three_times(client: Client, pair: Any) -> None:
    found = comparisons.ask(before=pair[0], after=pair[1])
    for attempt in range(1, 4):
        assert Comparison.objects.filter(pk=found.pk).update(
            state="running", attempt=attempt, heartbeat=timezone.now() - timedelta(minutes=5)
        )
        reap()
        found.refresh_from_db()
        assert found.state == ("waiting" if attempt < 3 else "failed")
    assert "n'ont pas pu être comparées" in text(client.get(address(*pair)))
    assert client.post(address(*pair, "catalog:comparison_ask")).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.attempt) == ("waiting", 0)


@pytest.mark.usefixtures("long")
def test_a_full_machine_asks_again(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_args: Any, **_fields: Any) -> Any:
        raise comparisons.sandbox.Busy("occupé")

    found = comparisons.ask(before=pair[0], after=pair[1])
    monkeypatch.setattr(comparisons.sandbox, "run", busy)
    comparisons.run(found.pk)
    found.refresh_from_db()
    assert (found.state, found.attempt) == ("waiting", 0)


@pytest.mark.usefixtures("long")
def test_nobody_fills_the_queue(client: Client, pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "MOST_WAITING", 1)
    comparisons.ask(before=pair[1], after=pair[0])
    assert client.post(address(*pair, "catalog:comparison_ask")).status_code == 503
    assert client.get(api(*pair)).status_code == 503


@pytest.mark.usefixtures("long")
def test_a_version_withdrawn_meanwhile_ends_the_job(pair: Any) -> None:
    found = comparisons.ask(before=pair[0], after=pair[1])
    withdraw(pair[0])
    comparisons.run(found.pk)
    found.refresh_from_db()
    assert (found.state, "retirée" in found.error) == ("failed", True)


def test_a_lost_file_is_made_again(client: Client, pair: Any) -> None:
    client.get(address(*pair))
    comparisons.path(*pair).unlink()
    assert client.get(address(*pair)).status_code == 200
    assert comparisons.path(*pair).is_file()


def test_few_questions_to_the_database(client: Client, pair: Any, django_assert_max_num_queries: Any) -> None:
    client.get(address(*pair))
    with django_assert_max_num_queries(12):
        client.get(address(*pair))
