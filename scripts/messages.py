"""Translations: gather the French sentences of the code and the templates, and keep the English catalogue complete.

    python scripts/messages.py           bring parvis/locale/en up to date
    python scripts/messages.py --check   fail if a sentence is missing from the catalogue or no longer used; count those to translate
    python scripts/messages.py --complete   the same, and fail if a sentence is not translated

Templates go through Django's own `templatize`, so that no other program than Python is needed.
"""

from __future__ import annotations

import io
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "parvis" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "phrase": None, "phrases": (1, 2), "marked": None, "stored": None,  # what cores say (`catalog.core.speech`)
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None, "_lazy": None, "_now": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
WRITTEN = datetime(2026, 11, 22, tzinfo=UTC)  # fixed: the file changes only when a sentence does
CALL = re.compile(r"(?<![\w.])(gettext|ngettext|pgettext|npgettext|_)\(")


def sentences(path: Path) -> list[tuple[str | tuple[str, str], str | None]]:
    """(French sentence or (singular, plural), context) of one file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"}:
        from django.utils.translation.template import templatize

        text = "\n".join(calls(templatize(text, origin=str(path))))
    found = []
    for _line, function, messages, _comments in extract_python(
        io.BytesIO(text.encode()), list(KEYWORDS), [], {"encoding": "utf-8"}
    ):
        parts = messages if isinstance(messages, tuple) else (messages,)
        context = parts[0] if function and "pgettext" in function else "stored" if function == "stored" else None
        parts = parts[1:] if function and "pgettext" in function else parts
        if not parts or not isinstance(parts[0], str) or not parts[0]:
            continue
        plural = function and (function == "phrases" or function.lstrip("p").startswith("ng"))
        found.append(((parts[0], parts[1]) if plural else parts[0], context))
    return found


def calls(templatized: str) -> list[str]:
    """The calls to gettext in what `templatize` gives, each on a line of its own (the rest is not Python)."""
    lines = []
    for match in CALL.finditer(templatized):
        depth, position, quote = 1, match.end(), ""
        while depth and position < len(templatized):
            character = templatized[position]
            if quote:
                if character == "\\":
                    position += 1
                elif templatized.startswith(quote, position):
                    position += len(quote) - 1
                    quote = ""
            elif character in "'\"":
                quote = (
                    templatized[position : position + 3]
                    if templatized[position : position + 3] in ("'''", '"""')
                    else character
                )
                position += len(quote) - 1
            else:
                depth += {"(": 1, ")": -1}.get(character, 0)
            position += 1
        lines.append(templatized[match.start() : position])
    return lines


def gather() -> Catalog:
    catalogue = Catalog(
        locale="en",
        domain="django",
        project="Parvis",
        charset="utf-8",
        fuzzy=False,
        header_comment="# English of Parvis. AGPL-3.0-or-later, as the rest.",
        last_translator="the contributors of Parvis",
        language_team="English",
        msgid_bugs_address="the project's issues",
        creation_date=WRITTEN,
        revision_date=WRITTEN,
    )
    for path in sorted((ROOT / "parvis").rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts or "static" in path.parts:
            continue
        for sentence, context in sentences(path):
            catalogue.add(sentence, locations=[(str(path.relative_to(ROOT)), None)], context=context)
    return catalogue


def known() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en", domain="django")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
    import django

    django.setup()
    fresh, old = gather(), known()
    for message in fresh:
        previous = old.get(message.id, message.context) if message.id else None
        if previous is not None and isinstance(previous.id, str) == isinstance(message.id, str):
            message.string = previous.string
            message.flags = set(previous.flags) - {"fuzzy"} | (message.flags & {"python-format"})
    missing = [message.id for message in fresh if message.id and not translated(message.string)]
    stale = [message.id for message in old if message.id and fresh.get(message.id, message.context) is None]
    if {"--check", "--complete"} & set(sys.argv):
        absent = [message.id for message in fresh if message.id and old.get(message.id, message.context) is None]
        faults = [("missing from the catalogue (run make messages)", absent), ("no longer used (run make messages)", stale)]
        if "--complete" in sys.argv:
            faults.append(("without an English sentence", missing))
        for title, items in faults:
            if items:
                print(f"{len(items)} {title}:", *(f"  {item!r}" for item in items[:20]), sep="\n")
        print(f"{len(missing)} sentences to translate into English.")
        return 1 if any(items for _title, items in faults) else 0
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    unfinished = CATALOGUE.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        write_po(file, fresh, width=120, sort_output=True, include_lineno=False, omit_header=False)
    unfinished.replace(CATALOGUE)
    print(f"{len(fresh)} sentences, {len(missing)} to translate.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
