"""Words as they are compared: folded, without empty words, reduced to their stem; acronyms and joined words of a title.

Pure, apart from the stemmer, which is Tantivy's (Snowball, French)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_WORD = re.compile(r"[a-z0-9]+")
LONGEST = 60
# Words that are everywhere, and words that a question adds without meaning more.
EMPTY = frozenset(
    [
        "a",
        "ai",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "cet",
        "cette",
        "chaque",
        "comme",
        "comment",
        "d",
        "dans",
        "de",
        "des",
        "dont",
        "du",
        "elle",
        "en",
        "entre",
        "est",
        "et",
        "etre",
        "il",
        "ils",
        "j",
        "je",
        "jeu",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "lors",
        "m",
        "mais",
        "me",
        "mes",
        "mon",
        "n",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ont",
        "ou",
        "par",
        "pas",
        "plus",
        "pour",
        "qu",
        "que",
        "quel",
        "quelle",
        "quelles",
        "quels",
        "qui",
        "s",
        "sa",
        "sans",
        "se",
        "ses",
        "si",
        "son",
        "sont",
        "sous",
        "sur",
        "t",
        "toute",
        "toutes",
        "tous",
        "tout",
        "un",
        "une",
        "vers",
        "vos",
        "votre",
        "vous",
        "y",
    ]
)
# Words that the catalogue of any portal is made of: found like others, but nobody is refused for lack of them.
COMMON = frozenset(
    [
        "annee",
        "annuel",
        "annuelle",
        "base",
        "bases",
        "csv",
        "data",
        "dataset",
        "datasets",
        "donnee",
        "donnees",
        "excel",
        "fichier",
        "fichiers",
        "jeux",
        "json",
        "liste",
        "listes",
        "open",
        "opendata",
        "ouverte",
        "ouvertes",
        "shp",
        "table",
        "tables",
        "xls",
        "xlsx",
    ]
)
SHORTEST_ACRONYM, LONGEST_ACRONYM = 3, 7


_OTHER = re.compile(r"[^\x00-\x7f\u0300-\u036f]")


def fold(text: str) -> str:
    """Without case and without accents; ligatures in two letters; what is no Latin letter is a blank."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return _OTHER.sub(" ", plain).encode("ascii", "ignore").decode()


def words(text: str) -> list[str]:
    """Every word of `text`, folded, in order."""
    return [word[:LONGEST] for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=1)
def stemmer() -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stemmer("french")).build()


# Endings that Snowball keeps once the accents are gone; -aux becomes -al as in "régionaux", "régional".
_ENDING = re.compile(r"(?<=...)(?:ees|ee|es|e)$")


def stem(found: Sequence[str]) -> list[str]:
    """The stems of folded words, one each."""
    return [_ENDING.sub("", one) for one in stemmer().analyze(" ".join(found))] if found else []


def meaning(text: str) -> list[str]:
    """The words of `text` that mean something."""
    return [word for word in words(text) if word not in EMPTY]


def acronyms(title: str) -> list[str]:
    """The initials of words of a title that follow one another: "administrateurs ministériels des données" → "amd".

    Empty words may be counted or not ("vie de la cité" gives "vlc" too): both are written."""
    found: dict[str, None] = {}
    everything = words(title)
    for kept in (meaning(title), [word for word in everything if word not in {"l", "d", "s", "n"}]):
        initials = "".join(word[0] for word in kept)
        for start in range(len(initials)):
            for size in range(SHORTEST_ACRONYM, LONGEST_ACRONYM + 1):
                if start + size <= len(initials):
                    found[initials[start : start + size]] = None
    return list(found)


def initials(title: str) -> list[str]:
    """The one acronym of a whole title, common words left out: "Répertoire National des Associations" → "rna"."""
    name = re.split(r"[:(–—]| - ", title, maxsplit=1)[0]
    letters = "".join(word[0] for word in meaning(name) if word not in COMMON)
    return [letters] if SHORTEST_ACRONYM <= len(letters) <= LONGEST_ACRONYM else []


def joined(found: Iterable[str]) -> list[str]:
    """Each word with the one after it, in one: "open damir" → "opendamir"."""
    kept = list(found)
    return [first + second for first, second in pairwise(kept)]
