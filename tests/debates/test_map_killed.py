"""The worker that computes a map is killed for good (SIGKILL): the page shows the last good map, says the truth, and another worker ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

START = """
import sys, time
import django; django.setup()
from parvis.debates.models import Process
from parvis.debates.results import computing
from tests.debates import crowds
land = crowds.country()
water = crowds.process(land["region"])
crowds.fill(water, 120, 14, land["communes"])
computing.run(computing.ask(water).pk)
asked = computing.ask(water, "again")
def slow(votes):
    print("here", flush=True)
    time.sleep(300)
computing.draw = slow
computing.run(asked.pk)
"""
AFTER = """
import json
import django; django.setup()
from django.conf import settings
from django.test import override_settings
plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
override_settings(STORAGES=settings.STORAGES | plain).enable()
from datetime import timedelta
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone
from parvis.debates.models import OpinionMap
from parvis.debates.results import computing
setup_test_environment()
def state():
    shown = Client().get("/debats/eau/carte/")
    return {"states": list(OpinionMap.objects.order_by("pk").values_list("state", flat=True)), "status": shown.status_code,
            "table": "<table" in shown.content.decode(), "groups": shown.content.decode().count("Groupe A") > 0}
left = state()
OpinionMap.objects.filter(state="running").update(heartbeat=timezone.now() - timedelta(minutes=2))
reaped = computing.reap()
again = OpinionMap.objects.order_by("pk").last()
computing.run(again.pk)
print(json.dumps([left, reaped, state()]))
"""


def test_a_worker_killed_while_it_computes(own_home: Path) -> None:
    environment = os.environ | {
        "PARVIS_HOME": str(own_home), "DJANGO_SETTINGS_MODULE": "parvis.config.settings", "PARVIS_DEMONSTRATION": "0",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    with subprocess.Popen([sys.executable, "-c", START], env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        try:
            assert worker.stdout.readline().strip() == "here"
        finally:
            worker.kill()
        assert worker.wait(30) == -signal.SIGKILL
    done = subprocess.run(
        [sys.executable, "-c", AFTER], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    left, reaped, after = json.loads(done.stdout.splitlines()[-1])
    _check(left, reaped, after)


def _check(left: dict[str, Any], reaped: int, after: dict[str, Any]) -> None:
    assert left == {"states": ["done", "running"], "status": 200, "table": True, "groups": True}
    assert reaped == 1
    assert after["states"][-1] == "done"
    assert after["groups"]
