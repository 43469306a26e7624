"""The identity of an organisation: its colours as a style sheet, its logo drawn again in the sandbox."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.accounts.models import User
from parvis.accounts.public import Refused
from parvis.organisations import logos
from parvis.organisations.models import Identity, Organisation, Role
from parvis.organisations.queries import check_may
from parvis.shared import sandbox
from parvis.shared.contrast import DARK, LIGHT, nearest

LARGEST_LOGO = 2_000_000
TEXTS = ("name", "description", "website", "email")
LIMITS = sandbox.Limits(memory=1200 * sandbox.MEGABYTE, seconds=10, scratch=2 * sandbox.MEGABYTE, wait=10)


def style(identity: Identity) -> str:
    """The custom properties of an organisation, in both schemes. Only colours that were checked enter it."""
    chosen = {"--brand": identity.brand, "--action": identity.action}
    light = "".join(f"{name}:{colour};" for name, colour in chosen.items() if colour)
    dark = "".join(f"{name}:{nearest(colour, DARK)};" for name, colour in chosen.items() if colour)
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n" if light else ""


def passing(colour: str) -> str:
    """The colour itself, or the nearest that can be read on our light backgrounds."""
    return nearest(colour, LIGHT)


def drawn_again(content: bytes) -> bytes:
    """The picture as a small PNG of ours: nothing of the file that was given is ever served. Raises Refused."""
    if len(content) > LARGEST_LOGO:
        raise Refused(_("Cette image dépasse 2 Mo. Enregistrez-la plus petite, puis choisissez-la de nouveau."))
    with tempfile.TemporaryDirectory() as folder:
        place, out = Path(folder) / "in", Path(folder) / "out"
        place.mkdir(mode=0o755)
        out.mkdir(mode=0o755)
        Path(folder).chmod(0o755)
        (place / "logo").write_bytes(content)
        (place / "logo").chmod(0o644)
        try:
            sandbox.run(logos.draw, "logo", str(out), limits=LIMITS, folder=place, scratch=out)
            return (out / "logo.png").read_bytes()
        except sandbox.Busy as error:
            raise Refused(_("Le serveur est très occupé : réessayez dans une minute.")) from error
        except sandbox.SandboxError as error:
            raise Refused(_("Cette image ne peut pas être lue. Choisissez un fichier PNG, JPEG ou WebP.")) from error


def change(organisation: Organisation, given: dict[str, Any], logo: bytes | None, *, by: User) -> Identity:
    """Write down texts and colours; `logo`: the bytes of a new one, b"" to take it away, None to keep it."""
    check_may(by, organisation, Role.ADMINISTRATOR)
    drawn = drawn_again(logo) if logo else logo  # before the transaction: nobody waits for a picture
    return _written(organisation, given, drawn)


@transaction.atomic
def _written(organisation: Organisation, given: dict[str, Any], drawn: bytes | None) -> Identity:
    fresh = Organisation.objects.select_for_update().get(pk=organisation.pk)
    for name in TEXTS:
        setattr(fresh, name, given[name])
    fresh.save()
    held, _created = Identity.objects.get_or_create(organisation=fresh)
    held.brand, held.action, held.logo_text = given["brand"], given["action"], given["logo_text"]
    if drawn is not None:
        held.logo = drawn or None
        held.logo_hash = hashlib.sha256(drawn).hexdigest()[:16] if drawn else ""
    held.save()
    return held
