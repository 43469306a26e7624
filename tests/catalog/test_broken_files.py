"""Files that nobody should send, through the whole job: a sentence for the person, never an exception, and the way of a good one."""

from __future__ import annotations

import gzip
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from parvis.catalog import jobs, storage, tasks
from parvis.catalog.actions import deposits
from parvis.catalog.actions.deposits import DepositError
from parvis.catalog.known_schemas import UnknownSchemaError
from parvis.catalog.models import Dataset, Deposit, Version
from parvis.home.demonstration import grants
from parvis.shared.fetching import FetchError

pytestmark = pytest.mark.usefixtures("home")
GRANTS = "scdl/subventions"
TABLE = b"code;nom\n1;Figeac\n2;Cahors\n"


def out_of_a_spreadsheet() -> bytes:
    """Eight grants with every damage that can be undone for certain: title above, cp1252, French dates and amounts, spaces."""
    lines = [f"Subventions 2025{';' * 15}", ";".join(grants.HEADER)]
    for row in list(grants.grants("Commune d'ici", "214601023", 2025, 8)):
        row["dateConvention"] = "/".join(reversed(row["dateConvention"].split("-")))
        row["montant"] = f"{float(row['montant']):,.2f}".replace(",", " ").replace(".", ",")
        row["idBeneficiaire"] = f"{row['idBeneficiaire'][:9]} {row['idBeneficiaire'][9:]}"
        row["nature"] = "Aide en numéraire "
        lines.append(";".join(row[name] for name in grants.HEADER))
    return "\r\n".join(lines).encode("cp1252")


def test_from_a_broken_file_to_a_published_version(read: Any, editor: Any, client: Any) -> None:
    broken = out_of_a_spreadsheet()
    deposit = read(broken, "Subventions.CSV", schema=GRANTS)
    assert (deposit.state, deposit.error, deposit.verdict["valid"], deposit.reading["rows"]) == ("ready", "", False, 8)
    assert deposit.proposals[0]["schema"] == GRANTS
    assert sum(deposit.verdict["counts"].values()) == sum(cause["count"] for cause in deposit.verdict["causes"]) >= 16
    assert deposit.repairs["count"] >= 16
    received = deposit.sha256
    deposit = deposits.run(deposits.use_repaired(deposit, by=editor))
    assert (deposit.verdict["valid"], deposit.verdict["counts"], deposit.repairs) == (True, {}, None)
    assert (deposit.received_sha256, deposit.name) == (received, "Subventions-repare.csv")
    form = {"title": "Subventions 2025", "description": "Celles du conseil."}
    deposits.remember(deposit, form, by=editor, personal_confirmed=True)
    version = deposits.publish(deposit, by=editor)
    assert (version.number, version.valid, version.rows, version.schema) == (1, True, 8, GRANTS)
    assert storage.original_path(received).read_bytes() == broken
    rows = client.get(f"/api/v1/resources/{version.resource_id}/rows").json()
    assert rows["meta"]["total"] == 8
    assert re.fullmatch(r"2025-\d\d-\d\d", rows["data"][0]["dateConvention"])
    assert client.get("/api/v1/datasets/subventions-2025").json()["description"] == "Celles du conseil."


# ----- Broken inputs -----


def workbook(sheet: bytes, *, times: int = 1) -> bytes:
    """A workbook with one sheet, whose middle is written `times` times."""
    start, _, end = sheet.partition(b"|")
    space = "http://schemas.openxmlformats.org/"
    relations = f"{space}package/2006/relationships"
    office = f"{space}officeDocument/2006/relationships"
    main = f"{space}spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as inner:
            inner.write(f'<worksheet xmlns="{main}"><sheetData>'.encode())
            for _time in range(times):
                inner.write(start)
            inner.write(end + b"</sheetData></worksheet>")
    return out.getvalue()


