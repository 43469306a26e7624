"""The English catalogue is complete, says the same things, and is what an English reader sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"
HOLDS = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{\w*\}|</?[a-z][^>]*>")


def pairs() -> list[tuple[str, str]]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    found: list[tuple[str, str]] = []
    for message in catalogue:
        if isinstance(message.id, str):
            found.append((message.id, str(message.string)))
        else:
            found += zip(message.id, message.string, strict=True)
    return [pair for pair in found if pair[0]]


def test_every_sentence_has_its_english() -> None:
    assert len(pairs()) > 900
    assert not [french for french, english in pairs() if not english.strip()]


def test_what_a_sentence_holds_is_kept() -> None:
    lost = [(a, b) for a, b in pairs() if sorted(HOLDS.findall(a)) != sorted(HOLDS.findall(b))]
    assert not lost


def test_no_french_typography_in_english() -> None:
    assert not [english for _french, english in pairs() if re.search(r"[«»]|\w\s[!?:](\s|$)", english)]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("fr", "Données ouvertes"), ("en", "Open data"), ("de", "Données ouvertes")])
def test_a_reader_meets_their_language(client, language: str, said: str) -> None:
    page = client.get(reverse("catalog:datasets"), headers={"accept-language": language}).content.decode()
    assert f'<html lang="{"en" if language == "en" else "fr"}"' in page
    assert said in page


def test_every_name_of_gettext_is_known_to_the_gatherer() -> None:
    """An alias that `scripts/messages.py` does not know would hide its sentences from the catalogue."""
    sources = [path.read_text() for path in (ROOT / "parvis").rglob("*.py")]
    aliases = {name for text in sources for name in re.findall(r"\bn?p?gettext(?:_lazy|_noop)? as (\w+)", text)}
    script = (ROOT / "scripts" / "messages.py").read_text()
    assert aliases
    assert not {name for name in aliases if f'"{name}":' not in script}
