"""Pages of debates in English: no sentence of ours stays in French, and no date ends a sentence with two stops."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from parvis.debates.models import Process
from parvis.debates.results import computing
from parvis.organisations.models import Membership, Role
from tests.debates import crowds
from tests.debates.taking_part import member

pytestmark = pytest.mark.django_db
FRENCH = re.compile(
    r"\b(?:les|des|une|est|sont|pour|avec|cette|votre|vos|nous|vous|dans|qui|aux|sans|affirmations?|démarche|réponses?|avis)\b",
    re.I,
)
PUBLIC = (
    "", "carte/", "rapport/", "participation/", "donnees/", "affirmations/", "affirmations/1/", "affirmations/proposer/",
    "opinions/", "ma-participation/", "ma-participation/commune/", "feuille/",
)  # fmt: skip
OFFICE = (
    "", "preparer/", "modifier/", "premieres-affirmations/", "synthese/", "phases/1/", "equipe/", "affirmations/relire/", "saisie/",
)  # fmt: skip


@pytest.fixture
def water() -> Process:
    """All that people wrote is in English, so that what is French is ours."""
    cache.clear()
    land = crowds.country()
    made = crowds.process(land["region"])
    crowds.fill(made, 60, 14, land["communes"])
    Process.objects.update(
        title="How to share water?", summary="One question.", purpose="To choose.", synthesis="Banks and shade."
    )
    made.phases.update(title="Speak", text="Say it.")
    for one in made.statements.all():
        one.text = f"Statement {one.number}: act now."
        one.save()
    computing.run(computing.ask(made).pk)
    return Process.objects.get(pk=made.pk)


def said(page: str) -> list[str]:
    """The sentences of the main part of a page, and those that only a screen reader says."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    hidden = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]+)"', main)
    shown = re.sub(r"<(script|style|code)\b.*?</\1>", " ", main, flags=re.DOTALL)
    shown = re.sub(r"</?(?:a|b|em|strong|span)\b[^>]*>", "", shown)
    shown = re.sub(r"\b[a-z-]+\.(?:csv|py)\b|http://[^\s<]+", "", shown)  # names of files and addresses stay
    return [" ".join(unescape(one).split()) for one in [*re.split(r"<[^>]+>", shown), *hidden] if one.strip()]


def check(client: Client, address: str, status: int = 200) -> None:
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == status, address
    page = answer.content.decode()
    assert '<html lang="en"' in page
    found = said(page)
    assert len(found) > 3
    assert not [one for one in found if FRENCH.search(one)], address
    assert not [one for one in found if re.search(r"[^.]\.\.(?!\.)", one)], address


def test_public_pages(water: Process, client: Client) -> None:
    for page in PUBLIC:
        check(client, f"/debats/eau/{page}")
    check(client, "/debats/")


def test_pages_of_the_team(water: Process, client: Client) -> None:
    editor = member("redactrice")
    Membership.objects.create(user=editor, organisation=water.organisation, role=Role.EDITOR)
    client.force_login(editor)
    for page in OFFICE:
        check(client, f"/debats/eau/{page}")
    for address in (
        "/debats/nouvelle/",
        "/debats/nouvelle/question-ouverte/",
        "/debats/nouvelle/recueil-d-avis/",
        "/debats/importer/",
    ):
        check(client, address)


def test_months_are_in_full_in_english_too(water: Process, client: Client) -> None:
    page = client.get("/debats/eau/carte/", headers={"accept-language": "en"}).content.decode()
    assert re.search(r"computed on \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d\.", page)
