"""Files of proposals, as uncoded measures: CSV (`list,text`), JSON (`[{"list", "text"}]`, or lists with their `propositions`), YAML of the same shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from parvis.programmes.actions import measures
from parvis.programmes.actions.elections import free_slug
from parvis.programmes.files import UnreadableFile, rows
from parvis.programmes.models import CandidateList, Election
from parvis.programmes.reading.lines import read_yaml
from parvis.shared import sandbox

MOST_BYTES = 20 * 2**20


def proposals(path: Path) -> dict[str, list[str]]:
    """List → texts, in the order of the file. "" for a file that names no list. Raises UnreadableFile."""
    if not path.is_file():
        raise UnreadableFile(f"{path} is not there.")
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile(f"{path.name} is larger than 20 MB.")
    if path.suffix.lower() in {".json", ".yml", ".yaml"}:
        pairs = from_document(loaded(path))
    else:
        pairs = ((row.get("list", ""), row["text"]) for _line, row in rows(path, ("text",)))
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    if not any(found.values()):
        raise UnreadableFile(f"{path.name} holds no proposal.")
    return found


def loaded(path: Path) -> Any:
    try:
        content = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            return json.loads(content)
        return sandbox.run(read_yaml, content, limits=sandbox.Limits(seconds=20.0, result=40 * sandbox.MEGABYTE))
    except (OSError, ValueError, sandbox.SandboxError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error}.") from error


def from_document(data: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise UnreadableFile("The file should be a list of objects with “list” and “text”, or “liste” and “propositions”.")
    for one in data:
        name = str(one.get("list") or one.get("liste") or "")
        texts = one.get("propositions") or one.get("proposals") or ([one["text"]] if "text" in one else [])
        for text in texts:
            if isinstance(text, dict):  # a colon that nobody put between quotation marks: YAML reads a name and a value
                text = " ".join(f"{key} : {value}" for key, value in text.items())
            if not isinstance(text, str):
                raise UnreadableFile(f"A proposal of “{name[:60]}” is not a text.")
            yield name, text


@transaction.atomic
def import_file(path: Path, *, election_slug: str, list_slug: str = "") -> list[tuple[str, int, int]]:
    """(list, added, already there). With `list_slug`, everything goes to that list, which must exist; without, to lists of those names,
    made where they are absent. Raises UnreadableFile."""
    given = proposals(path)
    election = Election.objects.filter(slug=election_slug).first()
    if election is None:
        raise UnreadableFile(f"No election has the address “{election_slug}”.")
    if list_slug:
        one = election.lists.filter(slug=list_slug).first()
        if one is None:
            raise UnreadableFile(f"No list of this election has the address “{list_slug}”.")
        texts = [text for texts in given.values() for text in texts]
        return [(one.name, *measures.import_rows(one, texts, by=None))]
    if "" in given:
        raise UnreadableFile("Some proposals name no list: say which one with --list.")
    return [(name, *measures.import_rows(list_named(election, name), texts, by=None)) for name, texts in given.items()]


def list_named(election: Election, name: str) -> CandidateList:
    found = election.lists.filter(name=name[:160]).first()
    if found is not None:
        return found
    slug = free_slug(name, election.lists.values_list("slug", flat=True), 60)
    return CandidateList.objects.create(election=election, slug=slug, name=name[:160])
