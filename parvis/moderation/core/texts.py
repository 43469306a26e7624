"""What can be seen in a text by counting: links, capitals, words of a list, and whether two texts are the same one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 20_000
"""What is looked at in a text, at most."""
FEWEST_LETTERS = 20
"""Below, capitals are an acronym and a text said again is « merci beaucoup »."""
_ENDINGS = "com|net|org|fr|eu|info|biz|io|co|ru|cn|xyz|shop|store|online|site|top|click|link|club|live"
_LINK = re.compile(
    rf"https?://[^\s<>\"]+|\bwww\.[^\s<>\"]+|\b[a-z0-9][a-z0-9-]{{0,62}}\.(?:{_ENDINGS})\b(?:/[^\s<>\"]*)?", re.I
)
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")
_WORD = re.compile(r"[^\W_]+")


def links(text: str) -> list[str]:
    """Addresses of pages, written whole or not. An e-mail address is not one."""
    return _LINK.findall(_ADDRESS.sub(" ", text[:LONGEST]))


def capitals(text: str) -> int:
    """How many letters of a hundred are capitals; 0 for a text too short to shout. Addresses do not count."""
    letters = [letter for letter in _LINK.sub(" ", text[:LONGEST]) if letter.isupper() or letter.islower()]
    if len(letters) < FEWEST_LETTERS:
        return 0
    return 100 * sum(letter.isupper() for letter in letters) // len(letters)


def fold(text: str) -> str:
    """Words only, between spaces: without accents, capitals, punctuation nor characters that nobody sees."""
    plain = text[:LONGEST]
    for _twice in range(2):  # letters drawn otherwise (𝐀, ａ) are letters, and folding one may give another
        plain = unicodedata.normalize("NFKD", plain).casefold()
    plain = unicodedata.normalize("NFKD", plain)
    kept = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    kept = kept.replace("œ", "oe").replace("æ", "ae")
    return f" {' '.join(_WORD.findall(kept))} "


def listed(text: str, words: Iterable[str]) -> list[str]:
    """Those of `words` that the text holds: whole words, or several that follow; « escroc* » is every word that begins so."""
    folded = fold(text)
    found = []
    for word in words:
        wanted = fold(word).strip()
        if wanted and (f" {wanted}" if word.rstrip().endswith("*") else f" {wanted} ") in folded:
            found.append(word.strip())
    return found


def fingerprint(text: str) -> str:
    """The same for two texts that differ by capitals, accents, spaces or punctuation only; "" for a text that is too short."""
    folded = fold(text)
    if sum(letter.isalnum() for letter in folded) < FEWEST_LETTERS:
        return ""
    return hashlib.sha256(folded.encode()).hexdigest()[:32]
