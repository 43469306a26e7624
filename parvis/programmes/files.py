"""Tables of codings, answers and positions, as CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from parvis.programmes.core.agreement import Coding
from parvis.programmes.core.matching import Answer


class UnreadableFile(ValueError):
    """One sentence that says what is wrong and what to do."""


def rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV file in UTF-8, separated by commas or semicolons. Raises `UnreadableFile`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UnreadableFile(f"{path} is not there.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} cannot be read as text in UTF-8: {error}.") from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    absent = [name for name in needed if name not in (reader.fieldnames or [])]
    if absent:
        raise UnreadableFile(f"{path.name} should have the columns {', '.join(needed)}; missing: {', '.join(absent)}.")
    try:
        for row in reader:
            yield reader.line_num, {name: (row.get(name) or "").strip() for name in reader.fieldnames or []}
    except csv.Error as error:
        raise UnreadableFile(f"{path.name}, line {reader.line_num}: {error}.") from error


def codings(path: Path) -> dict[str, list[Coding]]:
    """Codings by criterion, in the order of the file."""
    found: dict[str, list[Coding]] = {}
    for line, row in rows(path, ("coder", "unit", "criterion", "value")):
        if not row["coder"] or not row["unit"]:
            raise UnreadableFile(f"{path.name}, line {line}: a coding needs a coder and a unit.")
        found.setdefault(row["criterion"], []).append((row["coder"], row["unit"], row["value"]))
    return found


def answers(path: Path) -> list[Answer]:
    found: dict[str, Answer] = {}
    for line, row in rows(path, ("question", "answer")):
        weight = number(path, line, row.get("weight", ""))
        weight = 1.0 if weight is None else weight
        if weight < 0:
            raise UnreadableFile(f"{path.name}, line {line}: a weight is zero or more.")
        if row["question"] in found:
            raise UnreadableFile(f"{path.name}, line {line}: the question {row['question']} is answered twice.")
        found[row["question"]] = Answer(row["question"], number(path, line, row["answer"]), weight, row.get("theme", ""))
    return list(found.values())


def positions(path: Path) -> dict[str, dict[str, float]]:
    """List → question → position; a list without any position is there all the same."""
    found: dict[str, dict[str, float]] = {}
    for line, row in rows(path, ("list", "question", "position")):
        held = found.setdefault(row["list"], {})
        if row["question"] in held:
            raise UnreadableFile(f"{path.name}, line {line}: {row['list']} has two positions on {row['question']}.")
        value = number(path, line, row["position"])
        if value is not None:
            held[row["question"]] = value
    return found


def number(path: Path, line: int, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError as error:
        raise UnreadableFile(f"{path.name}, line {line}: “{text[:40]}” is not a number.") from error
    if value != value or value in (float("inf"), float("-inf")):
        raise UnreadableFile(f"{path.name}, line {line}: “{text[:40]}” is not a finite number.")
    return value
