"""Letters to many authorities: who receives one, the pace, the worker that dies, what an authority does with its link."""

from __future__ import annotations

import csv
import io
import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parvis.accounts.models import User
from parvis.catalog.actions import campaigns as actions
from parvis.catalog.campaigns import follow_up, recipients, sending
from parvis.catalog.core.letters import LetterError, check, filled
from parvis.catalog.models import Campaign, CampaignMessage, Dataset, MailRefusal, ObligationProgress
from parvis.catalog.obligations.cockpit import Wanted
from parvis.organisations.models import Invitation, Membership, Nature, Organisation, Role
from parvis.territories.models import Level, Territory

FORM = {
    "title": "Novembre", "subject": "{collectivite} : vos données", "text": "Bonjour {collectivite}.\n{lien}\n{a_publier} à publier.",
    "per_minute": 100, "again_days": 30,
}  # fmt: skip
State = CampaignMessage.State


@pytest.fixture
def towns(db: None, settings: Any) -> list[Organisation]:
    """Six towns: three with an address, one with the address of another, one whose agent is here, one without any."""
    settings.REGION_CODE = "76"
    region = Territory.objects.create(level=Level.REGION, code="76", name="Occitanie", vintage=2026)
    Organisation.objects.create(name="Région", slug="region", nature=Nature.REGION, territory=region)
    made = []
    for number, email in enumerate(["a@x.example", "b@x.example", "c@x.example", "a@x.example", "", ""]):
        place = Territory.objects.create(
            level=Level.COMMUNE,
            code=f"4600{number}",
            name=f"Ville {number}",
            region=region,
            vintage=2026,
            population=1000 - number,
        )
        one = Organisation.objects.create(
            name=f"Ville {number}", slug=f"ville-{number}", nature=Nature.COMMUNE, territory=place, email=email
        )
        ObligationProgress.objects.create(organisation=one, expected=3, to_do=3, gain=6, day=timezone.localdate())
        made.append(one)
    agent = User.objects.create_user("agent@ville-4.example", None)
    Membership.objects.create(user=agent, organisation=made[4], role=Role.ADMINISTRATOR)
    return made


@pytest.fixture
def officer(towns: list[Organisation]) -> User:
    user = User.objects.create_user("officer@region.example", None)
    Membership.objects.create(user=user, organisation=Organisation.objects.get(slug="region"), role=Role.EDITOR)
    return user


@pytest.fixture
def campaign(officer: User) -> Campaign:
    return actions.prepare(form=FORM, wanted=Wanted(), by=officer)


def states(campaign: Campaign) -> dict[str, str]:
    return dict(campaign.messages.values_list("organisation__name", "state"))


def links() -> list[str]:
    return [re.search(r"http\S+/campagnes/lien/\S+", str(message.body))[0] for message in mail.outbox]  # type: ignore[index]


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_words_are_a_closed_set() -> None:
    assert filled("{collectivite} {lien} {x}", {"collectivite": "{lien}", "lien": "L"}) == "{lien} L {x}"
    check("{collectivite} {lien}", link=True)
    with pytest.raises(LetterError) as unknown:
        check("{nom}")
    assert unknown.value.word == "nom"
    with pytest.raises(LetterError):
        check("Bonjour", link=True)


def test_who_receives_it_and_why_not(campaign: Campaign) -> None:
    assert states(campaign) == {
        "Ville 0": State.READY, "Ville 1": State.READY, "Ville 2": State.READY, "Ville 3": State.RECENT,
        "Ville 4": State.READY, "Ville 5": State.NO_ADDRESS,
    }  # fmt: skip
    assert campaign.messages.get(organisation__name="Ville 4").email == "agent@ville-4.example"
    assert not mail.outbox


def test_each_receives_its_own_link(campaign: Campaign, officer: User, client: Client) -> None:
    actions.start(campaign, by=officer)
    assert sending.send_some(campaign.pk) == 4
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.DONE
    assert {one.to[0] for one in mail.outbox} == {"a@x.example", "b@x.example", "c@x.example", "agent@ville-4.example"}
    assert len(set(links())) == 4
    first = next(one for one in mail.outbox if one.to == ["b@x.example"])
    assert first.subject == "Ville 1 : vos données"
    assert first.reply_to == ["officer@region.example"]
    assert "Bonjour Ville 1." in first.body
    assert "3 à publier." in first.body
    assert "ne-plus-recevoir" in first.extra_headers["List-Unsubscribe"]
    link = path(links()[mail.outbox.index(first)])
    response = client.get(link)
    invited = Invitation.objects.get(email="b@x.example")
    assert response.status_code == 302
    assert response["Location"].startswith("/organisations/invitation/")
    assert client.get(response["Location"]).status_code == 200
    assert CampaignMessage.objects.get(email="b@x.example").opened
    person = User.objects.create_user("b@x.example", None)
    Membership.objects.create(user=person, organisation=invited.organisation, role=Role.ADMINISTRATOR)
    assert client.get(link)["Location"] == "/donnees/obligations/ville-1/"  # who is already in the team goes to the page itself


