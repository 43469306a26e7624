"""The election of the demonstration: five lists and a programme of reference, all invented, read by the same actions as real ones. Two invented
evaluators code everything; the second differs here and there, by a seed, as people do; somebody decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from django.db import transaction
from django.utils import timezone

from parvis.accounts.models import User
from parvis.organisations.models import Membership, Nature, Organisation, Role
from parvis.programmes.actions import coding, elections, measures, rounds, sources
from parvis.programmes.core.grid import Grid, Unit
from parvis.programmes.forms import departements
from parvis.programmes.models import CandidateList, CodingRound, Election, Evaluator, Task
from parvis.territories.models import Territory

DATA = Path(__file__).parent / "data" / "demonstration.txt"
TITLE = "Élection régionale fictive"
PUBLISHER = "Observatoire indépendant (démonstration)"
MEASURE = ("digital", "theme", "powers", "public", "place", "means", "date", "verifiable", "novelty")
PLAIN = ("digital", "theme", "means", "date", "verifiable")
YES_NO = {"y": "yes", "n": "no"}
DIFFERS = {
    "digital": 0.025, "theme": 0.1, "powers": 0.16, "public": 0.12, "place": 0.08, "means": 0.06, "date": 0.07, "verifiable": 0.12,
    "novelty": 0.2,
}  # fmt: skip
"""How often the second evaluator answers otherwise."""
REASONS = {
    "digital": "L'outil est l'objet même de la phrase : sans lui, il ne reste rien à faire.",
    "theme": "La grille demande le premier effet recherché, non l'outil : relu ensemble, c'est celui-ci.",
    "powers": "Le tableau des compétences tranche, texte en main.",
    "public": "C'est le premier public que la phrase nomme.",
    "place": "Le texte nomme ce territoire ; le reste est déduit.",
    "means": "La phrase dit ce qui sera payé, ou n'en dit rien : on s'en tient à ce qui est écrit.",
    "date": "Une échéance n'est datée que si une année ou un délai est écrit.",
    "verifiable": "À la fin du mandat, un fait observable dira si c'est fait.",
    "novelty": "Le texte lui-même dit s'il crée ou s'il continue ; dans le doute, le niveau le plus bas.",
}


@dataclass
class Programme:
    """As the file writes it. `lines`: (section, title, quotation, codes)."""

    name: str
    head: str
    parties: str
    presence: list[str]
    vision: list[str]
    lines: list[tuple[str, str, str, list[str]]] = field(default_factory=list)

    @property
    def reference(self) -> bool:
        return not self.head

    def document(self) -> str:
        """The invented programme, as Markdown, with a label that says so."""
        parts, section = [f"# {self.name}", "Texte inventé pour la démonstration. Cette liste n'existe pas."], ""
        for place, _title, quote, _codes in self.lines:
            if place != section:
                parts.append(f"## {place}")
                section = place
            parts.append(quote)
        return "\n\n".join(parts) + "\n"


def programmes() -> list[Programme]:
    found: list[Programme] = []
    section = ""
    for line in DATA.read_text(encoding="utf-8").splitlines():
        words = [word.strip() for word in line.lstrip("=§").split("|")]
        if line.startswith("="):
            found.append(Programme(words[0], words[1], words[2], words[3].split(), words[4].split()))
        elif line.startswith("§"):
            section = words[0]
        elif line and not line.startswith("#"):
            found[-1].lines.append((section, words[0], words[1], words[2].split()))
    return found


def codes(given: list[str]) -> dict[str, str]:
    names = MEASURE if given[0] == "y" else PLAIN
    return {name: YES_NO.get(code, code) for name, code in zip(names, given, strict=True)}


def first_round(today: date) -> date:
    """A Sunday, more than a year ahead: nothing is frozen in the demonstration."""
    day = today + timedelta(days=480)
    return day + timedelta(days=6 - day.weekday())


def publisher() -> Organisation:
    return Organisation.objects.get_or_create(
        slug="observatoire-independant",
        defaults={
            "name": PUBLISHER, "nature": Nature.ASSOCIATION, "demonstration": True,
            "description": "Association inventée : elle lit les programmes, sans lien avec la Région ni avec les listes.",
        },
    )[0]  # fmt: skip


def is_there() -> bool:
    return CodingRound.objects.filter(
        election__title=TITLE, election__invented=True, state=CodingRound.State.PUBLISHED
    ).exists()


@transaction.atomic
def publish(*, territory: Territory, manager: User, evaluators: list[tuple[User, str, str]]) -> Election:
    """The whole way, from documents to a published round; all of it, or nothing when it is stopped in the middle."""
    organisation = publisher()
    Membership.objects.get_or_create(user=manager, organisation=organisation, defaults={"role": Role.ADMINISTRATOR})
    election = elections.create(
        title=TITLE, territory=territory, organisation=organisation, first_round=first_round(timezone.localdate()), by=manager,
        order=Election.Order.LOT, seed="urne 2028", invented=True,
        summary="Cinq listes inventées, cinq programmes inventés : pour voir comment des programmes se lisent et se comparent.",
    )  # fmt: skip
    truths: dict[str, dict[str, str]] = {}
    for one in programmes():
        truths |= bring(election, one, by=manager)
    coding_round = rounds.prepare(election, seed="2028", by=manager)
    for user, label, presented in evaluators:
        rounds.invite(coding_round, user=user, label=label, presented=presented, by=manager)
    rounds.open_round(coding_round, by=manager)
    for place, evaluator in enumerate(coding_round.evaluators.order_by("label")):
        code_all(evaluator, truths, Random(place) if place else None)  # noqa: S311 -- invented differences, the same each time
    rounds.close(coding_round, by=manager)
    decide(coding_round, truths, by=manager)
    elections.publish(election, by=manager)
    rounds.publish(coding_round, by=manager)
    return election


def bring(election: Election, one: Programme, *, by: User) -> dict[str, dict[str, str]]:
    """A list, its document read in the sandbox, its measures standing on passages; unit → what is true of it."""
    everywhere = [] if one.reference else list(departements(election.territory))
    made = elections.add_list(
        election, name=one.name, head=one.head, parties=one.parties, departements=everywhere, by=by, reference=one.reference
    )
    today = timezone.localdate()
    source = sources.receive(
        made, chunks=[one.document().encode()], name=f"{made.slug}.md", collected=today, by=by,
        title="Programme (inventé)", licence="texte inventé pour la démonstration",
    )  # fmt: skip
    if not one.reference:
        sources.say_missing(made, on=today, by=by, kind="easy")
    text = source.extractions.get().text
    truths = {}
    for _section, title, quote, given in one.lines:
        start = text.index(quote)
        passage = sources.mark(source, start=start, end=start + len(quote), by=by)
        measure = measures.state(made, title=title, passages=[passage], by=by)
        truths[f"measure:{measure.pk}"] = codes(given)
    return truths | whole(made, one)


def whole(made: CandidateList, one: Programme) -> dict[str, dict[str, str]]:
    if one.reference:
        return {}
    grid = rounds.bundled()["criteria"]
    presence = [criterion["key"] for criterion in grid if criterion["unit"] == "presence"]
    vision = [criterion["key"] for criterion in grid if criterion["unit"] == "list"]
    return {
        f"presence:{made.pk}": {key: YES_NO[code] for key, code in zip(presence, one.presence, strict=True)},
        f"list:{made.pk}": dict(zip(vision, one.vision, strict=True)),
    }


def code_all(evaluator: Evaluator, truths: dict[str, dict[str, str]], chance: Random | None) -> None:
    grid = evaluator.coding_round.grid.read
    assert evaluator.user is not None
    for task in Task.objects.filter(evaluator=evaluator).order_by("position"):
        values = dict(truths[task.unit_key])
        if chance is not None:
            values = differing(grid, Unit(task.unit), values, chance)
        coding.code(task, values=values, by=evaluator.user)


def differing(grid: Grid, unit: Unit, values: dict[str, str], chance: Random) -> dict[str, str]:
    """The same answers, but for some; whole again when a difference leads to other questions."""
    for one in grid.of(unit):
        known = values.get(one.key)
        if chance.random() < DIFFERS.get(one.key, 0.1) and known is not None:
            others = [level for level in one.values if level != known]
            near = [level for level in others if abs(int(level) - int(known)) == 1] if known.isdigit() else others
            values[one.key] = chance.choice(near)
    return {one.key: values.get(one.key, one.values[0]) for one in grid.asked(unit, values)}


def decide(coding_round: CodingRound, truths: dict[str, dict[str, str]], *, by: User) -> None:
    """Each point, until none is left: a decision may raise others."""
    default = "Relu ensemble : c'est ce que dit le texte, sans rien y ajouter."
    while True:
        point = coding_round.adjudications.filter(value="").order_by("pk").first()
        if point is None:
            return
        true = truths[point.unit_key].get(point.criterion) or coding_round.grid.read.by_key[point.criterion].values[0]
        coding.adjudicate(point, value=true, reason=REASONS.get(point.criterion, default), by=by)
