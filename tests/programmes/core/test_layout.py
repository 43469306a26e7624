"""Columns are read one after the other."""

from __future__ import annotations

from parvis.programmes.core.layout import Line, in_reading_order, joined


def line(text: str, left: float, top: float, right: float | None = None) -> Line:
    return Line(left, top - 10, right if right is not None else left + 6.0 * len(text), top, text)


def column(name: str, left: float, top: float, count: int) -> list[Line]:
    return [line(f"{name}{n}", left, top - 12 * n, left + 200) for n in range(count)]


def names(lines: list[Line]) -> list[str]:
    return [one.text for one in in_reading_order(lines)]


def test_two_columns_under_a_title() -> None:
    title = line("titre", 50, 800, 500)
    left, right = column("g", 50, 770, 5), column("d", 280, 770, 5)
    mixed = [one for pair in zip(right, left, strict=True) for one in pair]
    assert names([*mixed, title]) == ["titre", *(f"g{n}" for n in range(5)), *(f"d{n}" for n in range(5))]


def test_a_title_between_two_pairs_of_columns() -> None:
    first = column("a", 50, 780, 3) + column("b", 280, 780, 3)
    second = column("c", 50, 680, 3) + column("d", 280, 680, 3)
    assert names([*second, line("milieu", 50, 720, 500), *first]) == [
        "a0", "a1", "a2", "b0", "b1", "b2", "milieu", "c0", "c1", "c2", "d0", "d1", "d2",
    ]  # fmt: skip


def test_three_columns() -> None:
    lines = column("a", 30, 700, 4) + column("b", 250, 700, 4) + column("c", 470, 700, 4)
    assert names(lines[::-1]) == [f"{name}{n}" for name in "abc" for n in range(4)]


def test_columns_of_different_heights() -> None:
    assert names(column("d", 280, 700, 3) + column("g", 50, 700, 8)) == [*(f"g{n}" for n in range(8)), "d0", "d1", "d2"]


def test_a_label_and_its_number_are_no_columns() -> None:
    lines = [line("Fibre", 50, 700), line("100 %", 300, 700), line("Écoles", 50, 688), line("40", 300, 688)]
    assert names(lines) == ["Fibre", "100 %", "Écoles", "40"]


def test_words_cut_at_the_end_of_a_line() -> None:
    lines = [line("Nous raccorde-", 50, 700), line("rons les mairies.", 50, 688), line("Autre paragraphe.", 50, 650)]
    assert joined(lines) == "Nous raccorderons les mairies.\n\nAutre paragraphe."


def test_a_hyphen_inside_a_line_stays() -> None:
    assert joined([line("le centre-ville", 50, 700)]) == "le centre-ville"
