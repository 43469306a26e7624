"""The same choice has one text, one digest, one address; each mistake has its sentence."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.catalog.core.charts.choice import Choice, Condition, from_dict, parse
from parvis.catalog.core.charts.fields import Field

FIELDS = (
    Field("d", "Département", "string", distinct=13),
    Field("p", "Part raccordable", "number", low=0.0, high=100.0),
    Field("q", "Population", "integer", low=1.0, high=9000.0),
    Field("t", "Date", "date", low="2020-01-01", high="2024-12-31"),
    Field("a", "Année", "year", low=2010.0, high=2024.0),
    Field("r", "Rurale", "boolean"),
    Field("insee", "Code commune", "integer", "code-commune"),
)

choices = st.builds(
    Choice,
    st.sampled_from(["bars", "lines", "points"]),
    x=st.text(min_size=1, max_size=8),
    y=st.text(max_size=8),
    aggregate=st.sampled_from(["count", "sum", "mean"]),
    filters=st.lists(st.builds(Condition, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)), max_size=4).map(
        lambda lines: tuple(sorted(set(lines)))
    ),
    limit=st.integers(0, 60),
)


def asked(query: str) -> tuple[Choice | None, list[tuple[str, str]]]:
    choice, mistakes = parse(parse_qs(query, keep_blank_values=True), FIELDS)
    return choice, [(one.role, one.sentence) for one in mistakes]


@settings(max_examples=100)
@given(choices)
def test_what_is_written_is_read_back(choice: Choice) -> None:
    assert from_dict(choice.as_dict()) == choice
    assert from_dict(choice.as_dict()).digest == choice.digest


def test_the_order_of_filters_changes_nothing() -> None:
    one, other = Condition("d", "exact", "46"), Condition("q", "greater", "10")
    assert Choice("bars", x="d", filters=(one, other)).digest == Choice("bars", x="d", filters=(other, one, one)).digest
    assert Choice("bars", x="d").digest != Choice("bars", x="q").digest


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("forme=bars&x=d", '{"shape":"bars","x":"d"}'),
        ("forme=bars&x=d&calcul=count&limite=20&y=", '{"shape":"bars","x":"d"}'),
        ("forme=bars&x=d&y=p", '{"aggregate":"mean","shape":"bars","x":"d","y":"p"}'),
        ("forme=bars&x=d&y=p&calcul=count", '{"shape":"bars","x":"d"}'),
        ("forme=lines&x=t&pas=Mois", '{"bucket":"month","shape":"lines","x":"t"}'),
        ("forme=distribution&x=q&pas=0,50&y=p&couleur=d", '{"bucket":"0.5","shape":"distribution","x":"q"}'),
        ("forme=bars&x=d&pas=10", '{"shape":"bars","x":"d"}'),
        ("forme=bars&x=d&c=q&o=greater&v=5&c=&o=exact&v=", '{"filters":[["q","greater","5"]],"shape":"bars","x":"d"}'),
    ],
)
def test_an_address_becomes_its_shortest_choice(query: str, text: str) -> None:
    choice, mistakes = asked(query)
    assert (mistakes, choice.text if choice else None) == ([], text)
    assert choice is not None
    again, _none = asked(choice.query)
    assert again == choice


@pytest.mark.parametrize(
    ("query", "role", "words"),
    [
        ("", "shape", "Choisissez une forme"),
        ("forme=camembert&x=d", "shape", "Choisissez une forme"),
        ("forme=bars", "x", "Choisissez la colonne pour l'axe"),
        ("forme=bars&x=nope", "x", "n'a pas de colonne « nope »"),
        ("forme=lines&x=d", "x", "de dates ou de nombres"),
        ("forme=bars&x=d&y=d", "y", "de nombres"),
        ("forme=bars&x=d&y=insee", "y", "de nombres"),
        ("forme=bars&x=d&couleur=q", "colour", "de noms"),
        ("forme=bars&x=d&calcul=sum", "y", "choisissez la colonne"),
        ("forme=bars&x=d&calcul=toto", "aggregate", "Choisissez un calcul"),
        ("forme=bars&x=q&pas=-3", "bucket", "plus grand que zéro"),
        ("forme=bars&x=q&pas=0", "bucket", "plus grand que zéro"),
        ("forme=lines&x=t&pas=siècle", "bucket", "par année ou par mois"),
        ("forme=bars&x=d&limite=1000", "limit", "de 1 à 60"),
        ("forme=bars&x=d&limite=abc", "limit", "de 1 à 60"),
        ("forme=bars&x=d&tri=z", "sort", "un ordre de la liste"),
        ("forme=bars&x=d&c=nope&o=exact&v=1", "filters", "n'a pas de colonne"),
        ("forme=points&x=q&y=q", "y", "deux colonnes différentes"),
        ("forme=bars&x=d&couleur=d", "colour", "est déjà pris"),
    ],
)
def test_a_mistake_has_its_sentence(query: str, role: str, words: str) -> None:
    choice, mistakes = asked(query)
    assert choice is None
    assert any(one == role and words in sentence for one, sentence in mistakes), mistakes


@pytest.mark.parametrize(
    "given", [{}, {"shape": 3}, {"shape": "bars", "x": 1}, {"shape": "bars", "drop": "x"}, {"shape": "bars", "filters": ["x"]}]
)
def test_what_no_choice_wrote_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="illisible"):
        from_dict(given)
