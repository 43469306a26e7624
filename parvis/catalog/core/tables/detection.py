"""What a file is and how to read it, judged on its content and over its whole length, in one to three sequential passes."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from parvis.catalog.core.speech import stored

from . import dialect, json_records, workbook
from .encoding import MIXED, Encodings, decode
from .reading import Options, Reading, UnreadableTable
from .rows import TAIL, Record, SkippedLines, end_reason, judged
from .shape import Shape
from .source import LONGEST_LINE, Container, head_of, lines

EMPTY = stored("Le fichier est vide : il ne contient aucune ligne.")
NOT_TEXT = stored("Ce fichier n'est pas un tableau lisible : déposez un fichier CSV, XLSX, ODS, JSON ou Parquet.")
KNOWN_OTHERS = (
    (b"%PDF", stored("Ce fichier est un PDF, pas un tableau : demandez ou exportez le tableau d'origine (CSV, XLSX ou ODS).")),
    (
        b"\xd0\xcf\x11\xe0",
        stored("Ce fichier est un ancien classeur Excel (.xls) : ouvrez-le et enregistrez-le au format .xlsx ou CSV."),
    ),
    (b"Rar!", stored("Ce fichier est une archive : décompressez-la et déposez le tableau qu'elle contient.")),
    (b"7z\xbc\xaf", stored("Ce fichier est une archive : décompressez-la et déposez le tableau qu'elle contient.")),
    (b"BZh", stored("Ce fichier est une archive : décompressez-la et déposez le tableau qu'elle contient.")),
)


AUTOMATIC = Options()


def detect(path: Path, options: Options = AUTOMATIC) -> Reading:
    """How to read the file. Raises `UnreadableTable` when it opens but cannot be understood, `OSError` when it does not open.

    A text file is read once when it is regular UTF-8 or an 8-bit encoding, twice when its rows need to be judged one by one,
    three times when a quote that never closes has to be given up. Memory does not grow with the file.
    """
    with path.open("rb") as file:
        start = file.read(2048)
    if not start:
        raise UnreadableTable("source-error", EMPTY)
    if start.startswith(b"PK"):
        return _workbook(path, options)
    if start.startswith(b"PAR1"):
        return _parquet(path)
    for mark, sentence in KNOWN_OTHERS:
        if start.startswith(mark):
            raise UnreadableTable("source-error", sentence)
    head, container = head_of(path)
    if not head.strip(b' \t\r\n\0;,|"'):
        raise UnreadableTable("source-error", NOT_TEXT if b"\0" in head else EMPTY)
    _refuse_binary(head)
    opening = head.lstrip()[:1]
    if options.format == "jsonl" or (options.format is None and opening in (b"{", b"[") and _looks_json(head)):
        return _json(path, container)
    if head.lstrip()[:64].lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise UnreadableTable(
            "source-error",
            stored("Ce fichier est une page web ou du XML, pas un tableau : téléchargez le fichier de données lui-même."),
        )
    return _text(path, container, head, options)


def _refuse_binary(chunk: bytes) -> None:
    if b"\0" in chunk:
        raise UnreadableTable(
            "source-error",
            stored(
                "Le fichier contient des octets nuls : ce n'est pas un texte, ou il est abîmé. Enregistrez-le à nouveau en « CSV UTF-8 »."
            ),
        )
    sample = chunk[:65536]
    strange = len(sample) - len(sample.translate(None, bytes((*range(9), *range(14, 27), 28, 29, 30, 31))))
    if strange > len(sample) * 0.02:
        raise UnreadableTable("source-error", NOT_TEXT)


def _looks_json(head: bytes) -> bool:
    text = head.lstrip()
    after = text[1:].lstrip()[:1]
    return after in ((b'"', b"}") if text[:1] == b"{" else (b"{", b"]"))


@dataclass(slots=True)
class _Plan:
    """What the first records say of a text."""

    delimiter: str
    header: int | None
    names: tuple[str, ...]
    decimal: Literal[".", ","]
    preamble_lines: int
    header_bytes: bytes


def _plan(head: bytes, encoding: str, options: Options, quoted: bool) -> _Plan:
    text = _forgiving(head, encoding)
    delimiter = options.delimiter or dialect.delimiter_of(text)
    records = dialect.parsed(text, delimiter, quoted)
    if options.header_row is not None:
        at, found = options.header_row - 1, True
        if not 0 <= at < len(records):
            raise UnreadableTable(
                "source-error",
                stored(
                    "La ligne {header_row} indiquée pour les titres n'est pas au début du fichier.",
                    header_row=options.header_row,
                ),
            )
    else:
        at, found = dialect.header_at(records)
    if at < 0:
        raise UnreadableTable("source-error", EMPTY)
    names = tuple(name.strip("\ufeff") for name in records[at]) if found else ("",) * _width(records[at:])
    physical, header_bytes = _lines_before(head, at + 1 if found else at)
    decimal = options.decimal or dialect.decimal_of(records[at + 1 :])
    return _Plan(delimiter, at + 1 if found else None, names, decimal, physical, header_bytes)


def _forgiving(head: bytes, encoding: str) -> str:
    """The first lines as text; the last line may be cut in the middle of a character."""
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        return decode(whole, encoding)
    except UnicodeDecodeError:
        return whole.decode("cp1252", "replace")


def _width(records: list[list[str]]) -> int:
    return max((len(record) for record in records), default=1)


def _lines_before(head: bytes, count: int) -> tuple[int, bytes]:
    """Physical lines up to the header if each is one record, and the header's bytes."""
    at, header = 0, b""
    for _ in range(count):
        end = head.find(b"\n", at) + 1 or len(head)
        header = head[at:end]
        at = end
    return count, header


