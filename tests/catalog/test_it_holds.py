"""Each thing that must not break the portal, through its real way: sent by the API, worked by the job, answered. The table of
docs/operations.md names these tests and those that stand elsewhere."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
import pytest
from django.core.cache import cache
from django.test import Client

from parvis.catalog import exports, jobs, rows, storage, tasks, understanding
from parvis.catalog.actions import deposits
from parvis.catalog.core.tables import query
from parvis.catalog.models import Dataset, Deposit, Export
from parvis.catalog.rows import Sort
from parvis.config import environment
from parvis.shared import fetching, sandbox
from tests.catalog.publishing import body, published
from tests.catalog.test_api_write import PUBLISH, READ, WRITE, Api
from tests.catalog.test_broken_files import BOMB, NOISE, workbook

ROOT = Path(__file__).resolve().parents[2]
TABLE = b"code;nom\n1;Figeac\n2;Cahors\n"


@pytest.fixture(autouse=True)
def _home(home: Any) -> None:
    cache.clear()  # limits of one test are not those of the next


@pytest.fixture
def api(editor: Any) -> Api:
    return Api(editor, WRITE, PUBLISH, READ)


def sent(api: Api, content: bytes, name: str = "table.csv", **fields: str) -> dict[str, Any]:
    """A file sent by a program and worked by the job: what the program is then told."""
    answer = api.deposit(content=content, name=name, organisation="ici", **fields)
    assert answer.status_code == 202, answer.content
    deposits.run(Deposit.objects.get(pk=answer.json()["id"]))
    return dict(api.get(f"/deposits/{answer.json()['id']}").json())


def said(answer: dict[str, Any]) -> str:
    """The sentence of a deposit that failed, which is one, and says nothing of our machine."""
    assert answer["state"] == "failed", answer
    sentence = str(answer["error"])
    assert sentence.endswith("."), sentence
    assert not re.search(r"Error|Traceback|/tmp|codec|duckdb|\bNone\b", sentence), sentence
    return sentence


def nothing_is_left(home: Path) -> bool:
    folders = [home / "work", storage.root() / "incoming"]
    return not [path for folder in folders if folder.is_dir() for path in folder.iterdir()]


# ----- Files -----


def test_an_empty_file(api: Api, home: Path) -> None:
    answer = api.deposit(content=b"", organisation="ici")
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert "vide" in answer.json()["detail"]
    assert not Deposit.objects.exists()
    assert nothing_is_left(home)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json", "a.parquet"])
def test_binary_junk(api: Api, home: Path, name: str) -> None:
    assert said(sent(api, b"\x7fELF\x02\x01" + NOISE, name))
    assert nothing_is_left(home)


def test_300_columns(api: Api, client: Client) -> None:
    header = ";".join(f"colonne {n}" for n in range(300))
    lines = [";".join(f"{n * row}" for n in range(300)) for row in range(1, 41)]
    found = sent(api, "\n".join([header, *lines]).encode())
    assert (found["state"], found["error"]) == ("ready", "")
    version = publish(api, found)
    answer = client.get(f"/api/v1/resources/{version}/rows?columns=colonne 299&colonne 1__exact=7").json()
    assert answer["data"] == [{"__id": 7, "colonne 299": 299 * 7}]
    page = client.get(f"/donnees/{Dataset.objects.get().slug}/{version}/")
    assert page.status_code == 200
    assert len(page.content) < 1_000_000  # ten columns of rows; the others are named


def publish(api: Api, found: dict[str, Any]) -> str:
    """The resource that a deposit becomes."""
    deposit = Deposit.objects.get(pk=found["id"])
    if deposit.state != Deposit.State.READY:
        deposit = deposits.run(deposit)
    deposits.remember(deposit, deposit.form | {"title": "Une table"}, by=deposit.created_by, personal_confirmed=True)
    return str(deposits.publish(deposit, by=deposit.created_by).resource_id)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs have a quarter of their memory: what needs the size of a file would fail otherwise than it must."""
    monkeypatch.setattr(sandbox, "MEGABYTE", 300_000)


