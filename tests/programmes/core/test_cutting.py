"""Sentences, and those that may be a measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.programmes.core.cutting import candidates, sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(("text", "expected"), [
    ("Un. Deux ! Trois ?", ["Un.", "Deux !", "Trois ?"]),
    ("M. Exemple et Mme. Exemple signent, cf. p. 3 du texte. Fin.", ["M. Exemple et Mme. Exemple signent, cf. p. 3 du texte.", "Fin."]),
    ("Il dit : « Oui. » Puis il part.", ["Il dit : « Oui. »", "Puis il part."]),
    ("À faire :\n- la fibre\n- le wifi", ["À faire :", "la fibre", "le wifi"]),
    ("Un taux de 3.5 % par an. Ensuite.", ["Un taux de 3.5 % par an.", "Ensuite."]),
    ("Titre\n\nTexte.", ["Titre", "Texte."]),
    ("", []),
])  # fmt: skip
def test_cases(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet="abé .!?\n-•«»M", max_size=120))
def test_no_letter_is_lost(text: str) -> None:
    def letters(given: str) -> str:
        return "".join(sign for sign in given if sign.isalpha())

    assert letters("".join(cut(text))) == letters(text)


VOCABULARY = {"networks": ["fibre", "zone blanche"], "economy": ["robot*"]}


def test_candidates_hold_a_word() -> None:
    text = "Nous porterons la fibre partout, villages compris. Nous planterons dix mille arbres dans la région. La robotique aura son école d'ingénieurs."
    assert [one.words for one in candidates(text, VOCABULARY)] == [("fibre",), ("robot",)]


def test_accents_capitals_and_plurals() -> None:
    assert (
        candidates("LES ZONES BLANCHES SERONT SUPPRIMÉES PARTOUT.", {"n": ["zone blanche"]}) == []
    )  # a plural inside an expression: list it
    assert len(candidates("Les FIBRES seront posées dans chaque village.", VOCABULARY)) == 1


def test_a_title_is_too_short() -> None:
    assert candidates("La fibre\n\n", VOCABULARY) == []


def test_a_word_inside_another_does_not_count() -> None:
    assert candidates("Un défibrillateur dans chaque mairie de la région.", VOCABULARY) == []
