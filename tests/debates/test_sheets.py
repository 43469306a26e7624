"""For people without internet: what a mediator types is one person, recorded once, who weighs as the others."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from parvis.debates import sheets
from parvis.debates.actions import sheets as actions
from parvis.debates.actions.sheets import SheetError
from parvis.debates.models import Participant, Process, Statement
from parvis.debates.participation.numbers import numbers_of
from tests.debates.taking_part import Browser, commune, member, process, region, stated, teammate
from tests.debates.test_votes import counts, recounted

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Process:
    found = process()
    stated(found, "Il faut plus de pistes.", "Il faut des bus le dimanche.", "Le train est trop cher.")
    return found


def test_what_is_typed() -> None:
    assert sheets.typed("1d 2P,3 j;12d") == {1: 1, 2: -1, 3: 0, 12: 1}
    assert sheets.typed("") == {}
    for wrong in ("1x", "d1", "1d bonjour", "1d 1p"):
        with pytest.raises(SheetError):
            sheets.typed(wrong)


def test_one_person_after_the_other(made: Process) -> None:
    commune()
    mediator = teammate(made, "mediator")
    browser = Browser(made)
    browser.force_login(mediator)
    assert browser.get(browser.address("enter")).status_code == 200
    fields = {"origine": "paper", "commune": "Figeac", "feuille": "a"}
    answer = browser.post(browser.address("enter"), fields | {"rapide": "1d 2p", "a3": "j"}, follow=True)
    assert "personne n° 1, 3 réponses" in answer.content.decode()
    assert 'value="46102"' in answer.content.decode()  # ready for the next of the same place
    person = Participant.objects.get()
    assert (person.origin, person.entered_by, person.counted) == ("paper", mediator, True)
    assert person.commune
    assert person.commune.name == "Figeac"
    assert [counts(one) for one in made.statements.all()] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    # The same sheet again is a correction, not a second person.
    browser.post(browser.address("enter"), fields | {"rapide": "1p 2p"})
    assert Participant.objects.count() == 1
    assert [counts(one) for one in made.statements.all()] == [(0, 1, 0), (0, 1, 0), (0, 0, 0)]
    browser.post(browser.address("enter"), fields | {"feuille": "b", "rapide": "1d"})
    assert Participant.objects.count() == 2
    for one in made.statements.all():
        assert counts(one) == recounted(one)
    assert numbers_of(made).origins == {"site": 0, "assisted": 0, "paper": 2}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rapide": "9d"}, "n&#x27;a le numéro 9"),
        ({"rapide": ""}, "aucune réponse"),
        ({"rapide": "1d", "a1": "p"}, "deux réponses"),
        ({"rapide": "1d", "commune": "Zzzzz"}, "Aucune commune"),
        ({"rapide": "1d", "origine": "site"}, "Dites si"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(made: Process, fields: dict[str, str], said: str) -> None:
    browser = Browser(made)
    browser.force_login(teammate(made, "mediator"))
    answer = browser.post(browser.address("enter"), {"origine": "assisted", "feuille": "a"} | fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'value="{fields["rapide"]}"' in page
    assert not Participant.objects.exists()


def test_only_the_team_enters(made: Process) -> None:
    browser = Browser(made)
    assert browser.get(browser.address("enter")).status_code == 302
    somebody = member()
    browser.force_login(somebody)
    assert browser.get(browser.address("enter")).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.enter(made, {1: 1}, by=somebody, sheet="a")


def test_residents_only() -> None:
    made = process(residents_only=True, territory=region())
    stated(made, "Il faut plus de pistes.")
    with pytest.raises(SheetError):
        actions.enter(made, {1: 1}, by=teammate(made), sheet="a")
    assert actions.enter(made, {1: 1}, by=member_of(made), sheet="a", commune=commune(within=region())).number == 1


def member_of(made: Process) -> Any:
    return made.team.get().user


def test_the_sheet_has_every_statement_with_its_number(made: Process) -> None:
    Statement.objects.filter(number=2).update(state="refused")
    page = Browser(made).get(Browser(made).address("paper")).content.decode()
    assert '<td class="n">3</td><td>Le train est trop cher.</td>' in page
    assert "Il faut des bus" not in page
    assert page.count('class="box"') == 6
