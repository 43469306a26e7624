"""The way of a file, by the pages that people use: received, read, corrected, repaired, described."""

from __future__ import annotations

import errno
import hashlib
import io
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog import jobs, storage, tasks
from parvis.catalog.actions import datasets, deposits
from parvis.catalog.models import Dataset, Deposit
from parvis.catalog.reserved import RESERVED
from parvis.catalog.urls import urlpatterns
from parvis.home.demonstration import grants
from parvis.organisations.models import Membership, Organisation
from parvis.shared import sandbox

CSV = b"code;nom\n1;un\n2;deux\n"
GRANTS = "scdl/subventions"


@pytest.fixture(autouse=True)
def _home(settings, tmp_path) -> None:
    settings.PARVIS_HOME = tmp_path
    cache.clear()  # limits of one test are not those of the next


@pytest.fixture
def town(db) -> Organisation:
    return Organisation.objects.create(name="Commune de Figeac", slug="figeac", nature="commune", siren="214601023")


def member(of: Organisation, role: str) -> User:
    user = User.objects.create_user(f"{role}@{of.slug}.example", "x", name=role.title())
    Membership.objects.create(user=user, organisation=of, role=role)
    return user


@pytest.fixture
def agent(town) -> User:
    return member(town, "agent")


@pytest.fixture
def pages(agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def drop(client: Client, content: bytes = CSV, name: str = "table.csv", **fields: Any) -> Deposit:
    """Send a file by the form, then do what the worker does."""
    answer = client.post("/donnees/publier/", {"organisation": "figeac", "file": SimpleUploadedFile(name, content)} | fields)
    assert answer.status_code == 302, answer.content.decode()
    return deposits.run(Deposit.objects.get(pk=answer.url.strip("/").rsplit("/", 1)[-1]))


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").replace("\u202f", " ").split())


def test_a_file_is_received_read_and_explained(pages, agent) -> None:
    answer = pages.post("/donnees/publier/", {"organisation": "figeac", "file": SimpleUploadedFile("Écoles 2025.csv", CSV)})
    deposit = Deposit.objects.get()
    assert answer.url == deposit.get_absolute_url()
    waiting = text(pages, answer.url)
    assert "Votre fichier attend son tour" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert ">Actualiser</a>" in waiting  # without JavaScript
    deposits.run(deposit)
    ready = text(pages, answer.url)
    assert "2 lignes et 2 colonnes." in ready
    assert "point-virgule" in ready
    assert "Continuer : décrire" in ready
    deposit.refresh_from_db()
    assert (deposit.state, deposit.progress, deposit.created_by) == ("ready", 100, agent)
    assert deposit.sha256 == hashlib.sha256(CSV).hexdigest()
    assert storage.original_path(deposit.sha256).read_bytes() == CSV
    assert pages.get(f"{answer.url}fichiers/original").getvalue() == CSV
    assert storage.version_path(deposit.digest).read_bytes()[:4] == b"PAR1"
    assert not list((storage.root() / "incoming").iterdir())


def test_a_fragment_asks_for_the_whole_page_once_the_work_is_over(pages) -> None:
    deposit = drop(pages)
    assert pages.get(deposit.get_absolute_url(), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    deposits.reread(deposit, by=deposit.created_by)
    assert "HX-Refresh" not in pages.get(deposit.get_absolute_url(), headers={"HX-Request": "true"}).headers


def test_the_reading_is_corrected(pages) -> None:
    deposit = drop(pages, b"une note;\ncode;nom\n1;un\n")
    page = deposit.get_absolute_url()
    answer = pages.post(
        f"{page}lecture/", {"encoding": "cp1252", "delimiter": ";", "header_row": "1", "sheet": "", "decimal": ""}
    )
    assert answer.url == page
    deposit = deposits.run(deposit)
    assert deposit.reading["names"][0] == "une note"
    assert deposit.options == {"encoding": "cp1252", "delimiter": ";", "header_row": 1}
    assert "Titres à la ligne 1." in text(pages, page)
    refused = pages.post(f"{page}lecture/", {"encoding": "", "header_row": "0"})
    assert refused.status_code == 422
    assert "error-summary" in refused.content.decode()


def test_broken_causes_repaired(pages) -> None:
    broken = grants.broken("Commune de Figeac", "214601023", 2025)
    deposit = drop(pages, broken, "subventions 2025 v2 FINAL.csv")
    page = deposit.get_absolute_url()
    proposed = text(pages, page)
    assert deposit.proposals[0]["schema"] == GRANTS
    assert deposit.proposals[0]["reason"] in proposed.replace("&#x27;", "'")
    pages.post(f"{page}lecture/", {"schema": GRANTS})
    deposit = deposits.run(deposit)
    before = sum(deposit.verdict["counts"].values())
    report = text(pages, page)
    assert deposit.verdict["causes"][0]["title"] in report
    assert f"ligne {deposit.verdict['causes'][0]['first'][0]['row']}" in report
    assert "Continuer avec le fichier réparé" in report
    listed = pages.get(f"{page}fichiers/erreurs.csv").getvalue().decode("utf-8-sig").splitlines()
    assert listed[0] == "ligne,colonne,valeur,code,message"
    assert len(listed) - 1 == before
    changes = pages.get(f"{page}fichiers/reparations.csv").getvalue().decode().splitlines()
    assert len(changes) - 1 == deposit.repairs["count"]

    pages.post(f"{page}reparer/")
    deposit = deposits.run(deposit)
    after = sum(deposit.verdict["counts"].values())
    assert 0 < after < before / 10  # what is not certain is left to the agent
    assert deposit.name == "subventions 2025 v2 FINAL-repare.csv"
    assert pages.get(f"{page}fichiers/original").getvalue() == broken  # byte for byte, still
    assert "Réparé à partir de « subventions 2025 v2 FINAL.csv »." in text(pages, page)


def test_what_was_typed_is_kept_complete_or_not(pages) -> None:
    deposit = drop(pages, name="mes_aides-2025.csv")
    page = f"{deposit.get_absolute_url()}decrire/"
    assert 'value="Mes aides 2025"' in text(pages, page)
    answer = pages.post(
        page, {"title": "", "description": "Beaucoup de travail.", "keywords": "a, b", "source_url": "pas une adresse"}
    )
    assert answer.status_code == 422
    assert Deposit.objects.get().form["description"] == "Beaucoup de travail."
    again = text(pages, page)
    assert "Beaucoup de travail." in again
    assert 'value="a, b"' in again
    later = pages.post(page, {"title": "Aides", "description": "Presque.", "later": "1"})
    assert later.url == page
    deposits.reread(deposit, schema=GRANTS, by=deposit.created_by)  # another reading takes nothing away
    assert deposits.run(deposit).form["description"] == "Presque."
    assert pages.post(page, {"title": "Aides"}).url == f"{deposit.get_absolute_url()}publier/"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\Users\\x\\table.csv", "table.csv"), ("a\x00b\n.csv", "ab.csv"), ("", "fichier sans nom"),
        ("facture\u202egpj.exe", "facturegpj.exe"), ("<script>alert(1)</script>.csv", "script>.csv"), ("é" * 400 + ".csv", "é" * 200),
    ],
)  # fmt: skip
def test_names_are_only_shown(agent, pages, town, name, shown) -> None:
    deposit = deposits.receive(chunks=[CSV], name=name, organisation=town, by=agent)
    assert deposit.name == shown
    page = text(pages, deposit.get_absolute_url())
    assert "<script>alert" not in page
    assert sorted(path.name for path in (storage.root() / "originals").rglob("*") if path.is_file()) == [deposit.sha256]


