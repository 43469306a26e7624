"""Loads the demonstration, step by step. What is already there is left alone, so that a second start is quick."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from parvis.home import installation
from parvis.home.demonstration import accounts, authorities, debates, discussions, programmes, published, ready, requests
from parvis.territories.cli import app

Say = Callable[[str], None]


def load(*, say: Say, again: bool = False) -> None:
    """Bring the demonstration up to date, then print its address and its accounts."""
    installation.prepare(say=say)
    done = recall()
    steps: list[tuple[str, str, Callable[[Say], Any]]] = [
        ("territories", "Territoires de France…", territories),
        ("contours", "Contours…", contours),
        ("density", "Communes rurales ou non…", density),
        ("accounts", "Comptes de démonstration…", accounts.create),
        ("datasets", "Jeux de données…", published.publish),
        ("authorities", "Des communes à chaque étape (inventé)…", authorities.publish),
        ("requests", "Demandes de données et réutilisations (inventées)…", requests.publish),
        ("debates", "Démarches (inventées)…", debates.publish),
        ("discussions", "Questions et messages (inventés)…", discussions.publish),
        ("programmes", "Programmes d'une élection inventée…", programmes.publish),
    ]
    for name, words, step in steps:
        if name in done and not again:
            if name == "accounts":  # a newer step may need somebody whom an older demonstration did not have
                step(say)
            continue
        say(words)
        step(say)
        done.append(name)
        remember(done)
    ready.mark(accounts.lines())
    ready.welcome(say, accounts.lines())


def state_file() -> Path:
    return Path(settings.PARVIS_HOME) / "demonstration.json"


def recall() -> list[str]:
    try:
        return list(json.loads(state_file().read_text()))
    except FileNotFoundError:
        return []


def remember(done: list[str]) -> None:
    temporary = state_file().with_suffix(".part")
    temporary.write_text(json.dumps(done))
    os.replace(temporary, state_file())


def territories(say: Say) -> None:
    run(["load"])


def contours(say: Say) -> None:
    """The official files of PARVIS_DATA, else the network for a few seconds, else the outlines of départements."""
    folder = settings.PARVIS_DATA / "territories" if settings.PARVIS_DATA else None
    if folder and folder.is_dir():
        run(["contours", str(folder), "--source", "IGN, Admin Express", "--vintage", "2018"])
    else:
        run(["contours", "--patience", "8", "--optional"])


def density(_say: Say) -> None:
    """What the Arcep's file of 2018 says of each commune, where PARVIS_DATA has it; by their size otherwise."""
    path = settings.PARVIS_DATA / "observatory" / "arcep-communes-2018.csv" if settings.PARVIS_DATA else None
    if path and path.is_file():
        run(["density", str(path), "--source", "Arcep, déploiement de la fibre", "--vintage", "2018"])


def run(words: list[str]) -> None:
    """A command of the room of territories, as a person would type it; its failure is not ours to hide."""
    try:
        app(words, prog_name="parvis territories")
    except SystemExit as end:
        if end.code:
            raise
