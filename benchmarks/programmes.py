"""An election of 200 evaluators and 20,000 measures: every page for readers, evaluators and their leaders, on SQLite.

    python -m benchmarks.programmes [--measures 20000] [--evaluators 200] [--lists 14]

Made twice, small and large, in homes of their own that are thrown away. Exit 1 when a bar is missed: a page above 100 ms (median of seven),
or one that asks the database more often when there are more measures and evaluators.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

PAGE, ROUNDS = 0.100, 7
SMALL = {"measures": 240, "evaluators": 4, "lists": 4}
DIGITAL = {
    "digital": "yes", "theme": "data", "powers": "own", "public": "all", "place": "everywhere", "means": "1", "date": "0", "verifiable": "yes",
    "novelty": "1",
}  # fmt: skip
OTHER = {"digital": "no", "theme": "education", "means": "0", "date": "0", "verifiable": "yes"}
WHOLE = {
    "presence": dict.fromkeys(("site", "accounts", "programme_online", "mention", "broadband"), "yes"),
    "list": dict.fromkeys(("state_citizens", "collaborative", "sovereignty", "inclusion"), "1"),
}


def prepare(home: str) -> None:
    os.environ |= {
        "PARVIS_HOME": home, "DJANGO_SETTINGS_MODULE": "parvis.config.settings", "PARVIS_DEMONSTRATION": "0", "PARVIS_PROGRAMMES": "1",
        "DATABASE_URL": "",
    }  # fmt: skip
    import django

    django.setup()


def fill(measures: int, evaluators: int, lists: int) -> dict[str, float]:
    """A round that is published and one half coded, by the same actions as the pages. Seconds of each."""
    from datetime import timedelta

    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from parvis.accounts.models import User
    from parvis.organisations.models import Membership, Organisation
    from parvis.programmes.actions import elections, rounds
    from parvis.programmes.actions import measures as stating
    from parvis.programmes.models import Measure
    from parvis.shared import kinds
    from parvis.shared.search import keeper
    from parvis.territories.models import Territory

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    region = Territory.objects.create(level="region", code="76", name="Occitanie", population=6_000_000, vintage=2026)
    publisher = Organisation.objects.create(name="Observatoire", slug="observatoire", nature="association")
    manager = User.objects.create_user("responsable@exemple.fr", "un mot de passe long", name="Responsable")
    Membership.objects.create(user=manager, organisation=publisher, role="administrator")
    election = elections.create(
        title="Grande", territory=region, organisation=publisher, first_round=timezone.localdate() + timedelta(days=300), by=manager
    )  # fmt: skip
    for n in range(lists):
        one = elections.add_list(election, name=f"Liste {n + 1}", rank=n + 1, by=manager)
        stating.import_rows(one, (sentence(n, at) for at in range(measures // lists)), by=manager)
    seconds: dict[str, float] = {}
    people = User.objects.bulk_create(
        User(email=f"e{n}@exemple.fr", name=f"Évaluatrice {n}", password="!") for n in range(evaluators)
    )
    for number in (1, 2):
        made = rounds.prepare(election, seed=str(number), by=manager)
        for person in people:
            rounds.invite(made, user=person, label=person.name, by=manager)
        made = timed(seconds, "give out", partial(rounds.open_round, made, by=manager))
        code(made.pk, half=number == 2)
        if number == 1:
            made = timed(seconds, "close, agreement measured", partial(rounds.close, made, by=manager))
            now = timezone.now()
            made.adjudications.exclude(criterion="").update(value="1", reason="Relu ensemble.", by=manager, at=now)
            made.adjudications.filter(criterion="theme").update(value="data")
            made = timed(seconds, "publish", partial(rounds.publish, made, by=manager))
    elections.publish(election, by=manager)
    Measure.objects.update(modified=timezone.now() - timedelta(hours=1))  # pages are measured as they are an hour later
    timed(seconds, "index for the search", partial(keeper.rebuild, kinds.get("measure"), wait=True))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return seconds


def sentence(one: int, at: int) -> str:
    words = ("la fibre", "les lycées", "les trains", "les données", "la santé", "les forêts", "les fermes")
    return f"Nous ferons avancer {words[at % 7]} dans le canton {at} de la liste {one + 1}, avec les habitants."


def timed(seconds: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    before = time.perf_counter()
    found = work()
    seconds[name] = time.perf_counter() - before
    return found


def code(round_id: int, *, half: bool) -> None:
    """Straight into the database: one answer in ten differs, on the theme or the means, the same at each run."""
    from django.utils import timezone

    from parvis.programmes.models import Coding, Task

    chance, now, rows = Random(round_id), timezone.now(), []
    tasks = Task.objects.filter(coding_round=round_id).order_by("unit_key", "pk")
    if half:
        tasks = tasks.filter(evaluator_id__in=tasks.order_by("evaluator").values("evaluator")[: tasks.count() // 2])
    for pk, unit, key in tasks.values_list("pk", "unit", "unit_key").iterator(chunk_size=5000):
        values = dict(WHOLE.get(unit) or (DIGITAL if sum(key.encode()) % 5 == 0 else OTHER))
        if unit == "measure" and chance.random() < 0.1:
            values |= chance.choice([{"theme": "culture"}, {"means": "2"}])
        rows += [Coding(task_id=pk, criterion=name, value=value, at=now) for name, value in values.items()]
    Coding.objects.bulk_create(rows, batch_size=5000)
    tasks.update(done=now)


def pages() -> dict[str, Any]:
    """Median milliseconds and queries of each page, for somebody who is signed in; nothing kept between two."""
    from django.conf import settings
    from django.test import Client, override_settings

    from parvis.accounts.models import User
    from parvis.programmes.models import Adjudication, Evaluator, Measure, Task

    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    override_settings(ALLOWED_HOSTS=["*"], STORAGES=settings.STORAGES | plain).enable()
    reader, manager, evaluator = Client(), Client(), Client()
    reader.force_login(User.objects.get_or_create(email="moi@exemple.fr")[0])
    manager.force_login(User.objects.get(email="responsable@exemple.fr"))
    coder = Evaluator.objects.filter(coding_round__number=2, tasks__done=None).order_by("-pk").first()
    assert coder is not None
    evaluator.force_login(coder.user)
    measure = Measure.objects.order_by("pk")[7].pk
    point = Adjudication.objects.order_by("pk")[5].pk
    base, api = "/programmes/grande/", "/api/v1/elections/grande/"
    asked = {
        reader: ["/programmes/", base, f"{base}comparer/?theme=data", f"{base}listes/liste-1/", f"{base}listes/liste-1/?page=3",
                 f"{base}barometre/", f"{base}methode/", f"{base}chercher/?q=fibre", f"/programmes/mesures/{measure}/", "/programmes/calendrier/",
                 f"{api}measures", f"{api}measures?theme=data&digital=true", f"{api}comparison", f"{api}barometer", f"{api}agreement"],
        evaluator: [f"{base}codage/2/", f"{base}codage/2/coder/{coder.tasks.filter(done=None).first().position}/"],
        manager: [f"{base}codage/1/", f"{base}codage/2/", f"{base}codage/1/accord/", f"{base}codage/1/arbitrage/", f"{base}codage/1/arbitrage/?page=3",
                  f"{base}codage/1/arbitrage/{point}/", f"{base}preparer/", f"{base}trace/", f"{base}listes/liste-1/documents/",
                  f"{base}listes/liste-1/modifier/", f"/programmes/mesures/{measure}/modifier/"],
    }  # fmt: skip
    found = {
        where.replace(measure, "…").replace(f"/{point}/", "/…/"): measured(partial(status_of, client, where))
        for client, addresses in asked.items()
        for where in addresses
    }
    left = list(
        coder.tasks.filter(done=None, unit=Task.objects.filter(measure__isnull=False)[0].unit).order_by("position")[:ROUNDS]
    )
    found["code a measure"] = measured(partial(coding, evaluator, base, left), wanted=302)
    return {name.replace("/coder/", "/coder/…")[:60]: one for name, one in found.items()}


def coding(evaluator: Any, base: str, left: list[Any]) -> int:
    return int(evaluator.post(f"{base}codage/2/coder/{left.pop().position}/", DIGITAL).status_code)


def status_of(client: Any, address: str) -> int:
    return int(client.get(address).status_code)


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


def alone(step: str, home: str, size: dict[str, int]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.programmes", "--step", step, "--home", home]
    command += [word for name, value in size.items() for word in (f"--{name}", str(value))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compared(small: dict[str, Any], large: dict[str, Any]) -> bool:
    """Print each page; whether every bar is held. A page that is full may ask two questions more than one that is empty."""
    held = True
    for (name, few), many in zip(small.items(), large.values(), strict=True):
        right = many["status"] and many["milliseconds"] <= 1000 * PAGE and many["queries"] <= few["queries"] + 2
        held &= bool(right)
        told = f"{many['milliseconds']:7.1f} ms (small: {few['milliseconds']:.1f}), {many['queries']:3} queries (small: {few['queries']})"
        print(f"{'  ' if right else '✗ '}{name:52} {told}")
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measures", type=int, default=20_000)
    parser.add_argument("--evaluators", type=int, default=200)
    parser.add_argument("--lists", type=int, default=14)
    parser.add_argument("--step", choices=["fill", "pages"], help=argparse.SUPPRESS)
    parser.add_argument("--home", help=argparse.SUPPRESS)
    given = parser.parse_args()
    size = {"measures": given.measures, "evaluators": given.evaluators, "lists": given.lists}
    if given.step:
        prepare(given.home)
        print(json.dumps(fill(**size) if given.step == "fill" else pages()))
        return 0
    found = []
    for one in (SMALL, size):
        with tempfile.TemporaryDirectory(prefix="parvis-programmes-") as home:
            seconds = alone("fill", home, one)
            print(", ".join(f"{name} {value}" for name, value in one.items()))
            print("  " + ", ".join(f"{name}: {value:.1f} s" for name, value in seconds.items()))
            found.append(alone("pages", home, one))
    return 0 if compared(*found) else 1


if __name__ == "__main__":
    sys.exit(main())
