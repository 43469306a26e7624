"""A passage survives a better extraction, or says that it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.programmes.core.spans import anchor, anchored_again

TEXT = "Nos priorités.\n\nNous raccorderons toutes les mairies à la fibre d'ici 2029. Le reste suivra."
QUOTE = "Nous raccorderons toutes les mairies à la fibre d'ici 2029."


def made(text: str = TEXT, quote: str = QUOTE):
    start = text.index(quote)
    return anchor(text, start, start + len(quote))


def test_the_same_text() -> None:
    found = made()
    assert anchored_again(found, TEXT) == (found.start, found.end)


@pytest.mark.parametrize("better", [
    "NOS PRIORITÉS\nNous raccorde-\nrons toutes les mai- ries à la fibre d’ici 2029. Le reste suivra.",
    "Page 1 — Nos priorités. Nous raccorderons toutes  les mairies\nà la fibre d'ici 2029. Le reste suivra.",
])  # fmt: skip
def test_lines_cut_elsewhere(better: str) -> None:
    start, end = anchored_again(made(), better)
    assert better[start:].startswith("Nous raccorde")
    assert better[:end].endswith("2029.")


def test_a_sentence_that_changed_is_lost() -> None:
    assert anchored_again(made(), TEXT.replace("2029", "2031")) is None


def test_among_two_the_one_with_the_same_surroundings() -> None:
    text = "Emploi. Un guichet par canton. Fin de l'emploi.\n\nSanté. Un guichet par canton. Fin de la santé."
    second = text.rindex("Un guichet par canton.")
    found = anchor(text, second, second + len("Un guichet par canton."))
    longer = "Sommaire de notre programme, ajouté plus tard. " * 5 + text
    start, _end = anchored_again(found, longer)
    assert longer[:start].endswith("Santé. ")


@pytest.mark.parametrize("span", [(0, 0), (5, 3), (-1, 4), (0, 10_000), (14, 16)])
def test_empty_or_outside(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="passage"):
        anchor(TEXT, *span)


@given(st.text(min_size=1, max_size=80), st.integers(0, 79), st.integers(1, 80))
def test_the_same_text_always_gives_the_same_letters(text: str, start: int, length: int) -> None:
    try:
        found = anchor(text, start, start + length)
    except ValueError:
        return
    again = anchored_again(found, text)
    assert again is not None
    assert anchor(text, *again).quote.strip() != ""


def test_the_digest_is_of_letters() -> None:
    assert made().digest == made(TEXT.replace("  ", " ").upper(), QUOTE.upper()).digest
    assert made().digest != made(TEXT.replace("suivra", "attendra")).digest
