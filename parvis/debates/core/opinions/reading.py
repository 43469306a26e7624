"""Exports in the Polis format: `votes.csv` and `comments.csv`, or `participants-votes.csv`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from parvis.debates.core.opinions.votes import Identifier, Numbers, Votes, gather

SOURCE = """
FROM read_csv(?, header = true, all_varchar = true, quote = '"', escape = '"', max_line_size = 20000000, parallel = true)
"""
Column = NDArray[np.int64] | NDArray[np.object_]


class UnreadableVotes(ValueError):
    """One sentence that says what is wrong and what to do."""


def read(path: Path) -> Votes:
    """A folder of exports, or one file of votes. Raises `UnreadableVotes`."""
    if path.is_dir():
        for name in ("votes.csv", "participants-votes.csv"):
            if (path / name).is_file():
                return read(path / name)
        raise UnreadableVotes(f"{path} holds neither votes.csv nor participants-votes.csv, which a Polis export has.")
    if not path.is_file():
        raise UnreadableVotes(f"{path} is not there.")
    header = first_line(path)
    if {"comment-id", "voter-id", "vote"} <= set(header):
        votes = long_table(path, header)
        beside = path.with_name("comments.csv")
        return moderated(votes, beside) if beside.is_file() else votes
    if "participant" in header:
        return wide_table(path, header)
    raise UnreadableVotes(
        f"{path.name} is not a table of votes: its columns should be comment-id, voter-id and vote, or participant and one per statement."
    )


def first_line(path: Path) -> list[str]:
    with path.open("rb") as file:
        line = file.readline(1_000_000)
    return [name.strip().strip('"') for name in line.decode("utf-8-sig", "replace").split(",")]


def columns_of(path: Path, names: list[str], *, texts: bool = False) -> list[Column]:
    """Columns of a CSV file, by name: whole numbers where all of a column are (and `texts` is not asked), texts otherwise.

    Raises `UnreadableVotes`.
    """
    import duckdb

    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    tests = ", ".join(f"count(*) = count(TRY_CAST({name} AS BIGINT))" for name in quoted)
    try:
        with duckdb.connect(config={"threads": "2"}) as connection:
            connection.execute("SET enable_progress_bar = false")  # it writes on standard output, where the answer goes
            source = [str(path)]
            whole = [False] * len(names) if texts else connection.execute(f"SELECT {tests} {SOURCE}", source).fetchone()
            wanted = ", ".join(
                f"CAST({name} AS BIGINT) AS c{place}" if number else f"coalesce({name}, '') AS c{place}"
                for place, (name, number) in enumerate(zip(quoted, whole or [], strict=True))
            )
            found = connection.execute(f"SELECT {wanted} {SOURCE}", source).fetchnumpy()
    except duckdb.Error as error:
        raise UnreadableVotes(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error
    return [np.asarray(found[f"c{place}"]) for place in range(len(names))]


def whole(path: Path, column: Column, name: str) -> Numbers:
    try:
        return column.astype(np.int64) if column.dtype == np.int64 else column.astype(np.float64).astype(np.int64)
    except ValueError as error:
        raise UnreadableVotes(f"{path.name}: the column {name} should hold whole numbers only.") from error


def long_table(path: Path, header: list[str]) -> Votes:
    """One vote a line, latest last by its time where there is one."""
    timed = "timestamp" in header
    voter, comment, value, *when = columns_of(path, ["voter-id", "comment-id", "vote", *(["timestamp"] if timed else [])])
    value = whole(path, value, "vote")
    persons, person = coded(voter)
    statements, statement = coded(comment)
    if timed:
        order = np.argsort(whole(path, when[0], "timestamp"), kind="stable")
        person, statement, value = person[order], statement[order], value[order]
    return checked(path, persons, statements, person, statement, value)


def checked(
    path: Path, persons: list[Identifier], statements: list[Identifier], person: Numbers, statement: Numbers, value: Numbers
) -> Votes:
    if np.abs(value).max(initial=0) > 1:
        raise UnreadableVotes(f"{path.name}: a vote is 1 (agree), 0 (pass) or -1 (disagree); {np.abs(value).max()} was found.")
    return gather(persons, statements, person, statement, value.astype(np.int8))


def coded(column: Column) -> tuple[list[Identifier], Numbers]:
    """(identifiers in order, position of each)."""
    if column.dtype == np.int64:
        numbers, places = np.unique(column, return_inverse=True)
        return [int(one) for one in numbers], places.astype(np.int64)
    words, places = np.unique(column.astype(str), return_inverse=True)
    return [str(one) for one in words], places.astype(np.int64)


def moderated(votes: Votes, path: Path) -> Votes:
    """With the statements that moderation took out (−1), and those that nobody voted on."""
    if not {"comment-id", "moderated"} <= set(first_line(path)):
        return votes
    comment, state = columns_of(path, ["comment-id", "moderated"], texts=True)
    refused = {str(one) for one, how in zip(comment, state, strict=True) if how.strip() == "-1"}
    out = frozenset(place for place, one in enumerate(votes.statements) if str(one) in refused)
    return replace(votes, out=out)


def texts(path: Path) -> dict[str, str]:
    """What the statements say, by identifier, where `comments.csv` is beside the votes."""
    comments = (path if path.is_dir() else path.parent) / "comments.csv"
    if not comments.is_file() or not {"comment-id", "comment-body"} <= set(first_line(comments)):
        return {}
    comment, body = columns_of(comments, ["comment-id", "comment-body"], texts=True)
    return {str(one): str(text) for one, text in zip(comment, body, strict=True)}


def numbered(column: Column) -> Column:
    """Texts as numbers, where all of them are."""
    try:
        return column.astype(np.int64)
    except ValueError:
        return column


def wide_table(path: Path, header: list[str]) -> Votes:
    """One person a line, one column per statement, empty where there is no vote."""
    names = [name for name in header if name.lstrip("-").isdecimal()]
    participant, *columns = columns_of(path, ["participant", *names], texts=True)
    persons, rows = coded(numbered(participant))
    parts = []
    for place, column in enumerate(columns):
        voted = column != ""
        parts.append((rows[voted], np.full(int(voted.sum()), place), whole(path, column[voted], names[place])))
    statements: list[Identifier] = [int(name) for name in names]
    if not parts:
        raise UnreadableVotes(f"{path.name} has no column of votes: one per statement is expected, named by its number.")
    person, statement, value = (np.concatenate(one) for one in zip(*parts, strict=True))
    return checked(path, persons, statements, person, statement, value)
