"""A process of 100,000 people and 5,000,000 votes: its pages, its export and its map, on SQLite.

    python -m benchmarks.debates [--people 100000] [--statements 1000] [--each 50]

Made in a home of its own, thrown away at the end: three hidden groups, communes of three classes. Exit 1 when a bar is missed: a page
above 100 ms (median of seven), the map above 20 s or 2 GB (reading included), the export above 500 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

PAGE, MAP_SECONDS, MAP_BYTES, EXPORT_BYTES = 0.100, 20.0, 2e9, 500e6
ROUNDS = 7


def prepare(home: str) -> None:
    os.environ |= {
        "PARVIS_HOME": home, "DJANGO_SETTINGS_MODULE": "parvis.config.settings", "PARVIS_DEMONSTRATION": "0", "DATABASE_URL": "",
    }  # fmt: skip
    import django
    from django.conf import settings

    django.setup()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def fill(people: int, statements: int, each: int) -> int:
    """Straight into the database; the same votes at each run. Returns the number of votes."""
    from datetime import timedelta

    import numpy as np
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from parvis.debates.models import Participant, Phase, Process, Statement
    from parvis.organisations.models import Nature, Organisation
    from parvis.territories.models import Territory

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    region = Territory.objects.create(level="region", code="76", name="Occitanie", population=6_000_000, vintage=2026)
    communes = [
        Territory.objects.create(
            level="commune", code=f"{10_000 + at}", name=f"Commune {at}", population=20_000, region=region, vintage=2026,
            territory_class=("centre", "periphery", "rural")[at % 3],
        ).pk
        for at in range(300)
    ]  # fmt: skip
    organisation = Organisation.objects.create(name="Région", slug="region", nature=Nature.REGION, territory=region)
    now = timezone.now()
    process = Process.objects.create(
        slug="grande", title="La grande question ?", summary="Une question.", organisation=organisation, territory=region,
        published=now - timedelta(days=9), publishes_vectors=True,
    )  # fmt: skip
    Phase.objects.create(process=process, position=1, kind="opinions", title="Avis", opens=now - timedelta(days=8))
    shown = Statement.State.SHOWN
    Statement.objects.bulk_create(
        Statement(
            process=process,
            number=at + 1,
            text=f"Affirmation {at + 1} : il faut agir ici et maintenant.",
            state=shown,
            words=" agir ",
        )
        for at in range(statements)
    )
    keys = list(process.statements.order_by("number").values_list("pk", flat=True))
    Participant.objects.bulk_create(
        (
            Participant(process=process, number=at + 1, commune_id=communes[at % 300], browser_hash=f"{at:064x}")
            for at in range(people)
        ),
        batch_size=5000,
    )
    persons = list(process.participants.order_by("number").values_list("pk", flat=True))
    generator = np.random.default_rng(1)
    camps = generator.normal(size=(3, statements))
    counts = np.zeros((3, statements), dtype=np.int64)

    def rows() -> Iterator[tuple[int, int, int, Any, Any]]:
        for at, person in enumerate(persons):
            seen = generator.choice(statements, size=each, replace=False)
            lean = camps[at % 3, seen] + generator.normal(scale=0.8, size=each)
            values = np.where(generator.random(each) < 0.1, 0, np.sign(lean)).astype(int)
            np.add.at(counts, (values + 1, seen), 1)
            for one, value in zip(seen.tolist(), values.tolist(), strict=True):
                yield person, keys[one], value, now, now

    insert = "INSERT INTO debates_vote (participant_id, statement_id, value, created, changed) VALUES (?, ?, ?, ?, ?)"
    with transaction.atomic(), connection.cursor():
        connection.connection.executemany(insert, ((p, s, v, a.isoformat(" "), b.isoformat(" ")) for p, s, v, a, b in rows()))
    for at, key in enumerate(keys):
        agrees, disagrees, passes = int(counts[2, at]), int(counts[0, at]), int(counts[1, at])
        Statement.objects.filter(pk=key).update(agrees=agrees, disagrees=disagrees, passes=passes)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return int(counts.sum())


def most_held() -> int:
    """Most bytes that this program has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def draw() -> dict[str, Any]:
    """In a program of its own, as the worker is: seconds and memory, reading and writing included."""
    from parvis.debates.models import OpinionMap, Process
    from parvis.debates.results import computing

    asked = computing.ask(Process.objects.get(slug="grande"))
    before, processor = time.perf_counter(), time.process_time()
    computing.run(asked.pk)
    seconds, processor = time.perf_counter() - before, time.process_time() - processor
    made = OpinionMap.objects.get(pk=asked.pk)
    groups = [group["size"] for group in made.facts.get("groups", [])]
    return {
        "seconds": seconds,
        "processor": processor,
        "bytes": most_held(),
        "state": made.state,
        "votes": made.votes,
        "groups": groups,
    }