def test_the_pace_is_kept_and_the_rest_waits(officer: User) -> None:
    campaign = actions.prepare(form=FORM | {"per_minute": 2}, wanted=Wanted(), by=officer)
    actions.start(campaign, by=officer)
    assert sending.send_some(campaign.pk) == 2
    assert sending.send_some(campaign.pk) == 0
    assert Campaign.objects.get().state == Campaign.State.SENDING
    CampaignMessage.objects.update(claimed=timezone.now() - timedelta(minutes=2))
    assert sending.send_some(campaign.pk) == 2
    assert sending.send_some(campaign.pk) == 0
    assert Campaign.objects.get().state == Campaign.State.DONE


def test_a_dead_worker_never_makes_a_message_leave_twice(campaign: Campaign, officer: User) -> None:
    actions.start(campaign, by=officer)
    lost = sending.claim(campaign)  # then the worker died
    assert lost
    sending.send_some(campaign.pk)
    assert len(mail.outbox) == 3
    CampaignMessage.objects.filter(pk=lost.pk).update(claimed=timezone.now() - timedelta(minutes=6))
    sending.catch_up()
    sending.send_some(campaign.pk)
    assert CampaignMessage.objects.get(pk=lost.pk).state == State.UNSURE
    assert len(mail.outbox) == 3
    assert Campaign.objects.get().state == Campaign.State.DONE
    actions.settle(lost, "renvoyer", by=officer)  # a person decides
    assert CampaignMessage.objects.get(pk=lost.pk).state == State.READY
    assert Campaign.objects.get().state == Campaign.State.PAUSED


def test_nobody_is_written_to_twice_within_the_days(campaign: Campaign, officer: User) -> None:
    actions.start(campaign, by=officer)
    sending.send_some(campaign.pk)
    again = actions.prepare(form=FORM, wanted=Wanted(), by=officer)
    assert set(states(again).values()) == {State.RECENT, State.NO_ADDRESS}
    CampaignMessage.objects.filter(campaign=campaign).update(claimed=timezone.now() - timedelta(days=31))
    later = actions.prepare(form=FORM, wanted=Wanted(), by=officer)
    assert list(states(later).values()).count(State.READY) == 4


def test_two_campaigns_prepared_together_write_once(officer: User) -> None:
    first, second = (actions.prepare(form=FORM, wanted=Wanted(), by=officer) for _turn in range(2))
    for one in (first, second):
        actions.start(one, by=officer)
        sending.send_some(one.pk)
    assert len(mail.outbox) == 4


def test_an_address_that_the_server_refuses_is_said_and_the_others_leave(
    campaign: Campaign, officer: User, monkeypatch: Any
) -> None:
    kept = sending.EmailMessage.send

    def refuse(self: Any, *args: Any) -> int:
        if self.to == ["b@x.example"]:
            raise smtplib.SMTPRecipientsRefused({"b@x.example": (550, b"No such user")})
        return kept(self, *args)

    monkeypatch.setattr(sending.EmailMessage, "send", refuse)
    actions.start(campaign, by=officer)
    assert sending.send_some(campaign.pk) == 3
    failed = CampaignMessage.objects.get(email="b@x.example")
    assert (failed.state, failed.error) == (State.FAILED, "550 No such user")


def test_a_server_that_is_away_suspends_and_loses_nothing(campaign: Campaign, officer: User, monkeypatch: Any) -> None:
    def away(*_args: Any) -> int:
        raise ConnectionRefusedError("away")

    monkeypatch.setattr(sending.EmailMessage, "send", away)
    actions.start(campaign, by=officer)
    assert sending.send_some(campaign.pk) == 0
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PAUSED
    assert "serveur de courrier" in campaign.error
    monkeypatch.undo()
    actions.start(campaign, by=officer)
    assert sending.send_some(campaign.pk) == 4


