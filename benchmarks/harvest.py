"""Twenty thousand datasets of another portal, read over HTTP from this machine and stored: first time, then when nothing changed.

    python -m benchmarks.harvest [--datasets 20000]

Three ways of giving the same catalogue: CKAN by pages of 500, DCAT in Turtle by Hydra pages of 500, and one Turtle document. Each is a
fresh home, its sandbox included (a child for some pages). `same` is a second reading of pages that are byte for byte the same and
have no ETag; `moved`, one whose pages all changed but whose records did not (a date on top), so that everything is parsed again;
`changed`, one where every title changed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[1]
SIZE = 500
WORK = """
import json, os, sys
from parvis.accounts.models import User
from parvis.catalog.actions import harvests
from parvis.catalog.harvesting import jobs
from parvis.catalog.models import HarvestSource
from parvis.organisations.models import Organisation
import time
address, what = sys.argv[1:]
def worked(run):
    started, before = time.monotonic(), os.times()[:4]
    while jobs.run(run.pk): pass
    run.refresh_from_db()
    return run, time.monotonic() - started, sum(os.times()[:4]) - sum(before)
if what == "first":
    by = User.objects.create_user("mesure@exemple.fr", None, platform_role="administrator")
    town = Organisation.objects.create(name="Commune de mesure", slug="mesure", nature="commune")
    source = harvests.declare(address=address, organisation=town, by=by)
    worked(source.runs.get())
    source.refresh_from_db()
    run, seconds, processor = worked(harvests.activate(source, by=by, rhythm="daily"))
else:
    source = HarvestSource.objects.get()
    run, seconds, processor = worked(harvests.run_now(source, by=User.objects.get()))
