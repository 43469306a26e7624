"""People's SQL on published tables: which versions a question is about, its answer, its answer as a file.

The text is run in the sandbox (`core.tables.query`), in a folder that holds links to the named versions and nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from parvis.catalog import queries, storage
from parvis.catalog.core.tables import query
from parvis.catalog.core.tables.query import QueryBusy, QueryRefused, QueryStopped
from parvis.catalog.models import Version
from parvis.catalog.retold import retold
from parvis.catalog.rows import Memory
from parvis.shared.sandbox import Limits

MOST_ROWS = 10_000
MOST_TABLES = 8
LIMITS = Limits()
NAME = re.compile(r"[^\W\d]\w{0,49}")
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
VOLATILE = re.compile(
    r"\b(random|uuid\w*|gen_random_uuid|now|today|current_\w+|get_current_\w+|transaction_timestamp|setseed)\b", re.I
)
REMEMBERED = 200
"""Longer pages of answers are not remembered."""


class QuestionRefused(Exception):
    """Why there is no answer: a sentence, the status that fits, and the character of the text that it is about."""

    def __init__(self, message: str, status: int = 400, place: int | None = None) -> None:
        super().__init__(message)
        self.message, self.status, self.place = message, status, place


@dataclass(frozen=True, slots=True)
class Question:
    """A text, and the version that each of its names stands for."""

    sql: str
    tables: Mapping[str, Version]

    @property
    def pinned(self) -> dict[str, str]:
        return {name: f"{version.resource_id}@{version.number}" for name, version in sorted(self.tables.items())}

    @property
    def key(self) -> str:
        """Sixteen characters made from all that the answer depends on."""
        return key_of(self.sql, self.pinned)


@dataclass(frozen=True, slots=True)
class Answer:
    """A part of the answer. `total` counts its rows up to the limit; `truncated`: there are more."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int
    truncated: bool
    seconds: float


def key_of(sql: str, pinned: Mapping[str, str]) -> str:
    text = json.dumps([sql.strip().replace("\r\n", "\n"), sorted(pinned.items())], ensure_ascii=True)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(ALPHABET[number // 30**place % 30] for place in range(16))


# ----- Which tables -----


def asked(sql: str, resources: Mapping[str, str]) -> Question:
    """The question, its names resolved: `{"communes": "k3v9…"}` (today's version) or `"k3v9…@2"`. Raises `QuestionRefused`.

    Published tables only, whoever asks: an answer, or an address, can then be given to anybody."""
    if not 0 < len(resources) <= MOST_TABLES:
        raise QuestionRefused(_("Choisissez de 1 à {n} tables.").format(n=MOST_TABLES))
    if len({name.lower() for name in resources}) < len(resources):
        raise QuestionRefused(_("Deux tables ont le même nom : donnez à chacune le sien."))
    return Question(sql.replace("\r\n", "\n"), {name: _version(name, given) for name, given in resources.items()})


def _version(name: str, given: str) -> Version:
    if not NAME.fullmatch(name):
        raise QuestionRefused(
            _(
                "« {name} » ne peut pas nommer une table : écrivez des lettres, des chiffres et _, en commençant par une lettre."
            ).format(name=name[:60])
        )
    resource_id, at, number = given.partition("@")
    pinned = int(number) if number.isdecimal() and 0 < len(number) < 9 else None
    resource = queries.published_resource(resource_id)
    version = queries.published_version(resource, pinned) if resource and bool(at) == (pinned is not None) else None
    if version is None:
        raise QuestionRefused(
            _("La table « {name} » ({id}) n'existe pas, ou n'est pas publiée.").format(name=name, id=given[:60]), 404
        )
    if version.withdrawn:
        sentence = _("La version {number} de « {name} » a été retirée.").format(number=version.number, name=name)
        reason = " " + _("Motif : {reason}").format(reason=version.withdrawal_reason) if version.withdrawal_reason else ""
        raise QuestionRefused(sentence + reason, 410)
    return version


# ----- Answers -----

_answers = Memory(100)


def answer(question: Question, *, offset: int = 0, size: int | None = None, most: int = MOST_ROWS) -> Answer:
    """Rows `offset` to `offset + size` of the answer (all of them, up to `most`, without `size`). Raises `QuestionRefused`."""
    digests = tuple((name, version.digest) for name, version in sorted(question.tables.items()))
    asked_for = (question.sql, digests, offset, size, most)
    known: Answer | None = _answers.get(asked_for)
    if known:
        return known
    start = time.perf_counter()
    with _refusals(), _folder(question) as (folder, tables):
        found = query.query_tables(folder, tables, question.sql, most=most, offset=offset, size=size, limits=LIMITS)
    seconds = time.perf_counter() - start
    answered = Answer(found.columns, found.types, found.rows, found.total, found.truncated, seconds)
    if len(found.rows) <= REMEMBERED and not VOLATILE.search(question.sql):
        _answers.keep(asked_for, answered)
    return answered


@contextlib.contextmanager
def written(question: Question, *, most: int = MOST_ROWS, limits: Limits = LIMITS) -> Iterator[tuple[Path, int]]:
    """The answer as a Parquet file, there until the block ends, and how many rows it has. Raises `QuestionRefused`."""
    with _folder(question) as (folder, tables):
        scratch = folder.parent / "out"
        scratch.mkdir()
        with _refusals():
            made = query.write_answer(folder, tables, question.sql, scratch, most=most, limits=limits)
        yield made


@contextlib.contextmanager
def _folder(question: Question) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder where the named versions are, and nothing else: links, or copies where a link is impossible."""
    query_check(question.sql)
    with storage.work_folder("question") as work:
        folder = work / "tables"
        folder.mkdir()
        tables = {name: f"{place}.parquet" for place, name in enumerate(question.tables)}
        for name, version in question.tables.items():
            storage.link_or_copy(storage.parquet_path(version), folder / tables[name])
        yield folder, tables


def query_check(sql: str) -> None:
    """Refuse at once, before anything is prepared, what is no single SELECT. Raises `QuestionRefused`."""
    with _refusals():
        query.check(sql)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except QueryBusy as error:
        raise QuestionRefused(retold(error.message), 503) from error
    except QueryStopped as error:
        raise QuestionRefused(stopped(retold(error.message)), 422) from error
    except QueryRefused as error:
        raise QuestionRefused(retold(error.message), 400, error.place) from error


def stopped(sentence: str) -> str:
    return sentence + " " + _("Ajoutez un filtre (WHERE), regroupez (GROUP BY), ou limitez le nombre de lignes (LIMIT).")
