"""Pages of the room: who sees what, with the real client."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.organisations.models import Role
from parvis.programmes.actions import elections, sources
from parvis.programmes.actions import rounds as actions
from parvis.programmes.models import Adjudication, Election, Measure, Source, Task
from parvis.programmes.urls import urlpatterns
from tests.programmes.documents import pdf, programme
from tests.programmes.elections import day, election, manager_of, measures, member, person
from tests.programmes.rounds import answers, code_all, opened, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings) -> None:
    settings.PROGRAMMES = True


def signed(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(coding_round, name: str, *more) -> str:
    return reverse(f"programmes:{name}", args=[coding_round.election.slug, coding_round.number, *more])


@pytest.fixture
def published():
    """A published election whose round is published, with a point that was adjudicated."""
    coding_round, first, second = opened(measures_each=12)
    by = manager_of(coding_round.election)
    code_all(first)
    code_all(second, differ={1: {"theme": "culture"}})
    actions.close(coding_round, by=by)
    from parvis.programmes.actions import coding

    coding.adjudicate(Adjudication.objects.get(), value="culture", reason="L'archive d'abord.", by=by)
    coding_round.refresh_from_db()
    actions.publish(coding_round, by=by)
    elections.publish(Election.objects.get(), by=by)
    coding_round.refresh_from_db()
    return coding_round


def every_address(coding_round) -> list[str]:
    measure, point = Measure.objects.first(), Adjudication.objects.first()
    known = {
        "slug": coding_round.election.slug, "number": coding_round.number, "key": measure.pk, "source_id": 1, "list_slug": "liste-1",
        "position": 1, "point_id": point.pk if point else 1, "kind": "svg",
    }  # fmt: skip
    return [
        reverse(f"programmes:{one.name}", kwargs={name: known[name] for name in one.pattern.converters}) for one in urlpatterns
    ]


def test_when_the_room_is_off_every_address_is_404_and_nothing_leads_there(settings, published) -> None:
    from parvis.shared import kinds

    settings.PROGRAMMES = False
    reader, manager = Client(), signed(manager_of(published.election))
    for one in every_address(published):
        assert reader.get(one).status_code == 404, one
        assert manager.get(one).status_code == 404, one
        assert manager.post(one).status_code == 404, one
    assert "/programmes/" not in reader.get("/donnees/").content.decode()
    assert kinds.cards([Measure.objects.first().reference], None)[0].state == "gone"


def test_when_it_is_on_the_header_leads_there(published) -> None:
    assert 'href="/programmes/"' in Client().get("/donnees/").content.decode()


OF_NO_ELECTION = [f"/programmes/{one}" for one in ("", "competences/", "ouvrir/", "calendrier/", "chercher/")]


def test_a_draft_does_not_exist_for_others() -> None:
    coding_round, first, _second = opened()
    for one in every_address(coding_round):
        if one in OF_NO_ELECTION:
            continue
        assert Client().get(one, follow=False).status_code in (302, 404, 405), one
        assert signed(person(f"p{abs(hash(one))}")).get(one).status_code in (403, 404, 405), one
    assert coding_round.election.title not in Client().get("/programmes/").content.decode()
    assert signed(first.user).get(coding_round.election.get_absolute_url()).status_code == 200


def test_pages_of_readers(published) -> None:
    slug, reader = published.election.slug, Client()
    page = reader.get(f"/programmes/{slug}/comparer/?theme=culture").content.decode()
    assert "Mesure 1 de Liste 1" in page
    assert "Mesure 2 de Liste 1" not in page
    assert "Nous ferons la chose 1." in page
    page = reader.get(f"/programmes/{slug}/barometre/").content.decode()
    assert "24 mesures sur 24 sont numériques" in page
    assert "448 propositions numériques sur 2490" in page.replace("\u202f", "").replace("&#x27;", "'") or "2\u202f490" in page
    measure = Measure.objects.get(number=1, candidate_list__rank=1)
    page = reader.get(measure.get_absolute_url()).content.decode()
    assert "L&#x27;archive d&#x27;abord." in page
    assert "Lise" in page
    assert reader.get(f"/programmes/{slug}/listes/liste-1/?theme=culture").content.decode().count('class="rows"') == 1
    assert "Krippendorff" in reader.get(f"/programmes/{slug}/methode/").content.decode()
    for other in ("competences/", "calendrier/", "chercher/", "", f"{slug}/", f"{slug}/chercher/"):
        assert reader.get(f"/programmes/{other}").status_code == 200
    assert "Krippendorff" in reader.get("/mots/").content.decode()


def test_the_comparison_shows_the_first_measures_of_each_list_and_says_how_many_more(published) -> None:
    """Kept at the publication; a round that was published before that was kept shows the same."""
    address = f"/programmes/{published.election.slug}/comparer/?theme=data"
    page = Client().get(address).content.decode()
    shown = [int(n) for n in re.findall(r"Mesure (\d+) de Liste 1<", page)]
    assert shown == [2, 3, 4, 5, 6, 7]  # the first is of another theme
    assert "5 autres mesures" in page
    published.facts.pop("first")
    published.save()
    caches["pages"].clear()
    again = Client().get(address).content.decode()
    assert [int(n) for n in re.findall(r"Mesure (\d+) de Liste 1<", again)] == shown


def test_no_share_is_said_where_evaluators_agree_too_little(published) -> None:
    slug, reader = published.election.slug, Client()
    lists = f"/programmes/{slug}/listes/liste-1/"
    assert "24 mesures sur 24 parlent de numérique" in reader.get(f"/programmes/{slug}/").content.decode()
    assert "12 sur 12" in reader.get(lists).content.decode()
    for one in published.agreement["criteria"].values():
        one["reliability"] = "low"
    published.save()
    caches["pages"].clear()
    for address in (f"/programmes/{slug}/", f"/programmes/{slug}/barometre/"):
        page = reader.get(address).content.decode()
        assert "nous ne donnons pas de part" in page
        assert "sur 24" not in page
        assert "Ce que personne ne propose" not in page
    assert "12 sur 12" not in reader.get(lists).content.decode()
    assert reader.get(f"/programmes/{slug}/barometre/part-numerique.svg").status_code == 404


def test_readers_get_no_cookie(published) -> None:
    for one in (published.election.get_absolute_url(), Measure.objects.first().get_absolute_url()):
        assert not Client().get(one).cookies


def test_the_chart_is_drawn_and_framed(published) -> None:
    slug, reader = published.election.slug, Client()
    answer = reader.get(f"/programmes/{slug}/barometre/part-numerique.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "12 sur 12" in answer.content.decode()
    assert reader.get(f"/programmes/{slug}/barometre/part-numerique.png").content[:4] == b"\x89PNG"
    assert reader.get(f"/programmes/{slug}/barometre/part-numerique.gif").status_code == 404
    framed = reader.get(f"/programmes/{slug}/barometre/integrer/")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed


def test_results_do_not_exist_before_they_are_published() -> None:
    made = election(opened=True)
    measures(made.lists.first(), 2)
    for name in ("comparer/", "barometre/", "barometre/integrer/"):
        assert Client().get(f"{made.get_absolute_url()}{name}").status_code == 404
    page = Client().get(made.get_absolute_url()).content.decode()
    assert "comparer" not in page
    assert "2 mesures relevées" in page


def test_a_missing_programme_is_said(published) -> None:
    made = published.election
    sources.say_missing(made.lists.get(rank=2), on=day(0), by=manager_of(made))
    for one in (made.get_absolute_url(), made.lists.get(rank=2).get_absolute_url()):
        assert "Aucun programme trouvé au" in Client().get(one).content.decode()


def test_a_merged_measure_leads_to_the_other(published) -> None:
    from parvis.programmes.actions import measures as acts

    one, other = Measure.objects.filter(candidate_list__rank=1)[:2]
    acts.merge(one, into=other, by=manager_of(published.election))
    assert Client().get(one.get_absolute_url())["Location"] == other.get_absolute_url()


# ----- Coding -----


def test_coding_by_the_page_leads_to_the_next() -> None:
    coding_round, first, _second = opened()
    task, client = task_of(first, "measure"), signed(first.user)
    page = client.get(address(coding_round, "code", task.position)).content.decode()
    assert task.measure.title in page
    assert "Seulement si la mesure est numérique" in page
    incomplete = {name: value for name, value in answers("measure").items() if name != "theme"}
    refused = client.post(address(coding_round, "code", task.position), incomplete | {"memo": "je doute"})
    assert refused.status_code == 422
    assert "je doute" in refused.content.decode()
    assert 'href="#theme-1"' in refused.content.decode()
    kept = client.post(address(coding_round, "code", task.position), answers("measure"))
    assert kept.status_code == 302
    assert "/coder/" in kept["Location"]
    assert kept["Location"] != address(coding_round, "code", task.position)


def test_the_last_unit_leads_back_to_the_round() -> None:
    coding_round, first, _second = opened(measures_each=1)
    code_all(first)
    Task.objects.filter(evaluator=first, position=3).update(done=None)
    task = Task.objects.get(evaluator=first, position=3)
    answer = signed(first.user).post(address(coding_round, "code", 3), answers(task.unit))
    assert answer["Location"] == address(coding_round, "round")


SECRET = "culture"


def test_an_evaluator_never_sees_anothers_codings_before_both_are_done() -> None:
    """Every address of the room, as each person of the team, while the second evaluator has coded and the first has not."""
    coding_round, first, second = opened()
    editor = member(coding_round.election.organisation, Role.EDITOR, "editrice")
    code_all(second, differ={n: {"theme": SECRET, "means": "2"} for n in range(1, 7)})
    Task.objects.filter(evaluator=second).update(memo="mémoire secrète")
    for user in (first.user, editor, manager_of(coding_round.election)):
        client = signed(user)
        for one in every_address(coding_round):
            page = client.get(one)
            body = b"".join(page.streaming_content).decode() if page.streaming else page.content.decode()
            assert "mémoire secrète" not in body, one
            assert ",theme," not in body, one
            assert "checked" not in body, one
    # an evaluator who has finished nothing sees only a promise
    assert signed(first.user).get(address(coding_round, "agreement")).status_code == 403
    assert signed(first.user).get(address(coding_round, "disputes")).status_code == 404
    task = (
        Task.objects.filter(evaluator=second)
        .exclude(position__in=Task.objects.filter(evaluator=first).values("position"))
        .first()
    )
    assert task is None or signed(first.user).get(address(coding_round, "code", task.position)).status_code == 404


def rows_of(client: Client, coding_round) -> list[dict[str, str]]:
    answer = client.get(address(coding_round, "codings"))
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_exports_hold_what_one_may_see() -> None:
    coding_round, first, second = opened(measures_each=3)
    code_all(second)
    code_all(first, only=2)
    assert {row["coder"] for row in rows_of(signed(first.user), coding_round)} == {"Lise"}
    code_all(first)
    rows = rows_of(signed(first.user), coding_round)
    assert {row["coder"] for row in rows} == {"Lise", "Omar"}
    assert list(rows[0]) == ["coder", "unit", "criterion", "value"]


def test_a_table_of_codings_comes_back(tmp_path) -> None:
    coding_round, first, second = opened(measures_each=3)
    code_all(second)
    table = "unit,criterion,value\n" + "".join(
        f"{task.unit_key},{name},{value}\n"
        for task in Task.objects.filter(evaluator=first)
        for name, value in answers(task.unit).items()
    )
    client = signed(first.user)
    client.post(address(coding_round, "bring"), {"codages": SimpleUploadedFile("c.csv", table.encode())})
    assert not Task.objects.filter(done=None).exists()
    for bad in (b"", b"a,b\n1,2\n", b"\xff\xfe"):
        page = client.post(address(coding_round, "bring"), {"codages": SimpleUploadedFile("c.csv", bad)}, follow=True)
        assert 'class="note error"' in page.content.decode()


def test_what_is_exported_is_what_the_command_reads(tmp_path) -> None:
    from typer.testing import CliRunner

    from parvis.programmes.cli import app

    coding_round, first, second = opened(measures_each=6)
    code_all(first)
    code_all(second, differ={1: {"theme": "culture"}})
    actions.close(coding_round, by=manager_of(coding_round.election))
    client = signed(manager_of(coding_round.election))
    file = tmp_path / "codages.csv"
    file.write_bytes(b"".join(client.get(address(coding_round, "codings")).streaming_content))
    told = json.loads(CliRunner().invoke(app, ["agreement", str(file), "--seed", "2015", "--json"]).stdout)
    coding_round.refresh_from_db()
    kept = coding_round.agreement["criteria"]["theme"]
    assert told["theme"]["alpha"] == pytest.approx(kept["alpha"])
    assert told["theme"]["units"] == kept["units"] == 12


def test_deciding_by_the_page() -> None:
    coding_round, first, second = opened()
    by = manager_of(coding_round.election)
    code_all(first)
    code_all(second, differ={1: {"theme": "culture"}, 2: {"date": "2"}})
    client = signed(by)
    assert "Tout est codé" in client.get(address(coding_round, "round")).content.decode()
    client.post(address(coding_round, "move_round"), {"vers": "close"})
    page = client.get(address(coding_round, "disputes")).content.decode()
    assert "2 points à décider" in page
    point = Adjudication.objects.get(criterion="theme")
    page = client.get(address(coding_round, "dispute", point.pk)).content.decode()
    assert "Lise" in page
    assert "Omar" in page
    assert client.post(address(coding_round, "dispute", point.pk), {"value": "culture", "reason": ""}).status_code == 422
    answer = client.post(address(coding_round, "dispute", point.pk), {"value": "culture", "reason": "Relu ensemble."})
    assert answer["Location"] == address(coding_round, "dispute", Adjudication.objects.get(value="").pk)
    assert (
        signed(first.user).post(address(coding_round, "dispute", point.pk), {"value": "data", "reason": "x"}).status_code == 403
    )
    refused = client.post(address(coding_round, "move_round"), {"vers": "publish"}, follow=True)
    assert "1 point à arbitrer" in refused.content.decode()


def test_leading_a_round_by_pages() -> None:
    made = election()
    by, client = manager_of(made), signed(manager_of(made))
    measures(made.lists.first(), 2)
    client.post(reverse("programmes:new_round", args=[made.slug]), {"seed": "2026", "readings": "2"})
    coding_round = made.coding_rounds.get()
    for name in ("une", "deux"):
        person(name)
        client.post(address(coding_round, "invite"), {"email": f"{name}@exemple.invalid", "label": name})
    page = client.post(address(coding_round, "invite"), {"email": "inconnue@exemple.invalid", "label": "x"}, follow=True)
    assert "créer un compte" in page.content.decode()
    client.post(address(coding_round, "move_round"), {"vers": "open"})
    coding_round.refresh_from_db()
    assert coding_round.state == "coding"
    assert client.post(address(coding_round, "move_round"), {"vers": "nowhere"}).status_code == 404
    assert by.pk


# ----- Preparing -----


def test_preparing_by_pages() -> None:
    made = election(lists=0)
    client = signed(manager_of(made))
    page = client.post(reverse("programmes:prepare", args=[made.slug]), {"name": "La liste d'essai", "rank": "1"})
    assert page.status_code == 302
    sources_page = reverse("programmes:sources", args=[made.slug, "la-liste-dessai"])
    day_of = timezone.localdate().isoformat()
    refused = client.post(sources_page, {"kind": "document", "collected": day_of})
    assert refused.status_code == 422
    kept = client.post(
        sources_page,
        {
            "kind": "document",
            "collected": day_of,
            "file": SimpleUploadedFile("p.pdf", programme(columns=True), content_type="application/pdf"),
        },
    )
    cut = kept["Location"]
    page = client.get(cut).content.decode()
    assert "signalée : fibre" in page
    source = Source.objects.get()
    text = source.extractions.get().text
    start = text.index("Nous raccorderons")
    end = text.index("compris.") + len("compris.")
    assert client.post(cut, {"phrase": [], "title": "La fibre dans les mairies"}).status_code == 422
    assert client.post(cut, {"phrase": [f"{start}-{end}"], "title": "La fibre dans les mairies"}).status_code == 302
    made_measure = Measure.objects.get()
    assert made_measure.origin == "machine"
    page = client.get(cut).content.decode()
    assert "mesure 1" in page
    client.post(cut, {"phrase": [f"{start}-{end}"], "title": "La même encore"})
    other = Measure.objects.get(number=2)
    client.post(reverse("programmes:merge", args=[other.pk]), {"numero": made_measure.number})
    other.refresh_from_db()
    assert other.merged_into == made_measure
    client.post(reverse("programmes:read_again", args=[source.pk]))
    client.post(reverse("programmes:move", args=[made.slug]), {"vers": "publish"})
    made.refresh_from_db()
    assert made.state == "open"
    assert "measure.state" in client.get(reverse("programmes:trail", args=[made.slug])).content.decode()


def test_an_election_is_opened_by_who_administers_a_publisher() -> None:
    made = election()
    client = signed(manager_of(made))
    fields = {"title": "Une autre", "first_round": day(200).isoformat(), "order": "lot", "seed": ""}
    assert client.post("/programmes/ouvrir/", fields).status_code == 422
    assert client.post("/programmes/ouvrir/", fields | {"seed": "urne"}).status_code == 302
    assert signed(person("passante")).get("/programmes/ouvrir/").status_code == 404


def test_the_page_says_silence(published) -> None:
    Election.objects.update(first_round=day(1))
    page = Client().get(published.election.get_absolute_url()).content.decode()
    assert "la veille ou le jour du vote" in page
    client = signed(manager_of(published.election))
    assert client.get(reverse("programmes:prepare", args=[published.election.slug])).status_code == 403


def test_search_finds_words_of_quotations(published) -> None:
    from parvis.programmes.actions import measures as acts

    acts.import_rows(published.election.lists.get(rank=1), ["Un observatoire régional de la biodiversité alpine."], by=None)
    page = Client().get(f"/programmes/{published.election.slug}/chercher/?q=biodiversité").content.decode()
    assert "biodiversité alpine" in page
    assert "1 mesure" in page
    none = Client().get(f"/programmes/{published.election.slug}/chercher/?q=zzzyyy").content.decode()
    assert "Aucune mesure" in none


def test_measures_are_found_once_the_election_is_published_and_their_themes_once_the_round_is() -> None:
    coding_round, first, second = opened(measures_each=12)
    by, where = manager_of(coding_round.election), f"{coding_round.election.get_absolute_url()}chercher/?q=chose"
    client = signed(by)
    assert "Aucune mesure ne contient ces mots" in client.get(where).content.decode()
    elections.publish(coding_round.election, by=by)
    page = client.get(where).content.decode()
    assert "24 mesures" in page
    assert "Par thème" not in page
    code_all(first)
    code_all(second)
    actions.close(coding_round, by=by)
    actions.publish(coding_round, by=by)
    assert "Par thème" in client.get(where).content.decode()


def test_words_are_found_in_every_election_and_never_in_a_draft(published) -> None:
    from parvis.programmes.actions import measures as acts

    other = election(title="Une autre élection", manager=manager_of(published.election))
    for made in (published.election, other):
        acts.import_rows(made.lists.get(rank=1), ["Un observatoire de la biodiversité alpine."], by=None)
    assert 'value=""' in Client().get("/programmes/chercher/").content.decode()
    client = signed(manager_of(published.election))
    where = "/programmes/chercher/?q=biodiversité"
    assert "1 mesure<" in client.get(where).content.decode()
    elections.publish(other, by=manager_of(other))
    page = client.get(where).content.decode()
    assert "2 mesures<" in page
    assert "Une autre élection" in page
    assert "Aucune mesure ne contient" in client.get("/programmes/chercher/?q=zzzyyy").content.decode()


def test_the_calendar_says_what_each_vote_suspends(published) -> None:
    vote = day(30)
    Election.objects.update(first_round=vote, second_round=day(37))
    election(title="Un brouillon", manager=manager_of(published.election))
    election(title="Déjà votée", first_round=day(-9), opened=True, manager=manager_of(published.election))
    page = Client().get("/programmes/calendrier/").content.decode()
    assert ">Élection d&#x27;essai<" in page
    assert "Un brouillon" not in page
    assert "Déjà votée" not in page
    assert page.count("en ce moment") == 2
    assert page.count("code électoral, L49") == 2
    Election.objects.update(state="archived")
    caches["pages"].clear()
    assert "Aucun vote à venir" in Client().get("/programmes/calendrier/").content.decode()


def test_a_document_is_given_to_the_team_and_to_all_when_it_was_invented(published) -> None:
    by = manager_of(published.election)
    text = "# Programme\n\nNous publierons chaque délibération en données ouvertes."
    source = sources.receive(
        published.election.lists.get(rank=1), chunks=[text.encode()], name="programme.md", collected=day(0), by=by, title="Programme"
    )  # fmt: skip
    where = reverse("programmes:document", args=[source.pk])
    assert Client().get(where).status_code == 404
    assert signed(person("passant")).get(where).status_code == 404
    assert signed(by).get(where).content.decode() == text
    Election.objects.update(invented=True)
    answer = Client().get(where)
    assert answer.content.decode() == text
    assert "sandbox" in answer["Content-Security-Policy"]
    missing = sources.say_missing(published.election.lists.get(rank=2), on=day(0), by=by)
    assert Client().get(reverse("programmes:document", args=[missing.pk])).status_code == 404


def test_an_election_takes_no_address_of_the_room() -> None:
    assert election(title="Calendrier").slug == "calendrier-2"


def test_a_quotation_leads_to_its_page(published) -> None:
    by = manager_of(published.election)
    source = sources.receive(
        published.election.lists.get(rank=1), chunks=[pdf([[(50, 760, "Le programme de la liste, première page.")], [(50, 760, "Nous ouvrirons toutes les données.")]])], name="p.pdf",
        collected=day(0), by=by, address="https://liste.example/programme.pdf",
    )  # fmt: skip
    start = source.extractions.get().text.index("Nous ouvrirons")
    passage = sources.mark(source, start=start, end=start + 34, by=by)
    assert passage.link == "https://liste.example/programme.pdf#page=2"


def test_measures_that_look_the_same_are_shown_and_merged_by_their_number() -> None:
    from parvis.programmes.actions import measures as acts

    made = election()
    one, by = made.lists.get(rank=1), manager_of(made)
    acts.import_rows(one, ["La fibre dans chaque commune", "La fibre pour chaque commune", "Un train de nuit"], by=by)
    first, same, other = one.measures.order_by("number")
    client = signed(by)
    page = client.get(reverse("programmes:edit_measure", args=[first.pk])).content.decode()
    assert "Réunir à la mesure 2" in page
    assert "Un train de nuit" not in page
    where = reverse("programmes:merge", args=[first.pk])
    for number, said in (("9", "n&#x27;a ce numéro"), ("x", "n&#x27;a ce numéro"), ("1", "deux mesures")):
        assert said in client.post(where, {"numero": number}, follow=True).content.decode()
    assert client.post(where, {"numero": "2"}).status_code == 302
    first.refresh_from_db()
    assert first.merged_into == same
    page = client.get(reverse("programmes:sources", args=[made.slug, one.slug])).content.decode()
    assert "La fibre dans" not in page
    assert other.title in page


def test_the_barometer_stands_beside_2015(published) -> None:
    page = (
        Client()
        .get(f"/programmes/{published.election.slug}/barometre/")
        .content.decode()
        .replace("\u202f", " ")
        .replace("\xa0", " ")
    )
    assert '<td class="n">18,0 %</td><td><strong>100 %</strong>' in page
    assert '<td class="n">15 %</td><td><strong>100 %</strong></td>' in page
    assert '<td class="n">83 %</td>' in page


def test_a_round_takes_another_grid(published) -> None:
    made = published.election
    content = Client().get(reverse("programmes:grid", args=[made.slug])).json()
    assert content["criteria"][0]["key"] == "site"
    client, where = signed(manager_of(made)), reverse("programmes:new_round", args=[made.slug])

    def asked(given: bytes) -> str:
        fields = {"seed": "2", "readings": "2", "grid": SimpleUploadedFile("grille.json", given)}
        return client.post(where, fields, follow=True).content.decode()

    assert "du JSON en UTF-8" in asked(b"pas du json")
    assert "Une grille est un objet" in asked(b"[1, 2]")
    for bad, said in (
        ({"version": "x"}, "forme attendue"), ({"criteria": [{"key": "a"}]}, "Il manque"), ({"criteria": [3]}, "Il manque"), ({"name": "É" * 90}, "nom court"),
        ({"theme": "", "digital": ""}, "par quel critère"), ({"digital": "digital=rien"}, "par quel critère"), ({"criteria": {"a": 1}}, "Une grille est"),
    ):  # fmt: skip
        assert said in asked(json.dumps(content | bad).encode()), bad
    content["criteria"][5]["label"]["fr"] = "Parle-t-elle de numérique ?"
    assert "changez son num" in asked(json.dumps(content).encode())
    content["version"] = 9
    assert "version 9" in asked(json.dumps(content).encode())
    assert made.coding_rounds.get(number=2).grid.read.by_key["digital"].label["fr"] == "Parle-t-elle de numérique ?"


@pytest.mark.parametrize(
    ("value", "said"), [(0.28, "28"), (448 / 2490, "18,0"), (0.5, "50"), (0, "0"), (1, "100"), (1 / 3, "33,3")]
)
def test_a_decimal_unless_the_share_is_whole(value: float, said: str) -> None:
    from parvis.programmes.templatetags.programmes import percent

    assert percent(value).replace("\u202f", "").replace("\xa0", " ").split()[0] == said