def _text(path: Path, container: Container, head: bytes, options: Options) -> Reading:
    imposed = options.encoding
    _check_options(options)
    plan = _plan(head, imposed or "utf-8", options, True)
    shape = None
    if plan.header is not None and plan.delimiter.isascii():
        shape = Shape(plan.delimiter.encode(), len(plan.names), plan.header_bytes, plan.preamble_lines)
    seen = Encodings()
    for chunk in lines(path, container):
        if b"\0" in chunk:
            _refuse_binary(chunk)
        seen.add(chunk)
        if shape is not None:
            shape.add(chunk)
    if shape is not None:
        shape.add(b"", last=True)
    encoding = imposed or seen.conclude()
    if imposed and not container.wide:
        _check_imposed(path, container, imposed)
    if encoding != "utf-8" and not imposed:
        plan = _plan(head, encoding, options, True)
    warnings = ["mixed-encoding"] if encoding == MIXED else []
    if seen.double:
        warnings.append("double-encoding")
    if plan.header is None:
        warnings.append("no-header")
    reading = Reading(
        format="csv",
        compression=container.compression,
        encoding=_public_name(encoding, container),
        delimiter=plan.delimiter,
        quote='"',
        header_row=plan.header,
        sheet=None,
        decimal=plan.decimal,
        names=plan.names,
        rows=0,
        warnings=tuple(warnings),
    )
    if shape is not None and shape.regular and not _odd_end(shape, encoding):
        skipped = SkippedLines()
        for line, cells in enumerate(dialect.parsed(_forgiving(head, encoding), plan.delimiter), 1):
            if line >= (plan.header or 0):
                break
            skipped.add(line, "preamble" if "".join(cells).strip() else "blank")
        newline: Literal["\n", "\r\n"] = "\r\n" if shape.newline == b"\r\n" else "\n"
        if shape.rows == 0 and plan.header is None:
            raise UnreadableTable("source-error", EMPTY)
        return replace(
            reading, rows=shape.rows, regular=True, newline=newline, skipped=tuple(skipped.first), skipped_count=skipped.count
        )
    return _judged_text(path, container, head, options, reading, plan)