ROW = b'<row r="1"><c r="A1" t="str"><v>code</v></c><c r="B1" t="str"><v>nom</v></c></row>'
BOMB = b'<row><c t="str"><v>' + b"0" * 1_000_000 + b"</v></c></row>|"
NOISE = bytes((number * 7919 + number // 3) % 256 for number in range(5000))
# What it is: (file name, bytes, the states that are an answer).
BROKEN: dict[str, tuple[str, bytes, set[str]]] = {
    "blank lines": ("a.csv", b"\n\r\n\n", {"failed"}),
    "a single word": ("a.csv", b"bonjour", {"failed", "ready"}),
    "a header alone": ("a.csv", b"code;nom\n", {"failed", "ready"}),
    "noise": ("a.csv", NOISE, {"failed"}),
    "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + NOISE, {"failed"}),
    "a PDF": ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + NOISE, {"failed"}),
    "an old or locked workbook": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), {"failed"}),
    "a cut workbook": ("a.xlsx", workbook(ROW + b"|")[:-200], {"failed"}),
    "a zip of nothing": ("a.xlsx", b"PK\x05\x06" + bytes(18), {"failed"}),
    "a workbook that unfolds into 3 GB": ("a.xlsx", workbook(BOMB, times=3000), {"failed"}),
    "cut gzip": ("a.csv.gz", gzip.compress(TABLE * 500)[:-20], {"failed"}),
    "a cut Parquet": ("a.parquet", b"PAR1" + NOISE + b"PAR1", {"failed"}),
    "JSON that is no table": ("a.json", b'{"a": [1, {"b": ', {"failed", "ready"}),
    "a quote never closed": ("a.csv", b'code;nom\n1;"Figeac\n2;Cahors\n3;"x\n', {"failed", "ready"}),
    "NUL in the cells": ("a.csv", b"code;nom\n1;Fi\x00geac\n2;\x00\n3;x\n", {"failed", "ready"}),
    "control characters": ("a.csv", b"code;nom\n1;\x01\x02\x1b[31m\n2;\x7f\n", {"failed", "ready"}),
    "surrogates in JSON": ("a.jsonl", b'{"code": "1", "nom": "\\ud800"}\n{"code": "2", "nom": "x"}\n', {"failed", "ready"}),
    "NUL in JSON": ("a.jsonl", b'{"code": "1", "nom": "a\\u0000b"}\n{"code": "2", "nom": "x"}\n', {"failed", "ready"}),
    "thirty columns without a cell": ("a.csv", b";".join(b"c%d" % n for n in range(30)) + b"\n" + b";" * 29 + b"\n", {"failed", "ready"}),
    "a line of a megabyte": ("a.csv", b"code;nom\n1;" + b"x" * 1_000_000 + b"\n2;y\n", {"failed", "ready"}),
    "a page instead of a file": ("a.csv", b"<!DOCTYPE html><html><body>Erreur 404</body></html>", {"failed", "ready"}),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_an_answer(read: Any, home: Any, what: str) -> None:
    name, content, states = BROKEN[what]
    deposit = read(content, name)
    deposit.refresh_from_db()
    assert deposit.state in states, deposit.error
    if deposit.state == "failed":
        assert deposit.error.endswith("."), deposit.error
        assert re.search(r"\b(le|la|les|un|une|ce|cette|de|du|pas|est)\b", deposit.error), deposit.error
        assert not re.search(r"Error|Traceback|/tmp|codec|duckdb", deposit.error), deposit.error
    else:
        assert deposit.reading["names"]
    assert storage.original_path(deposit.sha256).read_bytes() == content
    assert list((home / "work").iterdir()) == []


def test_an_empty_file_is_refused_at_once(receive: Any) -> None:
    with pytest.raises(DepositError, match="vide"):
        receive(b"")
    assert not Deposit.objects.exists()
    assert [path for path in storage.root().rglob("*") if path.is_file()] == []


def test_a_header_that_shares_nothing_with_the_schema_is_reported(read: Any) -> None:
    deposit = read(b"pomme;poire\n1;2\n3;4\n", schema=GRANTS)
    assert (deposit.state, deposit.verdict["valid"]) == ("ready", False)
    assert deposit.verdict["counts"]["missing-label"] == 11
    assert all(cause["title"] and cause["explanation"] for cause in deposit.verdict["causes"])


def test_a_schema_that_is_not_here(receive: Any, agent: Any) -> None:
    for name in ("rien/du-tout", "../../etc/passwd", "/etc/passwd"):
        with pytest.raises(UnknownSchemaError, match="Aucun schéma"):
            receive(schema=name)
    assert not Deposit.objects.exists()
    deposit = receive()
    with pytest.raises(UnknownSchemaError):
        deposits.reread(deposit, schema="rien/du-tout", by=agent)
    Deposit.objects.update(schema="disparu/depuis")
    deposit = deposits.run(deposit)
    assert (deposit.state, "disparu/depuis" in deposit.error) == ("failed", True)


