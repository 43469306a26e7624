"""The search engine and its keeper, on documents of our own: what is found, what is counted, what a crash leaves."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parvis.shared import kinds
from parvis.shared.kinds import Domain, Kind, SearchDocument
from parvis.shared.search import keeper, words
from parvis.shared.search.port import Question, Unavailable
from parvis.shared.search.tantivy_index import TantivyIndex, alphabetical

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def document(key: str, title: str, **fields: Any) -> SearchDocument:
    return SearchDocument(f"thing:{key}", title, fields.pop("updated", DAY), **fields)


LIBRARY = [
    document("fibre", "Déploiement de la fibre optique", text="Le très haut débit dans les communes.", keywords=("numérique",)),
    document("ecoles", "Annuaire des écoles publiques", text="Adresses et effectifs.", holder="Rectorat"),
    document("sirene", "Base Sirene des entreprises et de leurs établissements", popularity=60),
    document("entreprises", "Entreprises aidées", popularity=0),
    document("rna", "Répertoire national des associations", keywords=("asso",), details=("numéro waldec",)),
    document("eau", "Qualité de l'eau potable", text="Contrôles au robinet"),
    document("pistes", "Pistes cyclables"),
    document("opendamir", "Open DAMIR : dépenses de santé"),
    document("seuls", "Établissements autorisés utiles"),
]  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> TantivyIndex:
    index = TantivyIndex(tmp_path_factory.mktemp("library") / "index", create=True)
    index.write(LIBRARY)
    return index


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ecole", "ecoles"),
        ("ÉCOLES PUBLIQUES", "ecoles"),
        ("école publique", "ecoles"),
        ("fibre optiqe", "fibre"),  # a letter is missing
        ("fbire", "fibre"),  # two letters the wrong way round
        ("déploiemant", "fibre"),
        ("cyclab", "pistes"),  # the beginning of a word
        ("entreprise", "sirene"),  # what is used by many comes first
        ("rna", "rna"),  # the initials of the title
        ("RNA", "rna"),
        ("waldec", "rna"),  # a name of a column
        ("opendamir", "opendamir"),  # joined
        ("open damir", "opendamir"),
        ("pistescyclables", "pistes"),
        ("eau", "eau"),  # a usual word is not the initials of "Établissements autorisés utiles"
        ("rectorat", "ecoles"),
        ("liste des écoles", "ecoles"),  # a word that every catalogue has is not needed
        ("l'eau du robinet", "eau"),
    ],
)
def test_what_is_found_first(library: TantivyIndex, asked: str, expected: str) -> None:
    assert library.search(Question(asked)).keys[:1] == (expected,)


@pytest.mark.parametrize("asked", ["zzzz", "xy", "'\"()[]{}", "\x00", "-", "😀"])
def test_what_is_not_found(library: TantivyIndex, asked: str) -> None:
    assert library.search(Question(asked)).total == 0


def test_a_misspelt_word_says_so(library: TantivyIndex) -> None:
    assert library.search(Question("fbire")).corrected
    assert not library.search(Question("fibre")).corrected


@pytest.mark.parametrize(
    ("title", "initials"),
    [("Répertoire national des associations", ["rna"]), ("Répertoire : national des associations", []), ("Eau", [])],
)
def test_initials(title: str, initials: list[str]) -> None:
    assert words.initials(title) == initials


def test_acronyms_are_initials_that_follow_one_another() -> None:
    found = words.acronyms("Liste des administrateurs ministériels des données")
    assert "amd" in found
    assert "lmd" not in found


def test_one_stem_a_word_whatever_the_word() -> None:
    found = words.words("Les œuvres d'ÉCOLE, n° 42 ; l'été à Œuilly — x")
    assert found == ["les", "oeuvres", "d", "ecole", "n", "42", "l", "ete", "a", "oeuilly", "x"]
    assert len(words.stem(found)) == len(found)


def test_the_order_of_titles() -> None:
    titles = ["Éclairage", "eau", "2024 budget", "Zones", "école", "Budget 2"]
    assert sorted(titles, key=alphabetical) == sorted(titles, key=lambda title: "".join(words.words(title)))


# ----- The keeper -----


class Shop:
    """Things that a kind declares, which a test may change."""

    def __init__(self) -> None:
        self.things: dict[str, SearchDocument] = {}
        self.reads = 0

    def put(self, key: str, title: str, **fields: Any) -> None:
        self.things[key] = document(key, title, updated=fields.pop("updated", datetime.now(UTC)), **fields)

    def documents(self, since: datetime | None) -> Iterable[SearchDocument]:
        self.reads += 1
        return [one for one in self.things.values() if since is None or one.updated > since]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Shop]:
    settings.SEARCH_FOLDER = tmp_path / "search"
    shop = Shop()
    kind = Kind(
        "thing", "chose", "choses", Domain.DATA, lambda keys, user: {}, search_documents=shop.documents, facets=("size",)
    )
    monkeypatch.setattr(kinds, "_kinds", {"thing": kind})
    yield shop
    keeper._shelves.clear()


def keys(text: str = "", **question: Any) -> tuple[str, ...]:
    return keeper.search("thing", Question(text, **question)).keys


def test_the_index_follows_what_is_written_changed_and_removed(shop: Shop) -> None:
    shop.put("a", "Cerises")
    assert keys("cerise") == ("a",)
    shop.put("b", "Cerises confites")
    assert set(keys("cerise")) == {"a", "b"}
    shop.put("a", "Prunes")
    assert keys("cerise") == ("b",)
    shop.put("b", "Cerises confites", removed=True)
    assert keys("cerise") == ()
    assert keys() == ("a",)


def test_a_quiet_index_is_not_written_again(shop: Shop, tmp_path: Path) -> None:
    shop.put("a", "Cerises")
    keys("cerise")
    meta = next((tmp_path / "search" / "thing").glob("*/meta.json"))
    before = meta.stat().st_mtime_ns
    for _time in range(3):
        assert keys("cerise") == ("a",)
    assert meta.stat().st_mtime_ns == before
    assert keeper.refresh() == {}


def test_a_change_that_was_committed_late_is_seen(shop: Shop) -> None:
    """Dated before the last look, visible after it: what a long transaction does."""
    shop.put("a", "Cerises")
    assert keys("cerise") == ("a",)
    shop.put("b", "Cerises tardives", updated=datetime.now(UTC) - timedelta(seconds=30))
    assert "b" in keys("cerise")


def test_many_changes_are_for_another_process(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.put("a", "Cerises")
    keys("cerise")
    helped: list[str] = []
    monkeypatch.setattr(keeper, "ask_for_help", lambda kind: helped.append(kind.name))
    for number in range(keeper.FEW + 1):
        shop.put(f"n{number}", "Cerises")
    assert keys("cerise") == ("a",)
    assert helped == ["thing"]
    assert keeper.refresh() == {"thing": keeper.FEW + 1}
    assert keeper.search("thing", Question("cerise")).total == keeper.FEW + 2


def test_what_many_changes_wrote_is_not_read_again_for_ever(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(keeper.FEW + 10):
        shop.put(f"n{number}", "Cerises")
    keeper.refresh()
    state = tmp_path / "search" / "thing" / (tmp_path / "search" / "thing" / "current").read_text() / "state.json"
    keys("cerise")
    assert len(json.loads(state.read_text())["recent"]) == keeper.FEW + 10
    later = datetime.now(UTC) + timedelta(minutes=3)
    monkeypatch.setattr(keeper.timezone, "now", lambda: later)
    keys("cerise")
    since = datetime.fromisoformat(json.loads(state.read_text())["since"])
    assert not shop.documents(since)
    shop.put("late", "Cerises tardives", updated=later - timedelta(seconds=30))
    assert keys("tardive") == ("late",)


def test_without_an_index_yet_a_large_kind_waits_for_another_process(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "SMALL", 1)
    monkeypatch.setattr(keeper, "ask_for_help", lambda kind: None)
    shop.put("a", "Cerises")
    shop.put("b", "Prunes")
    with pytest.raises(Unavailable):
        keys("cerise")
    keeper.refresh()
    assert keys("cerise") == ("a",)


def test_another_format_or_another_day_is_built_again(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shop.put("a", "Cerises")
    keys("cerise")
    first = (tmp_path / "search" / "thing" / "current").read_text()
    monkeypatch.setattr(keeper, "FORMAT", 999)
    assert keys("cerise") == ("a",)
    second = (tmp_path / "search" / "thing" / "current").read_text()
    assert second != first
    monkeypatch.setattr(keeper, "OLD", timedelta(0))
    assert keeper.refresh() == {"thing": 1}
    assert (tmp_path / "search" / "thing" / "current").read_text() not in (first, second)
    assert keys("cerise") == ("a",)
    assert len([path for path in (tmp_path / "search" / "thing").iterdir() if path.is_dir()]) == 2


def test_a_builder_that_fails_leaves_the_index_as_it_was(shop: Shop, tmp_path: Path) -> None:
    shop.put("a", "Cerises")
    keys("cerise")

    def broken(_since: datetime | None) -> Iterator[SearchDocument]:
        yield document("b", "Cerises")
        raise RuntimeError("the database is away")

    kind = replace(kinds.get("thing"), search_documents=broken)
    with pytest.raises(RuntimeError):
        keeper.rebuild(kind, wait=True)
    assert keys("cerise") == ("a",)
    keeper.refresh(whole=True)
    assert keys("cerise") == ("a",)


def _die_while_writing(shop: Shop, kind: Kind, started: Any) -> None:
    def slow(_since: datetime | None) -> Iterator[SearchDocument]:
        for number in range(1000):
            yield document(f"n{number}", "Cerises", updated=datetime.now(UTC))
            if number == 500:
                started.set()
                time.sleep(60)

    keeper.rebuild(replace(kind, search_documents=slow), wait=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_killed_writer_holds_nobody(shop: Shop, tmp_path: Path) -> None:
    shop.put("a", "Cerises")
    assert keys("cerise") == ("a",)
    context = multiprocessing.get_context("fork")
    started = context.Event()
    writer = context.Process(target=_die_while_writing, args=(shop, kinds.get("thing"), started))
    writer.start()
    assert started.wait(20)
    shop.put("b", "Cerises confites")
    assert keys("cerise") == ("a",)  # another one writes: the index answers as it is, and nobody waits
    assert writer.pid
    os.kill(writer.pid, signal.SIGKILL)
    writer.join(10)
    assert set(keys("cerise")) == {"a", "b"}
    keeper.refresh(whole=True)
    assert len([path for path in (tmp_path / "search" / "thing").iterdir() if path.is_dir()]) == 2  # what it left is swept


def _read_a_lot(kind: Kind, stop: Any, answers: Any) -> None:
    done = 0
    while not stop.is_set():
        assert keeper.search("thing", Question("cerise")).total >= 1
        done += 1
    answers.put(done)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_readers_in_other_processes_never_miss_the_index(shop: Shop) -> None:
    shop.put("a", "Cerises")
    keys("cerise")
    context = multiprocessing.get_context("fork")
    keeper._shelves.clear()
    stop, answers = context.Event(), context.Queue()
    readers = [context.Process(target=_read_a_lot, args=(kinds.get("thing"), stop, answers)) for _reader in range(2)]
    for reader in readers:
        reader.start()
    for _time in range(4):
        keeper.refresh(whole=True)
    stop.set()
    counts = [answers.get(timeout=20) for _reader in readers]
    for reader in readers:
        reader.join(20)
    assert [reader.exitcode for reader in readers] == [0, 0]
    assert all(counts)


def test_facets_within_and_without(shop: Shop) -> None:
    for key, size in (("a", "small"), ("b", "small"), ("c", "large")):
        shop.put(key, "Cerises", facets={"size": (size,)})
    answer = keeper.search("thing", Question("cerise", {"size": ("large",)}, facets=("size",)))
    assert answer.keys == ("c",)
    assert dict(answer.facets["size"]) == {"small": 2, "large": 1}
    assert keeper.search("thing", Question("", {"size": ("small", "large")})).total == 3
    assert keeper.search("thing", Question("", {"colour": ("red",)})).total == 0
