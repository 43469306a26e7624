"""Publishing by the pages, then looking after what is published."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from parvis.catalog import storage
from parvis.catalog.actions import datasets, deposits
from parvis.catalog.models import Dataset, Deposit, Resource, Version

OTHER = b"code;nom\n1;Figeac\n2;Cahors\n3;Gourdon\n"
STRONG = [{"column": 1, "kind": "name", "level": "strong", "reason": "Des noms de personnes."}]
DESCRIPTION = {
    "title": "Nos communes",
    "description": "Toutes.",
    "keywords": "communes, lot",
    "licence": "odbl",
    "frequency": "annual",
}


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().replace("\xa0", " ").replace("\u202f", " ").split())


def test_described_read_once_more_and_published(ready: Any, editor: Any, client: Client) -> None:
    deposit, pages = ready(), signed_in(editor)
    page = deposit.get_absolute_url()
    assert pages.post(f"{page}decrire/", DESCRIPTION).url == f"{page}publier/"
    shown = text(pages, f"{page}publier/")
    for words in (
        "Nos communes",
        "ODbL",
        "communes, lot",
        "2 lignes, 2 colonnes",
        "sans schéma, non contrôlé",
        "Publier maintenant",
    ):
        assert words in shown, words
    assert not Dataset.objects.exists()
    answer = pages.post(f"{page}publier/")
    assert answer.url == "/donnees/nos-communes/"
    assert pages.post(f"{page}publier/").url == answer.url  # pressed twice
    assert Version.objects.count() == 1
    assert "Nos communes" in text(client, answer.url)
    assert "Ce fichier est publié." in text(pages, page)
    assert pages.get(f"{page}publier/").url == pages.get(f"{page}decrire/").url == page


def test_an_agent_prepares_and_hears_who_publishes(ready: Any, agent: Any, editor: Any) -> None:
    deposit, pages = ready(form={"title": "Codes"}), signed_in(agent)
    page = f"{deposit.get_absolute_url()}publier/"
    shown = text(pages, page)
    assert "Publier maintenant" not in shown
    assert editor.get_full_name() in shown
    refused = pages.post(page)
    assert (refused.status_code, Version.objects.count()) == (403, 0)
    assert Deposit.objects.get().form["title"] == "Codes"


def test_personal_data_are_acknowledged(ready: Any, editor: Any) -> None:
    deposit, pages = ready(personal=STRONG), signed_in(editor)
    page = f"{deposit.get_absolute_url()}publier/"
    assert "Des noms de personnes." in text(pages, deposit.get_absolute_url())
    refused = pages.post(page)
    assert (refused.status_code, "confirmez" in refused.content.decode()) == (409, True)
    assert pages.post(page, {"personal_confirmed": "1"}).status_code == 302
    assert Deposit.objects.get().personal_confirmed is True


def test_errors_do_not_forbid_and_the_report_is_public(ready: Any, editor: Any, client: Client) -> None:
    deposit, pages = ready(), signed_in(editor)
    cause = {"code": "type-error", "column": "nom", "title": "Noms illisibles", "explanation": "Non.", "repair": "", "count": 1, "first": [{"row": 2, "value": "Figeac", "message": "Non."}]}  # fmt: skip
    verdict = {
        "valid": False,
        "rows": 2,
        "schema": "scdl/prenoms",
        "errors": [],
        "warnings": [],
        "counts": {"type-error": 1},
        "causes": [cause],
    }
    Deposit.objects.update(schema="scdl/prenoms", verdict=verdict)
    page = f"{deposit.get_absolute_url()}publier/"
    assert "1 point à corriger" in text(pages, page)
    assert "Vous pouvez publier avec ces erreurs" in text(pages, page)
    pages.post(page)
    version = Version.objects.get()
    assert version.valid is False
    assert "Noms illisibles" in text(client, f"/donnees/nos-communes/{version.resource_id}/controle/")


def test_a_new_version_by_the_same_resource(ready: Any, editor: Any) -> None:
    first = deposits.publish(ready(), by=editor)
    pages = signed_in(editor)
    assert "Déposer une nouvelle version" in text(pages, f"/donnees/publier/?resource={first.resource_id}")
    same = ready(resource=first.resource)
    assert "aucune nouvelle version" in text(pages, f"{same.get_absolute_url()}publier/")
    other = ready(OTHER, resource=first.resource)
    pages.post(f"{other.get_absolute_url()}publier/")
    assert [one.number for one in first.resource.versions.all()] == [2, 1]


def test_two_uploads_at_once_on_one_resource(ready: Any, editor: Any) -> None:
    first = deposits.publish(ready(), by=editor)
    one, two = ready(OTHER, resource=first.resource), ready(OTHER + b"4;Martel\n", resource=first.resource)
    numbers = [deposits.publish(deposit, by=editor).number for deposit in (two, one)]
    assert numbers == [2, 3]
    assert Resource.objects.get().current.rows == 3  # the last that was published, not the last that arrived


@pytest.fixture
def published(ready: Any, editor: Any) -> Dataset:
    deposits.publish(ready(), by=editor)
    return Dataset.objects.get()


def test_the_description_is_corrected(published: Dataset, editor: Any, agent: Any) -> None:
    pages = signed_in(editor)
    page = "/donnees/nos-communes/gerer/"
    assert 'value="Nos communes"' in text(pages, page)
    assert pages.post(f"{page}decrire/", DESCRIPTION | {"title": "Communes"}).status_code == 302
    published.refresh_from_db()
    assert (published.title, published.slug, published.keywords) == ("Communes", "nos-communes", ["communes", "lot"])
    wrong = pages.post(f"{page}decrire/", DESCRIPTION | {"title": "", "description": "Gardez-moi."})
    assert wrong.status_code == 422
    assert "Gardez-moi." in wrong.content.decode()
    assert signed_in(agent).post(f"{page}decrire/", DESCRIPTION).status_code == 403
    assert signed_in(agent).post(f"{page}ressource/", {"title": "X"}).status_code == 403


def test_out_of_sight_and_back(published: Dataset, editor: Any, client: Client) -> None:
    pages = signed_in(editor)
    pages.post("/donnees/nos-communes/gerer/vue/")
    assert client.get("/donnees/nos-communes/").status_code == 404
    assert "Visible de votre organisation seulement." in text(pages, "/donnees/nos-communes/gerer/")
    pages.post("/donnees/nos-communes/gerer/vue/")
    assert client.get("/donnees/nos-communes/").status_code == 200


def test_a_version_is_withdrawn_with_its_reason(
    published: Dataset, editor: Any, administrator: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    version = Version.objects.get()
    page = f"/donnees/nos-communes/gerer/versions/{version.pk}/retirer/"
    assert signed_in(editor).post(page, {"reason": "Des noms."}).status_code == 403
    assert "retirer/" not in text(signed_in(editor), "/donnees/nos-communes/gerer/")
    pages = signed_in(administrator)
    assert page in text(pages, "/donnees/nos-communes/gerer/")
    assert "pour de bon" in text(pages, page)
    assert "error-summary" in pages.post(page, {"reason": " "}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        pages.post(page, {"reason": "Elle contient des noms."})
    assert not storage.parquet_path(version).exists()
    assert not storage.source_path(version).exists()
    seen = text(client, f"/donnees/nos-communes/{version.resource_id}/versions/1/")
    assert "Elle contient des noms." in seen
    assert "Figeac" not in seen.replace("Commune de Figeac", "")


def test_tables_are_added_named_ordered_and_taken_away(published: Dataset, editor: Any) -> None:
    pages, page = signed_in(editor), "/donnees/nos-communes/gerer/"
    answer = pages.post(f"{page}ressource/", {"title": "Cantons"})
    added = Resource.objects.get(title="Cantons")
    assert answer.url == f"/donnees/publier/?resource={added.pk}"
    change = f"{page}ressources/{added.pk}/"
    pages.post(change, {"title": "Les cantons", "description": "Depuis 2015."})
    pages.post(change, {"up": "1"})
    assert [one.title for one in published.resources.all()] == ["Les cantons", "Nos communes"]
    pages.post(change, {"up": "1"})
    pages.post(change, {"title": " "})
    assert [one.title for one in published.resources.all()] == ["Les cantons", "Nos communes"]
    filled = Resource.objects.get(title="Nos communes")
    pages.post(f"{page}ressources/{filled.pk}/", {"delete": "1"})
    pages.post(change, {"delete": "1"})
    assert [one.title for one in published.resources.all()] == ["Nos communes"]


def test_a_draft_is_erased(town: Any, agent: Any) -> None:
    datasets.create(organisation=town, form={"title": "Brouillon"}, by=agent)
    pages = signed_in(agent)
    assert "Effacer ce brouillon" in text(pages, "/donnees/brouillon/gerer/")
    assert pages.post("/donnees/brouillon/gerer/effacer/").url == "/bureau/"
    assert not Dataset.objects.exists()


def test_few_questions_to_the_database(published: Dataset, ready: Any, editor: Any, django_assert_max_num_queries: Any) -> None:
    resource = Resource.objects.get()
    for number in range(3):
        deposits.publish(ready(OTHER + b"%d;x\n" % number, resource=resource), by=editor)
    pages = signed_in(editor)
    with django_assert_max_num_queries(9):
        pages.get("/donnees/nos-communes/gerer/")