@pytest.mark.parametrize(
    "options", [{"sheet": "Feuille 9"}, {"encoding": "klingon"}, {"header_row": 400}, {"delimiter": "é"}, {"format": "exe"}]
)
def test_options_that_do_not_fit_are_said(read: Any, agent: Any, options: dict[str, Any]) -> None:
    deposit = read(workbook(ROW * 3 + b"|") if "sheet" in options else TABLE, options=options)
    assert deposit.state in {"failed", "ready"}
    assert deposit.state == "ready" or deposit.error.endswith("."), deposit.error
    assert deposits.run(deposits.reread(deposit, options={}, by=agent)).state == "ready"


# ----- Addresses -----


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/manque.csv": 404, "/ailleurs.csv": 302}.get(self.path, 200))
        self.send_header("Location", "http://127.0.0.1:9/secret.csv")
        self.end_headers()
        self.wfile.write(TABLE * (10 if self.path == "/lourd.csv" else 1))

    def log_message(self, *args: Any) -> None:
        """Nothing to say."""


@pytest.fixture
def site(settings: Any) -> Iterator[str]:
    """A site on this machine, to which the settings give leave."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.FETCH_ALLOW = (f"127.0.0.1:{server.server_port}",)
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetched(url: str, town: Any, agent: Any) -> Deposit:
    return deposits.run(deposits.from_url(url=url, organisation=town, by=agent))


def test_a_file_is_fetched_at_its_address(site: str, town: Any, agent: Any) -> None:
    deposit = fetched(f"{site}/dossier/communes%20du%20Lot.csv", town, agent)
    assert (deposit.state, deposit.name, deposit.size) == ("ready", "communes du Lot.csv", len(TABLE))
    assert storage.original_path(deposit.sha256).read_bytes() == TABLE


@pytest.mark.parametrize(
    ("path", "said"), [("manque.csv", "404"), ("ailleurs.csv", "réseau privé|port"), ("lourd.csv", "taille")]
)
def test_what_cannot_be_fetched_is_said(site: str, town: Any, agent: Any, settings: Any, path: str, said: str) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    deposit = fetched(f"{site}/{path}", town, agent)
    assert (deposit.state, deposit.sha256) == ("failed", "")
    assert re.search(said, deposit.error), deposit.error
    assert [file for file in storage.root().rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.csv", "http://[::1]/a.csv", "file:///etc/passwd", "http://10.0.0.1/a", ""])
def test_our_own_network_is_refused_at_once(town: Any, agent: Any, url: str) -> None:
    with pytest.raises(FetchError):
        deposits.from_url(url=url, organisation=town, by=agent)
    assert not Deposit.objects.exists()


# ----- A worker that dies -----


class Killed(BaseException):
    """What stops a worker without a word."""


def silent() -> None:
    Deposit.objects.update(heartbeat=timezone.now() - timedelta(minutes=2))


def test_killed_on_the_way_taken_up_and_done(receive: Any, monkeypatch: pytest.MonkeyPatch, home: Any) -> None:
    deposit, child = receive(schema=GRANTS), jobs.child

    def dies(deposit: Deposit, folder: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
        if function.__name__ == "check":
            raise Killed
        return child(deposit, folder, function, *args, **kwargs)

    monkeypatch.setattr(jobs, "child", dies)
    with pytest.raises(Killed):
        jobs.run(deposit.pk, 0)
    deposit.refresh_from_db()
    assert (deposit.state, deposit.step, deposit.attempt) == ("reading", "check", 1)
    monkeypatch.undo()
    assert tasks.reap() == 0  # it beat a moment ago
    silent()
    assert (tasks.reap(), tasks.reap()) == (1, 0)
    assert jobs.run(deposit.pk, 0)  # the dead worker's nudge, should it come back, does nothing
    deposit.refresh_from_db()
    assert (deposit.state, deposit.generation) == ("waiting", 1)
    deposit = deposits.run(deposit)
    assert (deposit.state, deposit.attempt, deposit.verdict["valid"]) == ("ready", 2, False)
    silent()
    assert tasks.reap() == 0
    assert (Dataset.objects.count(), Version.objects.count()) == (0, 0)
