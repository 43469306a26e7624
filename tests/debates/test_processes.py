"""Preparing a process, publishing it, its dates, its team, its page and its list; a draft exists for its team only."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.debates import telling
from parvis.debates.actions import processes as actions
from parvis.debates.actions import teams
from parvis.debates.actions.processes import ElsewhereError, ProcessError
from parvis.debates.models import Notice, Phase, Process
from parvis.debates.urls import urlpatterns
from parvis.notifications.models import Event
from parvis.organisations.models import Membership, Organisation, Role
from parvis.shared import kinds
from parvis.shared.search import keeper
from tests.debates.taking_part import commune, member, process, region, stated, teammate

pytestmark = pytest.mark.django_db
SEEDS = [f"Il faudrait un banc de plus dans la rue numéro {number}." for number in range(8)]


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def editor() -> User:
    return editor_of()


def editor_of(name: str = "redactrice") -> User:
    user = member(name)
    organisation = Organisation.objects.get_or_create(slug="ici", defaults={"name": "Ici", "nature": "commune"})[0]
    Membership.objects.create(user=user, organisation=organisation, role=Role.EDITOR)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def draft(editor: User, **fields: Any) -> Process:
    now = timezone.now()
    return actions.create(
        **{
            "title": "Que faire de la place ?", "summary": "La place sera refaite.", "territory": region(), "by": editor,
            "organisation": Organisation.objects.get(slug="ici"), "opens": now, "closes": now + timedelta(days=42),
            "blueprint": "question-ouverte",
        }
        | fields
    )  # fmt: skip


def ready(editor: User, **fields: Any) -> Process:
    made = draft(editor, **fields)
    Process.objects.filter(pk=made.pk).update(purpose="Pour choisir.")
    actions.write_seeds(made, SEEDS, by=editor)
    return Process.objects.get(pk=made.pk)


def posted(made: Process, **changes: Any) -> dict[str, Any]:
    """The form of edition, as a browser sends it back."""
    data: dict[str, Any] = {
        "title": made.title, "summary": made.summary, "purpose": made.purpose, "sources": "\n".join(made.sources),
        "territory": made.territory.reference, "access": made.access, "review": made.review, "revision": made.revision,
    }  # fmt: skip
    phases = list(made.phases.all())
    data |= {"phases-TOTAL_FORMS": len(phases), "phases-INITIAL_FORMS": len(phases)}
    for at, one in enumerate(phases):
        opens = timezone.localtime(one.opens)
        closes = timezone.localtime(one.closes) if one.closes else None
        fields = {
            "pk": one.pk, "kind": one.kind, "title": one.title, "text": one.text, "opens_day": f"{opens:%Y-%m-%d}",
            "opens_hour": f"{opens:%H:%M}", "closes_day": f"{closes:%Y-%m-%d}" if closes else "", "closes_hour": f"{closes:%H:%M}" if closes else "",
        }  # fmt: skip
        data |= {f"phases-{at}-{name}": value for name, value in fields.items()}
    return data | changes


# ----- Five minutes -----


def test_from_a_blueprint_to_the_public_by_pages_alone(editor: User) -> None:
    region()
    client = signed_in(editor)
    assert "Question ouverte" in client.get(reverse("debates:new")).content.decode()
    day = timezone.localdate()
    given = {
        "title": "Que faire de la place ?", "summary": "La place sera refaite en mars.", "organisation": "ici",
        "territory": "region:76", "opens_day": day.isoformat(), "closes_day": (day + timedelta(days=41)).isoformat(),
    }  # fmt: skip
    answer = client.post(reverse("debates:create", args=["question-ouverte"]), given)
    made = Process.objects.get()
    assert answer["Location"] == reverse("debates:prepare", args=[made.slug])
    assert [one.kind for one in made.phases.all()] == ["information", "opinions", "discussion"]
    assert timezone.localtime(made.phases.get(kind="opinions").closes).time().hour == 0
    page = client.get(reverse("debates:prepare", args=[made.slug])).content.decode()
    assert "entre crochets" in page
    assert "Publier la démarche" not in page
    client.post(reverse("debates:publish", args=[made.slug]))
    assert Process.objects.get().published is None

    client.post(reverse("debates:seeds", args=[made.slug]), {"lines": "\n".join(SEEDS)})
    answer = client.post(reverse("debates:edit", args=[made.slug]), posted(made, purpose="Pour choisir ensemble."))
    assert answer.status_code == 302
    assert "Publier la démarche" in client.get(reverse("debates:prepare", args=[made.slug])).content.decode()
    client.post(reverse("debates:publish", args=[made.slug]))
    assert Process.objects.get().published is not None
    assert "Pour choisir ensemble." in Client().get(made.get_absolute_url()).content.decode()
    assert Event.objects.get().reference == "organisation:ici"


def test_a_form_with_an_error_keeps_all_that_was_typed(editor: User) -> None:
    region()
    commune("Saint-Aubin", "01001")
    commune("Saint-Aubin", "02002")
    given = {"title": "Ma question ?", "summary": "", "organisation": "ici", "territory": "Saint-Aubin", "opens_day": "2026-03-05", "closes_day": "2026-03-01"}  # fmt: skip
    answer = signed_in(editor).post(reverse("debates:create", args=["recueil-d-avis"]), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Ma question ?"' in page
    assert 'value="2026-03-05"' in page
    assert 'name="territory_chosen" value="commune:01001"' in page
    assert "vient avant le premier" in page
    assert not Process.objects.exists()


def test_who_is_no_editor_opens_nothing(editor: User) -> None:
    with pytest.raises(PermissionDenied):
        draft(member())
    answer = signed_in(member("autre")).post(
        reverse("debates:create", args=["recueil-d-avis"]), {"title": "T", "organisation": "ici"}
    )
    assert answer.status_code == 422
    assert not Process.objects.exists()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda made: Process.objects.update(purpose=""), "à quoi elle sert"),
        (lambda made: Process.objects.update(purpose="[à écrire]"), "crochets"),
        (lambda made: made.statements.filter(number__gt=6).delete(), "au moins 7"),
        (lambda made: made.phases.all().delete(), "au moins une phase"),
        (
            lambda made: made.phases.filter(kind="opinions").update(
                opens=timezone.now() - timedelta(9), closes=timezone.now() - timedelta(1)
            ),
            "déjà terminée",
        ),
    ],
)
def test_what_lacks_is_said_and_stops_publication(editor: User, spoil: Any, sentence: str) -> None:
    made = ready(editor)
    spoil(made)
    with pytest.raises(ProcessError, match=sentence):
        actions.publish(made, by=editor)
    assert Process.objects.get().published is None


# ----- A draft exists for its team only -----


def test_a_draft_is_nowhere_for_anybody_else(editor: User) -> None:
    made = ready(editor)
    phase = made.phases.first()
    values = {"slug": made.slug, "position": phase.position, "number": 1, "teammate_id": 1, "token": "x", "form": "csv", "name": "comments.csv", "blueprint": "x"}  # fmt: skip
    addresses = []
    for one in urlpatterns:
        parts = list(one.pattern.converters) or list(one.pattern.regex.groupindex)
        if "slug" in parts:
            addresses.append((one.name, reverse(f"debates:{one.name}", kwargs={part: values[part] for part in parts})))
    assert len(addresses) > 35
    outsider, stranger = Client(), signed_in(member("curieux"))
    for client in (outsider, stranger):
        for name, address in addresses:
            absent = address.replace(made.slug, "rien-de-tel")
            for method in (client.get, client.post):
                answer, nothing = method(address), method(absent)
                assert answer.status_code == nothing.status_code, name
                assert answer.status_code in (302, 404, 405), name
                # Sent to sign in, or to the page of the form, as for a process that is not.
                if answer.status_code == 302:
                    assert answer["Location"].replace(made.slug, "rien-de-tel") == nothing["Location"], name
        assert made.title not in client.get(reverse("debates:list")).content.decode()
        assert client.get(f"/api/v1/debates/{made.slug}/statements").status_code == 404
        assert client.get(f"/api/v1/debates/{made.slug}").status_code == 404
        assert made.title not in client.get("/api/v1/debates").content.decode()
    assert kinds.cards([made.reference], None)[0].state == "gone"
    assert kinds.cards([made.reference], editor)[0].state == "here"
    assert not list(kinds.get("process").search_documents(None))
    assert all(one.removed for one in kinds.get("process").search_documents(timezone.now() - timedelta(days=1)))
    assert signed_in(editor).get(made.get_absolute_url()).status_code == 200


def test_once_public_the_team_pages_are_for_the_team(editor: User) -> None:
    made = actions.publish(ready(editor), by=editor)
    for name in ("prepare", "edit", "seeds", "team", "synthesis"):
        address = reverse(f"debates:{name}", args=[made.slug])
        assert Client().get(address).status_code == 403, name
        assert signed_in(member(f"curieux-{name}")).get(address).status_code == 403, name
        assert signed_in(editor).get(address).status_code == 200, name


# ----- Writing at two -----


def test_the_second_to_save_is_told_and_loses_nothing(editor: User) -> None:
    made = draft(editor)
    first, second = posted(made, purpose="Le texte du premier."), posted(made, purpose="Le texte du second.")
    assert signed_in(editor).post(reverse("debates:edit", args=[made.slug]), first).status_code == 302
    client = signed_in(teammate(made, "manager"))
    answer = client.post(reverse("debates:edit", args=[made.slug]), second)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Le texte du premier." in page
    assert "Le texte du second." in page
    assert Process.objects.get().purpose == "Le texte du premier."
    again = second | {"revision": Process.objects.get().revision}
    assert client.post(reverse("debates:edit", args=[made.slug]), again).status_code == 302
    assert Process.objects.get().purpose == "Le texte du second."


def test_an_old_revision_never_writes(editor: User) -> None:
    made = draft(editor)
    actions.change(made, {"title": "A ?"}, None, revision=made.revision, by=editor)
    with pytest.raises(ElsewhereError):
        actions.change(made, {"title": "B ?"}, None, revision=made.revision, by=editor)
    assert Process.objects.get().title == "A ?"


def test_phases_are_added_exchanged_and_removed(editor: User) -> None:
    made = draft(editor)
    one, two, three = made.phases.all()
    data = posted(made, **{"phases-2-DELETE": "on", "phases-0-opens_day": "2031-01-01", "phases-0-closes_day": ""})
    assert signed_in(editor).post(reverse("debates:edit", args=[made.slug]), data).status_code == 302
    assert [phase.pk for phase in made.phases.all()] == [two.pk, one.pk]
    assert not Phase.objects.filter(pk=three.pk).exists()


def test_what_may_not_change_once_public(editor: User) -> None:
    made = actions.publish(ready(editor), by=editor)
    ends = made.phases.get(kind="opinions").closes
    data = posted(made, publishes_vectors="on", title="Autre titre ?")
    data |= {f"phases-{at}-closes_day": "2031-01-01" for at in range(3)}
    assert signed_in(editor).post(reverse("debates:edit", args=[made.slug]), data).status_code == 302
    made.refresh_from_db()
    assert made.title == "Autre titre ?"
    assert made.publishes_vectors is False
    assert made.phases.get(kind="opinions").closes == ends


# ----- Dates -----


def test_a_phase_is_extended_with_a_notice_that_all_read(editor: User) -> None:
    made = actions.publish(ready(editor), by=editor)
    phase = made.phases.get(kind="opinions")
    address = reverse("debates:move", args=[made.slug, phase.position])
    given = {"closes_day": "2031-03-01", "closes_hour": "18:00", "reason": "Les marchés sont fermés cet été."}
    assert signed_in(editor).post(address, given | {"reason": ""}).status_code == 422
    assert signed_in(editor).post(address, given | {"closes_day": "2020-01-01"}).status_code == 422
    assert not Notice.objects.exists()
    assert signed_in(editor).post(address, given).status_code == 302
    page = Client().get(made.get_absolute_url()).content.decode()
    assert "Les marchés sont fermés cet été." in page
    assert "1 mars 2031" in page
    event = Event.objects.get(reference=made.reference)
    assert "fermés cet été" in event.sentence
    actions.move_end(phase, Phase.objects.get(pk=phase.pk).closes, reason="La même.", by=editor)
    assert Notice.objects.count() == 1


def test_closed_now_then_archived(editor: User) -> None:
    made = actions.publish(ready(editor, blueprint="recueil-d-avis"), by=editor)
    client = signed_in(editor)
    with pytest.raises(PermissionDenied):
        actions.archive(made, by=editor)
    for phase in made.phases.all():
        client.post(reverse("debates:close", args=[made.slug, phase.position]), {"reason": "Tout est dit."})
    client.post(reverse("debates:archive", args=[made.slug]))
    assert Process.objects.get().archived is not None
    assert "archivée" in Client().get(made.get_absolute_url()).content.decode()
    assert client.get(reverse("debates:edit", args=[made.slug])).status_code == 403


def test_told_once_when_it_opens_ends_soon_and_results_come() -> None:
    made = process()
    now = timezone.now()
    made.phases.update(opens=now + timedelta(hours=1), closes=now + timedelta(days=10))
    phase = made.phases.get()
    for moment, so_far in ((0, 0), (0.1, 1), (0.2, 1), (6.9, 1), (7.1, 2), (8, 2), (9.9, 2), (11, 2)):
        telling.tick(now + timedelta(days=moment))
        assert Event.objects.count() == so_far, moment
    assert set(Event.objects.values_list("reference", flat=True)) == {made.reference}
    made.archived = now
    made.save()
    phase.closes = now + timedelta(days=2)
    phase.save()
    telling.tick(now + timedelta(days=1))
    assert Event.objects.count() == 2


# ----- Carried elsewhere, done again -----


def test_exported_then_imported_it_says_the_same(editor: User) -> None:
    made = actions.publish(ready(editor), by=editor)
    member("participant")
    body = Client().get(reverse("debates:export", args=[made.slug])).content
    assert b"@" not in body
    (folder := signed_in(editor)).post(reverse("debates:import"), {"organisation": "ici", "territory": "", "file": _file(body)})
    copy = Process.objects.exclude(pk=made.pk).get()
    assert copy.published is None
    again = folder.get(reverse("debates:export", args=[copy.slug])).content
    assert json.loads(again) == json.loads(body)


def _file(body: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("demarche.json", body)


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b'{"format": "parvis-process", "version": 1, "title": ""}'])
def test_a_file_that_cannot_be_read_is_refused(editor: User, body: bytes) -> None:
    answer = signed_in(editor).post(reverse("debates:import"), {"organisation": "ici", "territory": "", "file": _file(body)})
    assert answer.status_code == 422
    assert not Process.objects.exists()


def test_a_copy_is_a_draft_that_begins_now(editor: User) -> None:
    made = actions.publish(ready(editor), by=editor)
    Phase.objects.update(opens=timezone.now() - timedelta(days=400), closes=timezone.now() - timedelta(days=300))
    stated(made, "Le centre est agréable à vivre.")
    copy = actions.duplicate(made, by=editor)
    assert copy.published is None
    assert copy.statements.count() == 9
    assert all(timezone.now() < one.opens < timezone.now() + timedelta(days=2) for one in copy.phases.all())
    with pytest.raises(PermissionDenied):
        actions.duplicate(made, by=member())


# ----- Team, synthesis, list -----


def test_the_team_is_of_people_with_an_account(editor: User) -> None:
    made = draft(editor)
    mate = member("aide")
    client = signed_in(editor)
    address = reverse("debates:team", args=[made.slug])
    assert client.post(address, {"email": "personne@exemple.fr", "role": "manager"}).status_code == 422
    assert client.post(address, {"email": "AIDE@exemple.fr", "role": "mediator"}).status_code == 302
    assert signed_in(mate).get(made.get_absolute_url()).status_code == 200
    assert signed_in(mate).get(address).status_code == 403
    one = made.team.get()
    client.post(reverse("debates:remove_mate", args=[made.slug, one.pk]))
    assert signed_in(mate).get(made.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        teams.add(made, "aide@exemple.fr", "manager", by=mate)


def test_the_synthesis_stands_beside_the_results_and_is_told(editor: User) -> None:
    made = actions.publish(ready(editor), by=editor)
    signed_in(editor).post(reverse("debates:synthesis", args=[made.slug]), {"text": "Nous retenons <b>deux</b> choses."})
    page = Client().get(made.get_absolute_url()).content.decode()
    assert "Nous retenons &lt;b&gt;deux&lt;/b&gt; choses." in page
    assert Event.objects.filter(reference=made.reference).count() == 1


def several(count: int) -> None:
    now = timezone.now()
    for at in range(count):
        made = process(f"p{at}", title=f"Question {at} ?")
        if at % 3 == 1:
            made.phases.update(opens=now + timedelta(days=3))
        if at % 3 == 2:
            made.phases.update(closes=now - timedelta(hours=3))


def test_the_list_opens_on_what_one_can_do_near() -> None:
    here = commune(within=region())
    several(6)
    Process.objects.filter(slug="p3").update(territory=here)
    client = Client()
    client.cookies["commune"] = here.code
    page = client.get(reverse("debates:list")).content.decode()
    places = [page.index(f"Question {at} ?") for at in (3, 0, 1, 2)]
    assert places == sorted(places)
    assert "6 démarches" in page
    for state, shown in (("open", {0, 3}), ("to-come", {1, 4}), ("over", {2, 5})):
        page = client.get(reverse("debates:list") + f"?etat={state}").content.decode()
        assert {at for at in range(6) if f"Question {at} ?" in page} == shown
    page = client.get(reverse("debates:list") + "?territoire=commune:46102").content.decode()
    assert "1 démarche" in page
    assert "Question 0 ?" in client.get(reverse("debates:list") + "?territoire=region:76").content.decode()
    assert "Enlevez un filtre" in client.get(reverse("debates:list") + "?organisation=x%00y").content.decode()


def queries(address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert Client().get(address).status_code == 200
    return len(found)


def test_as_many_questions_for_twenty_as_for_two() -> None:
    several(2)
    few = {name: queries(address) for name, address in (("page", reverse("debates:list")), ("api", "/api/v1/debates"))}
    Process.objects.all()
    for at in range(2, 20):
        process(f"q{at}", title=f"Autre {at} ?")
    assert {name: queries(address) for name, address in (("page", reverse("debates:list")), ("api", "/api/v1/debates"))} == few


def test_found_by_search_shown_by_its_territory_and_its_organisation() -> None:
    made = process(title="Quel avenir pour la halle ?")
    keeper.refresh()
    assert "Quel avenir pour la halle" in Client().get("/recherche/?q=halle").content.decode()
    for reference in ("organisation:ici", "region:76"):
        found = {kind.name: listing for kind, listing in kinds.about(reference, None)}
        assert found["process"].total == 1
    assert kinds.get("process").territory([made.slug]) == {made.slug: ("region:76",)}


def test_the_page_says_its_steps_and_what_to_do_now() -> None:
    made = process(residents_only=True, access="confirmed")
    stated(made, "La rue est trop étroite pour tous.")
    page = Client().get(made.get_absolute_url()).content.decode()
    assert 'aria-current="step"' in page
    assert "Donner mon avis" in page
    assert "réservé aux personnes qui habitent ici" in page
    made.phases.update(closes=timezone.now())
    page = Client().get(made.get_absolute_url()).content.decode()
    assert "Lire les résultats" in page
    assert 'name="reponse"' not in page
