"""A harvesting worker is killed for good (SIGKILL) between two writes of one transaction; another process takes the run up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.catalog.portals import ckan, package, portal

SEARCH = "/api/3/action/package_search"
FIRST = """
import sys, time
import django; django.setup()
from parvis.accounts.models import User
from parvis.catalog.actions import harvests
from parvis.catalog.harvesting import bodies, jobs, storing
from parvis.organisations.models import Organisation
by = User.objects.create_user("a@exemple.fr", None, platform_role="administrator")
town = Organisation.objects.create(name="Commune", slug="commune", nature="commune")
source = harvests.declare(address=sys.argv[1], organisation=town, by=by)
while jobs.run(source.runs.get().pk): pass
source.refresh_from_db()
run = harvests.activate(source, by=by, rhythm="daily")
bodies.AHEAD, storing.CHUNK, insert, seen = 1, 2, storing.bulk.insert, []
def slow(rows):
    insert(rows)
    seen.append(type(rows[0]).__name__ if rows else "")
    if seen.count("Dataset") == 4 and seen[-1] == "HarvestedDataset":  # second page, second chunk: its files are not written yet
        print("here", flush=True)
        time.sleep(300)
storing.bulk.insert = slow
jobs.run(run.pk)
"""
SECOND = """
import json
import django; django.setup()
from collections import Counter
from datetime import timedelta
from django.utils import timezone
from parvis.catalog.harvesting import jobs
from parvis.catalog.models import Dataset, HarvestedDataset, HarvestRun, Resource
def state():
    run = HarvestRun.objects.get(preview=False)
    return {
        "state": run.state, "page": run.page, "made": run.made, "datasets": Dataset.objects.count(), "files": Resource.objects.count(),
        "titles": sorted(Dataset.objects.values_list("title", flat=True)),
        "identifiers": HarvestedDataset.objects.values("identifier").distinct().count(),
        "fates": Counter(run.records.values_list("fate", flat=True)),
    }
left = state()
reaped = jobs.reap(timezone.now() + timedelta(minutes=2))
run = HarvestRun.objects.get(preview=False)
while jobs.run(run.pk): pass
print(json.dumps([left, reaped, state()]))
"""


def test_a_worker_killed_in_the_middle_of_a_page(own_home: Path) -> None:
    with portal() as site:
        site.pages[SEARCH] = ckan([package(n) for n in range(10)], size=4)
        environment = os.environ | {
            "PARVIS_HOME": str(own_home), "PARVIS_FETCH_ALLOW": site.door, "DJANGO_SETTINGS_MODULE": "parvis.config.settings", "PARVIS_DEMONSTRATION": "0",
        }  # fmt: skip
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-c", FIRST, site.url + SEARCH]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout
            try:
                assert worker.stdout.readline().strip() == "here"
            finally:
                worker.kill()
            assert worker.wait(30) == -signal.SIGKILL
        asked = len(site.asked)
        done = subprocess.run(
            [sys.executable, "-c", SECOND], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        left, reaped, after = json.loads(done.stdout.splitlines()[-1])
        check(left, reaped, after)
        assert "start=4" in site.asked[asked]  # from the page that was interrupted


def check(left: dict[str, Any], reaped: int, after: dict[str, Any]) -> None:
    # The chunk in hand is not there at all: neither its datasets, nor its lines in the log.
    assert (left["state"], left["page"], left["datasets"], left["made"]) == ("running", 2, 6, 6)
    assert left["fates"] == {"made": 6}
    assert reaped == 1
    assert (after["state"], after["made"], after["datasets"], after["identifiers"]) == ("done", 10, 10, 10)
    assert after["fates"] == {"made": 10}
    assert len(set(after["titles"])) == 10
    assert after["files"] == left["files"] // 6 * 10