@pytest.mark.usefixtures("narrow")
def test_a_line_of_a_gigabyte(api: Api, home: Path) -> None:
    """Compressed, a thousand times the same megabyte: the reader goes no further than the longest line that it accepts."""
    piece = gzip.compress(b"x" * 1_000_000, 9)
    started = time.monotonic()
    sentence = said(sent(api, gzip.compress(b"code;nom\n1;") + piece * 1074 + gzip.compress(b"\n2;y\n"), "a.csv.gz"))
    assert time.monotonic() - started < 20
    assert "16 Mo" in sentence or "démesuré" in sentence
    assert nothing_is_left(home)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("where", ["first", "last"])
def test_a_line_of_forty_megabytes_as_it_is(api: Api, home: Path, where: str) -> None:
    """The same without compression: nothing more would be learnt from the rest of a gigabyte, which is not read."""
    long = b"9;" + b"x" * 40_000_000 + b"\n"
    content = b"code;nom\n" + (long + b"1;a\n" if where == "first" else b"1;a\n" * 200_000 + long)
    assert "16 Mo" in said(sent(api, content))
    assert nothing_is_left(home)


@pytest.mark.usefixtures("narrow")
def test_a_zip_bomb_in_a_workbook(api: Api, home: Path) -> None:
    started = time.monotonic()
    content = workbook(BOMB, times=400)
    assert len(content) < 2_000_000
    assert said(sent(api, content, "a.xlsx"))
    assert time.monotonic() - started < 30
    assert nothing_is_left(home)


def test_mixed_encodings(api: Api, client: Client) -> None:
    content = "code;nom\n1;Éclaux\n".encode() + "2;Puy-l'Évêque\n".encode("cp1252") + "3;Œuilly\n".encode()
    found = sent(api, content)
    assert found["state"] == "ready", found["error"]
    deposit = Deposit.objects.get()
    assert "mixed-encoding" in deposit.reading["warnings"]
    data = client.get(f"/api/v1/resources/{publish(api, found)}/rows").json()["data"]
    assert [row["nom"] for row in data] == ["Éclaux", "Puy-l'Évêque", "Œuilly"]


def test_headers_duplicated_or_blank(api: Api, client: Client) -> None:
    found = sent(api, b"nom;nom;;NOM;\n1;2,5;c;4;5\n6;7,5;h;9;10\n11;2,5;k;4;5\n")
    assert found["state"] == "ready", found["error"]
    data = client.get(f"/api/v1/resources/{publish(api, found)}/rows").json()["data"]
    assert data[0] == {"__id": 1, "nom": 1, "nom_2": 2.5, "colonne_3": "c", "NOM_3": 4, "colonne_5": 5}
    assert client.get(f"/donnees/{Dataset.objects.get().slug}/").status_code == 200


def test_headers_that_share_nothing_with_the_schema(api: Api) -> None:
    found = sent(api, b"pomme;poire\n1;2\n", schema="scdl/subventions")
    assert found["state"] == "ready"
    verdict = Deposit.objects.get().verdict
    assert (verdict["valid"], verdict["counts"]["missing-label"]) == (False, 11)


FORMULAS = b'=code;nom;n\n1;=HYPERLINK("http://x");5\n2;@SUM(A1);-6\n3;+33 A6;7\n4;-2+3;8\n5;"\t=1";9\n'
DANGEROUS = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")


def harmless(text: str) -> bool:
    return not DANGEROUS.match(text) or bool(re.fullmatch(r"[+-]?\d+([.,]\d+)?", text))


