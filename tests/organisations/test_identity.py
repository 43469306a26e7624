"""An organisation's page in its own colours: what is refused, what is served, and who may change it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from parvis.accounts.models import User
from parvis.organisations.models import Identity, Membership, Nature, Organisation, Role

PAGE, EDIT = "/organisations/ici/", "/organisations/ici/identite/"
FORM = {
    "name": "Commune d'Ici",
    "description": "Un.\n\nDeux <b>",
    "website": "",
    "email": "",
    "brand": "#8a2b1f",
    "action": "",
    "logo_text": "Un pont",
}


@pytest.fixture
def town(db: None) -> Organisation:
    return Organisation.objects.create(name="Ici", slug="ici", nature=Nature.ASSOCIATION)


@pytest.fixture
def administrator(town: Organisation, client: Client) -> User:
    user = User.objects.create_user("a@ici.example", None)
    Membership.objects.create(user=user, organisation=town, role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def picture(kind: str = "PNG", side: int = 900, **saved: Any) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (side, side // 3), "#336699").save(out, kind, **saved)
    return SimpleUploadedFile(f"logo.{kind.lower()}", out.getvalue())


def test_colours_reach_the_page_through_their_own_sheet(client: Client, administrator: User) -> None:
    assert client.post(EDIT, FORM).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "<h1>Commune d&#x27;Ici" in page
    assert "<p>Un.</p>" in page
    assert "&lt;b&gt;" in page
    address = f"{PAGE}identite-{Identity.objects.get().style_hash}.css"
    assert address in page
    sheet = client.get(address)
    assert sheet["Content-Type"].startswith("text/css")
    assert "immutable" in sheet["Cache-Control"]
    assert sheet.content.decode().startswith(":root{--brand:#8a2b1f;}@media (prefers-color-scheme:dark){:root{--brand:#")
    assert client.get(f"{PAGE}identite-0123456789ab.css").status_code == 404


@pytest.mark.parametrize(
    ("colour", "sentence"), [("#ffcc00", "La plus proche qui convient : #"), ("red}", "Écrivez une couleur")]
)
def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest(
    client: Client, administrator: User, colour: str, sentence: str
) -> None:
    response = client.post(EDIT, FORM | {"brand": colour})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Identity.objects.exists()
    assert Organisation.objects.get().name == "Ici"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_again(client: Client, administrator: User, kind: str) -> None:
    given = picture(kind, exif=b"Exif\x00\x00secret") if kind == "JPEG" else picture(kind)
    assert client.post(EDIT, FORM | {"logo": given}).status_code == 302
    held = Identity.objects.get()
    address = f"{PAGE}logo-{held.logo_hash}.png"
    assert f'src="{address}" alt="Un pont"' in client.get(PAGE).content.decode()
    served = client.get(address)
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    with Image.open(io.BytesIO(served.content)) as shown:
        assert shown.size == (512, 171)
    assert b"secret" not in served.content
    client.post(EDIT, FORM | {"without_logo": "on"})
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a" + b"0" * 50, b"\x89PNG\r\n\x1a\n" + b"0" * 100])
def test_what_is_no_picture_is_refused(client: Client, administrator: User, content: bytes) -> None:
    response = client.post(EDIT, FORM | {"logo": SimpleUploadedFile("logo.png", content)})
    assert response.status_code == 422
    assert "PNG, JPEG ou WebP" in response.content.decode()
    assert not Identity.objects.exists()


def test_only_its_administrators(client: Client, town: Organisation) -> None:
    assert client.get(EDIT).status_code == 302
    editor = User.objects.create_user("e@ici.example", None)
    Membership.objects.create(user=editor, organisation=town, role=Role.EDITOR)
    client.force_login(editor)
    assert client.get(EDIT).status_code == 403
    assert "Changer cette page" not in client.get(PAGE).content.decode()
