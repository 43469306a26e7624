"""From documents to measures: received, missing, read again, cut, stated, merged, imported."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from parvis.organisations.models import Role
from parvis.programmes.actions import elections as actions
from parvis.programmes.actions import lists, measures, sources
from parvis.programmes.actions.elections import ElectionError
from parvis.programmes.models import Measure, Source, Spokesperson, Trace
from tests.programmes.documents import pdf, programme
from tests.programmes.elections import day, election, manager_of, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return election()


@pytest.fixture
def first(made):
    return made.lists.get(rank=1)


def received(first, content: bytes | None = None, name: str = "programme.pdf", **details):
    by = manager_of(first.election)
    return sources.receive(first, chunks=[content or programme(columns=True)], name=name, collected=day(0), by=by, **details)


def test_a_document_is_kept_read_and_traced(first) -> None:
    source = received(first, address="https://exemple.invalid/p.pdf", licence="citation courte")
    assert (source.format, len(source.sha256), source.size > 500) == ("pdf", 64, True)
    extraction = source.extractions.get()
    assert "données ouvertes" in extraction.text.replace("\n", " ")
    assert Trace.objects.filter(act="source.receive", about=first.slug).exists()
    with pytest.raises(ElectionError, match="déjà"):
        received(first)


def test_a_missing_programme_is_a_fact_until_one_is_found(first) -> None:
    sources.say_missing(first, on=day(0), by=manager_of(first.election))
    sources.say_missing(first, on=day(1), by=manager_of(first.election))
    assert Source.objects.get(candidate_list=first).collected == day(1)
    received(first)
    assert not first.sources.filter(missing=True).exists()
    with pytest.raises(ElectionError, match="déjà"):
        sources.say_missing(first, on=day(2), by=manager_of(first.election))


def test_a_source_is_found_or_missing_never_neither(first) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.create(candidate_list=first, collected=day(0))


def test_an_unreadable_document_is_not_kept(first) -> None:
    with pytest.raises(ElectionError, match="images"):
        received(first, pdf([[], []]))
    assert not first.sources.exists()


def marked(source, words: str):
    text = source.extractions.first().text
    start = text.index(words)
    return sources.mark(source, start=start, end=start + len(words), by=manager_of(source.candidate_list.election))


def test_a_passage_survives_another_reading_or_is_flagged(first) -> None:
    source = received(first)
    kept, gone = marked(source, "Nous raccorderons toutes les mairies"), marked(source, "Chacun pourra les relire.")
    assert (kept.page, marked(source, "Nous raccorderons toutes les mairies").pk) == (1, kept.pk)
    text = "Sommaire\n\nNous raccorderons toutes\nles mairies à la fibre."
    renewed = sources.renewed(source, text, [[0, 8], [10, len(text)]], "pdf 2", by=None)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (renewed.number, kept.lost, gone.lost, kept.page) == (2, False, True, 2)
    assert text[kept.start : kept.end] == kept.quote
    assert gone.quote == "Chacun pourra les relire."
    assert sources.renewed(source, text, [[0, 8], [10, len(text)]], "pdf 2", by=None).number == 2


def test_a_measure_stands_on_passages_of_its_list(first, made) -> None:
    by, passage = manager_of(made), marked(received(first), "Nous raccorderons toutes les mairies")
    stated = measures.state(first, title=" La fibre  dans toutes les mairies ", passages=[passage], by=by)
    assert (stated.title, stated.number) == ("La fibre dans toutes les mairies", 1)
    for title, passages, whose in (("", [passage], first), ("x", [], first), ("x", [passage], made.lists.get(rank=2))):
        with pytest.raises(ElectionError):
            measures.state(whose, title=title, passages=passages, by=by)


def test_merging_keeps_one_and_its_passages(first, made) -> None:
    by, source = manager_of(made), received(first)
    one = measures.state(first, title="Fibre", passages=[marked(source, "Nous raccorderons toutes les mairies")], by=by)
    two = measures.state(first, title="Fibre encore", passages=[marked(source, "Rien ne sera oublié.")], by=by)
    three = measures.state(first, title="Et encore", passages=[marked(source, "Chacun pourra les relire.")], by=by)
    measures.merge(two, into=one, by=by)
    assert one.passages.count() == 2
    for bad in ((two, three), (three, two), (one, one)):
        with pytest.raises(ElectionError):
            measures.merge(bad[0], into=bad[1], by=by)
    measures.merge(one, into=three, by=by)
    two.refresh_from_db()
    assert two.merged_into == three
    other = Measure.objects.create(candidate_list=made.lists.get(rank=2), number=1, title="x")
    with pytest.raises(ElectionError, match="même liste"):
        measures.merge(three, into=other, by=by)


def test_import_twice_is_once(first, made) -> None:
    texts = ["La fibre partout.", "  ", "Des ordinateurs pour les lycées.", "La fibre partout."]
    assert measures.import_rows(first, texts, by=manager_of(made)) == (2, 1)
    assert measures.import_rows(first, texts, by=manager_of(made)) == (0, 3)
    assert list(first.measures.values_list("number", "origin")) == [(1, "import"), (2, "import")]


def test_only_editors_prepare(first, made) -> None:
    agent, editor = member(made.organisation, Role.AGENT, "agent"), member(made.organisation, Role.EDITOR, "editrice")
    for user in (person("passante"), agent):
        with pytest.raises(PermissionDenied):
            measures.import_rows(first, ["Une mesure."], by=user)
    assert measures.import_rows(first, ["Une mesure."], by=editor) == (1, 0)


def test_who_reads_programmes_speaks_for_no_list(first, made) -> None:
    with pytest.raises(ElectionError, match="équipe"):
        lists.let_speak(first, user=manager_of(made), by=manager_of(made))
    speaker = person("porteparole")
    lists.let_speak(first, user=speaker, by=manager_of(made))
    measure = measures.import_rows(first, ["Une mesure."], by=manager_of(made)) and first.measures.get()
    with pytest.raises(PermissionDenied, match="état"):
        measures.reply(measure, text="Nous précisons.", by=speaker)
    actions.publish(made, by=manager_of(made))
    fresh = Measure.objects.get(pk=measure.pk)
    assert measures.reply(fresh, text="Nous précisons.", by=speaker).text == "Nous précisons."
    measures.reply(fresh, text="Autrement dit.", by=speaker)
    assert Trace.objects.filter(act="measure.reply").first().detail == {"before": "Nous précisons."}
    made.refresh_from_db()
    other = Measure.objects.create(candidate_list=made.lists.get(rank=2), number=1, title="x")
    with pytest.raises(PermissionDenied, match="Seule la liste"):
        measures.reply(other, text="Nous aussi.", by=speaker)
    assert Spokesperson.objects.count() == 1


def test_silence_stops_publication_and_leaves_reading(first, made) -> None:
    from parvis.programmes.permissions import allowed

    by = manager_of(made)
    actions.publish(made, by=by)
    made.refresh_from_db()
    made.first_round = day(1)
    made.save()
    acts = allowed(by, made)
    assert acts["read"]
    assert not any(acts[name] for name in ("prepare", "publish", "reply", "organise"))
    with pytest.raises(PermissionDenied, match="L49"):
        measures.import_rows(made.lists.get(rank=1), ["Trop tard."], by=by)


def test_an_order_by_lot_ignores_alphabet_and_is_traced() -> None:
    made = election(lists=4, order="lot", seed="urne du 12 mars")
    order = list(made.lists.order_by("rank").values_list("name", flat=True))
    assert sorted(order) == [f"Liste {n}" for n in range(1, 5)]
    assert Trace.objects.filter(act="lists.draw").first().detail["order"] == order
    reference = actions.add_list(made, name="Le programme d'un cercle de réflexion", by=manager_of(made), reference=True)
    assert reference.rank is None
    assert made.lists.last() == reference


def test_an_election_is_published_with_ranks_only() -> None:
    made = election(lists=0)
    with pytest.raises(ElectionError, match="listes"):
        actions.publish(made, by=manager_of(made))
    actions.add_list(made, name="Sans rang", by=manager_of(made))
    with pytest.raises(ElectionError, match="rang"):
        actions.publish(made, by=manager_of(made))