def test_formulas_in_every_export(api: Api, client: Client, tmp_path: Path) -> None:
    """The whole table, a selection, the errors of a verdict, the changes between versions, and the spreadsheet."""
    resource = publish(api, sent(api, FORMULAS))
    publish(api, api.deposit(f"/resources/{resource}/deposits", content=FORMULAS.replace(b";7", b";-7")).json())
    slug = Dataset.objects.get().slug
    here = f"/donnees/{slug}/{resource}"
    client.get(f"{here}/versions/1/comparer/2/")
    for address in (
        f"{here}/versions/1/csv",
        f"{here}/versions/1/csv?c=n&o=greater&v=-100",
        f"{here}/versions/1/comparer/2/changements.csv",
        f"/api/v1/resources/{resource}/rows.csv?n__greater=-100",
        f"/api/v1/resources/{resource}/rows.csv?version=1",
    ):
        text = body(client.get(address)).decode()
        assert "HYPERLINK" in text or "comparer" in address
        cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
        assert len(cells) > 6
        assert not [cell for cell in cells if not harmless(cell)], address
    export = Export.objects.create(version=Dataset.objects.get().resources.get().current, format="xlsx")
    exports.run(export.pk)
    with zipfile.ZipFile(exports.path(export)) as book:
        assert "<f>" not in "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/s"))


