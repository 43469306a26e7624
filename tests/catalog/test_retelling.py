"""What was kept in French is said again in the language of the reader: every sentence that is kept comes back whole."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parvis.catalog.core.retelling import BLANK, Retelling
from parvis.catalog.core.tables import messages
from parvis.catalog.core.tables.checks import Check
from parvis.catalog.retold import retold
from parvis.catalog.rows import Field, Filter, QuestionError, where

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"


def kept() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.context == "stored"}


def english(text: str) -> str:
    with translation.override("en"):
        return retold(text)


def test_every_kept_sentence_comes_back_with_what_filled_it() -> None:
    sentences = kept()
    assert len(sentences) > 200
    for french, wanted in sentences.items():
        blanks = dict.fromkeys(BLANK.findall(french))
        parts = {name: f" 42{number}" if f".{{{name}}}" in french else f"42{number}" for number, name in enumerate(blanks)}
        filled, expected = french, wanted
        for name, part in parts.items():
            filled, expected = filled.replace(f"{{{name}}}", part), expected.replace(f"{{{name}}}", part)
        assert english(filled) == expected


@pytest.mark.parametrize(
    ("french", "said"),
    [
        ("La date 12/03/2024 doit s'écrire 2024-03-12.", "The date 12/03/2024 must be written 2024-03-12."),
        (
            "« 12 € » n'est pas la valeur attendue : il faut un nombre, avec un point pour les décimales et sans espace (exemple : 1234.56). Retirez l'unité : elle ne s'écrit pas dans la cellule.",
            "“12 €” is not the expected value: it should be a number, with a point for decimals and no space (example: 1234.56). Remove the unit: it is not written in the cell.",
        ),
        (
            "Colonne « montant » : valeurs illisibles",
            "Column “montant”: unreadable values",
        ),
        ("Valeurs illisibles", "Unreadable values"),
        (
            "La valeur de « fin » (« 2 ») doit être supérieure à celle de « début » (« 3 »).",
            "The value of “fin” (“2”) must be more than that of “début” (“3”).",
        ),
        (
            "« Oui » n'est pas une valeur admise. Choisissez parmi : « oui », « non ».",
            "“Oui” is not an accepted value. Choose from: “oui”, “non”.",
        ),
        (
            "La colonne « prix » n'existe pas dans ces tables. Colonnes proches : montant.",
            "The column “prix” does not exist in these tables. Columns like it: montant.",
        ),
        ("Une phrase que personne n'a écrite.", "Une phrase que personne n'a écrite."),
    ],
)
def test_said_again(french: str, said: str) -> None:
    assert english(french) == said
    with translation.override("fr"):
        assert retold(french) == french


def test_a_cell_that_looks_like_a_sentence_stays_as_it_is() -> None:
    found = english("« La date » n'est pas une date. Écrivez par exemple 31/12/2025.")
    assert found == "“La date” is not a date. Write for example 31/12/2025."


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(Retelling({"a {x} b": "b {x} a", "{x}.": "{x}!"}).say(text), str)


def test_no_text_takes_long() -> None:
    hostile = "La valeur de « " + "» (« » doit être celle de " * 60
    start = time.process_time()
    for text in (hostile, hostile + ").", "« " * 900, "Colonne « " + " » : " * 300):
        english(text[:1990])
    assert time.process_time() - start < 1


def test_every_rule_has_a_sentence_that_is_known() -> None:
    blank = english(messages.BLANK_ROW)
    assert blank == "This row is empty: delete it."
    assert Check  # what `messages.sentence` reads


def test_a_filter_that_is_refused_is_told_in_the_language_of_the_reader() -> None:
    with translation.override("fr"), pytest.raises(QuestionError) as refused:
        where([Filter("n", "less", "douze")], [Field("n", "BIGINT")])
    with translation.override("fr"):
        assert refused.value.message == "« douze » n'est pas un nombre. Écrivez par exemple 1200 ou 3,5."
    with translation.override("en"):
        assert refused.value.message == "“douze” is not a number. Write for example 1200 or 3,5."


@pytest.mark.django_db
def test_the_api_answers_in_the_language_that_was_asked(client) -> None:
    """A query that is refused in the child comes back in English to who asks for it."""
    body = {"sql": "SELECT 1; SELECT 2", "resources": {}}
    french = client.post("/api/v1/query", body, content_type="application/json")
    told = client.post("/api/v1/query", body, content_type="application/json", headers={"accept-language": "en"})
    assert french.status_code == told.status_code
    assert not re.search(r"[éèà«»]", told.json()["detail"])
