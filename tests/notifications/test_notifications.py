"""One digest a person and a period, nothing twice whoever is killed, quiet by default, and an end in one click."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.notifications import actions, digests, links
from parvis.notifications.models import Digest, Event, Follow, Preference, Told
from parvis.organisations.models import Organisation

pytestmark = pytest.mark.django_db
MORNING = timezone.make_aware(datetime(2026, 11, 24, 8))


@pytest.fixture(autouse=True)
def _no_limit_of_another_test() -> None:
    cache.clear()


@pytest.fixture
def thing(db: None) -> str:
    return Organisation.objects.create(name="Club des cartes", slug="club", nature="association").reference


@pytest.fixture
def reader(thing: str) -> User:
    user = User.objects.create_user("lectrice@exemple.fr")
    follow(user, thing)
    return user


def follow(user: User, thing: str, at: datetime = MORNING - timedelta(days=20)) -> None:
    Follow.objects.update_or_create(user=actions.follow(thing, by=user).user, reference=thing, defaults={"created": at})


def happen(thing: str, key: str = "a", at: datetime = MORNING - timedelta(hours=20), by: User | None = None) -> Event:
    actions.tell(key=key, reference=thing, sentence=f"Il s'est passé {key}.", url="/organisations/club/", by=by)
    Event.objects.filter(key=key).update(created=at)
    return Event.objects.get(key=key)


def test_what_happened_is_told_once(thing: str, reader: User) -> None:
    happen(thing, "a")
    happen(thing, "b", MORNING - timedelta(hours=1))
    assert digests.tick(MORNING) == 1
    body = mail.outbox[0].body
    assert "Il s'est passé a." in body
    assert "Il s'est passé b." in body
    for later in (0, 1, 24, 48):
        assert digests.tick(MORNING + timedelta(hours=later)) == 0
    assert len(mail.outbox) == 1


def test_one_letter_a_day_then_the_rest_the_next_day(thing: str, reader: User) -> None:
    happen(thing, "a")
    digests.tick(MORNING)
    happen(thing, "b", MORNING + timedelta(minutes=5))
    assert digests.tick(MORNING + timedelta(hours=2)) == 0
    assert digests.tick(MORNING + timedelta(days=1)) == 1
    assert "passé a" not in mail.outbox[1].body
    assert "passé b" in mail.outbox[1].body


def test_nothing_before_seven_nothing_without_news_nothing_of_oneself(thing: str, reader: User) -> None:
    happen(thing, "a", by=reader)
    assert digests.tick(MORNING) == 0
    happen(thing, "b")
    assert digests.tick(MORNING.replace(hour=6)) == 0
    assert digests.tick(MORNING) == 1
    assert "passé a" not in mail.outbox[0].body


def test_who_follows_nothing_receives_nothing(thing: str, reader: User) -> None:
    """Quiet by default: neither an account nor a chosen period is a follow, and a letter to another person is not theirs."""
    silent = User.objects.create_user("silencieux@exemple.fr")
    chose = User.objects.create_user("reglee@exemple.fr")
    actions.set_period("daily", by=chose)
    Preference.objects.filter(user=chose).update(cursor=None)
    happen(thing, "a")
    assert digests.tick(MORNING) == 1
    assert [letter.to for letter in mail.outbox] == [[reader.email]]
    assert [digests.reserve(user, MORNING) for user in (silent, chose)] == [None, None]
    assert set(Digest.objects.values_list("user", flat=True)) == {reader.pk}


def test_what_came_before_following_is_not_told(thing: str) -> None:
    happen(thing, "a", MORNING - timedelta(days=2))
    user = User.objects.create_user("tard@exemple.fr")
    follow(user, thing, MORNING - timedelta(days=1))
    assert digests.tick(MORNING) == 0


def test_weekly_and_never(thing: str, reader: User) -> None:
    actions.set_period("weekly", by=reader)
    happen(thing, "a")
    assert digests.tick(MORNING) == 1  # Tuesday of week 48
    happen(thing, "b", MORNING + timedelta(hours=1))
    assert digests.tick(MORNING + timedelta(days=5)) == 0
    assert digests.tick(MORNING + timedelta(days=6)) == 1
    actions.set_period("none", by=reader)
    happen(thing, "c", MORNING + timedelta(days=7))
    assert digests.tick(MORNING + timedelta(days=30)) == 0


def test_asking_for_letters_again_does_not_send_the_past(thing: str, reader: User) -> None:
    actions.set_period("none", by=reader)
    happen(thing, "a", timezone.now() - timedelta(hours=5))
    actions.set_period("daily", by=reader)
    assert digests.reserve(reader, timezone.now()) is None


def test_two_workers_reserve_one(thing: str, reader: User, monkeypatch: Any) -> None:
    """The second has read what is to be told before the first wrote: the database refuses it."""
    event = happen(thing, "a")
    first = digests.reserve(reader, MORNING)
    assert first is not None
    monkeypatch.setattr(digests, "news", lambda *_arguments: Event.objects.filter(pk=event.pk))
    assert digests.reserve(reader, MORNING) is None
    assert digests.reserve(reader, MORNING + timedelta(days=1)) is None  # another period, the same event
    assert (Digest.objects.count(), Told.objects.count()) == (1, 1)


def test_two_workers_send_one(thing: str, reader: User) -> None:
    happen(thing, "a")
    digest = digests.reserve(reader, MORNING)
    assert digest
    assert [digests.send(digest.pk), digests.send(digest.pk)] == [True, False]
    assert len(mail.outbox) == 1


def test_a_worker_killed_while_sending_sends_nothing_twice(thing: str, reader: User, monkeypatch: Any) -> None:
    class Killed(BaseException):
        pass

    happen(thing, "a")
    digest = digests.reserve(reader, MORNING)
    assert digest
    real = digests.letter

    def sent_then_killed(one: Digest, events: Any) -> Any:
        real(one, events).send()
        raise Killed

    monkeypatch.setattr(digests, "letter", sent_then_killed)
    with pytest.raises(Killed):
        digests.send(digest.pk)
    monkeypatch.undo()
    for later in range(3):
        assert digests.tick(MORNING + timedelta(days=later)) == 0
    assert len(mail.outbox) == 1


def test_a_server_that_refuses_is_asked_again(thing: str, reader: User, monkeypatch: Any) -> None:
    happen(thing, "a")

    class Refusing(EmailBackend):
        def open(self) -> Any:
            raise OSError("no")

    monkeypatch.setattr(digests, "get_connection", Refusing)
    assert digests.tick(MORNING) == 0
    monkeypatch.undo()
    assert digests.tick(MORNING) == 0  # not at once
    monkeypatch.setattr(digests, "RETRY", timedelta(0))
    assert digests.tick(MORNING) == 1
    monkeypatch.setattr(digests, "ATTEMPTS", 5)
    monkeypatch.setattr(digests, "get_connection", Refusing)
    happen(thing, "b", MORNING + timedelta(hours=1))
    for _time in range(8):
        digests.tick(MORNING + timedelta(days=1))
    assert Digest.objects.order_by("pk").last().state == Digest.State.FAILED  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPDataError(550, b"no"), "waiting"),
        (SMTPRecipientsRefused({}), "waiting"),
        (SMTPServerDisconnected("cut"), "sending"),
        (TimeoutError(), "sending"),
    ],
)
def test_a_server_that_goes_away_in_the_middle_is_not_asked_again(
    thing: str, reader: User, monkeypatch: Any, error: OSError, state: str
) -> None:
    """What was surely refused is sent again; what may have left is not."""

    class Cut(EmailBackend):
        def send_messages(self, messages: Any) -> int:
            raise error

    happen(thing, "a")
    monkeypatch.setattr(digests, "get_connection", Cut)
    assert digests.tick(MORNING) == 0
    assert Digest.objects.get().state == state
    monkeypatch.undo()
    monkeypatch.setattr(digests, "RETRY", timedelta(0))
    assert digests.tick(MORNING) == (1 if state == "waiting" else 0)


def waiting_letter(thing: str, reader: User) -> Digest:
    happen(thing, "a")
    made = digests.reserve(reader, MORNING)
    assert made
    return made


def test_who_ends_the_letters_or_leaves_does_not_receive_the_one_that_waited(thing: str, reader: User) -> None:
    made = waiting_letter(thing, reader)
    actions.set_period("none", by=reader)
    assert not digests.send(made.pk)
    assert not mail.outbox
    other = User.objects.create_user("partie@exemple.fr")
    follow(other, thing)
    second = digests.reserve(other, MORNING)
    assert second
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert not digests.send(second.pk)
    assert not mail.outbox
    assert set(Digest.objects.values_list("state", flat=True)) == {"failed"}


def test_what_was_hidden_while_the_letter_waited_is_not_told(thing: str, reader: User) -> None:
    made = waiting_letter(thing, reader)
    Event.objects.update(reference="request:rien")
    assert not digests.send(made.pk)
    assert not mail.outbox


def test_many_things_gone_do_not_hide_the_news(thing: str, reader: User) -> None:
    Follow.objects.create(user=reader, reference="request:rien", created=MORNING - timedelta(days=9))
    for number in range(digests.MOST_EVENTS + 5):
        happen("request:rien", f"x{number}", MORNING - timedelta(hours=30))
    happen(thing, "a")
    assert digests.tick(MORNING) == 1
    assert "passé a" in mail.outbox[0].body


def test_what_one_person_follows_does_not_keep_the_letters_of_others(thing: str, reader: User, monkeypatch: Any) -> None:
    other = User.objects.create_user("autre@exemple.fr")
    follow(other, thing)
    happen(thing, "a")
    real = digests.reserve

    def breaks(user: User, now: datetime) -> Any:
        if user == reader:
            raise RuntimeError("a kind that fails")
        return real(user, now)

    monkeypatch.setattr(digests, "reserve", breaks)
    assert digests.tick(MORNING) == 1
    assert mail.outbox[0].to == [other.email]


def test_changing_rhythm_is_neither_a_letter_more_nor_a_silence(thing: str, reader: User) -> None:
    happen(thing, "a")
    assert digests.tick(MORNING) == 1  # Tuesday, daily
    actions.set_period("weekly", by=reader)
    happen(thing, "b", MORNING + timedelta(hours=1))
    assert [digests.tick(MORNING + timedelta(days=day)) for day in range(6)] == [0] * 6  # one letter this week already
    assert digests.tick(MORNING + timedelta(days=6)) == 1  # Monday
    assert "passé b" in mail.outbox[1].body
    actions.set_period("daily", by=reader)
    happen(thing, "c", MORNING + timedelta(days=6, hours=1))
    assert digests.tick(MORNING + timedelta(days=6, hours=2)) == 0  # one letter that day already
    assert digests.tick(MORNING + timedelta(days=7)) == 1  # and not a week later
    assert "passé c" in mail.outbox[2].body
    assert "passé b" not in mail.outbox[2].body


@pytest.mark.parametrize("change", [datetime(2026, 3, 29, 7, 30), datetime(2026, 10, 25, 7, 30)])
def test_days_begin_at_midnight_in_paris_when_clocks_change(change: datetime) -> None:
    moment = timezone.make_aware(change)
    assert timezone.localtime(digests.beginning("daily", moment)).replace(tzinfo=None) == change.replace(hour=0, minute=0)
    monday = timezone.localtime(digests.beginning("weekly", moment))
    assert (monday.weekday(), monday.hour) == (0, 0)


def test_what_was_hidden_since_is_not_told(thing: str, reader: User) -> None:
    happen("request:rien", "x")
    Follow.objects.create(user=reader, reference="request:rien", created=MORNING - timedelta(days=9))
    assert digests.tick(MORNING) == 0
    assert not Told.objects.exists()


def test_the_letter_ends_the_letters_without_an_account(thing: str, reader: User, client: Client) -> None:
    happen(thing, "a")
    digests.tick(MORNING)
    letter = mail.outbox[0]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    path = "/" + address.split("/", 3)[3]
    assert path in letter.body
    strict = Client(enforce_csrf_checks=True)
    assert "Ne plus m'écrire" in strict.get(path).content.decode().replace("&#x27;", "'")
    assert Preference.objects.get(user=reader).period == "daily"  # opening it changes nothing
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get(user=reader).period == "none"
    assert client.get(path[:-6] + "abcde/").status_code == 404


def test_a_link_is_for_one_person(reader: User) -> None:
    other = User.objects.create_user("autre@exemple.fr")
    token = links.unsubscribe_url(reader).rstrip("/").rpartition("/")[2]
    assert links.who_asks(token) == reader != other
    assert links.who_asks(token + "x") is None
    assert links.who_asks("") is None


def test_following_by_the_button(thing: str, client: Client) -> None:
    form = {"reference": thing, "next": "/organisations/club/"}
    address = reverse("notifications:change")
    assert "/compte/" in client.post(address, form)["Location"]
    user = User.objects.create_user("moi@exemple.fr")
    client.force_login(user)
    for _twice in range(2):
        assert client.post(address, form)["Location"] == "/organisations/club/"
    assert Follow.objects.filter(user=user).count() == 1
    assert "Club des cartes" in client.get(reverse("notifications:follows")).content.decode()
    assert client.post(address, form | {"stop": "1", "next": "https://ailleurs.example/"})["Location"] == reverse(
        "notifications:follows"
    )
    assert not Follow.objects.filter(user=user).exists()
    assert "Vous ne suivez rien" in client.get(reverse("notifications:follows")).content.decode()


@pytest.mark.parametrize("reference", ["", "club", "organisation:inconnue", "inconnu:x", "chart:abc@1"])
def test_what_cannot_be_followed(thing: str, client: Client, reference: str) -> None:
    client.force_login(User.objects.create_user("moi@exemple.fr"))
    client.post(reverse("notifications:change"), {"reference": reference})
    assert not Follow.objects.exists()


def test_one_follow_of_each_thing(reader: User, thing: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(user=reader, reference=thing)


def test_settings(reader: User, client: Client) -> None:
    client.force_login(reader)
    client.post(reverse("notifications:settings"), {"period": "weekly"})
    client.post(reverse("notifications:settings"), {"period": "toutes les heures"})
    assert Preference.objects.get(user=reader).period == "weekly"
    page = client.get(reverse("notifications:follows")).content.decode()
    assert re.search(r'value="weekly" checked', page)


def test_a_copy_of_ones_data_says_what_one_follows(reader: User, thing: str) -> None:
    from parvis.accounts import personal

    assert personal.export(reader)["notifications"]["follows"][0]["reference"] == thing
