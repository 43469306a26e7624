"""Names as people type them, and as French grammar joins them."""

from __future__ import annotations

import re
import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}

# The nine ways INSEE joins a name to "de" (TNCC, « type de nom en clair »), for names written without their article.
LINKS = {0: "de ", 1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'", 6: "des ", 7: "de las ", 8: "de los "}


def normalise(name: str) -> str:
    """Lower case, no accent, one space between words, "st" and "ste" in full.

    >>> normalise("St-Étienne-d'Œuvre")
    'saint etienne d oeuvre'
    """
    plain = unicodedata.normalize("NFKD", name.translate(LIGATURES))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).lower())
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def of(name: str, link: int) -> str:
    """`name` after "de", by its INSEE link: `of("Lot", 2)` is "du Lot", `of("Le Vigan", 2)` is "du Vigan".

    A commune carries its article in its name, a département and a région do not.
    """
    if name.startswith("Le "):
        return "du " + name[3:]
    if name.startswith("Les "):
        return "des " + name[4:]
    if name.startswith(("La ", "L'", "Las ", "Los ")):
        return "de " + name
    return LINKS.get(link, "de ") + name