def test_too_heavy_is_said_and_nothing_is_left(pages, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    for size in (2_000, 3_000_000):  # found while reading, announced by the browser
        answer = pages.post("/donnees/publier/", {"organisation": "figeac", "file": SimpleUploadedFile("a.csv", b"x" * size)})
        assert answer.status_code == 413
        assert "dépasse la limite" in answer.content.decode()
    assert not Deposit.objects.exists()
    assert not [path for path in storage.root().rglob("*") if path.is_file()]


def test_forgery_is_refused_and_the_file_forgotten(agent) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    answer = client.post("/donnees/publier/", {"organisation": "figeac", "file": SimpleUploadedFile("a.csv", CSV)})
    assert answer.status_code == 403
    assert not Deposit.objects.exists()
    assert not [path for path in storage.root().rglob("*") if path.is_file()]


class Full:
    """A file on a disk without room."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def write(self, _block: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def test_a_full_disk_is_said_and_nothing_is_half_written(pages, monkeypatch) -> None:
    opened = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, mode="r", *a, **k: Full(opened(path, mode, *a, **k)) if mode == "wb" else opened(path, mode, *a, **k),
    )
    answer = pages.post("/donnees/publier/", {"organisation": "figeac", "file": SimpleUploadedFile("a.csv", CSV)})
    assert "Il n&#x27;y a plus de place sur le serveur" in answer.content.decode()
    assert not Deposit.objects.exists()
    assert not [path for path in storage.root().rglob("*") if path.is_file()]


def test_a_disk_that_fills_up_during_the_work_fails_the_deposit_alone(pages, monkeypatch) -> None:
    def full(*_args: Any) -> None:
        raise storage.StorageError("Il n'y a plus de place.")

    monkeypatch.setattr(storage, "settle", full)
    deposit = drop(pages)
    assert (deposit.state, deposit.error) == ("failed", "Il n'y a plus de place.")
    monkeypatch.undo()
    assert deposits.run(deposits.reread(deposit, by=deposit.created_by)).state == "ready"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.csv",
        "http://localhost:22/",
        "http://192.168.1.1/",
        "ftp://exemple.fr/a.csv",
        "https://u:p@exemple.fr/",
    ],
)
def test_forbidden_addresses(pages, url) -> None:
    answer = pages.post("/donnees/publier/", {"organisation": "figeac", "url": url})
    if answer.status_code == 302:  # a name: only the fetch itself knows where it leads
        assert deposits.run(Deposit.objects.get()).state == "failed"
        assert "n'a pas pu être lu" in text(pages, answer.url).replace("&#x27;", "'")
    else:
        assert answer.status_code == 422
        assert not Deposit.objects.exists()


def test_an_address_is_fetched_by_the_job(pages, monkeypatch) -> None:
    from parvis.shared.fetching import Fetched

    def fetch(url: str, *, to: Path, **_limits: Any) -> Fetched:
        to.write_bytes(CSV)
        return Fetched(to, url, "text/csv", "", "", "données.csv", len(CSV))

    monkeypatch.setattr(jobs, "fetch", fetch)
    pages.post("/donnees/publier/", {"organisation": "figeac", "url": "https://exemple.fr/d/42"})
    deposit = Deposit.objects.get()
    assert (deposit.state, deposit.name) == ("fetching", "42")
    deposit = deposits.run(deposit)
    assert (deposit.state, deposit.name, deposit.size) == ("ready", "données.csv", len(CSV))


def bomb() -> bytes:
    """A workbook of a few kilobytes whose only sheet weighs gigabytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        book.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>')
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for _block in range(64):
                sheet.write(b'<row><c t="str"><v>0</v></c></row>' * 100_000)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 \x00\x01\x02" * 50, b"PK\x03\x04not a zip", b"\x00" * 5000, b"{" * 5000],
    ids=["pdf", "zip", "nul", "json"],
)
def test_what_is_no_table_fails_with_a_sentence(pages, content) -> None:
    deposit = drop(pages, content, "a.xlsx")
    assert deposit.state in {"failed", "ready"}
    if deposit.state == "failed":
        assert deposit.error.endswith((".", "!"))
        assert "Réessayer" in text(pages, deposit.get_absolute_url())


def test_a_bomb_fails_the_deposit_and_not_the_worker(pages, monkeypatch) -> None:
    deposit = drop(pages, bomb(), "bombe.xlsx")
    assert deposit.state == "failed"
    assert deposit.error
    assert drop(pages).state == "ready"


@pytest.mark.parametrize(
    "end",
    [sandbox.TimedOut("x"), sandbox.OutOfMemory("x"), sandbox.Crashed("x"), sandbox.Unprotected("Non.")],
    ids=lambda end: type(end).__name__,
)
def test_every_end_of_the_child_has_its_sentence(pages, monkeypatch, end) -> None:
    def ends(*_args: Any, **_kwargs: Any) -> None:
        raise end

    monkeypatch.setattr(sandbox, "run", ends)
    deposit = drop(pages)
    assert deposit.state == "failed"
    assert deposit.error.endswith(".")


# ----- The worker -----


def test_a_dead_worker_is_noticed_three_times(pages, town, agent, monkeypatch) -> None:
    nudged: list[str] = []
    monkeypatch.setattr(tasks, "nudge", lambda deposit: nudged.append(deposit.pk))
    deposit = deposits.receive(chunks=[CSV], name="a.csv", organisation=town, by=agent)
    nudged.clear()
    monkeypatch.setattr(jobs, "work", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))  # killed on the way
    assert tasks.reap() == 0  # it has just arrived
    for attempt in (1, 2, 3):
        deposit.refresh_from_db()
        with pytest.raises(KeyboardInterrupt):
            jobs.run(deposit.pk, deposit.generation)
        Deposit.objects.update(state="reading", heartbeat=timezone.now() - timedelta(seconds=61))
        assert tasks.reap() == (1 if attempt < 3 else 0)
        assert tasks.reap() == 0
    deposit.refresh_from_db()
    assert (deposit.state, len(nudged)) == ("failed", 2)
    assert "trois fois" in deposit.error
    monkeypatch.undo()
    assert deposits.run(deposits.reread(deposit, by=agent)).state == "ready"


