"""Questions in SQL: the API, the page without JavaScript, kept questions, long answers, and what is refused to whom."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import duckdb
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from parvis.catalog import question_jobs, question_page, questions, storage
from parvis.catalog.actions import questions as actions
from parvis.catalog.models import Query, QueryAnswer, Resource, Version
from parvis.shared import kinds
from tests.catalog.publishing import dataset, member, published, version

pytestmark = pytest.mark.django_db
SQL = "SELECT Rurale AS rurale, count(*) AS n FROM communes GROUP BY rurale ORDER BY n DESC, rurale"


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


@pytest.fixture
def towns() -> Version:
    return published()


def post(client: Client, sql: str, **resources: str) -> Any:
    return client.post("/api/v1/query", json.dumps({"sql": sql, "resources": resources}), content_type="application/json")


def other(text: str = "code;depense\n46001;10\n46002;30\n") -> Version:
    resource = Resource.objects.create(dataset=dataset("Dépenses", slug="depenses"), title="Dépenses 2024")
    return version(resource, text, "depenses.csv")


def page(client: Client, sql: str, **tables: str) -> Any:
    return client.get("/donnees/questions/", {"sql": sql, "table": [f"{name}:{given}" for name, given in tables.items()]})


# ----- The API -----


def test_an_answer(client: Client, towns: Version) -> None:
    before = storage.parquet_path(towns).read_bytes()
    answer = post(client, SQL, communes=towns.resource_id)
    assert answer.status_code == 200
    found = answer.json()
    assert found["columns"] == ["rurale", "n"]
    assert found["types"] == ["BOOLEAN", "BIGINT"]
    assert found["rows"] == [[False, 4], [True, 4]]
    assert found["truncated"] is False
    assert found["resources"] == {"communes": f"{towns.resource_id}@1"}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert storage.parquet_path(towns).read_bytes() == before


def test_a_join_of_two_tables_of_two_datasets(client: Client, towns: Version) -> None:
    sql = 'SELECT c.Commune, d.depense FROM c JOIN d ON c."Code commune" = d.code ORDER BY 2 DESC'
    answer = post(client, sql, c=towns.resource_id, d=f"{other().resource_id}@1")
    assert answer.json()["rows"] == [["Cahors", 30], ["Figeac", 10]]


def test_more_than_the_limit_is_said(client: Client, towns: Version) -> None:
    found = post(client, "SELECT range FROM range(20000)", communes=towns.resource_id).json()
    assert len(found["rows"]) == 10_000
    assert found["truncated"] is True


@pytest.mark.parametrize(
    ("sql", "status", "words"),
    [
        ("SELECT absente FROM communes", 400, "absente"),
        ("DROP TABLE communes", 400, "DROP"),
        ("SELECT * FROM read_text('/etc/passwd')", 400, "read_text"),
        ("SELECT length(repeat('a', 2000000000))", 422, "mémoire"),
        ("SELECT repeat('a', 10000) FROM range(9000)", 422, "Ajoutez un filtre"),
        ("", 400, "vide"),
    ],
)
def test_what_is_refused_is_a_problem_with_a_sentence(
    client: Client, towns: Version, sql: str, status: int, words: str
) -> None:
    answer = post(client, sql, communes=towns.resource_id)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_place_of_a_mistake(client: Client, towns: Version) -> None:
    assert post(client, "SELECT absente FROM communes", communes=towns.resource_id).json()["place"] == 7


@pytest.mark.parametrize(
    ("resources", "status"),
    [
        ({}, 400),
        ({"communes": "inconnue"}, 404),
        ({"communes": "{id}@9"}, 404),
        ({"communes": "{id}@"}, 404),
        ({"communes": "{id}@x"}, 404),
        ({"communes": "{id}@99999999999999999999"}, 404),
        ({"communes": "\x00"}, 404),
        ({'a"; DROP': "{id}"}, 400),
        ({"": "{id}"}, 400),
        ({"a": "{id}", "A": "{id}"}, 400),
        ({f"t{n}": "{id}" for n in range(9)}, 400),
    ],
)
def test_tables_that_cannot_be_named(client: Client, towns: Version, resources: dict[str, str], status: int) -> None:
    given = {name: value.replace("{id}", towns.resource_id) for name, value in resources.items()}
    assert post(client, "SELECT 1", **given).status_code == status


def test_a_draft_does_not_exist_even_for_its_authors(client: Client) -> None:
    draft = Resource.objects.create(dataset=dataset("Brouillon", slug="brouillon", draft=True), title="Brouillon")
    version(draft)
    assert post(client, "SELECT 1 FROM t", t=draft.pk).status_code == 404
    client.force_login(member(draft.dataset.organisation))
    assert post(client, "SELECT 1 FROM t", t=draft.pk).status_code == 404
    assert page(client, "SELECT 1 FROM t", t=draft.pk).status_code == 404


def test_a_withdrawn_version_is_gone(client: Client, towns: Version) -> None:
    Version.objects.filter(pk=towns.pk).update(withdrawn=timezone.now(), withdrawal_reason="Données personnelles")
    answer = post(client, SQL, communes=f"{towns.resource_id}@1")
    assert answer.status_code == 410
    assert "Données personnelles" in answer.json()["detail"]


def test_when_both_places_are_taken(client: Client, towns: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    from parvis.shared import sandbox

    monkeypatch.setattr(sandbox, "AT_ONCE", 0)
    answer = post(client, "SELECT 2 AS occupe", communes=towns.resource_id)
    assert answer.status_code == 503
    assert page(client, "SELECT 2 AS occupe", communes=towns.resource_id).status_code == 503


def test_so_many_a_minute(client: Client, towns: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("parvis.catalog.api.questions"), "A_MINUTE", 2)
    assert [post(client, "", communes=towns.resource_id).status_code for _go in range(3)] == [400, 400, 429]


def test_preflight_from_another_site(client: Client) -> None:
    answer = client.options(
        "/api/v1/query", headers={"Origin": "https://ailleurs.example", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 204
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Authorization" not in answer.headers["Access-Control-Allow-Headers"]


# ----- The page -----


def test_the_page_answers_without_javascript(client: Client, towns: Version) -> None:
    answer = page(client, SQL, communes=towns.resource_id)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "2 lignes" in text
    assert re.search(r"<td>non</td><td class=\"n\">4</td>", text)


def test_every_example_works(client: Client, towns: Version) -> None:
    found = client.get("/donnees/questions/", {"table": [f"communes:{towns.resource_id}", f"d:{other().resource_id}"]})
    links = re.findall(r'href="(/donnees/questions/\?[^"#]*sql=[^"#]*)#reponse', found.content.decode())
    assert len(links) >= 3
    for link in links:
        answer = client.get(unescape(link))
        assert answer.status_code == 200, answer.context.get("problem")
        assert answer.context["answer"].rows


def test_a_mistake_is_shown_where_it_is(client: Client, towns: Version) -> None:
    answer = page(client, "SELECT Commune,\n  absente\nFROM communes", communes=towns.resource_id)
    assert answer.status_code == 400
    assert "<mark>absente</mark>" in answer.content.decode()
    assert answer.context["place"].line == 2


def test_pages_of_an_answer(client: Client, towns: Version) -> None:
    url = question_page.address("SELECT range AS i FROM range(120) ORDER BY i", {"c": towns.resource_id})
    assert [row[0] for row in client.get(url + "&page=2").context["answer"].rows] == list(range(50, 100))
    assert [row[0] for row in client.get(url + "&page=99").context["answer"].rows] == list(range(100, 120))
    assert client.get(url + "&page=-1").status_code == 200


def test_tables_are_searched_added_and_taken_away_and_the_text_stays(client: Client, towns: Version) -> None:
    found = other()
    given = {"table": f"communes:{towns.resource_id}", "sql": SQL, "q": "dépenses", "chercher": "1"}
    searched = client.get("/donnees/questions/", given)
    assert f'value="{found.resource_id}"' in searched.content.decode()
    assert "answer" not in searched.context
    added = client.get("/donnees/questions/", given | {"chercher": "", "ajouter": found.resource_id})
    assert f'value="depenses_2024:{found.resource_id}"' in added.content.decode()
    assert SQL in unescape(added.content.decode())
    removed = client.get("/donnees/questions/", given | {"chercher": "", "retirer": "communes"})
    assert removed.context["tables"] == []


def test_cells_are_escaped(client: Client, towns: Version) -> None:
    answer = page(client, "SELECT '<script>alert(1)</script>' AS \"<b>\"", c=towns.resource_id)
    assert "<script>alert" not in answer.content.decode()
    assert "<b>" not in answer.content.decode()


@pytest.mark.parametrize("table", ["", ":", "a", "a:", ":b", "a:b:c", "\x00:\x00"])
def test_addresses_that_make_no_sense(client: Client, table: str) -> None:
    assert client.get("/donnees/questions/", {"table": table, "sql": "SELECT 1", "page": "x"}).status_code in {200, 400, 404}


# ----- Files -----


def test_files_of_an_answer(client: Client, towns: Version) -> None:
    sql = "SELECT Commune, '=1+1' AS formule, sum(Habitants) AS n FROM communes WHERE Habitants > 9000 GROUP BY Commune ORDER BY n"
    files = page(client, sql, communes=towns.resource_id).context["files"]
    text = b"".join(client.get(files["csv"])).decode()
    assert list(csv.reader(io.StringIO(text))) == [
        ["Commune", "formule", "n"],
        ["Figeac", "'=1+1", "9793"],
        ["Cahors", "'=1+1", "20050"],
    ]
    assert json.loads(b"".join(client.get(files["json"])))[0] == {"Commune": "Figeac", "formule": "=1+1", "n": 9793}
    answer = client.get(files["parquet"])
    assert b"".join(answer)[:4] == b"PAR1"
    assert not list((storage.root().parent / "work").glob("answer-*")), "nothing stays behind"
    assert client.get(question_page.address("SELECT x", {"c": towns.resource_id}, "catalog:question_csv")).status_code == 400


# ----- Kept questions -----


def keep(client: Client, towns: Version, sql: str = SQL, **more: str) -> Any:
    return client.post("/donnees/questions/garder/", {"sql": sql, "table": f"communes:{towns.resource_id}"} | more)


def test_the_same_question_is_kept_once(client: Client, towns: Version) -> None:
    client.force_login(member(towns.resource.dataset.organisation))
    first = keep(client, towns, titre="Rurales et autres")
    second = keep(client, towns, sql=SQL.replace("\n", "\r\n") + "  ", titre="Autrement dit")
    assert first.status_code == 302
    assert first.url == second.url
    assert Query.objects.get().title == "Rurales et autres"
    shown = client.get(first.url)
    assert "Rurales et autres" in shown.content.decode()
    assert [list(row) for row in shown.context["answer"].rows] == [[False, 4], [True, 4]]
    assert shown.context["newer"] == []


def test_a_title_of_ones_own_needs_an_account(client: Client, towns: Version) -> None:
    assert keep(client, towns, titre="Achetez chez moi").status_code == 302
    assert "Achetez" not in Query.objects.get().title


def test_what_has_no_answer_is_not_kept(client: Client, towns: Version) -> None:
    assert keep(client, towns, sql="SELECT absente FROM communes").status_code == 400
    assert not Query.objects.exists()


def test_newer_data_are_said_and_the_answer_stays(client: Client, towns: Version) -> None:
    query = actions.keep(question=questions.asked(SQL, {"communes": towns.resource_id}), title="Rurales", by=None)
    version(towns.resource, "Commune;Rurale\nFigeac;non\n")
    shown = client.get(query.get_absolute_url())
    assert len(shown.context["answer"].rows) == 2
    assert "version 2" in shown.content.decode()
    assert [list(row) for row in client.get(shown.context["today"]).context["answer"].rows] == [[False, 1]]
    (card,) = kinds.cards([query.reference], None)
    assert card.badges


def test_gone_with_a_version(client: Client, towns: Version) -> None:
    query = actions.keep(question=questions.asked(SQL, {"communes": towns.resource_id}), title="Rurales", by=None)
    (card,) = kinds.cards([query.reference], None)
    assert (card.state, card.title, card.url) == ("here", "Rurales", query.get_absolute_url())
    Version.objects.filter(pk=towns.pk).update(withdrawn=timezone.now())
    assert client.get(query.get_absolute_url()).status_code == 410
    assert kinds.cards([query.reference], None)[0].state == "gone"
    assert client.get("/donnees/questions/inconnue/").status_code == 404


# ----- Long answers -----


def test_a_long_answer_by_a_job(client: Client, towns: Version) -> None:
    sql = "SELECT range AS i FROM range(12345) ORDER BY i"
    asked = client.post("/donnees/questions/preparer/", {"sql": sql, "table": f"c:{towns.resource_id}"})
    assert asked.status_code == 302
    assert "hx-get" in client.get(asked.url).content.decode()
    found = QueryAnswer.objects.get()
    question_jobs.run(found.pk)
    found.refresh_from_db()
    assert (found.state, found.rows, found.error) == ("done", 12345, "")
    assert "La réponse est prête" in client.get(asked.url).content.decode()
    text = b"".join(client.get(f"{asked.url}reponse.csv")).decode().splitlines()
    assert (len(text), text[-1]) == (12346, "12344")
    parquet = client.get(f"{asked.url}reponse.parquet", headers={"Range": "bytes=0-3"})
    assert (parquet.status_code, b"".join(parquet)) == (206, b"PAR1")
    assert duckdb.sql(f"SELECT count(*) FROM '{question_jobs.path(found.pk)}'").fetchall() == [(12345,)]
    question_jobs.forget(towns)
    assert client.get(asked.url).status_code == 404
    assert not question_jobs.path(found.pk).exists()


def test_a_job_by_the_api(client: Client, towns: Version) -> None:
    body = json.dumps({"sql": "SELECT * FROM c", "resources": {"c": towns.resource_id}})
    asked = client.post("/api/v1/query/answers", body, content_type="application/json")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    question_jobs.run(asked.json()["id"])
    found = client.get(f"/api/v1/query/answers/{asked.json()['id']}").json()
    assert found["rows"] == 8
    assert set(found["files"]) == {"csv", "json", "parquet"}
    assert client.post("/api/v1/query/answers", body, content_type="application/json").status_code == 200


def test_a_job_that_fails_says_why(client: Client, towns: Version) -> None:
    found = question_jobs.ask(questions.asked("SELECT length(repeat('a', 2000000000))", {"c": towns.resource_id}))
    question_jobs.run(found.pk)
    found.refresh_from_db()
    assert found.state == "failed"
    assert "mémoire" in found.error
    assert found.error in unescape(client.get(f"/donnees/questions/reponses/{found.pk}/").content.decode())


def test_a_dead_worker_is_replaced_and_three_deaths_are_a_failure(towns: Version) -> None:
    found = question_jobs.ask(questions.asked("SELECT 1", {"c": towns.resource_id}))
    long_ago = timezone.now() - timedelta(hours=1)
    QueryAnswer.objects.update(state="running", heartbeat=long_ago, attempt=1)
    assert question_jobs.reap() == 1
    assert QueryAnswer.objects.get().state == "waiting"
    QueryAnswer.objects.update(state="running", heartbeat=long_ago, attempt=3)
    question_jobs.reap()
    found.refresh_from_db()
    assert found.state == "failed"


def test_answers_of_last_week_are_forgotten(towns: Version) -> None:
    found = question_jobs.ask(questions.asked("SELECT 1 AS un", {"c": towns.resource_id}))
    question_jobs.run(found.pk)
    QueryAnswer.objects.update(created=timezone.now() - timedelta(days=8))
    assert question_jobs.path(found.pk).is_file()
    question_jobs.reap()
    assert not question_jobs.path(found.pk).exists()
    assert not QueryAnswer.objects.exists()