def test_refusing_is_one_click_and_holds(campaign: Campaign, officer: User, client: Client) -> None:
    actions.start(campaign, by=officer)
    sending.send_some(campaign.pk)
    leave = path(re.search(r"<(\S+)>", mail.outbox[0].extra_headers["List-Unsubscribe"])[1])  # type: ignore[index]
    email = mail.outbox[0].to[0]
    assert "Ne plus m" in client.get(leave).content.decode()
    assert not MailRefusal.objects.exists()  # a program that opens links refuses nothing
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert MailRefusal.objects.get().pk == recipients.hashed(email.upper())
    CampaignMessage.objects.update(claimed=timezone.now() - timedelta(days=99))
    assert State.REFUSED in states(actions.prepare(form=FORM, wanted=Wanted(), by=officer)).values()
    assert client.get("/donnees/campagnes/ne-plus-recevoir/inconnu/").status_code == 404


def test_what_came_of_it(campaign: Campaign, officer: User, client: Client) -> None:
    actions.start(campaign, by=officer)
    sending.send_some(campaign.pk)
    Invitation.objects.filter(email="b@x.example").update(accepted=timezone.now())
    Dataset.objects.create(
        organisation=Organisation.objects.get(slug="ville-2"),
        title="T",
        slug="t",
        published=timezone.now() + timedelta(seconds=1),
    )
    assert follow_up.figures(campaign) == {"total": 6, "waiting": 0, "sent": 4, "opened": 0, "joined": 1, "published": 1}
    client.force_login(officer)
    page = client.get(campaign.get_absolute_url())
    assert page.status_code == 200
    assert "équipe inscrite" in page.content.decode()
    only = client.get(campaign.get_absolute_url() + "?voir=publies").content.decode()
    assert "Ville 2" in only.partition("<tbody>")[2]
    assert "Ville 1" not in only.partition("<tbody>")[2]
    sheet = b"".join(client.get(reverse("catalog:campaign_export", args=[campaign.pk])).streaming_content).decode()
    assert len(list(csv.DictReader(io.StringIO(sheet)))) == 6


def test_pages_from_the_list_to_the_sending(officer: User, client: Client) -> None:
    client.force_login(officer)
    assert "Écrire à ces collectivités" in client.get(reverse("catalog:obligations_help")).content.decode()
    new = client.get(reverse("catalog:campaign_new") + "?taille=500").content.decode()
    assert "Ville 5" in new
    wrong = client.post(reverse("catalog:campaign_new"), FORM | {"text": "Bonjour {nom} {lien}"})
    assert wrong.status_code == 422
    assert "{nom}" in wrong.content.decode()
    made = client.post(reverse("catalog:campaign_new"), FORM)
    campaign = Campaign.objects.get()
    assert made["Location"] == campaign.get_absolute_url()
    shown = client.get(made["Location"]).content.decode()
    assert "Envoyer 4 messages" in shown.replace("\u202f", " ")
    assert client.post(made["Location"], FORM | {"subject": "Autre"}).status_code == 302
    client.post(reverse("catalog:campaign_change", args=[campaign.pk]), {"quoi": "envoyer"})
    campaign.refresh_from_db()
    assert (campaign.state, campaign.subject) == (Campaign.State.SENDING, "Autre")
    assert client.post(made["Location"], FORM).status_code == 422  # its text no longer changes
    client.post(reverse("catalog:campaign_change", args=[campaign.pk]), {"quoi": "suspendre"})
    assert Campaign.objects.get().state == Campaign.State.PAUSED


def test_only_the_region_sees_and_sends(campaign: Campaign, client: Client) -> None:
    stranger = User.objects.get(email="agent@ville-4.example")
    with pytest.raises(PermissionDenied):
        actions.start(campaign, by=stranger)
    client.force_login(stranger)
    for name, args in (
        ("campaigns", []),
        ("campaign_new", []),
        ("campaign", [campaign.pk]),
        ("campaign_export", [campaign.pk]),
    ):
        assert client.get(reverse(f"catalog:{name}", args=args)).status_code == 403
    assert client.post(reverse("catalog:campaign_change", args=[campaign.pk]), {"quoi": "envoyer"}).status_code == 403
    client.logout()
    assert client.get(campaign.get_absolute_url()).status_code == 302


def test_a_campaign_without_an_address_offers_nothing_to_send(campaign: Campaign, officer: User, client: Any) -> None:
    client.force_login(officer)
    address = f"/donnees/campagnes/{campaign.pk}/"
    assert 'value="envoyer"' in client.get(address).content.decode()
    campaign.messages.update(state=State.NO_ADDRESS, email="")
    page = client.get(address).content.decode()
    assert 'value="envoyer"' not in page
    assert "Aucun message ne peut partir" in page