print(json.dumps({"state": run.state, "error": run.error, "seconds": round(seconds, 1), "processor": round(processor, 1), "made": run.made, "same": run.same, "changed": run.changed}))
"""


class Catalogue:
    """The same datasets in several formats. `edition` changes what no record holds, `title` what they all hold."""

    def __init__(self, count: int) -> None:
        self.count, self.edition, self.title, self.base = count, "1", "", ""

    def package(self, n: int) -> dict[str, Any]:
        return {
            "id": f"{n:08d}-0000-4000-8000-000000000000", "name": f"jeu-{n}", "title": f"{self.title}Comptage des passages {n}",
            "notes": f"Ce que contient le jeu numéro {n}. " * 12, "license_id": "etalab-2.0", "frequency": "annual",
            "metadata_created": "2021-03-04T05:06:07", "metadata_modified": f"2024-0{1 + n % 9}-11T12:13:14",
            "tags": [{"display_name": f"mot {k}"} for k in (n % 7, n % 11, n % 13)],
            "organization": {"name": f"org-{n % 300}", "title": f"Service {n % 300}"},
            "resources": [
                {"id": f"{n}-{k}", "name": f"Fichier {k}", "url": f"https://exemple.fr/{n}/{k}.{f}", "format": f.upper(), "size": 1000 + n}
                for k, f in enumerate(("csv", "json", "xlsx"))
            ],
        }  # fmt: skip

    def ckan(self, asked: dict[str, list[str]]) -> tuple[str, bytes]:
        start, rows = int(asked.get("start", ["0"])[0]), int(asked.get("rows", ["10"])[0])
        found = [self.package(n) for n in range(start, min(start + rows, self.count))]
        text = json.dumps({"success": True, "edition": self.edition, "result": {"count": self.count, "results": found}})
        return "application/json", text.encode()

    def turtle(self, first: int, last: int) -> str:
        lines = [
            "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .",
            "@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
            f"# {self.edition}",
        ]
        for n in range(first, last):
            one = self.package(n)
            iri = f"<{self.base}/dataset/{n}>"
            files = [f"<{self.base}/dataset/{n}/{k}>" for k in range(3)]
            words = ", ".join(f'"{tag["display_name"]}"@fr' for tag in one["tags"])
            lines.append(
                f'{iri} a dcat:Dataset ; dct:identifier "{one["id"]}" ; dct:title "{one["title"]}"@fr ; dct:description "{one["notes"]}"@fr ; '
                f'dcat:keyword {words} ; dct:modified "{one["metadata_modified"]}"^^xsd:dateTime ; '
                f"dct:publisher <{self.base}/org/{n % 300}> ; dcat:distribution {', '.join(files)} ."
            )
            for k, file in enumerate(files):
                given = one["resources"][k]
                lines.append(
                    f'{file} a dcat:Distribution ; dct:title "{given["name"]}"@fr ; dcat:accessURL <{given["url"]}> ; dct:format "{given["format"]}" ; '
                    "dct:license <https://www.etalab.gouv.fr/licence-ouverte-open-licence/> ."
                )
        lines.extend(f'<{self.base}/org/{k}> a foaf:Organization ; foaf:name "Service {k}" .' for k in range(300))
        return "\n".join(lines)

    def hydra(self, asked: dict[str, list[str]]) -> tuple[str, bytes]:
        page = int(asked.get("page", ["1"])[0])
        first, last = (page - 1) * SIZE, min(page * SIZE, self.count)
        head = f"<{self.base}/hydra> a <http://www.w3.org/ns/dcat#Catalog> ; <http://www.w3.org/ns/hydra/core#totalItems> {self.count} .\n"
        head += f"<{self.base}/hydra?page={page}> a <http://www.w3.org/ns/hydra/core#PartialCollectionView>"
        if last < self.count:
            head += f" ; <http://www.w3.org/ns/hydra/core#next> <{self.base}/hydra?page={page + 1}>"
        return "text/turtle", (self.turtle(first, last) + f"\n{head} .\n").encode()

    def whole(self, asked: dict[str, list[str]]) -> tuple[str, bytes]:
        return "text/turtle", (
            self.turtle(0, self.count) + f"\n<{self.base}/c> a <http://www.w3.org/ns/dcat#Catalog> ."
        ).encode()


def served(catalogue: Catalogue) -> ThreadingHTTPServer:
    ways: dict[str, Callable[..., tuple[str, bytes]]] = {
        "/api/3/action/package_search": catalogue.ckan, "/hydra": catalogue.hydra, "/whole.ttl": catalogue.whole,
    }  # fmt: skip
    kept: dict[tuple[str, str, str], tuple[str, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts, key = urlsplit(self.path), (self.path, catalogue.edition, catalogue.title)
            if parts.path not in ways:
                self.send_error(404)
                return
            kept[key] = kept.get(key) or ways[parts.path](parse_qs(parts.query))
            media_type, body = kept[key]
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    catalogue.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--datasets", type=int, default=20_000)
    arguments.add_argument("--ways", nargs="*", default=["ckan", "hydra", "whole"])
    asked = arguments.parse_args()
    paths = {"ckan": "/api/3/action/package_search", "hydra": "/hydra", "whole": "/whole.ttl"}
    print(f"{asked.datasets:,} datasets: seconds elapsed (seconds of processor, children of the sandbox included)")
    print(f"{'way':<8}" + "".join(f"{name:>10} {'':<7}" for name in ("first", "same", "moved", "changed")))
    for way in asked.ways:
        catalogue = Catalogue(asked.datasets)
        server = served(catalogue)
        with tempfile.TemporaryDirectory() as home:
            print(f"{way:<8}{measured(catalogue, catalogue.base + paths[way], Path(home))}", flush=True)
        server.shutdown()


def measured(catalogue: Catalogue, address: str, home: Path) -> str:
    door = urlsplit(address).netloc
    environment = os.environ | {
        "PARVIS_HOME": str(home),
        "PARVIS_FETCH_ALLOW": door,
        "DJANGO_SETTINGS_MODULE": "parvis.config.settings",
    }
    subprocess.run([sys.executable, "-m", "parvis.cli", "manage", "migrate", "-v", "0"], env=environment, cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-m", "parvis.cli", "manage", "createcachetable"], env=environment, cwd=ROOT, check=True)
    program = "import django; django.setup()\n" + WORK

    def act(what: str) -> str:
        command = [sys.executable, "-c", program, address, what]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
        said = json.loads(done.stdout.splitlines()[-1])
        wanted = {"first": "made", "changed": "changed"}.get(what, "same")
        if said["state"] != "done" or said[wanted] != catalogue.count:
            raise SystemExit(f"{what}: {said}")
        return f"{said['seconds']:>10} {'(' + str(said['processor']) + ')':<7}"

    times = [warmed(address), act("first"), act("same")]
    catalogue.edition = "2"
    times += [warmed(address), act("moved")]
    catalogue.title = "Nouveau "
    times += [warmed(address), act("changed")]
    return "".join(times)


def warmed(address: str) -> str:
    """The portal's own work is not ours: its pages are made when first asked, and this is after the first ones at most."""
    time.sleep(0.1)
    return ""


if __name__ == "__main__":
    main()