def _check_options(options: Options) -> None:
    if options.delimiter is not None and (len(options.delimiter) != 1 or options.delimiter in '\r\n"'):
        raise UnreadableTable(
            "source-error", stored("Le séparateur doit être un seul caractère, par exemple ; ou une tabulation.")
        )
    try:
        "é".encode(options.encoding or "utf-8", "replace")
    except LookupError as problem:
        raise UnreadableTable(
            "encoding-error", stored("L'encodage {encoding} est inconnu : essayez utf-8 ou cp1252.", encoding=options.encoding)
        ) from problem


def _public_name(encoding: str, container: Container) -> str:
    if container.wide:
        return container.wide
    if encoding == MIXED:
        return "utf-8"
    return "utf-8-sig" if encoding == "utf-8" and container.bom else encoding


def _check_imposed(path: Path, container: Container, encoding: str) -> None:
    try:
        for chunk in lines(path, container):
            decode(chunk, encoding)
    except UnicodeDecodeError as problem:
        raise UnreadableTable(
            "encoding-error",
            stored(
                "Le texte n'est pas codé en {encoding} : retirez ce réglage, l'encodage sera reconnu tout seul.",
                encoding=encoding,
            ),
        ) from problem


def _odd_end(shape: Shape, encoding: str) -> bool:
    """The last records hold a total or a note (or cannot be told apart): they have to be judged one by one."""
    tail = shape.tail if len(shape.tail) < 65536 else shape.tail[shape.tail.find(b"\n") + 1 :]
    records = dialect.parsed(decode(tail, encoding), shape.delimiter.decode(), limit=1_000_000)
    if not records:
        return False
    return len(records[-1]) != shape.width or bool(end_reason(records[-1], shape.width))


def text_encoding(reading: Reading) -> str:
    """The codec for the lines that `source.lines` gives (UTF-16 already came out as UTF-8)."""
    if "mixed-encoding" in reading.warnings:
        return MIXED
    encoding = reading.encoding or "utf-8"
    return "utf-8" if encoding.lower().startswith(("utf-16", "utf-8")) else encoding


def text_records(path: Path, container: Container, reading: Reading) -> Iterator[Record]:
    """Every record of a delimited text: spreadsheet line number and cells. Raises `csv.Error` past 16 MB in a cell."""
    csv.field_size_limit(LONGEST_LINE)
    encoding = text_encoding(reading)
    texts = (line for chunk in lines(path, container) for line in io.StringIO(decode(chunk, encoding), newline=""))
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if reading.quoted else csv.QUOTE_NONE
    yield from enumerate(csv.reader(texts, delimiter=reading.delimiter or ",", quoting=quoting), 1)


@dataclass(slots=True)
class _Count:
    rows: int
    ragged: int
    widest: int
    skipped: SkippedLines
    unclosed: bool


def _count(records: Iterable[Record], header: int | None, names: tuple[str, ...], delimiter: str | None) -> _Count:
    skipped, rows, ragged, widest, width = SkippedLines(), 0, 0, 0, len(names)
    last: object = ()
    swallowed = False
    for line, cells, reason in judged(records, header, names):
        last = cells
        if reason:
            skipped.add(line, reason)
            continue
        rows += 1
        if len(cells) != width:
            ragged += 1
            widest = max(widest, len(cells))
            if delimiter and not swallowed:
                swallowed = any("\n" in cell and cell.count(delimiter) >= width > 1 for cell in cells)
    assert isinstance(last, (list, tuple))
    unclosed = swallowed or (0 < len(last) < width and "\n" in last[-1])
    return _Count(rows, ragged, widest, skipped, unclosed)


