"""`parvis opinions`: the map of a conversation exported in the Polis format, and how close we are to Polis. Works without a database.

Exit codes: 0 done, 1 done and the answer is no (`conform`), 2 could not be done (one sentence on standard error).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from parvis.debates.core.opinions.mapping import OpinionMap

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Cartes d'opinions : dessiner, comparer à Polis.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


def fail(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(2)


@app.command("map")
def draw_map(
    path: Annotated[
        Path, typer.Argument(help="Dossier d'un export Polis, ou son fichier votes.csv ou participants-votes.csv.")
    ],
    as_json: AsJson = False,
    seed: Annotated[int, typer.Option(min=0, help="Graine des tirages : la même donne la même carte.")] = 0,
) -> None:
    """Les groupes, ce qui les distingue, et ce qui les rassemble."""
    from parvis.debates.core.opinions.certainty import certainty
    from parvis.debates.core.opinions.mapping import draw
    from parvis.debates.core.opinions.reading import UnreadableVotes, read, texts

    try:
        votes = read(path)
        said = texts(path)
    except UnreadableVotes as error:
        raise fail(str(error)) from error
    drawn = draw(votes, seed=seed)
    answer = described(drawn, certainty(drawn, seed=seed).of_group.tolist())
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        show(answer, said)


def described(drawn: OpinionMap, sure: list[float]) -> dict[str, Any]:
    """The map as JSON: identifiers of the export, groups from the largest."""
    votes = drawn.votes
    names = votes.statements

    def shared(found: Any) -> list[dict[str, Any]]:
        return [
            {"statement": names[one.statement], "success": one.success, "seen": one.seen, "share": one.share, "test": one.test}
            for one in found
        ]

    return {
        "participants": len(votes.persons),
        "statements": len(names),
        "votes": votes.count,
        "counted": int((drawn.group >= 0).sum()),
        "k": drawn.k,
        "silhouette": drawn.silhouette,
        "silhouettes": drawn.silhouettes,
        "groups": [
            {
                "id": number,
                "size": int((drawn.group == number).sum()),
                "certainty": sure[number],
                "members": [votes.persons[row] for row in (drawn.group == number).nonzero()[0]],
                "representative": [
                    {
                        "statement": names[one.statement], "side": "agree" if one.agree else "disagree",
                        "success": one.success, "seen": one.seen, "share": one.share, "test": one.test,
                        "ratio": one.ratio, "ratio_test": one.ratio_test, "best_agree": one.best,
                    }
                    for one in told
                ],
            }
            for number, told in enumerate(drawn.representative)
        ],
        "consensus": {"agree": shared(drawn.agreed), "disagree": shared(drawn.refused)},
        "group_aware_consensus": dict(zip(map(str, names), drawn.group_aware.tolist(), strict=True)),
        "extremity": dict(zip(map(str, names), drawn.extremity.tolist(), strict=True)),
        "priorities": dict(zip(map(str, names), drawn.priorities.tolist(), strict=True)),
        "moderated_out": [names[place] for place in sorted(votes.out)],
        "variance": drawn.components.shares.tolist(),
        "positions": {str(person): where for person, where in zip(votes.persons, drawn.positions.tolist(), strict=True)},
    }  # fmt: skip


def show(answer: dict[str, Any], said: dict[str, str]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    console.print(
        f"{answer['participants']} personnes, {answer['statements']} propositions, {answer['votes']} votes ; "
        f"{answer['counted']} personnes assez actives pour compter, {answer['k']} groupes (silhouette {answer['silhouette']:.2f})."
    )

    def line(one: dict[str, Any]) -> tuple[str, str, str]:
        text = escape(said.get(str(one["statement"]), "")[:100])
        return str(one["statement"]), f"{one['success']} sur {one['seen']}", text

    for group in answer["groups"]:
        table = Table(
            title=f"Groupe {group['id'] + 1} : {group['size']} personnes, sûr à {group['certainty']:.0%}", title_justify="left"
        )
        for column in ("proposition", "côté", "votes", "rapport", "texte"):
            table.add_column(column)
        for one in group["representative"]:
            number, votes, text = line(one)
            side = "d'accord" if one["side"] == "agree" else "pas d'accord"
            table.add_row(number, side, votes, f"{one['ratio']:.2f}", text)
        console.print(table)
    for side, title in (("agree", "Presque tous d'accord"), ("disagree", "Presque tous pas d'accord")):
        table = Table(title=title, title_justify="left")
        for column in ("proposition", "votes", "texte"):
            table.add_column(column)
        for one in answer["consensus"][side]:
            table.add_row(*line(one))
        console.print(table)


@app.command("conform")
def compare(
    folder: Annotated[Path, typer.Argument(help="Dossier qui contient votes.json et math-pca2.json, donnés par Polis.")],
    as_json: AsJson = False,
) -> None:
    """La plus grande différence avec les réponses de Polis, champ par champ ; 1 au-delà d'un millionième."""
    from parvis.debates.core.opinions.conform import BAR, conform
    from parvis.debates.core.opinions.reading import UnreadableVotes

    try:
        found = conform(folder)
    except UnreadableVotes as error:
        raise fail(str(error)) from error
    if as_json:
        # JSON knows no infinity: a field whose very choice differs is null.
        typer.echo(json.dumps({name: None if value == float("inf") else value for name, value in found.items()}))
    else:
        for name, value in found.items():
            typer.echo(f"{name:<24}{value:.3g}")
    raise typer.Exit(0 if max(found.values()) <= BAR else 1)