def test_a_long_queue_fails_nobody(town, agent) -> None:
    deposit = deposits.receive(chunks=[CSV], name="a.csv", organisation=town, by=agent)
    for _minute in range(6):
        Deposit.objects.update(heartbeat=timezone.now() - timedelta(seconds=61))
        assert tasks.reap() == 1
    assert deposits.run(deposit).state == "ready"


def test_a_full_machine_asks_again(town, agent, monkeypatch) -> None:
    deposit = deposits.receive(chunks=[CSV], name="a.csv", organisation=town, by=agent)
    again: list[Any] = []
    monkeypatch.setattr(tasks.work.__class__, "enqueue", lambda _task, *args: again.append(args))

    def busy(*_args: Any, **_kwargs: Any) -> None:
        raise sandbox.Busy("x")

    monkeypatch.setattr(sandbox, "run", busy)
    tasks.work.func(deposit.pk, deposit.generation)
    deposit.refresh_from_db()
    assert (deposit.state, deposit.attempt, again) == ("waiting", 0, [(deposit.pk, deposit.generation)])


def test_the_result_of_an_older_job_is_thrown_away(town, agent, monkeypatch) -> None:
    deposit = deposits.receive(chunks=[CSV], name="a.csv", organisation=town, by=agent)
    child = jobs.child

    def changed_meanwhile(*args: Any, **kwargs: Any) -> Any:
        found = child(*args, **kwargs)
        if not Deposit.objects.get().options:
            deposits.reread(Deposit.objects.get(), options={"delimiter": ","}, by=agent)
        return found

    monkeypatch.setattr(jobs, "child", changed_meanwhile)
    assert jobs.run(deposit.pk, 0)
    deposit.refresh_from_db()
    assert (deposit.state, deposit.reading, deposit.generation) == ("waiting", None, 1)
    assert deposits.run(deposit).reading["names"] == ["code;nom"]


