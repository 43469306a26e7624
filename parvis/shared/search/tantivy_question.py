"""What a person typed, as a question to Tantivy: each word wherever it may be found, its best place counting most."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA
from tantivy import Occur, Query

from parvis.shared.search import words

# How much a word weighs by where it is found. A word found in several places gets its best place, and `TIE` of the others.
WEIGHTS = {"exact": 2.0, "title": 5.0, "keywords": 3.0, "holder": 2.0, "joined": 4.0, "details": 1.0, "text": 1.5}
STEMMED = ("title", "keywords", "holder", "details", "text")
SPELT = ("title", "keywords", "holder", "text")
INITIALS, ACRONYM, DOUBTFUL = 6.0, 4.0, 0.4
TIE = 0.3
# What a word is worth that was found otherwise than as it was typed.
PREFIX, MISSPELT = 0.4, 0.6
PHRASE = 2.0
MOST_WORDS, MOST_ENDINGS, MOST_SPELLINGS = 12, 12, 4
SHORTEST_PREFIX, SHORTEST_MISSPELT = 3, 4


@dataclass
class Asked:
    """The words of a question, and what each may match in this index."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    text: str
    vocabulary: Callable[[], dict[str, int]]
    corrected: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._words: dict[int, Query] = {}
        found = list(dict.fromkeys(words.meaning(self.text) or words.words(self.text)))[:MOST_WORDS]
        self.words = found
        self.capitals = {word for text in self.text.split() if text.isupper() for word in words.words(text)}
        self.stems = words.stem(found)
        self.needed = [word not in words.COMMON for word in found]

    @property
    def empty(self) -> bool:
        return not self.text.strip()

    def query(self, least: int | None = None) -> Query:
        """Documents that hold `least` of the words that are not common ones (all of them without it)."""
        if not self.words:
            return Query.empty_query()
        for place in range(len(self.words)):
            if place not in self._words:
                self._words[place] = self.word(place)
        parts = [self._words[place] for place in range(len(self.words))]
        needed = [part for part, kept in zip(parts, self.needed, strict=True) if kept] or parts
        clauses = [(Occur.Must, Query.boolean_query([(Occur.Should, part) for part in needed], least or len(needed)))]
        if needed is not parts:
            clauses += [(Occur.Should, part) for part, kept in zip(parts, self.needed, strict=True) if not kept]
        if len(self.stems) > 1:
            clauses.append(
                (Occur.Should, Query.boost_query(Query.phrase_query(self.schema, "title", list(self.stems), 2), PHRASE))
            )
        return Query.boolean_query(clauses)

    @property
    def count(self) -> int:
        return sum(self.needed) or len(self.words)

    def word(self, place: int) -> Query:
        """Everything that may stand for one word: itself, its family, its joined or abbreviated form, its endings, its spelling."""
        word, stem = self.words[place], self.stems[place]
        parts = [self.term(name, stem, WEIGHTS[name]) for name in STEMMED]
        parts += [self.term("exact", word, WEIGHTS["exact"]), self.term("joined", word, WEIGHTS["joined"])]
        for pair in words.joined(self.words[max(place - 1, 0) : place + 2]):
            parts += [self.term("exact", pair, WEIGHTS["joined"]), self.term("title", words.stem([pair])[0], WEIGHTS["joined"])]
        known = any(self.searcher.doc_freq(name, stem) for name in STEMMED) or self.searcher.doc_freq("joined", word)
        if words.SHORTEST_ACRONYM <= len(word) <= words.LONGEST_ACRONYM:
            parts += self.abbreviated(word, stem)
        endings = self.endings(word, stem)
        parts += endings
        if not known and not endings and not self.searcher.doc_freq("acronym", word):
            # What is written in capitals is an acronym before it is a mistake.
            grown = self.grown(word)
            parts += grown if grown and word in self.capitals else self.spelt(word, stem) + grown
        return Query.disjunction_max_query(parts, TIE)

    def term(self, name: str, value: str, weight: float) -> Query:
        """`value` in one field. In short fields (a title, keywords) a word is there or is not: how rare it is in the whole
        document counts (BM25F's one rarity per word), neither how often nor how long the field is."""
        found = Query.term_query(self.schema, name, value)
        if name == "text":
            return Query.boost_query(found, weight)
        return Query.const_score_query(found, weight * self.rarity(name, value))

    def rarity(self, name: str, value: str) -> float:
        known = STEMMED if name in STEMMED else (name,)
        most = max(self.searcher.doc_freq(one, value) for one in known)
        return math.log1p((self.searcher.num_docs - most + 0.5) / (most + 0.5))

    def abbreviated(self, word: str, stem: str) -> list[Query]:
        """The initials of a title, or of words in it; of little weight for a word of titles ("eau" is water
        before it is initials) unless it is written in capitals."""
        usual = self.searcher.doc_freq("title", stem) > 0 and word not in self.capitals
        known = any(self.searcher.doc_freq(name, stem) for name in STEMMED)
        return [
            self.term("initials", word, DOUBTFUL if usual else INITIALS),
            self.term("acronym", word, DOUBTFUL if known else ACRONYM),
        ]

    def endings(self, word: str, stem: str) -> list[Query]:
        """Words that begin with this one: "biblio", "vélo" in "vélos-cargos"."""
        if len(word) < SHORTEST_PREFIX:
            return []
        found = []
        for name in ("title", "keywords", "exact", "holder"):
            begun = self.searcher.terms_with_prefix(name, word if name == "exact" else stem, limit=MOST_ENDINGS)
            found += [self.term(name, term, WEIGHTS[name] * PREFIX) for term, _n in begun if term not in (word, stem)]
        return found

    def spelt(self, word: str, stem: str) -> list[Query]:
        """The words of this index that look most like one that it does not know: a letter off, two in a long word."""
        if len(word) < SHORTEST_MISSPELT or word.isdecimal():
            return []
        furthest = 1 if len(stem) < 6 else 2
        vocabulary = self.vocabulary()
        near = process.extract(stem, vocabulary.keys(), scorer=OSA.distance, score_cutoff=furthest, limit=20)
        near.sort(key=lambda item: (item[1], item[0][0] != stem[0], -vocabulary[item[0]]))
        if near:
            self.corrected[word] = near[0][0]
        return [
            self.term(name, term, WEIGHTS[name] * MISSPELT / distance)
            for term, distance, _i in near[:MOST_SPELLINGS]
            for name in STEMMED
        ]

    def grown(self, word: str) -> list[Query]:
        """An acronym that got more letters than the title says: "amdac" begins with "amd"."""
        if len(word) > words.LONGEST_ACRONYM:
            return []
        sizes = range(len(word) - 1, words.SHORTEST_ACRONYM - 1, -1)
        known = next((word[:size] for size in sizes if self.searcher.doc_freq("acronym", word[:size])), None)
        return self.abbreviated(known, known) if known else []


def relaxations(count: int) -> list[int]:
    """How many of `count` words to ask for when nothing holds them all: most of them, then any."""
    return [least for least in dict.fromkeys((math.ceil(count * 0.6), 1)) if least < count]
