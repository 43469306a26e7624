"""The port answered by Tantivy: an index in a folder, read by any number of processes, written by one at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from parvis.shared.kinds import SearchDocument
from parvis.shared.search import words
from parvis.shared.search.port import Answer, Question
from parvis.shared.search.tantivy_question import SPELT, Asked, relaxations

FORMAT = 1
"""To be raised when the schema or the analysis changes: an index of another format is built again."""

NEAR = 1.5
MOST_SKIPPED = 100_000
POPULARITY, LENGTH = 0.3, 0.02
HEAP = 32_000_000
BODY = 20_000
INDEXED = ("exact", "title", "keywords", "holder", "joined", "initials", "acronym", "details", "text")


def schema(facets: Sequence[str]) -> tantivy.Schema:
    builder = SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for name in INDEXED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position" if name == "title" else "freq")
    builder.add_text_field("about", tokenizer_name="raw", index_option="basic")
    for name in facets:
        builder.add_text_field(f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("moment", fast=True, indexed=True)
    builder.add_integer_field("alphabet", fast=True)
    builder.add_integer_field("used", fast=True)
    builder.add_float_field("weight", fast=True)
    return builder.build()


def document(found: SearchDocument, facets: Sequence[str]) -> Document:
    made = Document()
    made.add_text("key", found.reference.partition(":")[2])
    for name, text in fields(found).items():
        made.add_text(name, text)
    for place in found.territories:
        made.add_text("about", place)
    for name in facets:
        for value in dict.fromkeys(found.facets.get(name, ())):
            made.add_text(f"facet_{name}", value)
    moment = int((found.published or found.updated).timestamp())
    made.add_integer("moment", moment)
    made.add_integer("used", (round(2 * math.log1p(max(found.popularity, 0))) << 40) + moment)
    made.add_integer("alphabet", alphabetical(found.title))
    made.add_float("weight", standing(found))
    return made


def standing(found: SearchDocument) -> float:
    """What a document is worth before any question: used by many, and named in few words."""
    used = 1 + POPULARITY * math.log1p(max(found.popularity, 0))
    return used / (1 + LENGTH * len(words.meaning(found.title)))


def fields(found: SearchDocument) -> dict[str, str]:
    """What is indexed of a document, by field: words already folded and stemmed, so that one analysis serves both sides."""
    title, keywords = words.meaning(found.title), words.meaning(" ".join(found.keywords))
    holder = words.meaning(found.holder)
    letters = [word for text in (found.title, found.holder) for word in words.acronyms(text)]
    return {
        "exact": " ".join(dict.fromkeys(title + keywords + holder)),
        "title": " ".join(words.stem(title)),
        "keywords": " ".join(words.stem(keywords)),
        "holder": " ".join(words.stem(holder)),
        "joined": " ".join(dict.fromkeys(words.joined(title) + words.joined(words.words(found.title)))),
        "initials": " ".join(words.initials(found.title)),
        "acronym": " ".join(letters),
        "details": " ".join(words.stem(words.meaning("\n".join(found.details)))[:2000]),
        "text": " ".join(words.stem(words.meaning(found.text[:BODY]))),
    }


def alphabetical(title: str) -> int:
    """A number in the order of the titles: their first eleven letters, on five bits each."""
    letters = "".join(words.words(title))[:11].ljust(11, "`")
    rank = 0
    for letter in letters:
        rank = rank * 40 + (ord(letter) - 86 if letter >= "a" else 0 if letter == "`" else ord(letter) - 47)
    return rank


class TantivyIndex:
    """One kind's index in `folder`, made there when the folder has none."""

    def __init__(self, folder: Path, facets: Sequence[str] = (), *, create: bool = False) -> None:
        self.folder, self.facets = folder, tuple(facets)
        self.schema = schema(self.facets)
        if create:
            folder.mkdir(parents=True, exist_ok=True)
            self.index = Index(self.schema, path=str(folder), reuse=False)
        else:
            self.index = Index.open(str(folder))
        self.index.config_reader("manual")
        self.index.reload()
        self._known: tuple[int, dict[str, int]] | None = None

    def reload(self) -> None:
        self.index.reload()

    def write(self, documents: Iterable[SearchDocument]) -> int:
        writer = self.index.writer(HEAP, 1)
        written = 0
        try:
            for found in documents:
                writer.delete_documents_by_term("key", found.reference.partition(":")[2])
                if not found.removed:
                    writer.add_document(document(found, self.facets))
                written += 1
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        self.index.reload()
        return written

    def search(self, question: Question) -> Answer:
        searcher = self.index.searcher()
        asked = Asked(self.schema, searcher, question.text, self._vocabulary(searcher))
        query, relaxed = Query.all_query() if asked.empty else asked.query(), False
        total, found = self._ranked(searcher, query, question, asked)
        for least in () if total or asked.empty else relaxations(asked.count):
            query, relaxed = asked.query(least), True
            total, found = self._ranked(searcher, query, question, asked)
            if total:
                break
        keys = tuple(str(searcher.doc(address).get_first("key")) for address in found)
        return Answer(total, keys, self._facets(searcher, query, question), relaxed and total > 0, asked.corrected)

    def _vocabulary(self, searcher: tantivy.Searcher) -> Callable[[], dict[str, int]]:
        """The words of titles, keywords, holders and texts, and how present they are; gathered once, and only when a word is misspelt."""

        def gathered() -> dict[str, int]:
            if self._known is None or self._known[0] != searcher.num_docs:
                found: dict[str, int] = {}
                for name in SPELT:
                    for term, count in searcher.terms_with_prefix(name, ""):
                        found[term] = found.get(term, 0) + count
                self._known = (searcher.num_docs, found)
            return self._known[1]

        return gathered

    def _count(self, searcher: tantivy.Searcher, query: Query) -> int:
        return _total(searcher.search(query, 1))

    def _with(self, query: Query, filters: Mapping[str, Sequence[str]], leave: str = "") -> Query:
        """`query` within the filters (all but that of the facet `leave`); a facet that is not there lets nothing through."""
        clauses = [(Occur.Must, query)]
        for name, values in filters.items():
            if values and name != leave:
                known = name in self.facets
                wanted = Query.term_set_query(self.schema, f"facet_{name}", list(values)) if known else Query.empty_query()
                clauses.append((Occur.Must, Query.const_score_query(wanted, 0.0)))
        return Query.boolean_query(clauses) if len(clauses) > 1 else query

    def _ranked(self, searcher: tantivy.Searcher, words: Query, question: Question, asked: Asked) -> tuple[int, list[Any]]:
        """How many answers there are, and those of one page, in order."""
        query = self._with(words, question.filters)
        limit = max(question.limit, 1)
        if question.offset > MOST_SKIPPED:
            return self._count(searcher, query), []
        if question.sort in ("date", "title") or (asked.empty and not question.near):
            return self._in_order(searcher, query, question, question.offset, limit)
        if asked.empty:
            return self._around(searcher, query, question)
        near = [self._about([place], NEAR / rank) for rank, place in enumerate(question.near, start=1)]
        scored = Query.boolean_query([(Occur.Must, query), *((Occur.Should, place) for place in near)]) if near else query
        result = searcher.search(scored, limit, True, offset=question.offset, weight_by_field="weight")
        return _total(result), [address for _score, address in result.hits]

    def _in_order(
        self, searcher: tantivy.Searcher, query: Query, question: Question, offset: int, limit: int
    ) -> tuple[int, list[Any]]:
        """By title, by date, or (without words to be near to) the most used first, then by date."""
        name = {"title": "alphabet", "date": "moment"}.get(question.sort, "used")
        order = tantivy.Order.Asc if name == "alphabet" else tantivy.Order.Desc
        result = searcher.search(query, limit, True, order_by_field=name, offset=offset, order=order)
        return _total(result), [address for _value, address in result.hits]

    def _about(self, places: Sequence[str], score: float = 0.0) -> Query:
        return Query.const_score_query(Query.term_set_query(self.schema, "about", list(places)), score)

    def _around(self, searcher: tantivy.Searcher, query: Query, question: Question) -> tuple[int, list[Any]]:
        """What is about the nearest place first, circle after circle, each by date."""
        found: list[Any] = []
        skip = question.offset
        for rank in range(len(question.near) + 1):
            clauses = [(Occur.Must, query)]
            if rank < len(question.near):
                clauses.append((Occur.Must, self._about([question.near[rank]])))
            if rank:
                clauses.append((Occur.MustNot, self._about(question.near[:rank])))
            size, page = self._in_order(searcher, Query.boolean_query(clauses), question, skip, question.limit - len(found))
            found += page
            skip = max(skip - size, 0)
            if len(found) >= question.limit:
                break
        return self._count(searcher, query), found

    def _facets(self, searcher: tantivy.Searcher, words: Query, question: Question) -> dict[str, tuple[tuple[str, int], ...]]:
        """How many of each value, each facet counted without its own filter; those without one in a single pass."""
        known = [name for name in question.facets if name in self.facets]
        free = [name for name in known if not question.filters.get(name)]
        passes = [(free, "")] if free else []
        passes += [([name], name) for name in known if name not in free]
        counted: dict[str, tuple[tuple[str, int], ...]] = {}
        for names, leave in passes:
            terms = {name: {"terms": {"field": f"facet_{name}", "size": question.facet_values}} for name in names}
            answer = searcher.aggregate(self._with(words, question.filters, leave=leave), terms)
            for name in names:
                counted[name] = tuple((bucket["key"], bucket["doc_count"]) for bucket in answer[name]["buckets"])
        return {name: counted[name] for name in known}


def _total(result: tantivy.SearchResult) -> int:
    return int(getattr(result, "count", None) or 0)