def test_doing_it_twice_is_harmless(town, agent) -> None:
    deposit = deposits.run(deposits.receive(chunks=[CSV], name="a.csv", organisation=town, by=agent))
    before = Deposit.objects.values().get()
    jobs.run(deposit.pk, deposit.generation)
    assert Deposit.objects.values().get() == before
    again = deposits.run(deposits.reread(deposit, by=agent))
    assert (again.digest, again.profile) == (before["digest"], before["profile"])


@pytest.mark.django_db(transaction=True)
def test_the_heart_beats_during_a_long_step(town, agent, monkeypatch) -> None:
    monkeypatch.setattr("parvis.shared.jobs.BEAT", 0.02)
    deposit = deposits.receive(chunks=[CSV], name="a.csv", organisation=town, by=agent)
    Deposit.objects.update(heartbeat=timezone.now() - timedelta(hours=1))
    with jobs.alive(Deposit.objects.filter(pk=deposit.pk)):
        for _wait in range(500):
            if Deposit.objects.get().heartbeat > timezone.now() - timedelta(minutes=1):
                break
            time.sleep(0.02)
    assert tasks.reap() == 0


# ----- Giving up, and others -----


def test_giving_up_is_asked_first(pages, django_capture_on_commit_callbacks) -> None:
    deposit = drop(pages)
    page = deposit.get_absolute_url()
    assert "Abandonner ce dépôt ?" in text(pages, f"{page}abandonner/")
    assert storage.original_path(deposit.sha256).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert pages.post(f"{page}abandonner/").url == "/bureau/"
    assert not storage.original_path(deposit.sha256).exists()
    assert not storage.version_path(deposit.digest).exists()
    assert "abandonné" in text(pages, page)
    assert pages.post(f"{page}publier/").status_code in {403, 409}