def _judged_text(path: Path, container: Container, head: bytes, options: Options, reading: Reading, plan: _Plan) -> Reading:
    counted = None
    with contextlib.suppress(csv.Error):
        counted = _count(text_records(path, container, reading), plan.header, plan.names, plan.delimiter)
    warnings = list(reading.warnings)
    if counted is None or counted.unclosed:
        bare_plan = _plan(head, text_encoding(reading), options, False)
        bare = replace(
            reading, quoted=False, quote=None, names=bare_plan.names, header_row=bare_plan.header, delimiter=bare_plan.delimiter
        )
        try:
            retried = _count(text_records(path, container, bare), bare.header_row, bare.names, bare.delimiter)
        except csv.Error as problem:
            raise UnreadableTable(
                "source-error", stored("Une cellule du fichier dépasse 16 Mo : ce n'est pas un tableau.")
            ) from problem
        if counted is None or retried.ragged * max(counted.rows, 1) <= counted.ragged * max(retried.rows, 1):
            reading, counted = bare, retried
        warnings.append("unclosed-quote")
    if counted.ragged:
        warnings.append("ragged-rows")
    if counted.rows == 0 and reading.header_row is None:
        raise UnreadableTable("source-error", EMPTY)
    names = reading.names
    if reading.header_row is None and counted.widest > len(names):
        names = names + ("",) * (counted.widest - len(names))
    return replace(
        reading,
        names=names,
        rows=counted.rows,
        warnings=tuple(warnings),
        skipped=tuple(counted.skipped.first),
        skipped_count=counted.skipped.count,
    )


def _workbook(path: Path, options: Options) -> Reading:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError) as problem:
        raise UnreadableTable("source-error", workbook.BROKEN) from problem
    if "content.xml" not in members and not any(name.startswith("xl/") for name in members):
        raise UnreadableTable(
            "source-error", stored("Ce fichier est une archive ZIP : décompressez-la et déposez le tableau qu'elle contient.")
        )
    book = workbook.opened(path)
    sheet, others = workbook.sheet_holding_table(book, options.sheet)
    first: list[list[str]] = []
    for _, cells in workbook.records(book, sheet):
        first.append(list(cells))
        if len(first) >= dialect.SAMPLE:
            break
    at, found = (options.header_row - 1, True) if options.header_row is not None else dialect.header_at(first)
    if not 0 <= at < len(first):
        raise UnreadableTable(
            "source-error",
            stored("Aucune ligne de titres n'a été trouvée dans la feuille : indiquez-la ou vérifiez le fichier."),
        )
    width = _width(first)
    names = tuple(first[at]) + ("",) * (width - len(first[at])) if found else ("",) * width
    counted = _count(workbook.records(book, sheet), at + 1 if found else None, names, None)
    warnings = [
        code for code, on in (("other-sheets", others), ("no-header", not found), ("ragged-rows", counted.ragged)) if on
    ]
    return Reading(
        format="ods" if "content.xml" in members else "xlsx",
        compression=None,
        encoding=None,
        delimiter=None,
        quote=None,
        header_row=at + 1 if found else None,
        sheet=sheet,
        decimal=options.decimal or ".",
        names=names,
        rows=counted.rows,
        skipped=tuple(counted.skipped.first),
        skipped_count=counted.skipped.count,
        warnings=tuple(warnings),
    )


def _json(path: Path, container: Container) -> Reading:
    names: dict[str, None] = {}
    rows, nested = 0, False
    for item in json_records.objects(path, container):
        rows += 1
        nested = nested or any(isinstance(value, list) and value and isinstance(value[0], dict) for value in item.values())
        if not names.keys() >= item.keys():
            names.update(dict.fromkeys(item))
    if not rows or not names or (rows == 1 and nested):
        raise UnreadableTable("source-error", json_records.NOT_A_TABLE)
    return Reading("jsonl", container.compression, "utf-8", None, None, None, None, ".", tuple(names), rows)


def _parquet(path: Path) -> Reading:
    import duckdb

    from .scan import quoted_text

    try:
        with duckdb.connect() as connection:
            source = f"read_parquet({quoted_text(str(path))})"
            names = tuple(str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall())
            row = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    except duckdb.Error as problem:
        raise UnreadableTable(
            "source-error", stored("Le fichier Parquet est abîmé ou incomplet : téléchargez-le à nouveau.")
        ) from problem
    return Reading("parquet", None, None, None, None, None, None, ".", names, row[0] if row else 0)


__all__ = ["TAIL", "detect", "text_encoding", "text_records"]
