"""The map of opinions: computed in the background, read three ways."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from parvis.debates.core.opinions.mapping import draw
from parvis.debates.models import OpinionMap, Participant, Statement, Vote
from parvis.debates.results import computing, watching
from parvis.debates.results.reading import crowd, votes_of
from tests.debates import crowds

pytestmark = pytest.mark.django_db


@pytest.fixture
def eau() -> Any:
    land = crowds.country()
    made = crowds.process(land["region"])
    crowds.fill(made, 120, 14, land["communes"])
    return made


def drawn(process: Any) -> OpinionMap:
    asked = computing.ask(process)
    computing.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == OpinionMap.State.DONE, asked.error
    return asked


def test_what_is_read_are_the_votes_of_those_who_count(eau: Any) -> None:
    apart = Participant.objects.create(process=eau, number=999, counted=False)
    Vote.objects.create(participant=apart, statement=eau.statements.first(), value=1)
    refused = eau.statements.get(number=3)
    refused.state = Statement.State.REFUSED
    refused.save()
    votes = votes_of(eau, crowd(eau))
    rows = Vote.objects.filter(participant__process=eau, participant__counted=True)
    expected = set(rows.values_list("participant__number", "statement__number", "value"))
    found = {
        (votes.persons[person], votes.statements[statement], int(value))
        for person, statement, value in zip(votes.person, votes.statement, votes.value, strict=True)
    }
    assert found == expected
    assert {votes.statements[one] for one in votes.out} == {3}


def test_a_map_says_what_the_core_says(eau: Any) -> None:
    made = drawn(eau)
    core = draw(votes_of(eau, crowd(eau)))
    assert made.facts["k"] == core.k == 3
    assert [one["size"] for one in made.facts["groups"]] == [int((core.group == at).sum()) for at in range(core.k)]
    assert made.facts["table"]["number"] == list(core.votes.statements)
    assert made.votes == core.votes.count
    assert 1 in made.facts["all_groups"]
    first = eau.statements.get(number=1)
    at = made.facts["table"]["number"].index(1)
    assert made.facts["table"]["all"][at] == [first.agrees, first.disagrees, first.passes]
    assert first.extremity == pytest.approx(core.extremity[0])
    assert first.priority == pytest.approx(core.priorities[0])


def test_counts_of_groups_and_territories_add_up(eau: Any) -> None:
    facts = drawn(eau).facts
    assert sum(one["people"] for one in facts["strata"]) == 120
    for row, cell in enumerate(facts["table"]["all"]):
        parts = [column[row] for column in facts["table"]["strata"]]
        if all(parts):
            assert [sum(part[side] for part in parts) for side in range(3)] == cell
        groups = [column[row] for column in facts["table"]["groups"]]
        assert [sum(part[side] for part in groups) for side in range(3)] == cell


@pytest.mark.parametrize(("people", "shown"), [(49, False), (50, True)])
def test_no_territory_below_fifty_people(people: int, shown: bool) -> None:
    land = crowds.country()
    small = crowds.process(land["region"])
    crowds.fill(small, people, 14, land["communes"])
    facts = drawn(small).facts
    assert bool(facts["strata"]) is shown
    assert facts["participation"]["shown"] is shown
    assert bool(facts["participation"]["departements"]) is shown
    assert bool(facts["participation"]["origins"]) is shown


# ----- Three ways -----


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").replace("&nbsp;", " "))


def section(html: str, name: str) -> str:
    return html.split(f'id="{name}"', 1)[1].split("</section>", 1)[0]


def test_picture_sentences_and_table_carry_the_same_facts(eau: Any, client: Client) -> None:
    facts = drawn(eau).facts
    html = client.get("/debats/eau/carte/").content.decode()
    picture, sentences, table = (section(html, name) for name in ("image", "phrases", "tableau"))
    for at, (letter, group) in enumerate(zip("ABCDE", facts["groups"], strict=False)):
        size = group["size"]
        assert f"{letter} · {size} personnes</text>" in picture
        assert re.search(rf"Groupe {letter} </h4>\s*<p>{size} personnes", re.sub(r"(?<!\s)</h4>", " </h4>", sentences))
        assert re.search(rf"Groupe {letter}</a><small>{size} personnes</small>", table)
        (discs,) = re.findall(rf'class="dots g{at}" d="([^"]+)"', picture)
        near = [base for base in facts["bases"] if base[3] == at]
        assert discs.count("M") == len(near)
        assert sum(base[2] for base in near) == size
    # What a sentence says of a group is in the cell of the table, and on the line that is drawn beside it.
    columns = ["tous", *"ABCDE"[: facts["k"]]]
    cells = {}
    for number, row in re.findall(r'<tr id="affirmation-(\d+)">(.*?)</tr>', table, re.DOTALL):
        found = re.findall(r'<td class="n">([^<]*)\n(\d+) oui · (\d+) non · (\d+) passe</td>', row)
        cells[int(number)] = dict(zip(columns, found, strict=False))
    assert len(cells) == 14
    by_group = sentences.split("Ce qui distingue chaque groupe")[1]
    checked = 0
    for letter, part in zip("ABC", by_group.split('class="group-said')[1:], strict=True):
        for number, side, success, seen in re.findall(
            r'/affirmations/(\d+)/".*?<p>(Pas d&#x27;accord|D&#x27;accord) : (\d+) sur (\d+)', part, re.DOTALL
        ):
            _share, yes, no, passed = cells[int(number)][letter]
            assert int(yes) + int(no) + int(passed) == int(seen)
            assert int(success) == int(no if side.startswith("Pas") else yes)
            checked += 1
    assert checked >= 3
    strips = [
        (number, label)
        for one in sentences.split("<li>")
        for number, label in re.findall(r'/affirmations/(\d+)/.*?class="strip"[^>]*aria-label="([^"]+)"', one, re.DOTALL)
    ]
    assert strips
    for number, label in strips:
        for letter, share in re.findall(r"groupe ([A-E]) : (\d+\s%)", label):
            assert cells[int(number)][letter][0] == share


def test_table_is_sorted_by_link_and_exported_whole(eau: Any, client: Client) -> None:
    made = drawn(eau)
    html = client.get("/debats/eau/carte/?tri=-a").content.decode()
    shares = [
        int(one)
        for one in re.findall(r'<th scope="row">.*?</th><td.*?</td><td class="n">(\d+)', section(html, "tableau"), re.DOTALL)
    ]
    assert len(shares) == 14
    assert shares == sorted(shares, reverse=True)
    assert 'aria-sort="descending"' in html
    answer = client.get(f"/debats/eau/carte/{made.number}/tableau.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    listed = json.loads(client.get(f"/debats/eau/carte/{made.number}/tableau.json").content)
    assert len(rows) == len(listed) == 14
    for row, one in zip(rows, listed, strict=True):
        assert int(row["groupe_a_accord"]) == one["groupe_a_accord"]
        assert row["affirmation"] == one["affirmation"]


def test_a_statement_withdrawn_since_says_nothing_more(eau: Any, client: Client) -> None:
    drawn(eau)
    eau.statements.filter(number=2).update(state=Statement.State.REFUSED, text="Un propos insultant.")
    html = client.get("/debats/eau/carte/").content.decode()
    assert "insultant" not in html
    assert "affirmation retirée depuis" in html


# ----- Where one stands -----


def test_where_one_stands_is_where_the_map_put_them(eau: Any) -> None:
    from parvis.debates.results.standing import standing_of

    made = drawn(eau)
    core = draw(votes_of(eau, crowd(eau)))
    for row in range(0, 120, 7):
        person = eau.participants.get(number=core.votes.persons[row])
        standing = standing_of(person, made)
        assert standing is not None
        assert standing.where is not None
        assert (standing.where.x, standing.where.y) == pytest.approx(tuple(core.positions[row]))
        assert standing.where.group == core.group[row]


def test_one_more_vote_moves_a_person_in_fifty_milliseconds(eau: Any) -> None:
    from time import perf_counter

    from parvis.debates.results.standing import standing_of

    made = drawn(eau)
    person = eau.participants.first()
    before = standing_of(person, made)
    other = eau.statements.exclude(number__in=before.votes).first()
    Vote.objects.create(participant=person, statement=other, value=-1)
    times = []
    for _round in range(5):
        start = perf_counter()
        after = standing_of(person, made)
        times.append(perf_counter() - start)
    assert min(times) < 0.050
    assert (after.where.x, after.where.y) != (before.where.x, before.where.y)


def test_the_page_places_who_asks_and_nobody_else(eau: Any, client: Client, django_user_model: Any) -> None:
    drawn(eau)
    user = django_user_model.objects.create_user("moi@exemple.fr", None)
    eau.participants.filter(number=5).update(user=user, level="member")
    assert "Vos réponses vous placent" not in client.get("/debats/eau/carte/").content.decode()
    client.force_login(user)
    answer = client.get("/debats/eau/carte/")
    html = answer.content.decode()
    assert "Vos réponses vous placent dans le groupe" in html
    assert '<text y="-20">vous</text>' in html
    assert '<th scope="col">Vous</th>' in html
    assert "private" in answer["Cache-Control"]
    newcomer = django_user_model.objects.create_user("neuf@exemple.fr", None)
    person = Participant.objects.create(process=eau, number=900, user=newcomer)
    Vote.objects.create(participant=person, statement=eau.statements.first(), value=1)
    client.force_login(newcomer)
    assert "Encore 6 réponses" in client.get("/debats/eau/carte/").content.decode()


# ----- The job -----


def test_voting_asks_for_a_map_and_few_votes_wait(eau: Any) -> None:
    assert watching.look() == 1
    asked = eau.maps.get()
    assert watching.look() == 0  # it is under way
    computing.run(asked.pk)
    assert watching.look() == 0  # nothing changed
    OpinionMap.objects.filter(pk=asked.pk).update(created=timezone.now() - timedelta(minutes=2))
    assert watching.look() == 0
    Statement.objects.filter(process=eau, number=1).update(agrees=1000)
    assert watching.look() == 1
    computing.run(eau.maps.first().pk)
    Statement.objects.filter(process=eau, number=1).update(agrees=1001)
    OpinionMap.objects.update(created=timezone.now() - timedelta(minutes=2), votes=watching.counts()[0].votes - 1)
    assert watching.look() == 0  # one vote more, two minutes ago
    OpinionMap.objects.update(created=timezone.now() - timedelta(minutes=11))
    assert watching.look() == 1


def test_the_last_good_map_stays_while_another_is_computed_and_after_a_failure(
    eau: Any, client: Client, monkeypatch: Any
) -> None:
    drawn(eau)
    asked = computing.ask(eau)
    html = client.get("/debats/eau/carte/").content.decode()
    assert "Celle-ci reste en attendant" in html
    assert "Carte n° 1" in html
    monkeypatch.setattr(computing, "draw", lambda _votes: 1 / 0)
    computing.run(asked.pk)
    html = client.get("/debats/eau/carte/").content.decode()
    assert "n&#x27;a pas abouti" in html
    assert "Carte n° 1" in html


def test_a_killed_worker_is_taken_up_again(eau: Any) -> None:
    asked = computing.ask(eau)
    long_ago = timezone.now() - timedelta(minutes=3)
    OpinionMap.objects.filter(pk=asked.pk).update(state="running", heartbeat=long_ago, attempt=1)
    assert computing.reap() == 1
    asked.refresh_from_db()
    assert asked.state == "waiting"
    computing.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "done"
    dead = computing.ask(eau)
    OpinionMap.objects.filter(pk=dead.pk).update(state="running", heartbeat=long_ago, attempt=3)
    assert computing.reap() == 0
    dead.refresh_from_db()
    assert dead.state == "failed"


def test_a_worker_that_was_given_up_says_nothing(eau: Any, monkeypatch: Any) -> None:
    asked = computing.ask(eau)
    real = computing.draw

    def slow(votes: Any) -> Any:
        OpinionMap.objects.filter(pk=asked.pk).update(attempt=2)  # another took it up meanwhile
        return real(votes)

    monkeypatch.setattr(computing, "draw", slow)
    computing.run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "running"
    assert not asked.facts


def test_old_maps_are_thinned(eau: Any) -> None:
    made = drawn(eau)
    now = timezone.now().replace(hour=12)
    for number, age in enumerate([3.0, 2.9, 2.8, 5.0, 5.1], start=100):
        OpinionMap.objects.create(
            process=eau,
            number=made.number + number,
            state="done",
            facts={},
            created=now - timedelta(days=10 - number / 100 - age * 0),
        )
    OpinionMap.objects.filter(number=made.number + 101).update(cited=True)
    computing.thin(eau)
    left = sorted(eau.maps.values_list("number", flat=True))
    assert left == [made.number, made.number + 101, made.number + 104]


def test_an_empty_process_says_what_to_do(client: Client) -> None:
    land = crowds.country()
    crowds.process(land["region"])
    html = client.get("/debats/eau/carte/").content.decode()
    assert "Personne n'a encore répondu" in html


def test_three_voters_have_a_map_without_groups(client: Client) -> None:
    land = crowds.country()
    few = crowds.process(land["region"])
    crowds.fill(few, 1, 8, land["communes"], each=3)
    made = drawn(few)
    assert made.facts["k"] < 2
    html = client.get("/debats/eau/carte/").content.decode()
    assert "Il en faut davantage" in html


def test_a_draft_has_no_map(eau: Any, client: Client) -> None:
    drawn(eau)
    eau.published = None
    eau.save()
    assert client.get("/debats/eau/carte/").status_code == 404
    assert client.get("/debats/eau/carte/1/tableau.csv").status_code == 404


def test_as_many_queries_for_many_statements(eau: Any, client: Client, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    drawn(eau)
    counts = []
    for more in (False, True):
        if more:
            land = list(crowds.Territory.objects.filter(level="commune"))
            large = crowds.process(eau.territory, "large")
            crowds.fill(large, 200, 60, land)
            drawn(large)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(f"/debats/{'large' if more else 'eau'}/carte/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 9


def test_core_arrays_survive_the_database(eau: Any) -> None:
    made = drawn(eau)
    places = computing.unpacked(bytes(made.arrays))
    assert np.isfinite(places.axes).all()
    assert places.statements.tolist() == list(range(1, 15))
