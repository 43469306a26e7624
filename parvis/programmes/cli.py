"""`parvis programmes`: agreement between evaluators, and a reader's answers beside the positions of lists. Works without a database.

Exit codes: 0 done, 2 could not be done (one sentence on standard error).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from parvis.programmes.core import agreement as agreeing
from parvis.programmes.core import matching
from parvis.programmes.files import UnreadableFile, answers, codings, positions

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Programmes : accord des évaluateurs, distances aux listes.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


def fail(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(2)


@app.command("agreement")
def agreement_of(
    path: Annotated[Path, typer.Argument(help="CSV : coder, unit, criterion, value.")],
    metric: Annotated[agreeing.Metric, typer.Option(help="Ce que valent les écarts entre valeurs.")] = agreeing.Metric.NOMINAL,
    as_json: AsJson = False,
    seed: Annotated[int, typer.Option(min=0, help="Graine du rééchantillonnage.")] = 0,
    draws: Annotated[int, typer.Option(min=0, max=100_000, help="Tirages pour l'intervalle.")] = 1000,
) -> None:
    """L'accord au-delà du hasard, critère par critère : alpha de Krippendorff et son intervalle à 95 %, AC1 de Gwet."""
    try:
        found = {
            criterion: agreeing.agreement(given, metric, seed=seed, draws=draws) for criterion, given in codings(path).items()
        }
    except (UnreadableFile, agreeing.CannotAgree) as error:
        raise fail(str(error)) from error
    if as_json:
        answer = {
            criterion: {
                "alpha": one.alpha, "alpha_interval": one.alpha_interval, "ac1": one.ac1,
                "units": one.units, "coders": one.coders, "ignored": one.ignored,
            }
            for criterion, one in found.items()
        }  # fmt: skip
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for criterion, one in found.items():
        figures = "sans accord à mesurer" if one.alpha is None else f"alpha {one.alpha:.3f}"
        if one.alpha_interval:
            figures += f" (de {one.alpha_interval[0]:.3f} à {one.alpha_interval[1]:.3f})"
        if one.ac1 is not None:
            figures += f", AC1 {one.ac1:.3f}"
        typer.echo(
            f"{criterion} : {figures} ; {one.units} unités, {one.coders} évaluateurs, {one.ignored} unités ignorées (un seul)"
        )


def scale_of(text: str) -> matching.Scale:
    low, separator, high = text.partition(":")
    try:
        scale = matching.Scale(float(low), float(high))
    except ValueError as error:
        raise fail("The scale is written lowest:highest, as in 1:5.") from error
    if not separator or not scale.low < scale.high:
        raise fail("The scale is written lowest:highest, as in 1:5.")
    return scale


@app.command("match")
def match_with(
    answers_path: Annotated[Path, typer.Argument(metavar="ANSWERS.csv", help="CSV : question, answer, weight, theme.")],
    positions_path: Annotated[Path, typer.Argument(metavar="POSITIONS.csv", help="CSV : list, question, position.")],
    metric: Annotated[matching.Metric, typer.Option(help="Comment un écart se mesure.")] = matching.Metric.MANHATTAN,
    missing: Annotated[
        matching.Missing, typer.Option(help="Où se tient une liste qui ne dit rien.")
    ] = matching.Missing.NEUTRAL,
    scale: Annotated[str, typer.Option(help="Plus petite et plus grande réponses.")] = "1:5",
    as_json: AsJson = False,
) -> None:
    """La distance de chaque liste aux réponses, de 0 (les mêmes) à 1 (l'opposé), de la plus proche à la plus lointaine."""
    bounds = scale_of(scale)
    try:
        found = matching.match(answers(answers_path), positions(positions_path), metric=metric, missing=missing, scale=bounds)
    except ValueError as error:
        raise fail(str(error)) from error
    if as_json:
        lists = [{"list": one.name, "distance": one.distance, "themes": one.themes} for one in found]
        typer.echo(json.dumps({"lists": lists}, ensure_ascii=False))
        return
    for one in found:
        distance = "sans réponse" if one.distance is None else f"{one.distance:.3f}"
        themes = ", ".join(f"{theme} {value:.3f}" for theme, value in one.themes.items() if value is not None)
        typer.echo(f"{distance}  {one.name}" + (f" ({themes})" if themes else ""))


@app.command("import")
def import_measures(
    path: Annotated[Path, typer.Argument(help="CSV (list, text), JSON ou YAML de propositions.")],
    election: Annotated[str, typer.Option(help="Adresse courte de l'élection.")],
    candidate_list: Annotated[
        str, typer.Option("--list", help="Adresse courte de la liste ; sans elle, le fichier les nomme.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Ajouter des propositions à une élection, comme mesures à coder. Une proposition déjà là n'est pas ajoutée deux fois."""
    from parvis.programmes.importing import import_file

    try:
        found = import_file(path, election_slug=election, list_slug=candidate_list)
    except UnreadableFile as error:
        raise fail(str(error)) from error
    if as_json:
        typer.echo(
            json.dumps([{"list": name, "added": added, "there": there} for name, added, there in found], ensure_ascii=False)
        )
        return
    for name, added, there in found:
        typer.echo(f"{name} : {added} ajoutées, {there} déjà là")
