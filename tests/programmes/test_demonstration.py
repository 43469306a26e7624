"""The fictitious election: what its file says holds, and it goes the whole way once, to the catalogue included."""

from __future__ import annotations

from datetime import date

import pytest

from parvis.organisations.models import Membership
from parvis.programmes import inventing, open_data
from parvis.programmes.actions.rounds import bundled
from parvis.programmes.core import grid as grids
from parvis.programmes.core.calendar import periods
from parvis.programmes.core.grid import Unit
from parvis.programmes.core.shares import Share, both
from parvis.programmes.models import Adjudication, Coding, CodingRound, Election, Measure
from tests.programmes.elections import person, region

GRID = grids.read(bundled())


def test_five_lists_and_a_reference() -> None:
    found = inventing.programmes()
    assert [one.reference for one in found] == [False] * 5 + [True]
    assert all(30 <= len(one.lines) <= 60 for one in found[:5])


def test_digital_measures_are_about_as_rare_as_in_real_programmes() -> None:
    """18.0 % of 2,490 in 2015, 15 % as the published mean."""
    shares = [Share(sum(line[3][0] == "y" for line in one.lines), len(one.lines)) for one in inventing.programmes()[:5]]
    found = both(shares)
    assert 15 < found.pooled.percent < 25
    assert 15 < found.mean_percent < 25
    assert round(found.pooled.percent, 1) != round(found.mean_percent, 1)


@pytest.mark.parametrize("one", inventing.programmes(), ids=lambda one: one.name)
def test_each_line_is_whole_in_the_grid_and_in_its_document(one: inventing.Programme) -> None:
    document = one.document()
    assert "inventé" in document
    for _section, title, quote, given in one.lines:
        assert 10 < len(title) < 120
        assert quote in document
        values = inventing.codes(given)
        assert grids.check_values(GRID, Unit.MEASURE, values) == values, title


def test_no_text_is_written_twice() -> None:
    quotes = [quote for one in inventing.programmes() for _section, _title, quote, _given in one.lines]
    assert len(quotes) == len(set(quotes))


def test_the_vote_is_a_sunday_that_freezes_nothing_today() -> None:
    today = date(2026, 11, 23)
    day = inventing.first_round(today)
    assert day.weekday() == 6
    assert not any(one.holds(today) for one in periods(day))


@pytest.mark.django_db
def test_the_whole_way(settings) -> None:
    settings.PROGRAMMES = True
    people = [(person("lise"), "Lise", ""), (person("omar"), "Omar", "")]
    election = inventing.publish(territory=region(), manager=person("mahaut"), evaluators=people)
    assert inventing.is_there()
    coding_round = CodingRound.objects.get()
    assert (election.lists.count(), Measure.objects.count()) == (6, sum(len(one.lines) for one in inventing.programmes()))
    assert coding_round.agreement["criteria"]["digital"]["reliability"] == "reliable"
    assert coding_round.agreement["criteria"]["site"]["reliability"] == "few"
    assert Adjudication.objects.exclude(reason="").count() > 20
    shares = coding_round.facts["digital"]
    assert shares["pooled"] == [
        sum(part for part, _whole in shares["lists"].values()),
        sum(whole for _part, whole in shares["lists"].values()),
    ]
    assert Election.objects.get().state == "open"

    from parvis.catalog import public as catalog

    assert open_data.tick() == 1
    assert open_data.tick() == 0
    for title in ("Mesures des programmes", "Codages des programmes", "Accord des évaluateurs"):
        dataset = catalog.newest_of(election.organisation, titled=title)
        version = dataset.resources.get().current
        assert dataset.invented, title
        assert version.verdict["valid"], version.verdict["errors"][:3]
    rows = catalog.newest_of(election.organisation, titled="Codages").resources.get().current.rows
    assert rows == Coding.objects.count()
    Membership.objects.all().delete()
    CodingRound.objects.update(published="2099-06-01T00:00:00Z", catalogued="2026-01-01T00:00:00Z")
    assert open_data.tick() == 0