def export() -> dict[str, Any]:
    from parvis.debates.models import Process
    from parvis.debates.results import exports
    from parvis.shared.exports import stream_csv

    process, lines, before = Process.objects.get(slug="grande"), 0, time.perf_counter()
    for piece in stream_csv(exports.VOTES, exports.votes(process)):
        lines += piece.count("\r\n")
    return {"seconds": time.perf_counter() - before, "bytes": most_held(), "lines": lines - 1}


def pages() -> dict[str, Any]:
    """Median milliseconds and queries of each page, for somebody who took part, cookie sent; nothing kept between two."""
    from django.conf import settings
    from django.test import Client, override_settings

    from parvis.accounts.models import User
    from parvis.debates.models import Participant, Process
    from parvis.debates.results.map_page import good_map
    from parvis.debates.results.standing import standing_of

    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    override_settings(ALLOWED_HOSTS=["*"], STORAGES=settings.STORAGES | plain).enable()
    process = Process.objects.get(slug="grande")
    user = User.objects.get_or_create(email="moi@exemple.fr")[0]
    person = Participant.objects.get(process=process, number=1)
    Participant.objects.filter(pk=person.pk).update(user=user, browser_hash=None)
    member, found = Client(), {}
    member.force_login(user)
    base = "/debats/grande/"
    for name in ("", "opinions/", "affirmations/", "carte/", "rapport/", "participation/", "donnees/"):
        found[base + name] = measured(partial(status_of, member, base + name))
    found["vote"] = measured(voting(member, base), wanted=302)
    drawn = good_map(process)

    def stand() -> int:
        standing_of(person, drawn)
        return 200

    found["where one stands"] = measured(stand)
    return found


def status_of(member: Any, address: str) -> int:
    return int(member.get(address).status_code)


def measured(work: Callable[[], int], wanted: int = 200) -> dict[str, Any]:
    """Median milliseconds of `work`, the most queries that it made, and its status, which is 0 when one was not the one wanted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, queries, right = [], 0, True
    for _round in range(ROUNDS):
        with CaptureQueriesContext(connection) as seen:
            before = time.perf_counter()
            right &= work() == wanted
            times.append(time.perf_counter() - before)
        queries = max(queries, len(seen))
    return {"milliseconds": 1000 * sorted(times)[ROUNDS // 2], "queries": queries, "status": wanted if right else 0}


def voting(member: Any, base: str) -> Callable[[], int]:
    """Answer the statement that the page asks: the page is read beforehand, and is measured with the others."""
    import re

    asked = []
    for _round in range(ROUNDS):
        html = member.get(base + "opinions/").content.decode()
        asked.append([re.search(rf'name="{name}" value="([^"]+)"', html) for name in ("cle", "affirmation")])

    def one() -> int:
        key, number = asked.pop()
        if not key or not number:
            return 0
        fields = {"cle": key[1], "affirmation": number[1], "reponse": "d_accord"}
        return int(member.post(base + "opinions/repondre/", fields).status_code)

    return one


def alone(step: str, home: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.debates", "--step", step, "--home", home], check=True, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--statements", type=int, default=1_000)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--step", choices=["draw", "export", "pages"])
    parser.add_argument("--home", default="")
    options = parser.parse_args()
    if options.step:
        prepare(options.home)
        print(json.dumps({"draw": draw, "export": export, "pages": pages}[options.step]()))
        return 0
    with tempfile.TemporaryDirectory() as home:
        prepare(home)
        before = time.perf_counter()
        votes = fill(options.people, options.statements, options.each)
        print(
            f"{votes:,} votes of {options.people:,} people on {options.statements:,} statements, loaded in {time.perf_counter() - before:.0f} s"
        )
        drawn = alone("draw", home)
        print(
            f"map: {drawn['seconds']:.1f} s, processor {drawn['processor']:.1f} s, {drawn['bytes'] / 1e6:.0f} MB, groups {drawn['groups']}",
            flush=True,
        )
        return report(drawn, alone("pages", home), alone("export", home), votes)


def report(drawn: dict[str, Any], seen: dict[str, Any], sent: dict[str, Any], votes: int) -> int:
    for name, one in seen.items():
        print(f"  {name:<32} {one['milliseconds']:6.1f} ms  {one['queries']:3d} queries  {one['status']}")
    print(f"export: {sent['lines']:,} lines in {sent['seconds']:.1f} s, {sent['bytes'] / 1e6:.0f} MB")
    slow = [name for name, one in seen.items() if not one["milliseconds"] < 1000 * PAGE or not one["status"]]
    held = (
        drawn["state"] == "done" and drawn["seconds"] < MAP_SECONDS and drawn["bytes"] < MAP_BYTES
        and sent["lines"] >= votes and sent["bytes"] < EXPORT_BYTES and not slow
    )  # fmt: skip
    print("all bars held" if held else f"a bar is missed {slow}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
