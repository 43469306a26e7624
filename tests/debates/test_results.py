"""Who takes part, the report, the data and what makes the results again."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parvis.accounts.models import User
from parvis.debates.core.opinions.mapping import draw
from parvis.debates.core.opinions.reading import read
from parvis.debates.core.results.small import put_together
from parvis.debates.core.results.weighting import weighted_share, weights
from parvis.debates.models import OpinionMap, Participant, Publication, Vote
from parvis.debates.results import computing, exports, publishing
from parvis.debates.results.reading import crowd, votes_of
from parvis.organisations.models import Membership, Role
from tests.debates import crowds

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> Any:
    return crowds.country()


@pytest.fixture
def eau(land: Any) -> Any:
    """More people of the centres than live there."""
    made = crowds.process(land["region"], purpose="Savoir ce qui rassemble.", publishes_vectors=True)
    centre = [one for one in land["communes"] if one.territory_class == "centre"]
    crowds.fill(made, 130, 12, [*centre * 6, *land["communes"]])
    return made


def drawn(process: Any) -> OpinionMap:
    asked = computing.ask(process)
    computing.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "done"
    return asked


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


# ----- Small numbers and weights -----


def test_small_cells_are_put_together_until_nobody_can_be_told() -> None:
    assert put_together({"a": 40, "b": 12, "c": 10}).merged == ()
    found = put_together({"a": 40, "b": 12, "c": 3})
    assert (found.shown, set(found.merged), found.rest) == ({"a": 40}, {"b", "c"}, 15)
    assert put_together({"a": 40, "b": 6, "c": 5}).shown == {"a": 40}
    assert put_together({"a": 40, "b": 0}).shown == {"a": 40, "b": 0}
    assert put_together({"a": 4}).shown == {}


def test_weights_make_the_crowd_look_like_the_territory() -> None:
    people, population = {"centre": 75, "rural": 25}, {"centre": 5000, "rural": 5000}
    weigh = weights(people, population)
    assert weigh == pytest.approx({"centre": 2 / 3, "rural": 2.0})
    assert weighted_share([(weigh["centre"], 75, 75), (weigh["rural"], 0, 25)]) == pytest.approx(0.5)
    assert weights({"a": 99, "b": 1}, {"a": 1, "b": 99})["b"] == 4.0
    assert weighted_share([]) is None


# ----- Who takes part -----


def test_who_takes_part_against_who_lives_there(eau: Any, client: Client) -> None:
    drawn(eau)
    html = client.get("/debats/eau/participation/").content.decode()
    assert "Il manque des voix" in html
    assert "Redressé : chaque réponse pèse" in html
    rows = list(csv.DictReader(io.StringIO(body(client.get("/debats/eau/donnees/participation.csv")))))
    kinds = {row["code"]: row for row in rows if row["decoupage"] == "classes"}
    for name, row in kinds.items():
        expected = eau.participants.filter(commune__territory_class=name).count()
        assert int(row["personnes"]) == expected
    assert int(kinds["centre"]["population"]) == 300_000
    assert float(kinds["centre"]["poids"]) < 1 < float(kinds["rural"]["poids"])
    departements = [row for row in rows if row["decoupage"] == "departements"]
    assert sum(int(row["personnes"]) for row in departements) == 130


def test_people_who_did_not_say_where_they_live_and_those_kept_apart(eau: Any, client: Client) -> None:
    first = eau.participants.first()
    first.commune = None
    first.save()
    Participant.objects.create(process=eau, number=7000, counted=False)
    facts = drawn(eau).facts["participation"]
    assert (facts["people"], facts["said"], facts["apart"]) == (130, 129, 1)
    assert "1 personne n&#x27;est pas comptée" in client.get("/debats/eau/participation/").content.decode()


def test_below_fifty_people_no_row_says_where(land: Any, client: Client) -> None:
    small = crowds.process(land["region"], "petit")
    crowds.fill(small, 49, 12, land["communes"])
    drawn(small)
    html = client.get("/debats/petit/participation/").content.decode()
    assert "Par type de commune" not in html
    assert "Moins de 50 personnes" in html
    assert "Rien n&#x27;est dit par type de commune" in client.get("/debats/petit/carte/").content.decode()
    rows = list(csv.DictReader(io.StringIO(body(client.get("/debats/petit/donnees/participation.csv")))))
    assert rows == []


# ----- The report -----


def test_the_report_holds_what_elected_people_need(eau: Any, client: Client) -> None:
    eau.synthesis, eau.synthesis_date = "Nous retenons trois points.", timezone.now()
    eau.save()
    drawn(eau)
    html = client.get("/debats/eau/rapport/").content.decode()
    for words in (
        "synthèse",
        "L'essentiel",
        "calendrier",
        "Qui a pris part",
        "Ce qui rassemble",
        "Ce qui divise",
        "Les groupes",
        "La méthode",
        "Les limites",
    ):
        assert words in html, words
    assert "Nous retenons trois points." in html
    assert "130</strong>" in html


def test_pages_cost_as_many_queries_whatever_the_crowd(eau: Any, land: Any, client: Client) -> None:
    large = crowds.process(land["region"], "large")
    crowds.fill(large, 260, 40, land["communes"])
    drawn(eau)
    drawn(large)
    for page in ("carte", "rapport", "participation", "donnees"):
        counts = []
        for slug in ("eau", "large"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(f"/debats/{slug}/{page}/").status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 10, (page, counts)


# ----- Exports, and what makes the results again -----


def test_the_script_makes_the_results_again(eau: Any, client: Client, tmp_path: Path) -> None:
    """Downloaded with the two tables, run alone: the same weighted shares, consensus, divisions and statements of each group."""
    eau.statements.filter(number=4).update(state="refused")
    facts = drawn(eau).facts
    for name in ("affirmations.csv", "participation.csv"):
        (tmp_path / name).write_text(body(client.get(f"/debats/eau/donnees/{name}")), encoding="utf-8")
    (tmp_path / "recalculer.py").write_bytes(client.get("/debats/eau/donnees/recalculer.py").content)
    words = [sys.executable, "-I", "recalculer.py", "affirmations.csv", "participation.csv", "--json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for name in ("all_groups", "all_territories", "divides"):
        assert found[name] == facts[name], name
    assert found["all_territories"]
    says = [[[one["statement"], one["agree"]] for one in group["says"]] for group in facts["groups"]]
    assert found["groups"] == says
    for number, pair in zip(facts["table"]["number"], facts["table"]["weighted"], strict=True):
        again = found["weighted"][str(number)]
        assert (again is None) == (pair is None)
        assert pair is None or again == pytest.approx(pair[0], abs=1e-4)
    (tmp_path / "affirmations.csv").write_text(
        (tmp_path / "affirmations.csv").read_text().replace(f"{facts['table']['group_aware'][0]}", "0.0123")
    )
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == 1


def test_the_export_in_the_polis_format_gives_the_same_map(eau: Any, client: Client, tmp_path: Path) -> None:
    eau.statements.filter(number=5).update(state="refused", text="Un propos insultant.")
    facts = drawn(eau).facts
    for name in ("comments.csv", "votes.csv"):
        (tmp_path / name).write_text(body(client.get(f"/debats/eau/donnees/{name}")), encoding="utf-8")
    assert "insultant" not in (tmp_path / "comments.csv").read_text()
    again = draw(read(tmp_path))
    assert [one["size"] for one in facts["groups"]] == [int((again.group == at).sum()) for at in range(again.k)]
    direct = draw(votes_of(eau, crowd(eau)))
    assert again.positions == pytest.approx(direct.positions)
    wide = tmp_path / "wide"
    wide.mkdir()
    (wide / "participants-votes.csv").write_text(body(client.get("/debats/eau/donnees/participants-votes.csv")))
    assert read(wide).count == again.votes.count


def test_answers_one_by_one_are_given_only_where_it_was_said(land: Any, client: Client) -> None:
    closed = crowds.process(land["region"], "clos")
    crowds.fill(closed, 60, 10, land["communes"])
    drawn(closed)
    assert client.get("/debats/clos/donnees/votes.csv").status_code == 404
    assert client.get("/debats/clos/donnees/participants-votes.csv").status_code == 404
    assert client.get("/debats/clos/donnees/comments.csv").status_code == 200
    assert "votes.csv" not in client.get("/debats/clos/donnees/").content.decode()


def test_an_export_of_250_000_answers_is_whole_and_says_when_it_is_not(land: Any, client: Client, monkeypatch: Any) -> None:
    many = crowds.process(land["region"], "grand", publishes_vectors=True)
    crowds.fill(many, 1, 50, [], each=1)
    statements = list(many.statements.order_by("number"))
    Participant.objects.bulk_create((Participant(process=many, number=number) for number in range(2, 5002)), batch_size=2000)
    persons = list(many.participants.exclude(number=1).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        now = timezone.now()
        for start in range(0, len(persons), 500):
            cursor.executemany(
                "INSERT INTO debates_vote (participant_id, statement_id, value, created, changed) VALUES (%s, %s, %s, %s, %s)",
                [
                    (person, one.pk, (person + one.number) % 3 - 1, now, now)
                    for person in persons[start : start + 500]
                    for one in statements
                ],
            )
    lines = 0
    answer = client.get("/debats/grand/donnees/votes.csv")
    for piece in answer.streaming_content:
        assert len(piece) < 200_000
        lines += piece.count(b"\r\n")
    assert lines - 1 == Vote.objects.filter(participant__process=many).count() == 250_001
    monkeypatch.setattr(exports, "counted", lambda _process: 250_002)
    with pytest.raises(exports.IncompleteError):
        body(client.get("/debats/grand/donnees/votes.csv"))


# ----- In the catalogue -----


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.PARVIS_HOME = tmp_path / "home"
    settings.PARVIS_HOME.mkdir()
    return settings.PARVIS_HOME


@pytest.mark.usefixtures("home")
def test_an_ended_phase_publishes_its_data_by_itself(eau: Any, client: Client) -> None:
    from parvis.catalog.models import Dataset

    editor = User.objects.create_user("editrice@exemple.fr", None)
    Membership.objects.create(user=editor, organisation=eau.organisation, role=Role.EDITOR)
    drawn(eau)
    assert publishing.tick() == 0  # the phase is open
    phase = eau.phases.get()
    phase.closes = timezone.now()
    phase.save()
    assert publishing.tick() == 0  # a map of the last answers first
    computing.run(eau.maps.get(state="waiting").pk)
    assert publishing.tick() == 1
    assert publishing.tick() == 0
    asked = Publication.objects.get()
    publishing.run(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.error) == ("done", "")
    dataset = Dataset.objects.get(slug=asked.dataset)
    assert dataset.published
    assert "recalculer.py" in dataset.description
    rows = {resource.pk: resource.current.rows for resource in dataset.resources.all()}
    assert rows[asked.resources["affirmations.csv"]] == 12
    assert rows[asked.resources["votes.csv"]] == Vote.objects.filter(participant__process=eau).count()
    assert asked.map.cited
    assert dataset.get_absolute_url() in client.get("/debats/eau/donnees/").content.decode()
    # The phase is extended and ends again: new versions of the same tables.
    Vote.objects.filter(participant=eau.participants.first()).delete()
    phase.closes = timezone.now()
    phase.save()
    publishing.tick()
    computing.run(eau.maps.get(state="waiting").pk)
    publishing.tick()
    publishing.run(Publication.objects.first().pk)
    again = Publication.objects.first()
    assert (again.state, again.dataset, again.resources) == ("done", asked.dataset, asked.resources)
    assert Dataset.objects.count() == 1


@pytest.mark.usefixtures("home")
def test_a_publication_that_nobody_may_make_says_so(eau: Any, client: Client) -> None:
    drawn(eau)
    phase = eau.phases.get()
    phase.closes = timezone.now() - timedelta(minutes=1)
    phase.save()
    found = Publication.objects.create(phase=phase, closed=phase.closes)
    publishing.run(found.pk)
    found.refresh_from_db()
    assert found.state == "failed"
    assert "rôle d&#x27;éditeur" in client.get("/debats/eau/donnees/").content.decode()


# ----- For programs, and for those who cite -----


def test_the_api_says_what_the_page_says(eau: Any, client: Client) -> None:
    made = drawn(eau)
    found = client.get("/api/v1/debates/eau/map").json()
    assert [one["size"] for one in found["groups"]] == [one["size"] for one in made.facts["groups"]]
    assert found["number"] == made.number
    assert found["reference"] == f"opinion_map:eau@{made.number}"
    first = found["statements"][0]
    assert [first["all"][name] for name in ("agrees", "disagrees", "passes")] == made.facts["table"]["all"][0]
    assert len(found["statements"]) == 12
    told = client.get("/api/v1/debates/eau/participation").json()
    assert told["people"] == 130
    assert sum(one["people"] for one in told["classes"]) == 130
    assert client.get("/api/v1/debates/eau/map?number=99").status_code == 404
    assert client.get("/api/v1/debates/rien/map").headers["Content-Type"] == "application/problem+json"


def test_a_map_is_cited_with_its_number_and_then_kept(eau: Any) -> None:
    from parvis.shared import kinds

    made = drawn(eau)
    second = drawn(eau)
    old, last, none = kinds.cards([f"opinion_map:eau@{made.number}", "opinion_map:eau", "opinion_map:eau@77"], None)
    assert old.url.endswith(f"/carte/{made.number}/")
    assert "une carte plus récente existe" in old.badges
    assert last.url.endswith(f"/carte/{second.number}/")
    assert none.state == "gone"
    made.refresh_from_db()
    second.refresh_from_db()
    assert (made.cited, second.cited) == (True, False)
    eau.published = None
    eau.save()
    assert kinds.cards([f"opinion_map:eau@{made.number}"], None)[0].state == "gone"
