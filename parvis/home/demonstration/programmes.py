"""The fictitious regional election: invented lists and texts, read by two invented evaluators. No real party, no real person."""

from __future__ import annotations

from collections.abc import Callable

from parvis.accounts.models import User
from parvis.home.demonstration import accounts
from parvis.programmes import public as programmes


def publish(say: Callable[[str], None]) -> None:
    if not programmes.is_open() or programmes.has_invented_election():
        return
    accounts.create(say)  # a demonstration made before this room has none of these people
    say("  Cinq listes inventées, lues et codées")
    programmes.invent_election(
        manager=User.objects.get(email="observatoire@demo.invalid"),
        evaluators=[
            (
                User.objects.get(email="evaluatrice@demo.invalid"),
                "Lise Exemple",
                "étudiante inventée, a codé tous les programmes",
            ),
            (
                User.objects.get(email="evaluateur@demo.invalid"),
                "Omar Exemple",
                "journaliste inventé, a codé tous les programmes",
            ),
        ],
    )
