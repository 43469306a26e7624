"""The search over datasets: words folded once when a dataset is published, matched by the database, the same on both engines.

`Dataset.search_text` holds every word of a dataset, folded and preceded by a blank, so that ` fib` finds "fibre" and
" bre" does not; the words of the title are there a second time after `^`, the keywords after `#`, which is how the
best answers come first without another column or another engine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from parvis.catalog.columns import columns_of
from parvis.catalog.models import Dataset
from parvis.organisations.models import Organisation

WORDS = re.compile(r"[a-z0-9]+")
LONGEST = 100_000
MOST_WORDS = 10
# Words that are everywhere, and words that a question adds without meaning more.
EMPTY = frozenset(
    [
        "a",
        "au",
        "aux",
        "ce",
        "ces",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "est",
        "et",
        "l",
        "la",
        "le",
        "les",
        "ou",
        "par",
        "pour",
        "qu",
        "que",
        "qui",
        "sur",
        "un",
        "une",
    ]
)
TITLE, KEYWORD, ANYWHERE = "^", "#", " "
WEIGHT = {TITLE: 4, KEYWORD: 2}


def words(text: str) -> list[str]:
    """The words of `text` as they are compared: without case, accents, or the mark of the plural."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    found = WORDS.findall("".join(letter for letter in folded if not unicodedata.combining(letter)))
    return [word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in found]


def _marked(mark: str, parts: Iterable[str]) -> str:
    return "".join(mark + word for word in dict.fromkeys(word for part in parts for word in words(part)))


def search_text(dataset: Dataset) -> str:
    """What a search compares: title, description, organisation, territory, keywords, names of resources and columns."""
    keywords = [str(keyword) for keyword in dataset.keywords or []]
    parts = [dataset.title, dataset.organisation.name, *keywords, dataset.territory.name if dataset.territory else ""]
    for resource in dataset.resources.select_related("current"):
        parts += [resource.title, resource.schema]
        if resource.current and not resource.current.withdrawn:
            parts += [column.label for column in columns_of(resource.current)]
    parts.append(dataset.description)
    text = _marked(TITLE, [dataset.title]) + _marked(KEYWORD, keywords) + _marked(ANYWHERE, parts)
    return text[:LONGEST]


def refresh_search_text(dataset: Dataset) -> None:
    """To be called whenever a dataset, its organisation's name, or its current columns change."""
    dataset.search_text = search_text(dataset)
    Dataset.objects.filter(pk=dataset.pk).update(search_text=dataset.search_text)


def after_organisation(*, instance: Organisation, created: bool, **_signal: object) -> None:
    """An organisation was saved: its datasets are found under its name of today."""
    if not created:
        for dataset in Dataset.objects.filter(organisation=instance).select_related("organisation", "territory"):
            refresh_search_text(dataset)


def asked(text: str) -> list[str]:
    """The words of a question. Words without meaning count only when there are no others."""
    found = list(dict.fromkeys(words(text)))
    return ([word for word in found if word not in EMPTY] or found)[:MOST_WORDS]


def search(datasets: QuerySet[Dataset], text: str) -> QuerySet[Dataset]:
    """The datasets that hold every word of `text`, annotated with `score` (the title counts most)."""
    tokens = asked(text)
    if text.strip() and not tokens:
        return datasets.none().annotate(score=Value(0))
    matches, score = Q(), None
    for token in tokens:
        matches &= Q(search_text__contains=ANYWHERE + token)
        for mark, weight in WEIGHT.items():
            hit: Combinable = Case(
                When(search_text__contains=mark + token, then=weight), default=0, output_field=IntegerField()
            )
            score = hit if score is None else score + hit
    return datasets.filter(matches).annotate(score=Value(0) if score is None else score)
