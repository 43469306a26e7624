"""A real conversation entered through the web API, then read again from the database: its map has the same groups as that of its export.

    python -m benchmarks.debates_api [--folder ../shared/data/opinions/vtaiwan.uberx] [--people 100]

Each person is a sheet that the team of a process writes down (`PUT …/sheets/{sheet}`), in a throw-away home. Statements carry their number
in the conversation before their text, which may be shorter or longer than what people may propose here."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from parvis.debates.core.opinions.mapping import draw
from parvis.debates.core.opinions.reading import read, texts
from parvis.debates.core.opinions.votes import Votes, gather

if TYPE_CHECKING:
    from django.test import Client

    from parvis.debates.models import Process

ROOT = Path(__file__).resolve().parent.parent
NAMES = {1: "agree", 0: "pass", -1: "disagree"}


def open_process() -> tuple[Process, str]:
    """A process open to answers, and the token of somebody of its team."""
    from django.utils import timezone

    from parvis.accounts.actions import create_token
    from parvis.accounts.models import User
    from parvis.debates.models import Phase, Process, Teammate
    from parvis.organisations.models import Nature, Organisation
    from parvis.territories.models import Level, Territory

    now = timezone.now()
    place = Territory.objects.create(level=Level.REGION, code="76", name="Occitanie", vintage=2026)
    organisation = Organisation.objects.create(slug="ici", name="Ici", nature=Nature.REGION)
    process = Process.objects.create(
        slug="uber", title="Uber ?", summary="Une conversation.", organisation=organisation, territory=place, published=now
    )
    Phase.objects.create(process=process, position=1, kind="opinions", title="Avis", opens=now - timedelta(hours=1))
    user = User.objects.create_user("equipe@exemple.fr", None)
    Teammate.objects.create(process=process, user=user, role="facilitator")
    _token, secret = create_token("saisie", ["debates:write"], 1, by=user)
    return process, secret


@dataclass
class Site:
    """The API, as a program reaches it."""

    client: Client
    token: str

    def send(self, method: str, path: str, body: Any) -> Any:
        import json

        answer = self.client.generic(
            method, f"/api/v1/debates/uber/{path}", json.dumps(body).encode(), content_type="application/json",
            headers={"authorization": f"Bearer {self.token}"},
        )  # fmt: skip
        if answer.status_code not in (200, 201):
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.content.decode()[:200]}")
        return answer.json()


def part(votes: Votes, rows: np.ndarray) -> Votes:
    """The votes of some people, on the statements that they answered."""
    chosen = votes.of(rows)
    used, column = np.unique(chosen.statement, return_inverse=True)
    out = frozenset(place for place, statement in enumerate(used.tolist()) if statement in chosen.out)
    names = [chosen.statements[statement] for statement in used.tolist()]
    return gather(chosen.persons, names, chosen.person, column.astype(np.int64), chosen.value, out)


def enter(site: Site, votes: Votes, said: dict[str, str]) -> None:
    """Every statement, then every person, in the order of the export; statements that moderation took out are taken out at the end."""
    numbers = []
    for statement in votes.statements:
        text = f"Affirmation {statement} : {said.get(str(statement), '')}"[:280]
        numbers.append(site.send("POST", "statements", {"text": text, "team": True})["number"])
    for row, person in enumerate(votes.persons):
        mine = votes.person == row
        answers = [
            {"statement": numbers[place], "value": NAMES[int(value)]}
            for place, value in zip(votes.statement[mine], votes.value[mine], strict=True)
        ]
        site.send("PUT", f"sheets/{person}", {"origin": "paper", "answers": answers})


def take_out(process: Process, votes: Votes) -> None:
    from parvis.debates.actions import statements

    by = process.team.get().user
    for one in process.statements.order_by("number"):
        if one.number - 1 in votes.out:
            statements.refuse(one, reason="off_topic", by=by)


def compared(process: Process, votes: Votes) -> tuple[bool, str]:
    """Whether the map of the database has the groups of the export, person by person; and a sentence."""
    from parvis.debates.results.reading import crowd, votes_of

    ours = votes_of(process, crowd(process))
    first, second = draw(votes, seed=1), draw(ours, seed=1)
    same_votes = np.array_equal(votes.value, ours.value) and np.array_equal(votes.statement, ours.statement)
    same = same_votes and np.array_equal(first.group, second.group)
    sizes = [int((second.group == group).sum()) for group in range(second.k)]
    return same, f"{len(ours.persons)} people, {len(ours.statements)} statements, {ours.count} votes, groups of {sizes}"


def counts_hold(process: Process) -> bool:
    """The counts beside each statement are what counting its votes again gives."""
    from django.db.models import Count, Q

    recounted = process.statements.annotate(
        yes=Count("votes", filter=Q(votes__value=1)), no=Count("votes", filter=Q(votes__value=-1)),
        skip=Count("votes", filter=Q(votes__value=0)),
    )  # fmt: skip
    return all((one.agrees, one.disagrees, one.passes) == (one.yes, one.no, one.skip) for one in recounted)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT.parent / "shared" / "data" / "opinions" / "vtaiwan.uberx")
    parser.add_argument("--people", type=int, default=0, help="the first ones only")
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="parvis-debates-"))
    os.environ |= {"PARVIS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "parvis.config.settings", "PARVIS_DEMONSTRATION": "0"}
    try:
        return measure(asked.folder, asked.people)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def measure(folder: Path, people: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    setup_test_environment()
    votes, said = read(folder), texts(folder)
    if people:
        votes = part(votes, np.arange(people))
    process, token = open_process()
    started = time.perf_counter()
    enter(Site(Client(), token), votes, said)
    seconds = time.perf_counter() - started
    take_out(process, votes)
    same, sentence = compared(process, votes)
    print(f"{folder.name}, entered through the API in {seconds:.0f} s ({1000 * seconds / len(votes.persons):.0f} ms a person)")
    print(f"  {sentence}: {'the same groups' if same else 'NOT the same groups'} as the map of the export")
    print(f"  counts beside statements: {'right' if counts_hold(process) else 'WRONG'}")
    return 0 if same and counts_hold(process) else 1


if __name__ == "__main__":
    sys.exit(main())
