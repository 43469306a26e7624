"""Our verdict against validata's, on valid and broken files made here: `python benchmarks/agreement.py [--seeds 5]`.

Each file is a small valid table of a bundled schema with one change. Where the two differ, the change is either listed below with
the text that settles it, or printed as a disagreement (exit 1).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
sys.path.insert(0, str(ROOT))

from parvis.catalog.core.tables.registry import known, load  # noqa: E402
from parvis.catalog.core.tables.schema import Schema  # noqa: E402

Rows = list[list[str]]
Change = Callable[[Rows, Schema, random.Random], bytes | Rows | None]

SETTLED = {
    "header-only-blank-label-with-data": "a column of values without a name: Frictionless's own blank-label, which validata switches off",
    "uri-with-space": "RFC 3986 has no space in a URI",
    "siret-with-spaces": "the schemas say « d'un seul tenant »",
    "siret-all-zero": "no such number is issued; validata only checks the Luhn key",
    "integer-underscore": "1_0 is Python's spelling of a number, not Table Schema's",
    "no-shared-header": "validata crashes: 'unmatched-header' is not a valid ErrType",
    "header-case": "the same crash; ours names the label to rename",
    "preamble": "validata takes the preamble for the header; the table below it is right",
    "total-row": "a total under the table is not a row: it is set aside and said",
    "short-date": "Table Schema's default date is ISO 8601 YYYY-MM-DD; validata's strptime takes 2024-3-1",
    "nomenclature-no-slash": "validata cuts the last letter when there is no « / »",
}


def field_of(schema: Schema, test: Callable[..., bool], rng: random.Random) -> int | None:
    found = [at for at, one in enumerate(schema.fields) if test(one)]
    return rng.choice(found) if found else None


def cell(text: str, test: Callable[..., bool]) -> Change:
    def change(rows: Rows, schema: Schema, rng: random.Random) -> Rows | None:
        at = field_of(schema, test, rng)
        if at is None:
            return None
        rows[rng.randrange(1, len(rows))][at] = text
        return rows

    return change


def named(column: str, text: str) -> Change:
    return cell(text, lambda one: one.name == column)


def rowwise(edit: Callable[[Rows, random.Random], object]) -> Change:
    def change(rows: Rows, schema: Schema, rng: random.Random) -> Rows:
        edit(rows, rng)
        return rows

    return change


def drop(required: bool) -> Change:
    def change(rows: Rows, schema: Schema, rng: random.Random) -> Rows | None:
        together = {name for one in schema.custom_checks for name in one.columns}
        at = field_of(schema, lambda one: one.constraints.required is required and one.name not in together, rng)
        return None if at is None else [row[:at] + row[at + 1 :] for row in rows]

    return change


def written(rows: Rows, delimiter: str = ",", ending: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    class Buffer(list[str]):
        write = list.append

    out = Buffer()
    csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return "".join(out)


def shuffled(rows: Rows, schema: Schema, rng: random.Random) -> Rows:
    order = list(range(len(rows[0])))
    rng.shuffle(order)
    return [[row[at] for at in order] for row in rows]


CHANGES: dict[str, Change] = {
    "as-it-is": lambda rows, schema, rng: rows,
    "semicolon": lambda rows, schema, rng: written(rows, ";").encode(),
    "tab": lambda rows, schema, rng: written(rows, "\t").encode(),
    "bom": lambda rows, schema, rng: written(rows).encode("utf-8-sig"),
    "crlf": lambda rows, schema, rng: written(rows, ending="\r\n").encode(),
    "all-quoted": lambda rows, schema, rng: written(rows, quoting=csv.QUOTE_ALL).encode(),
    "cp1252": lambda rows, schema, rng: written(rows, ";").encode("cp1252", "replace"),
    "preamble": lambda rows, schema, rng: ("Export du logiciel;;;\n;;;\n" + written(rows, ";")).encode(),
    "total-row": rowwise(lambda rows, rng: rows.append(["Total", *[""] * (len(rows[0]) - 2), "12"])),
    "reordered": shuffled,
    "extra-column": lambda rows, schema, rng: [[*row, "note" if at == 0 else "x"] for at, row in enumerate(rows)],
    "optional-dropped": drop(False),
    "required-dropped": drop(True),
    "blank-line": lambda rows, schema, rng: (written(rows[:3]) + "\n" + written(rows[3:])).encode(),
    "delimiters-line": rowwise(lambda rows, rng: rows.insert(3, [""] * len(rows[0]))),
    "last-line-blank": lambda rows, schema, rng: (written(rows) + "\n").encode(),
    "extra-cell": rowwise(lambda rows, rng: rows[2].append("x")),
    "missing-cell": rowwise(lambda rows, rng: rows[2].pop()),
    "duplicate-label": lambda rows, schema, rng: [[*row, row[0]] for row in rows],
    "header-only-blank-label-with-data": lambda rows, schema, rng: [
        [*row, "" if at == 0 else "x"] for at, row in enumerate(rows)
    ],
    "blank-label-empty": lambda rows, schema, rng: [[*row, ""] for row in rows],
    "no-shared-header": lambda rows, schema, rng: [[f"colonne {at}" for at in range(len(rows[0]))], *rows[1:]],
    "header-case": lambda rows, schema, rng: [[one.upper() if one.islower() else one.lower() for one in rows[0]], *rows[1:]],
    "required-emptied": cell("", lambda one: one.constraints.required),
    "date-french": cell("12/03/2024", lambda one: one.type == "date"),
    "date-impossible": cell("2024-02-30", lambda one: one.type == "date"),
    "date-blank-after": cell("2024-03-12 ", lambda one: one.type == "date"),
    "short-date": cell("2024-3-1", lambda one: one.type == "date" and one.format == "default"),
    "number-comma": cell("12,5", lambda one: one.type == "number"),
    "number-spaces": cell("1 200.5", lambda one: one.type == "number"),
    "number-words": cell("douze", lambda one: one.type == "number"),
    "number-outer-blanks": cell(" 0.5 ", lambda one: one.name in ("montant", "menuPlatPrix", "BGT_MTPREV")),
    "integer-decimal": cell("3.5", lambda one: one.type == "integer"),
    "integer-underscore": cell("1_0", lambda one: one.name in ("NOMBRE_OCCURRENCES", "NOMBRE_RESSOURCES")),
    "boolean-case": cell("Oui", lambda one: one.type == "boolean"),
    "year-short": cell("24", lambda one: one.type == "year"),
    "datetime-date": cell("2024-03-12", lambda one: one.type == "datetime"),
    "array-text": cell("lait", lambda one: one.type == "array"),
    "array-unknown": cell('["craie"]', lambda one: one.name == "menuPlatAllergene"),
    "enum-case": cell("AUTRE CHOSE", lambda one: one.constraints.enum is not None),
    "pattern-broken": cell("!!", lambda one: one.constraints.pattern is not None),
    "too-long": cell("x" * 300, lambda one: one.constraints.max_length is not None),
    "too-large": cell("1000001", lambda one: one.constraints.maximum is not None),
    "email-broken": cell("mairie", lambda one: one.format == "email"),
    "uri-broken": cell("www.exemple.fr", lambda one: one.format == "uri"),
    "uri-with-space": cell("https://exemple.fr/a b", lambda one: one.format == "uri"),
    "uri-accent": cell("https://exemple.fr/délibération", lambda one: one.format == "uri"),
    "siret-key": cell("21460042100018", lambda one: one.constraints.pattern == r"^\d{14}$"),
    "siret-with-spaces": named("idBeneficiaire", "200 053 791 00014"),
    "siret-all-zero": named("idBeneficiaire", "00000000000000"),
    "siret-la-poste": named("idBeneficiaire", "35600000000001"),
    "siret-float": named("idBeneficiaire", "20005379100014.0"),
    "siret-siren": named("idBeneficiaire", "200053791"),
    "siret-empty-with-rna": named("idBeneficiaire", ""),
    "vote-sum": named("VOTE_POUR", "29"),
    "vote-more-than-all": named("VOTE_EFFECTIF", "3"),
    "vote-emptied": named("VOTE_CONTRE", ""),
    "year-alone": named("BUDGET_ANNEE", "2024"),
    "years-reversed": named("BUDGET_ANNEE", "2025/2024"),
    "same-years": named("BUDGET_ANNEE", "2024/2024"),
    "budget-name-emptied": named("BUDGET_NOM", ""),
    "before-vote": named("PREF_DATE", "2001-01-01"),
    "nomenclature-unknown": named("DELIB_MATIERE_NOM", "Divers/Autres"),
    "nomenclature-space": named("DELIB_MATIERE_NOM", "Finances locales / Subventions"),
    "nomenclature-no-slash": named("DELIB_MATIERE_NOM", "Urbanismes"),
    "nomenclature-accents": named("DELIB_MATIERE_NOM", "LIBERTES PUBLIQUES ET POUVOIRS DE POLICE/Police"),
}


def valid_rows(schema: Schema, count: int = 8) -> Rows:
    rows = [[one.name for one in schema.fields]]
    rows.extend([one.example for one in schema.fields] for _ in range(count))
    return rows


VALIDATA = """
import json, sys
from validata_core.main import validate
for line in sys.stdin:
    file, schema = json.loads(line)
    try:
        report = validate(file, schema)
        print(json.dumps([report.valid, sorted({str(one.type).split('.')[-1].lower() for one in report.errors})]), flush=True)
    except BaseException as error:
        print(json.dumps([None, [repr(error)[:120]]]), flush=True)
