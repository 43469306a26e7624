"""What was entered is corrected: an election, a list and who answers for it, a measure and what it cites."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from parvis.catalog.actions import charts
from parvis.catalog.core.charts.choice import Choice
from parvis.catalog.models import Chart
from parvis.organisations.models import Role
from parvis.programmes.actions import elections, lists
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.models import CandidateList, Election, Measure, Spokesperson, Trace
from parvis.territories.models import Level, Territory
from tests.catalog import publishing
from tests.programmes.elections import day, election, manager_of, measures, member, person, region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings) -> None:
    settings.PROGRAMMES = True


@pytest.fixture
def made() -> Election:
    return election()


@pytest.fixture
def client(made) -> Client:
    found = Client()
    found.force_login(manager_of(made))
    return found


def address(name: str, one: CandidateList) -> str:
    return reverse(f"programmes:{name}", args=[one.election.slug, one.slug])


def departement(code: str, name: str) -> Territory:
    return Territory.objects.create(level=Level.DEPARTEMENT, code=code, name=name, region=region(), vintage=2026)


def test_the_details_of_a_list(made, client) -> None:
    lot, gers = departement("46", "Lot"), departement("32", "Gers")
    one = made.lists.get(rank=1)
    page = client.get(address("edit_list", one)).content.decode()
    assert page.index("Gers") < page.index("Lot")
    given = {
        "name": "Liste du Lot",
        "head": "Ada",
        "parties": "un parti",
        "rank": "7",
        "departements": [str(lot.pk), str(gers.pk)],
    }
    assert client.post(address("edit_list", one), given).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.slug, one.head, one.rank) == ("Liste du Lot", "liste-1", "Ada", 7)
    assert Trace.objects.first().detail["before"]["name"] == "Liste 1"
    elections.publish(made, by=manager_of(made))
    assert "Gers, Lot" in Client().get(one.get_absolute_url()).content.decode()


def test_two_lists_never_share_a_rank(made, client) -> None:
    answer = client.post(address("edit_list", made.lists.get(rank=1)), {"name": "Liste 1", "rank": "2"})
    assert answer.status_code == 422
    assert "Une autre liste a déjà ce rang." in answer.content.decode()


def test_another_name_draws_the_lot_again() -> None:
    made = election(order="lot", seed="urne", lists=4)
    by = manager_of(made)
    one = made.lists.order_by("rank").first()
    lists.correct(one, name="Zèbre", by=by)
    known = dict(made.lists.values_list("name", "rank"))
    order = sorted(known, key=known.get)
    assert order == elections.draw(made, by=by)
    assert "Zèbre" in order


def test_only_editors_correct(made) -> None:
    agent = member(made.organisation, Role.AGENT, "agent")
    one = made.lists.first()
    with pytest.raises(PermissionDenied):
        lists.correct(one, name="x", by=agent)
    with pytest.raises(PermissionDenied):
        elections.correct(made, title="x", summary="", first_round=day(9), second_round=None, by=agent)
    visitor = Client()
    visitor.force_login(agent)
    for where in (address("edit_list", one), reverse("programmes:edit_election", args=[made.slug])):
        assert visitor.get(where).status_code == 404


def test_the_dates_of_an_election(made, client) -> None:
    where = reverse("programmes:edit_election", args=[made.slug])
    assert made.first_round.isoformat() in client.get(where).content.decode()
    given = {"title": "Élection corrigée", "first_round": day(50).isoformat(), "second_round": day(43).isoformat()}
    assert "Le second tour vient après le premier." in client.post(where, given).content.decode()
    assert client.post(where, given | {"second_round": day(57).isoformat()}).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.second_round, made.slug) == ("Élection corrigée", day(57), "election-dessai")


def test_who_answers_for_a_list(made, client) -> None:
    one, speaker = made.lists.get(rank=1), person("porteparole")
    where = address("speak", one)
    for email, said in (
        ("rien", "Donnez"),
        ("inconnue@exemple.invalid", "créer un compte"),
        (manager_of(made).email, "équipe"),
    ):
        assert said in client.post(where, {"email": email}, follow=True).content.decode()
    assert "peut répondre au nom de la liste" in client.post(where, {"email": speaker.email}, follow=True).content.decode()
    measure = measures(one, 1)[0]
    elections.publish(made, by=manager_of(made))
    theirs = Client()
    theirs.force_login(speaker)
    assert "Répondre au nom de la liste" in theirs.get(measure.get_absolute_url()).content.decode()
    assert theirs.get(address("edit_list", one)).status_code == 403
    assert theirs.post(where, {"email": speaker.email}).status_code == 403
    assert theirs.post(reverse("programmes:reply", args=[measure.pk]), {"text": "Nous précisons."}).status_code == 302
    row = Spokesperson.objects.get()
    assert client.post(address("no_longer_speak", made.lists.get(rank=2)), {"qui": row.pk}).status_code == 404
    assert client.post(address("no_longer_speak", one), {"qui": "x"}).status_code == 404
    assert client.post(address("no_longer_speak", one), {"qui": row.pk}).status_code == 302
    assert theirs.get(reverse("programmes:reply", args=[measure.pk])).status_code == 403
    assert "Nous précisons." in Client().get(measure.get_absolute_url()).content.decode()


def test_nobody_answers_for_a_programme_of_reference(made) -> None:
    by = manager_of(made)
    beside = elections.add_list(made, name="Un cercle", reference=True, by=by)
    with pytest.raises(ElectionError, match="référence"):
        lists.let_speak(beside, user=person("qui"), by=by)


def test_a_measure_cites_charts_with_their_version(made, client) -> None:
    measure = measures(made.lists.get(rank=1), 1)[0]
    where = reverse("programmes:edit_measure", args=[measure.pk])
    version = publishing.published()
    dataset = version.resource.dataset
    chart = chart_of(version)
    given = {"title": "La fibre partout", "references": f"{dataset.get_absolute_url()}\n{chart.get_absolute_url()}"}
    refused = client.post(where, given | {"references": "/programmes/"})
    assert refused.status_code == 422
    assert "que l&#x27;on puisse citer" in refused.content.decode()
    assert client.post(where, given).status_code == 302
    measure.refresh_from_db()
    assert measure.title == "La fibre partout"
    assert measure.references == [f"dataset:{dataset.slug}", f"chart:{chart.pk}@1"]
    elections.publish(made, by=manager_of(made))
    page = Client().get(measure.get_absolute_url()).content.decode()
    assert dataset.title in page
    assert "version 1" in page
    assert Trace.objects.filter(act="measure.correct").count() == 1
    client.post(where, given)
    assert Trace.objects.filter(act="measure.correct").count() == 1


def test_a_measure_is_cited_by_the_address_of_its_page(made) -> None:
    from parvis.shared import citing

    measure = measures(made.lists.get(rank=1), 1)[0]
    with pytest.raises(citing.CitingError):
        citing.read(measure.get_absolute_url(), most=5)
    elections.publish(made, by=manager_of(made))
    assert citing.read(measure.get_absolute_url(), most=5) == [measure.reference]
    assert Measure.objects.get().title == "Mesure 1 de Liste 1"


def chart_of(version) -> Chart:
    chosen = Choice("bars", x="Rurale", y="Habitants", aggregate="sum")
    return charts.keep(version, chosen, findings={"fr": "Les communes rurales comptent moins d'habitants"})
