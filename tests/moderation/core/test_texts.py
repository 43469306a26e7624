"""What the rules see in a text: counted against what one sees oneself, and on texts that nobody would write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from parvis.moderation.core import texts


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("", 0),
        ("Le maire a dit oui.Non, il a dit non.", 0),
        ("Voir https://exemple.fr/page et http://autre.org.", 2),
        ("Tout est sur www.exemple.fr, ou exemple.com/promo !", 2),
        ("EXEMPLE.COM", 1),
        ("Écrivez à camille@exemple.fr", 0),
        ("La loi du 7.10 art. 3", 0),
    ],
)
def test_links(text: str, many: int) -> None:
    assert len(texts.links(text)) == many


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("LA SNCF", 0),
        ("Les bus devraient passer le dimanche aussi.", 2),
        ("LES BUS DEVRAIENT PASSER LE DIMANCHE AUSSI !!!", 100),
        ("le bus passe ici https://EXEMPLE.FR/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA et là bas", 0),
    ],
)
def test_capitals(text: str, share: int) -> None:
    assert texts.capitals(text) == share


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("con", "Le conseil a tenu conférence.", False),
        ("con", "Quel con !", True),
        ("abruti", "ABRUTI.", True),
        ("enculé", "encule", True),
        ("encule", "Énculé", True),
        ("gros nul", "C'est un gros,   NUL", True),
        ("gros nul", "un gros qui est nul", False),
        ("escroc*", "Bande d'escrocs !", True),
        ("escroc", "Bande d'escrocs !", False),
        ("nul", "n\u200bul", True),  # a space that nobody sees
        ("nul", "𝐍𝐮𝐥 !", True),  # letters drawn otherwise
        ("nul", "ｎｕｌ", True),
        ("", "tout", False),
        ("*", "tout", False),
        ("cœur", "coeur", True),
    ],
)
def test_words_of_a_list(word: str, text: str, found: bool) -> None:
    assert texts.listed(text, [word]) == ([word] if found else [])


def test_the_same_text() -> None:
    one = texts.fingerprint("Les bus devraient passer le dimanche aussi.")
    assert one
    assert one == texts.fingerprint("les BUS, devraient passer le dimanche aussi !")
    assert one != texts.fingerprint("Les bus devraient passer le samedi aussi.")
    assert texts.fingerprint("Merci beaucoup !") == ""


@given(some.text(max_size=300), some.text(max_size=20))
def test_anything_can_be_written(text: str, word: str) -> None:
    assert len(texts.links(text)) >= 0
    assert 0 <= texts.capitals(text) <= 100
    folded = texts.fold(text)
    assert texts.fold(folded) == folded
    assert not texts.listed(text, [word]) or texts.fold(word).strip()


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "a." * 100_000, "@" * 200_000, "www." * 50_000, "a-" * 100_000, "a@" * 100_000]
)
def test_no_text_takes_long(text: str) -> None:
    start = time.perf_counter()
    texts.links(text)
    texts.capitals(text)
    texts.fingerprint(text)
    assert time.perf_counter() - start < 3
