"""Which schema a header resembles."""

from __future__ import annotations

from parvis.catalog.core.tables import registry
from parvis.catalog.core.tables.match import best, ranked

SCHEMAS = [registry.load(one.name) for one in registry.known()]


def test_each_bundled_schema_recognises_its_own_header() -> None:
    for schema in SCHEMAS:
        found = best(SCHEMAS, [one.name for one in schema.fields])
        assert found is not None
        assert found.schema == schema
        assert found.score == 1


def test_labels_retyped_by_hand_and_columns_left_out() -> None:
    found = best(SCHEMAS, ["Nom Attribuant", "ID ATTRIBUANT", "date_convention", "montant", "objet", "nature"])
    assert found is not None
    assert found.schema.name == "scdl/subventions"
    assert found.renamed == {
        "Nom Attribuant": "nomAttribuant",
        "ID ATTRIBUANT": "idAttribuant",
        "date_convention": "dateConvention",
    }
    assert found.reason.startswith(
        "6 des 16 colonnes du schéma « Subventions attribuées » sont dans le fichier, dont 3 sous un nom un peu différent"
    )
    assert "obligatoires" in found.reason


def test_a_coincidence_is_not_a_match() -> None:
    assert best(SCHEMAS, ["ID", "nom", "adresse", "commune"]) is None
    assert best(SCHEMAS, ["colonne"]) is None
    assert best(SCHEMAS, []) is None


def test_detected_types_that_contradict_lower_the_score() -> None:
    labels = [one.name for one in registry.load("scdl/prenoms").fields]
    plain = ranked(SCHEMAS, labels)[0]
    odd = ranked(SCHEMAS, labels, {"NOMBRE_OCCURRENCES": "date", "ANNEE": "year"})[0]
    assert odd.score < plain.score
    assert "type attendu" in odd.reason
