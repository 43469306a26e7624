"""The port answered by Tantivy: an index in a folder, read by any number of processes, written by one at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from parvis.shared.kinds import SearchDocument
from parvis.shared.search import words
from parvis.shared.search.port import Answer, Question
from parvis.shared.search.tantivy_question import Asked, relaxations

FORMAT = 1
"""To be raised when the schema or the analysis changes: an index of another format is built again."""

NEAR = 1.5
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
        asked = Asked(self.schema, searcher, question.text)
        query, relaxed = self._words(searcher, asked, question)
        kept = self._with(query, question.filters)
        total = self._count(searcher, kept)
        found = self._ranked(searcher, kept, question, asked) if question.limit and question.offset < total else []
        keys = tuple(str(searcher.doc(address).get_first("key")) for address in found)
        facets = {name: self._counts(searcher, query, question, name) for name in question.facets if name in self.facets}
        return Answer(total, keys, facets, relaxed, asked.corrected)

    def _count(self, searcher: tantivy.Searcher, query: Query) -> int:
        return int(getattr(searcher.search(query, 1), "count", None) or 0)

    def _words(self, searcher: tantivy.Searcher, asked: Asked, question: Question) -> tuple[Query, bool]:
        """The query of the words alone; with fewer of them where no document holds them all."""
        if asked.empty:
            return Query.all_query(), False
        query = asked.query()
        for least in relaxations(asked.count):
            if self._count(searcher, self._with(query, question.filters)):
                return query, False
            query = asked.query(least)
            if least == 1 or self._count(searcher, self._with(query, question.filters)):
                return query, True
        return query, False

    def _with(self, query: Query, filters: Mapping[str, Sequence[str]], leave: str = "") -> Query:
        """`query` within the filters (all but that of the facet `leave`); a facet that is not there lets nothing through."""
        clauses = [(Occur.Must, query)]
        for name, values in filters.items():
            if values and name != leave:
                known = name in self.facets
                wanted = Query.term_set_query(self.schema, f"facet_{name}", list(values)) if known else Query.empty_query()
                clauses.append((Occur.Must, Query.const_score_query(wanted, 0.0)))
        return Query.boolean_query(clauses) if len(clauses) > 1 else query

    def _ranked(self, searcher: tantivy.Searcher, query: Query, question: Question, asked: Asked) -> list[Any]:
        if question.sort in ("date", "title") or (asked.empty and not question.near):
            return self._in_order(searcher, query, question, question.offset, question.limit)
        if asked.empty:
            return self._around(searcher, query, question)
        near = [self._about([place], NEAR / rank) for rank, place in enumerate(question.near, start=1)]
        scored = Query.boolean_query([(Occur.Must, query), *((Occur.Should, place) for place in near)]) if near else query
        hits = searcher.search(scored, question.limit, False, offset=question.offset, weight_by_field="weight").hits
        return [address for _score, address in hits]

    def _in_order(self, searcher: tantivy.Searcher, query: Query, question: Question, offset: int, limit: int) -> list[Any]:
        """By title, by date, or (without words to be near to) the most used first, then by date."""
        name = {"title": "alphabet", "date": "moment"}.get(question.sort, "used")
        order = tantivy.Order.Asc if name == "alphabet" else tantivy.Order.Desc
        hits = searcher.search(query, limit, False, order_by_field=name, offset=offset, order=order).hits
        return [address for _value, address in hits]

    def _about(self, places: Sequence[str], score: float = 0.0) -> Query:
        return Query.const_score_query(Query.term_set_query(self.schema, "about", list(places)), score)

    def _around(self, searcher: tantivy.Searcher, query: Query, question: Question) -> list[Any]:
        """What is about the nearest place first, circle after circle, each by date."""
        found: list[Any] = []
        skip = question.offset
        for rank in range(len(question.near) + 1):
            clauses = [(Occur.Must, query)]
            if rank < len(question.near):
                clauses.append((Occur.Must, self._about([question.near[rank]])))
            if rank:
                clauses.append((Occur.MustNot, self._about(question.near[:rank])))
            circle = Query.boolean_query(clauses)
            size = self._count(searcher, circle)
            if skip < size:
                found += self._in_order(searcher, circle, question, skip, question.limit - len(found))
            skip = max(skip - size, 0)
            if len(found) >= question.limit:
                break
        return found

    def _counts(self, searcher: tantivy.Searcher, query: Query, question: Question, name: str) -> tuple[tuple[str, int], ...]:
        """How many of each value there would be without the filter of this facet."""
        asked = {"found": {"terms": {"field": f"facet_{name}", "size": question.facet_values}}}
        buckets = searcher.aggregate(self._with(query, question.filters, leave=name), asked)["found"]["buckets"]
        return tuple((bucket["key"], bucket["doc_count"]) for bucket in buckets)