def test_others_do_not_see_a_deposit(pages, town, agent, client) -> None:
    deposit = deposits.receive(chunks=[CSV], name="a.csv", organisation=town, by=agent)
    assert client.get(deposit.get_absolute_url()).status_code == 302  # to the sign-in page
    other = Organisation.objects.create(name="Ailleurs", slug="ailleurs", nature="commune")
    client.force_login(member(other, "administrator"))
    for end in ("", "decrire/", "publier/", "abandonner/", "fichiers/original"):
        assert client.get(deposit.get_absolute_url() + end).status_code == 404
    for end in ("lecture/", "reparer/", "decrire/", "publier/", "abandonner/"):
        assert client.post(deposit.get_absolute_url() + end).status_code == 404
    answer = client.post("/donnees/publier/", {"organisation": "figeac", "file": SimpleUploadedFile("a.csv", CSV)})
    assert answer.status_code == 422


def test_who_belongs_nowhere_is_told_where_to_go(client, db) -> None:
    client.force_login(User.objects.create_user("seul@exemple.fr", "x"))
    assert "Trouver mon organisation" in text(client, "/donnees/publier/")


def test_several_organisations_are_a_choice(pages, agent) -> None:
    assert 'type="hidden" name="organisation"' in text(pages, "/donnees/publier/")
    other = Organisation.objects.create(name="Grand-Figeac", slug="grand-figeac", nature="epci")
    Membership.objects.create(user=agent, organisation=other, role="agent")
    assert '<option value="grand-figeac">Grand-Figeac</option>' in text(pages, "/donnees/publier/")


def test_few_questions_to_the_database(pages, django_assert_max_num_queries) -> None:
    deposit = drop(pages, grants.broken("Commune de Figeac", "214601023", 2025), schema=GRANTS)
    with django_assert_max_num_queries(6):
        pages.get(deposit.get_absolute_url())
    with django_assert_max_num_queries(10):
        pages.get(f"{deposit.get_absolute_url()}publier/")


def test_no_dataset_takes_a_word_of_the_site(town, agent) -> None:
    for word in RESERVED:
        assert datasets.create(organisation=town, form={"title": word.title()}, by=agent).slug != word
    assert Dataset.objects.count() == len(RESERVED)


def test_every_fixed_word_of_an_address_is_reserved() -> None:
    """So that nobody forgets: a new page under /donnees/ takes its word from datasets."""
    first = {str(pattern.pattern).split("/")[0].split(".")[0] for pattern in urlpatterns}
    assert {word for word in first if word and "<" not in word} <= RESERVED