"""
OURS = """
import json, sys
from pathlib import Path
from parvis.catalog.core.tables.registry import load
from parvis.catalog.validate_cli import _run
for line in sys.stdin:
    file, schema = json.loads(line)
    report, _ = _run(Path(file), load(schema), 1000, None)
    print(json.dumps([report.valid, sorted(report.counts)]), flush=True)
"""


def verdicts(python: Path, code: str, lines: list[str]) -> list[tuple[bool | None, list[str]]]:
    done = subprocess.run(
        [python, "-W", "ignore", "-c", code], input="\n".join(lines), capture_output=True, text=True, cwd=ROOT, check=True
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines() if line.startswith("[")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    lines: list[str] = []
    cases: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for entry in known():
            schema = load(entry.name)
            for name, change in CHANGES.items():
                for seed in range(options.seeds):
                    made = change(valid_rows(schema), schema, random.Random(f"{entry.name} {name} {seed}"))
                    if made is None:
                        continue
                    file = Path(folder) / f"{len(cases)}.csv"
                    file.write_bytes(made if isinstance(made, bytes) else written(made).encode())
                    lines.append(json.dumps([str(file), str(entry.path)]))
                    cases.append((entry.name, name))
        theirs = verdicts(PEERS, VALIDATA, lines)
        ours = verdicts(Path(sys.executable), OURS, lines)
    assert len(ours) == len(theirs) == len(cases), (len(ours), len(theirs), len(cases))
    same = sum(one[0] == other[0] for one, other in zip(ours, theirs, strict=True))
    print(f"{len(cases)} files, {same} same verdicts")
    unsettled = 0
    told: set[tuple[str, bool | None, bool | None]] = set()
    for (schema_name, name), mine, other in zip(cases, ours, theirs, strict=True):
        if mine[0] == other[0]:
            continue
        settled = SETTLED.get(name)
        unsettled += settled is None
        if (name, mine[0], other[0]) not in told:
            told.add((name, mine[0], other[0]))
            print(
                f"  {'settled' if settled else 'DIFFERS'}  {name} ({schema_name}): ours {mine[0]} {mine[1]}, validata {other[0]} {other[1]}"
                + (f"\n           {settled}" if settled else "")
            )
    print(f"{unsettled} unexplained")
    return 1 if unsettled else 0


if __name__ == "__main__":
    sys.exit(main())
