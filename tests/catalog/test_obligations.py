"""What the law asks, on the site: the rules kept, an authority and what it says, the Région and whom it helps."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import public
from parvis.catalog.actions import obligations as actions
from parvis.catalog.core.obligations.status import Status
from parvis.catalog.models import (
    Dataset,
    ObligationProgress,
    ObligationRule,
    ObligationSnapshot,
    ObligationStatement,
    Resource,
    Version,
)
from parvis.catalog.obligations import cockpit, facts, law, progress
from parvis.catalog.obligations.page import page_of
from parvis.organisations.models import Membership, Nature, Organisation, Role
from parvis.territories import classes
from parvis.territories.models import Level, Territory

DAY = date(2026, 11, 23)


@pytest.fixture
def rules(db: None) -> None:
    law.load()


@pytest.fixture
def places(db: None, settings: Any) -> dict[str, Organisation]:
    """A Région, its département, an EPCI of two communes, and a commune of another région; each with its authority."""
    settings.REGION_CODE = "76"
    made: dict[str, Territory] = {}

    def place(level: str, code: str, name: str, people: int, **inside: Territory) -> Organisation:
        made[code] = Territory.objects.create(level=level, code=code, name=name, population=people, vintage=2026, **inside)
        return Organisation.objects.create(name=name, slug=f"{name.lower()}-{code}", nature=level, territory=made[code])

    found = {"region": place(Level.REGION, "76", "Occitanie", 6_000_000)}
    around: dict[str, Any] = {"region": made["76"]}
    found["departement"] = place(Level.DEPARTEMENT, "46", "Lot", 174_000, **around)
    around["departement"] = made["46"]
    found["epci"] = place(Level.EPCI, "200067361", "Grand", 43_000, **around)
    around["epci"] = made["200067361"]
    found["town"] = place(Level.COMMUNE, "46102", "Figeac", 9_900, **around)
    found["village"] = place(Level.COMMUNE, "46001", "Albas", 500, **around)
    far = Territory.objects.create(level=Level.REGION, code="75", name="Ailleurs", vintage=2026)
    found["far"] = place(Level.COMMUNE, "24001", "Loin", 900, region=far)
    return found


def person(organisation: Organisation, role: str = Role.AGENT) -> User:
    user = User.objects.create_user(f"{role}@{organisation.slug}.example", None)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def agent(places: dict[str, Organisation]) -> User:
    return person(places["town"])


def publish(
    organisation: Organisation, schema: str, *, valid: bool | None = True, age: int = 0, draft: bool = False
) -> Resource:
    number = Dataset.objects.count()
    dataset = Dataset.objects.create(
        organisation=organisation, title=f"Jeu {number}", slug=f"jeu-{number}", published=None if draft else timezone.now()
    )
    resource = Resource.objects.create(dataset=dataset, title="Table", schema=schema)
    resource.current = Version.objects.create(
        resource=resource, number=1, digest="d" * 64, source_sha256="e" * 64, source_name="a", source_bytes=1, rows=1,
        reading={}, profile={}, schema=schema, valid=valid, created=timezone.now() - timedelta(days=age),
    )  # fmt: skip
    resource.save()
    return resource


def status_of(organisation: Organisation, rule: str) -> Status:
    return page_of(Organisation.objects.select_related("territory").get(pk=organisation.pk)).line(rule).status


# ----- The rules kept -----


def test_loading_twice_is_once_and_what_was_edited_is_kept(rules: None) -> None:
    assert law.load() == {"created": 0, "updated": 0, "kept": 0}
    assert [rule.id for rule in law.active()] == [rule.id for rule in law.core.bundled().rules]
    row = ObligationRule.objects.get(pk="acts")
    row.title, row.edited = "À notre façon", timezone.now()
    row.save()
    ObligationRule.objects.filter(pk="minutes").update(title="Abîmé")
    assert law.load() == {"created": 0, "updated": 1, "kept": 1}
    assert ObligationRule.objects.get(pk="acts").title == "À notre façon"
    assert ObligationRule.objects.get(pk="minutes").title == "Le procès-verbal des séances"


def test_every_kept_rule_says_what_the_bundled_one_says(rules: None) -> None:
    assert law.active() == list(law.core.bundled().rules)


# ----- An authority -----


def test_what_is_published_is_found_by_its_schema(rules: None, places: dict[str, Organisation], agent: User) -> None:
    town = places["town"]
    actions.state_activity(town, activity="grants", yes=True, by=agent)
    assert status_of(town, "grants") is Status.TO_DO
    publish(town, "scdl/subventions", draft=True)
    assert status_of(town, "grants") is Status.TO_DO
    publish(town, "scdl/subventions", age=400)
    assert status_of(town, "grants") is Status.LATE
    publish(town, "scdl/subventions", valid=False)
    assert status_of(town, "grants") is Status.PUBLISHED
    publish(town, "scdl/subventions")
    assert status_of(town, "grants") is Status.UP_TO_DATE
    assert status_of(places["village"], "grants") is Status.TO_CONFIRM  # of another authority


def test_a_schema_that_was_only_declared_does_not_make_it_valid(
    rules: None, places: dict[str, Organisation], agent: User
) -> None:
    actions.state_activity(places["town"], activity="grants", yes=True, by=agent)
    resource = publish(places["town"], "scdl/subventions")
    Version.objects.filter(pk=resource.current_id).update(schema="")
    assert status_of(places["town"], "grants") is Status.PUBLISHED


def test_the_staff_settles_the_default_rule(rules: None, places: dict[str, Organisation], agent: User) -> None:
    town = places["town"]
    assert status_of(town, "open_data_default") is Status.TO_CONFIRM
    actions.state_staff(town, number=49, by=agent)
    assert status_of(town, "open_data_default") is Status.NOT_CONCERNED
    actions.state_staff(town, number=50, by=agent)
    assert status_of(town, "open_data_default") is Status.TO_DO
    first, second = ObligationStatement.objects.order_by("created")
    assert (first.number, first.ended_by, second.number, second.created_by, second.ended) == (49, agent, 50, agent, None)


def test_the_same_again_changes_nothing(rules: None, places: dict[str, Organisation], agent: User) -> None:
    first = actions.state_staff(places["town"], number=50, by=agent)
    assert actions.state_staff(places["town"], number=50, by=agent) == first
    assert ObligationStatement.objects.count() == 1


def test_the_next_step_is_one_that_answers_the_rule(rules: None, places: dict[str, Organisation], agent: User) -> None:
    actions.state_activity(places["town"], activity="grants", yes=True, by=agent)
    page = page_of(Organisation.objects.select_related("territory").get(pk=places["town"].pk))
    assert page.line("grants").step.startswith("Téléchargez le modèle")
    assert page.line("acts").templates == ("scdl/deliberations",)  # offered, and not what the law asks for
    assert page.line("acts").step.startswith("Mettez-le en ligne sur votre site")
    assert page.line("address_base").step.startswith("Publiez sur le portail national")


def test_an_epci_is_known_by_its_largest_commune(rules: None, places: dict[str, Organisation]) -> None:
    assert facts.largest_commune_of(places["epci"]) == 9_900
    assert facts.largest_communes() == {places["epci"].territory_id: 9_900}


ACTS = {
    "staff": lambda town, by: actions.state_staff(town, number=5, by=by),
    "activity": lambda town, by: actions.state_activity(town, activity="grants", yes=True, by=by),
    "elsewhere": lambda town, by: actions.state_elsewhere(town, rule="acts", url="https://exemple.fr/actes", by=by),
    "contest": lambda town, by: actions.contest(town, rule="acts", reason="Nous n'avons pas de conseil.", by=by),
}


@pytest.mark.parametrize("name", ACTS)
def test_only_its_own_agents_speak_for_an_authority(
    rules: None, places: dict[str, Organisation], agent: User, name: str
) -> None:
    for other in (person(places["village"], Role.ADMINISTRATOR), person(places["region"], Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            ACTS[name](places["town"], other)
    assert not ObligationStatement.objects.exists()
    held = ACTS[name](places["town"], agent)
    with pytest.raises(PermissionDenied):
        actions.take_back(held, by=person(places["epci"]))
    actions.take_back(held, by=agent)
    held.refresh_from_db()
    assert held.ended
    assert held.ended_by == agent


@pytest.mark.parametrize(
    "url", ["http://exemple.fr/a", "https://intranet/a", "javascript:alert(1)", "", "https://" + "a" * 500 + ".fr"]
)
def test_an_address_elsewhere_is_a_public_one(rules: None, places: dict[str, Organisation], agent: User, url: str) -> None:
    with pytest.raises(actions.StatementError, match="https"):
        actions.state_elsewhere(places["town"], rule="acts", url=url, by=agent)


def test_what_is_not_a_rule_or_a_question_is_refused(rules: None, places: dict[str, Organisation], agent: User) -> None:
    town = places["town"]
    with pytest.raises(actions.StatementError):
        actions.contest(town, rule="rien", reason="x", by=agent)
    with pytest.raises(actions.StatementError):
        actions.state_elsewhere(town, rule="petition", url="https://exemple.fr/a", by=agent)
    with pytest.raises(actions.StatementError):
        actions.state_activity(town, activity="rien", yes=True, by=agent)
    with pytest.raises(actions.StatementError):
        actions.state_staff(town, number=-1, by=agent)


def test_a_contest_waits_for_the_region(rules: None, places: dict[str, Organisation], agent: User) -> None:
    town = places["town"]
    assert status_of(town, "acts") is Status.TO_DO
    held = actions.contest(town, rule="acts", reason="Fusion.", by=agent)
    assert status_of(town, "acts") is Status.TO_CONFIRM
    for other in (agent, person(places["region"], Role.AGENT)):
        with pytest.raises(PermissionDenied):
            actions.settle(held, accepted=True, answer="", by=other)
    editor = person(places["region"], Role.EDITOR)
    with pytest.raises(actions.StatementError):
        actions.settle(held, accepted=False, answer=" ", by=editor)
    actions.settle(held, accepted=False, answer="L'article s'applique.", by=editor)
    assert status_of(town, "acts") is Status.TO_DO
    actions.settle(held, accepted=True, answer="", by=editor)
    assert status_of(town, "acts") is Status.NOT_CONCERNED


# ----- Its pages -----


def test_the_public_page_shows_what_is_asked_without_a_word_of_blame(
    rules: None, places: dict[str, Organisation], client: Any
) -> None:
    publish(places["town"], "scdl/subventions", age=800)
    text = client.get("/donnees/obligations/figeac-46102/").content.decode()
    assert "Vos arrêtés et délibérations, en ligne" in text
    assert "La suite" not in text
    for word in ("retard", "manque", "défaut de", "infraction", "illégal", "mauvais"):
        assert word not in text.lower(), word


def test_an_agent_reads_the_next_steps_and_answers(
    rules: None, places: dict[str, Organisation], agent: User, client: Any
) -> None:
    client.force_login(agent)
    text = client.get("/donnees/obligations/figeac-46102/").content.decode()
    assert "Vos obligations" in text
    assert "La suite" in text
    answer = client.post("/donnees/obligations/figeac-46102/situation/", {"staff": "120", "grants": "yes", "dae": "yes"})
    assert answer.status_code == 302
    assert status_of(places["town"], "open_data_default") is Status.TO_DO
    assert status_of(places["town"], "grants") is Status.TO_DO
    client.post("/donnees/obligations/figeac-46102/situation/", {"staff": "", "grants": "no"})
    assert status_of(places["town"], "open_data_default") is Status.TO_CONFIRM
    assert status_of(places["town"], "grants") is Status.NOT_CONCERNED
    assert client.post("/donnees/obligations/figeac-46102/situation/", {"staff": "beaucoup"}).status_code == 422


def test_an_agent_gives_the_address_of_the_portal(
    rules: None, places: dict[str, Organisation], agent: User, client: Any
) -> None:
    client.force_login(agent)
    wrong = client.post("/donnees/obligations/figeac-46102/acts/publie-ailleurs/", {"url": "http://figeac.example/actes"})
    assert wrong.status_code == 422
    assert "http://figeac.example/actes" in wrong.content.decode()
    client.post("/donnees/obligations/figeac-46102/acts/publie-ailleurs/", {"url": "https://figeac.example/actes"})
    assert status_of(places["town"], "acts") is Status.PUBLISHED
    client.logout()
    text = client.get("/donnees/obligations/figeac-46102/acts/").content.decode()
    assert 'href="https://figeac.example/actes" rel="noopener nofollow ugc"' in text
    client.force_login(agent)
    client.post("/donnees/obligations/figeac-46102/acts/annuler/", {"about": "elsewhere"})
    assert status_of(places["town"], "acts") is Status.TO_DO


@pytest.mark.parametrize("path", ["situation/", "acts/contester/", "acts/publie-ailleurs/", "acts/annuler/"])
def test_the_doors_of_an_authority(rules: None, places: dict[str, Organisation], client: Any, path: str) -> None:
    address, given = (
        f"/donnees/obligations/figeac-46102/{path}",
        {"reason": "x", "url": "https://a.example/", "about": "contest"},
    )
    assert client.post(address, given).status_code == 302  # to sign in
    client.force_login(person(places["village"], Role.ADMINISTRATOR))
    assert client.post(address, given).status_code == 403
    assert not ObligationStatement.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "personne/",
        "club/",
        "figeac-46102/rien/",
        "figeac-46102/petition/",
        "modeles/rien/modele.csv",
        "modeles/scdl/subventions/modele.pdf",
    ],
)
def test_what_does_not_exist(rules: None, places: dict[str, Organisation], client: Any, path: str) -> None:
    Organisation.objects.create(name="Club", slug="club", nature=Nature.ASSOCIATION)
    assert client.get(f"/donnees/obligations/{path}").status_code == 404


def test_the_deposit_is_prefilled(rules: None, places: dict[str, Organisation], agent: User, client: Any) -> None:
    Membership.objects.create(user=agent, organisation=places["village"], role=Role.AGENT)
    client.force_login(agent)
    actions.state_activity(places["town"], activity="grants", yes=True, by=agent)
    text = client.get("/donnees/obligations/figeac-46102/grants/").content.decode()
    address = "/donnees/publier/?organisation=figeac-46102&amp;schema=scdl%2Fsubventions"
    assert address in text
    form = client.get(address.replace("&amp;", "&")).context["form"]
    assert (form["organisation"].value(), form["schema"].value()) == ("figeac-46102", "scdl/subventions")


# ----- Templates -----


def test_the_csv_template_is_recognised_by_its_own_schema(client: Any) -> None:
    answer = client.get("/donnees/obligations/modeles/scdl/subventions/modele.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="modele-scdl-subventions.csv"'
    (titles,) = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert titles[:3] == ["nomAttribuant", "idAttribuant", "dateConvention"]


def test_the_workbook_explains_each_column(client: Any) -> None:
    from python_calamine import CalamineWorkbook

    answer = client.get("/donnees/obligations/modeles/scdl/subventions/modele.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["Données", "Aide"]
    (titles,) = book.get_sheet_by_index(0).to_python()
    explained = book.get_sheet_by_index(1).to_python()
    assert [row[0] for row in explained[1:]] == titles
    siret = next(row for row in explained if row[0] == "idAttribuant")
    assert siret[3] == "21460042100017"
    assert siret[4] == "oui"
    assert siret[5] == "texte"


# ----- The region -----


def test_progress_says_what_each_page_says(rules: None, places: dict[str, Organisation], agent: User) -> None:
    publish(places["town"], "etalab/schema-bal")
    actions.state_staff(places["village"], number=3, by=person(places["village"]))
    assert progress.refresh(today=DAY) == 5  # the commune elsewhere is not accompanied
    for row in ObligationProgress.objects.select_related("organisation__territory"):
        page = page_of(row.organisation, DAY)
        assert row.statuses == {line.rule.id: line.status.value for line in page.lines}
        assert (row.expected, row.done, row.gain) == (page.counts.expected, page.counts.done, page.counts.gain)


def test_a_snapshot_a_day(rules: None, places: dict[str, Organisation]) -> None:
    progress.refresh(today=DAY)
    publish(places["town"], "etalab/schema-bal")
    progress.refresh(today=DAY)
    progress.refresh(today=DAY + timedelta(days=1))
    later, first = ObligationSnapshot.objects.all()
    assert first.day == DAY
    assert first.figures["done"] == 2
    assert first.figures["started"] == 1
    assert later.day == DAY + timedelta(days=1)
    assert later.rules["address_base"] == {"not_concerned": 3, "valid": 1, "to_do": 1}
    assert cockpit.series().points == "0,10 640,10"


def test_the_worker_catches_up(rules: None, places: dict[str, Organisation], agent: User) -> None:
    assert progress.catch_up(DAY) == 5
    old = timezone.now() - timedelta(minutes=5)
    for model in (ObligationRule, Dataset):
        model.objects.update(modified=old)
    ObligationProgress.objects.update(computed=timezone.now() - timedelta(minutes=1))
    assert progress.catch_up(DAY) == 0
    publish(places["town"], "etalab/schema-bal")
    actions.state_staff(places["village"], number=3, by=person(places["village"]))
    assert progress.catch_up(DAY) == 2
    assert ObligationProgress.objects.get(organisation=places["town"]).statuses["address_base"] == "valid"
    assert progress.catch_up(DAY + timedelta(days=1)) == 5


def test_setup_and_reaper_are_called_through_the_public_door(places: dict[str, Organisation]) -> None:
    public.prepare()
    public.reap()
    assert ObligationProgress.objects.count() == 5


def test_groups_add_up(rules: None, places: dict[str, Organisation]) -> None:
    publish(places["village"], "etalab/schema-bal")
    progress.refresh(today=DAY)
    (lot,) = cockpit.groups("departement")
    assert (lot.name, lot.authorities, lot.started) == ("Lot", 4, 1)
    assert lot.expected == sum(
        ObligationProgress.objects.exclude(organisation=places["region"]).values_list("expected", flat=True)
    )
    (grand,) = cockpit.groups("epci")
    assert (grand.authorities, grand.started) == (3, 1)
    sizes = {group.key: (group.authorities, group.started) for group in cockpit.groups("taille")}
    assert sizes == {"500": (1, 1), "3500": (1, 0), "epci": (1, 0), "departement": (1, 0), "region": (1, 0)}
    classes.settle()
    found = {group.key: (group.authorities, group.started) for group in cockpit.groups("classe")}
    assert found == {"rural": (1, 1), "centre": (1, 0), "epci": (1, 0), "departement": (1, 0), "region": (1, 0)}


def test_the_cockpit_by_class_says_how_classes_were_decided(rules: None, places: dict[str, Organisation], client: Any) -> None:
    classes.settle()
    progress.refresh(today=DAY)
    page = client.get("/donnees/obligations/?par=classe").content.decode()
    assert "Communes rurales" in page
    assert "2 000 habitants" in page
    export = b"".join(client.get("/donnees/obligations/export.csv?par=classe").streaming_content).decode()
    assert "communes rurales" in export
    assert "2 000 habitants" in export
    assert "2 000 habitants" not in b"".join(client.get("/donnees/obligations/export.csv").streaming_content).decode()


@pytest.mark.parametrize(
    ("expected", "done", "shade"), [(0, 0, None), (10, 0, 1), (100, 1, 2), (100, 6, 3), (100, 21, 4), (100, 51, 5)]
)
def test_the_shade_of_a_place(expected: int, done: int, shade: int | None) -> None:
    assert cockpit.Group("46", "Lot", "", 1, 0, expected, done).map_class == shade


def test_the_public_cockpit_names_only_who_succeeded(rules: None, places: dict[str, Organisation], client: Any) -> None:
    empty = client.get("/donnees/obligations/").content.decode()
    assert "Les chiffres se préparent" in empty
    publish(places["village"], "etalab/schema-bal")
    progress.refresh(today=DAY)
    for address in ("/donnees/obligations/", "/donnees/obligations/?par=taille", "/donnees/obligations/reussites/"):
        text = client.get(address).content.decode()
        assert "Figeac" not in text, address
        assert "retard" not in text.lower(), address
    assert "Albas" in text
    assert client.get("/donnees/obligations/regles/").status_code == 200


def test_the_figures_leave_as_csv_and_json(rules: None, places: dict[str, Organisation], client: Any) -> None:
    progress.refresh(today=DAY)
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get("/donnees/obligations/export.csv?par=epci")).decode())))
    assert rows[0]["nom"] == "Grand"
    assert rows[0]["collectivites"] == "3"
    assert client.get("/donnees/obligations/export.json").json()[0]["nom"] == "Lot"
    assert client.get("/donnees/obligations/export.xml").status_code == 404


def test_whom_to_help_is_for_the_region(rules: None, places: dict[str, Organisation], agent: User, client: Any) -> None:
    classes.settle()
    progress.refresh(today=DAY)
    for address in ("/donnees/obligations/aide/", "/donnees/obligations/aide/export.csv"):
        client.logout()
        assert client.get(address).status_code == 302
        client.force_login(agent)
        assert client.get(address).status_code == 403
    client.force_login(person(places["region"]))
    names = [row.organisation.name for row in client.get("/donnees/obligations/aide/").context["page"]]
    assert set(names) == {"Occitanie", "Lot", "Grand", "Figeac", "Albas"}
    assert names.index("Figeac") < names.index("Albas")  # more is asked of a larger one
    text = b"".join(client.get("/donnees/obligations/aide/export.csv?taille=3500")).decode()
    assert "Figeac" in text
    assert "Albas" not in text
    assert "communes rurales" in b"".join(client.get("/donnees/obligations/aide/export.csv?classe=rural")).decode()


@pytest.mark.parametrize(("query", "expected"), [
    ("departement=46", {"Lot", "Grand", "Figeac", "Albas"}), ("departement=12", set()), ("taille=500", {"Albas"}),
    ("classe=rural", {"Albas"}), ("classe=centre", {"Figeac"}),
    ("regle=budget_annexes", {"Figeac"}), ("contact=oui", {"Figeac", "Occitanie"}), ("contact=non", {"Lot", "Grand", "Albas"}),
    ("taille=rien&regle=rien&tri=rien", {"Occitanie", "Lot", "Grand", "Figeac", "Albas"}),
])  # fmt: skip
def test_the_list_is_filtered(
    rules: None, places: dict[str, Organisation], agent: User, client: Any, query: str, expected: set[str]
) -> None:
    classes.settle()
    progress.refresh(today=DAY)
    client.force_login(person(places["region"]))
    page = client.get(f"/donnees/obligations/aide/?{query}").context["page"]
    assert {row.organisation.name for row in page} == expected


def test_the_region_answers_on_a_page(rules: None, places: dict[str, Organisation], agent: User, client: Any) -> None:
    held = actions.contest(places["town"], rule="acts", reason="Fusion.", by=agent)
    address = f"/donnees/obligations/aide/contestations/{held.pk}/"
    client.force_login(agent)
    assert client.get(address).status_code == 403
    client.force_login(person(places["region"], Role.EDITOR))
    assert "Fusion." in client.get("/donnees/obligations/aide/").content.decode()
    assert client.post(address, {"accepted": "no", "answer": ""}).status_code == 422
    assert client.post(address, {"accepted": "yes", "answer": ""}).status_code == 302
    assert status_of(places["town"], "acts") is Status.NOT_CONCERNED


def test_the_pages_ask_a_bounded_number_of_questions(
    rules: None, places: dict[str, Organisation], agent: User, client: Any, django_assert_max_num_queries: Any
) -> None:
    for _times in range(5):
        publish(places["town"], "scdl/subventions")
    progress.refresh(today=DAY)
    client.force_login(agent)
    with django_assert_max_num_queries(14):
        client.get("/donnees/obligations/figeac-46102/")
    with django_assert_max_num_queries(20):
        client.get("/donnees/obligations/")
    with django_assert_max_num_queries(20):
        progress.refresh(today=DAY)


# ----- Elsewhere on the site -----


def test_the_desk_and_the_page_of_an_organisation_lead_there(
    rules: None, places: dict[str, Organisation], agent: User, client: Any
) -> None:
    assert "/donnees/obligations/figeac-46102/" in client.get("/organisations/figeac-46102/").content.decode()
    client.force_login(agent)
    assert "/donnees/obligations/figeac-46102/" in client.get("/bureau/").content.decode()


# ----- API -----


def test_the_rules_as_data(rules: None, client: Any) -> None:
    body = client.get("/api/v1/obligations/rules").json()
    rule = next(one for one in body["data"] if one["id"] == "top10_pay")
    assert rule["confidence"] == "S"
    assert rule["concerns"][1] == {
        "natures": ["commune", "epci"],
        "inhabitants_least": None,
        "inhabitants_above": 40_000,
        "inhabitants_below": None,
        "staff_least": None,
        "largest_commune_least": None,
        "activity": "",
        "since": None,
        "unsure": False,
    }
    assert set(body["activities"]) >= {one["activity"] for rule in body["data"] for one in rule["concerns"]} - {""}


def test_one_authority_as_data(rules: None, places: dict[str, Organisation], client: Any) -> None:
    publish(places["town"], "etalab/schema-bal")
    answer = client.get("/api/v1/organisations/figeac-46102/obligations")
    assert answer["Access-Control-Allow-Origin"] == "*"
    found = {one["rule"]: one for one in answer.json()["data"]}
    assert found["address_base"]["status"] == "valid"
    assert found["address_base"]["published"][0]["valid"] is True
    assert found["open_data_default"]["missing"] == ["staff"]
    missing = client.get("/api/v1/organisations/personne/obligations")
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"


# ----- Back office -----


def test_an_administrator_edits_a_threshold(rules: None, places: dict[str, Organisation], client: Any) -> None:
    from parvis.accounts.models import PlatformRole

    client.force_login(User.objects.create_user("admin@exemple.fr", None, platform_role=PlatformRole.ADMINISTRATOR))
    address = "/gestion/snippets/catalog/obligationrule/edit/budget_5Fannexes/"
    page = client.get(address)
    assert page.status_code == 200
    form = {name: value for name, value in initial(page.context["form"]).items() if value is not None}
    form |= {"conditions-0-inhabitants_least": "10000", "title": "Annexes"}
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.context["form"].errors
    row = ObligationRule.objects.get(pk="budget_annexes")
    assert row.edited
    assert row.title == "Annexes"
    assert row.conditions.get().inhabitants_least == 10_000
    assert status_of(places["town"], "budget_annexes") is Status.NOT_CONCERNED
    law.load()
    assert status_of(places["town"], "budget_annexes") is Status.NOT_CONCERNED
    broken = client.post(address, form | {"conditions-0-natures": []})
    assert broken.status_code == 200
    assert row.conditions.get().natures == ["commune"]


def initial(form: Any) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    found: dict[str, Any] = {}
    for one in [form, *(each for formset in form.formsets.values() for each in (formset.management_form, *formset.forms))]:
        for field in one:
            value = field.value()
            if value is True:
                value = "on"
            found[field.html_name] = (
                None if value is False else value if isinstance(value, list | str) else None if value is None else str(value)
            )
    return found