def test_formulas_in_the_errors_of_a_verdict(api: Api) -> None:
    found = sent(api, FORMULAS.replace(b"nom", b"montant"), schema="scdl/subventions")
    text = storage.errors_path(Deposit.objects.get(pk=found["id"])).read_text(encoding="utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if not harmless(cell)]


# ----- Uploads -----


def test_a_file_replaced_while_it_is_sent(receive: Any) -> None:
    """The disk of the sender changes under the upload: what is kept is what arrived, and its name says its bytes."""

    def changing() -> Iterator[bytes]:
        yield b"code;nom\n"
        yield b"1;ancien\n"
        yield b"2;nouveau\n"

    deposit = deposits.run(receive(chunks=changing()))
    kept = storage.original_path(deposit.sha256).read_bytes()
    assert kept == b"code;nom\n1;ancien\n2;nouveau\n"
    assert storage.keep([kept]).sha256 == deposit.sha256


def test_an_upload_that_is_cut(api: Api, home: Path) -> None:
    """Fewer bytes than were announced: the form has no end, so no file of it is kept."""
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    for content in (start + TABLE, start[:40], b"--b\r\n"):
        answer = api.client.generic("POST", "/api/v1/deposits", content, content_type="multipart/form-data; boundary=b")
        assert answer.status_code in {400, 422}, answer.content
    assert not Deposit.objects.exists()
    assert nothing_is_left(home)


def test_another_file_while_the_first_is_worked(api: Api, editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrected during its own job: the result of the older reading is thrown away."""
    answer = api.deposit(content=TABLE, organisation="ici")
    deposit = Deposit.objects.get(pk=answer.json()["id"])
    child = jobs.child

    def corrected(one: Deposit, *args: Any, **kwargs: Any) -> Any:
        if Deposit.objects.get(pk=deposit.pk).generation == 0:
            deposits.reread(deposit, options={"delimiter": ","}, by=editor)
        return child(one, *args, **kwargs)

    monkeypatch.setattr(jobs, "child", corrected)
    jobs.run(deposit.pk, 0)
    deposit.refresh_from_db()
    assert (deposit.state, deposit.reading, deposit.generation) == ("waiting", None, 1)
    monkeypatch.undo()
    deposits.run(deposit)
    deposit.refresh_from_db()
    assert (deposit.state, deposit.reading["delimiter"]) == ("ready", ",")


def test_two_uploads_at_once(home: Path, editor: Any, town: Any) -> None:
    """Block by block, one after the other: the same bytes are kept once, others are not mixed."""
    same, other = TABLE * 1000, b"a;b\n1;2\n" * 4000
    arriving = [storage.Incoming(), storage.Incoming(), storage.Incoming()]
    for at in range(0, max(len(same), len(other)), 1000):
        for incoming, content in zip(arriving, (same, same, other), strict=True):
            incoming.write(content[at : at + 1000])
    kept = [incoming.keep() for incoming in arriving]
    assert kept[0] == kept[1] != kept[2]
    assert storage.original_path(kept[0].sha256).read_bytes() == same
    assert storage.original_path(kept[2].sha256).read_bytes() == other
    assert len([path for path in (storage.root() / "originals").rglob("*") if path.is_file()]) == 2
    assert nothing_is_left(home)


def test_two_files_for_the_same_table(api: Api, client: Client) -> None:
    """Both are read, both are published, one after the other: two versions, none lost."""
    resource = publish(api, sent(api, TABLE))
    waiting = [api.deposit(f"/resources/{resource}/deposits", content=TABLE + line) for line in (b"3;a\n", b"4;b\n")]
    assert [answer.status_code for answer in waiting] == [202, 202]
    for answer in reversed(waiting):
        deposits.run(Deposit.objects.get(pk=answer.json()["id"]))
    for answer in waiting:
        publish(api, answer.json())
    versions = client.get(f"/api/v1/resources/{resource}/versions").json()["data"]
    assert [version["number"] for version in versions] == [3, 2, 1]
    assert client.get(f"/api/v1/resources/{resource}/rows").json()["data"][-1]["code"] == 4


# ----- The machine -----


def test_a_killed_worker_leaves_no_child_and_its_job_is_done_by_another(home: Path, receive: Any) -> None:
    """SIGKILL, for real, in the middle of a sandboxed step: the child dies with it and its place is free again."""
    program = "from parvis.shared import sandbox; from tests.shared import hostile; sandbox.run(hostile.hold, 60, limits=sandbox.Limits(seconds=60))"
    environment = {**os.environ, "PARVIS_HOME": str(home), "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=ROOT)
    child = wait_for(lambda: children_of(worker.pid))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    wait_for(lambda: not Path(f"/proc/{child[0]}").exists() or state_of(child[0]) == "Z")
    deposit = receive()
    jobs.run(deposit.pk, 0)
    deposit.refresh_from_db()
    assert deposit.state == "ready"


def wait_for(condition: Any, seconds: float = 10.0) -> Any:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


def children_of(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(text) for text in found.read_text().split()] if found.exists() else []


def state_of(process: int) -> str:
    with open(f"/proc/{process}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def test_a_job_that_another_worker_left_is_taken_up(api: Api) -> None:
    answer = api.deposit(content=TABLE, organisation="ici")
    Deposit.objects.update(state="reading", step="profile", attempt=1, heartbeat="2020-01-01T00:00:00Z")
    assert tasks.reap() == 1
    deposits.run(Deposit.objects.get(pk=answer.json()["id"]))
    assert api.get(f"/deposits/{answer.json()['id']}").json()["state"] == "ready"


def test_a_full_disk(api: Api, home: Path) -> None:
    """For real where it can be: a file system of one megabyte. Otherwise test_storage.py and test_deposits.py say it."""
    small = home / "files"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk is not permitted here")
    try:
        answer = api.deposit(content=b"code;nom\n" + b"1;x\n" * 500_000, organisation="ici")
        assert (answer.status_code, "plus de place" in answer.json()["detail"]) == (507, True), answer.content
        assert not Deposit.objects.exists()
        assert not [path for path in small.rglob("*") if path.is_file()]
        assert "plus assez de place" in said(sent(api, TABLE))
    finally:
        subprocess.run(["umount", str(small)], check=True)


# ----- Addresses -----


class Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        self.send_response(302)
        self.send_header("Location", self.path[1:])
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nothing to say."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        server.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetched(api: Api, url: str) -> dict[str, Any]:
    answer = api.client.post("/api/v1/deposits", {"url": url, "organisation": "ici"})
    assert answer.status_code == 202, answer.content
    deposits.run(Deposit.objects.get(pk=answer.json()["id"]))
    return dict(api.get(f"/deposits/{answer.json()['id']}").json())


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/secret.csv", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/",
        "http://[::1]/", "http://0.0.0.0/", "http://2130706433/", "http://localhost/", "http://metadata.google.internal/",
        "file:///etc/passwd", "gopher://127.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_redirects_inside(
    api: Api, site: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    settings.FETCH_ALLOW = (f"127.0.0.1:{site.server_port}",)  # the first step only
    reached: list[tuple[str, int]] = []
    connect = httpcore.SyncBackend.connect_tcp

    def counted(self: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        reached.append((host, port))
        return connect(self, host, port, *args, **kwargs)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", counted)
    assert said(fetched(api, f"http://127.0.0.1:{site.server_port}/{target}"))
    assert reached == [("127.0.0.1", site.server_port)]
    assert [path for path in storage.root().rglob("*") if path.is_file()] == []


def test_the_connection_is_made_to_the_address_that_was_checked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, ours a moment later. The name is asked once, the connection goes where it said."""
    answers = iter(["93.184.215.14"] + ["127.0.0.1"] * 20)
    asked: list[str] = []
    reached: list[str] = []

    def resolve(host: str, port: Any, *_args: Any, **_kwargs: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(_self: Any, host: str, _port: int, **_kwargs: Any) -> Any:
        reached.append(host)
        raise httpcore.ConnectError

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    assert "ne répond pas" in said(fetched(api, "http://rebind.exemple/a.csv"))
    assert (asked, reached) == (["rebind.exemple"], ["93.184.215.14"])


def test_the_only_door_is_closed_by_default(monkeypatch: pytest.MonkeyPatch, api: Api, site: Any) -> None:
    monkeypatch.delenv("PARVIS_FETCH_ALLOW", raising=False)
    assert not environment.items("PARVIS_FETCH_ALLOW")
    answer = api.client.post("/api/v1/deposits", {"url": f"http://127.0.0.1:{site.server_port}/a.csv", "organisation": "ici"})
    assert answer.status_code == 422
    assert site.seen == []


# ----- Others meanwhile -----

HEAVY = 100_000
BOUND = 3.0
"""Seconds. In a test the worker, the readers and the page share one process and two cores with the rest of the suite."""


def test_others_are_answered_meanwhile(client: Client, db: None, tmp_path: Path) -> None:
    """A heavy file is profiled in the sandbox, two people sort a long table, one asks a long SQL question: a page answers."""
    version = published("code;nom;v\n" + "".join(f"{n};commune {n % 977};{n * 7919 % 10007}\n" for n in range(HEAVY)))
    client.get("/donnees/")
    over, ended, done = threading.Event(), [], threading.Event()

    def heavy() -> None:
        folder, out = storage.root().parent / "heavy", storage.root().parent / "out"
        folder.mkdir()
        out.mkdir(mode=0o755)
        storage.link_or_copy(storage.source_path(version), folder / "source")
        reading = version.reading
        limits = sandbox.Limits(memory=3000 * sandbox.MEGABYTE, seconds=120, result=32 * sandbox.MEGABYTE, wait=30)
        while not over.is_set():
            sandbox.run(
                understanding.profile, "source", reading, out=str(out), known="none", limits=limits, folder=folder, scratch=out
            )
            ended.append("profile")
            done.set()

    def reader(column: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            rows.page(version, sort=Sort(column, descending=bool(number % 2)), offset=number * 1000 % HEAVY, limit=25)
            ended.append("rows")

    def asker() -> None:
        path = storage.parquet_path(version)
        while not over.is_set():
            sandbox.run(
                query.in_child, path.name, "SELECT nom, sum(v) FROM data GROUP BY nom ORDER BY 2", 100,
                folder=path.parent, limits=sandbox.Limits(seconds=30, wait=30),
            )  # fmt: skip
            ended.append("sql")

    threads = [threading.Thread(target=target, args=args) for target, args in ((heavy, ()), (reader, ("nom",)), (reader, ("v",)), (asker, ()))]  # fmt: skip
    for thread in threads:
        thread.start()
    try:
        slowest = 0.0
        limit = time.monotonic() + 60
        while not (done.is_set() and {"profile", "rows", "sql"} <= set(ended)) and time.monotonic() < limit:
            started = time.monotonic()
            answer = client.get("/donnees/")
            slowest = max(slowest, time.monotonic() - started)
            assert answer.status_code == 200
            time.sleep(0.05)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert {"profile", "rows", "sql"} <= set(ended)
    assert slowest < BOUND
