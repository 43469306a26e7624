"""The job of a deposit: fetch, read, profile, check, repair, build. Each step runs in the sandbox and is written down as it ends.

Doing a job twice is harmless; the result of a job whose deposit has changed since (`generation`) is thrown away."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.catalog import known_schemas, storage, understanding
from parvis.catalog.core.tables.schema import SchemaError
from parvis.catalog.models import Deposit
from parvis.shared import sandbox
from parvis.shared.fetching import FetchError, fetch
from parvis.shared.jobs import alive

logger = logging.getLogger(__name__)

STEPS = {"fetching": 2, "reading": 8, "profile": 30, "check": 60, "repairs": 75, "table": 88}
WORKING = [Deposit.State.FETCHING, Deposit.State.WAITING, Deposit.State.READING]


class SupersededError(Exception):
    """The deposit was changed, or given to another job: this one stops without a word."""


class RefusedError(Exception):
    """The file, or its address, cannot be used; the message is the sentence for the person."""


def run(deposit_id: str, generation: int) -> bool:
    """Do the job, whatever state an earlier one left it in. False when there was no room to do it now: ask again."""
    wanted = Deposit.objects.filter(pk=deposit_id, generation=generation, state__in=WORKING)
    if not wanted.update(attempt=F("attempt") + 1, heartbeat=timezone.now()):
        return True
    deposit = Deposit.objects.get(pk=deposit_id)
    deposit.generation = generation
    try:
        with (
            alive(Deposit.objects.filter(pk=deposit.pk, generation=deposit.generation)),
            storage.work_folder(deposit.id) as folder,
        ):
            work(deposit, folder)
    except SupersededError:
        return True
    except sandbox.Busy:
        wanted.update(state=Deposit.State.WAITING, step="", attempt=F("attempt") - 1, heartbeat=timezone.now())
        return False
    except (
        RefusedError,
        FetchError,
        storage.StorageError,
        SchemaError,
        known_schemas.UnknownSchemaError,
        sandbox.Refused,
    ) as error:
        fail(deposit, str(error))
    except sandbox.TimedOut:
        fail(
            deposit,
            _(
                "La lecture de ce fichier prend trop de temps. Enregistrez-le en CSV, ou découpez-le, puis déposez-le de nouveau."
            ),
        )
    except sandbox.Unprotected as error:
        fail(deposit, error.message)
    except (sandbox.OutOfMemory, sandbox.Crashed) as error:
        logger.warning("deposit %s: %s", deposit.pk, error.detail)
        fail(
            deposit,
            _(
                "Ce fichier demande plus de mémoire que permis, ou il est abîmé. Enregistrez-le en CSV depuis votre tableur, puis déposez-le de nouveau."
            ),
        )
    return True


def work(deposit: Deposit, folder: Path) -> None:
    if not deposit.sha256:
        bring(deposit, folder)
    if not storage.has_room(deposit.size):
        raise RefusedError(
            _(
                "Il n'y a plus assez de place sur le serveur pour traiter ce fichier. Votre fichier est gardé : réessayez plus tard."
            )
        )
    place = folder / "in"
    place.mkdir()
    storage.link_or_copy(storage.original_path(deposit.sha256), place / "source")
    note(deposit, state=Deposit.State.READING, step="reading", progress=STEPS["reading"], error="")
    options = {name: value for name, value in deposit.options.items() if value not in (None, "")}
    reading = child(deposit, folder, understanding.read, "source", options)["reading"]
    note(deposit, reading=reading, step="profile", progress=STEPS["profile"])
    known = place / "schemas"
    known_schemas.copy_updated(known)
    found = child(deposit, folder, understanding.profile, "source", reading, out="out", known="schemas")
    personal = found["profile"].pop("personal")
    note(deposit, profile=found["profile"] | {"preview": found["preview"]}, personal=personal, proposals=found["proposals"])
    verdict, repairs, repaired = examine(deposit, folder, reading)
    note(deposit, step="table", progress=STEPS["table"])
    child(deposit, folder, understanding.build, "source", reading, out="out")
    storage.settle(folder / "out" / "table.parquet", storage.version_path(digest_of(deposit)))
    note(
        deposit,
        state=Deposit.State.READY,
        step="",
        progress=100,
        verdict=verdict,
        repairs=repairs,
        repaired_sha256=repaired,
        digest=digest_of(deposit),
        error="",
    )


def examine(
    deposit: Deposit, folder: Path, reading: dict[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None, str]:
    """(verdict, repairs, SHA-256 of the repaired file) against the schema of the deposit, or nothing where there is none."""
    if not deposit.schema:
        return None, None, ""
    note(deposit, step="check", progress=STEPS["check"])
    text = known_schemas.text_of(deposit.schema)
    verdict = child(deposit, folder, understanding.check, "source", reading, text, out="out")
    verdict["schema"] = deposit.schema
    publish_report(folder / "out" / "errors.csv", storage.errors_path(deposit))
    if verdict["valid"]:
        return verdict, None, ""
    note(deposit, step="repairs", progress=STEPS["repairs"])
    repairs = child(deposit, folder, understanding.mend, "source", reading, text, out="out")
    if not repairs["count"]:
        return verdict, None, ""
    stored = storage.keep_file(folder / "out" / "repaired.csv")
    publish_report(folder / "out" / "repairs.csv", storage.repairs_path(deposit))
    return verdict, repairs, stored.sha256


def publish_report(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    storage.settle(source, target)


def bring(deposit: Deposit, folder: Path) -> None:
    """Fetch the file at the address that was given."""
    note(deposit, state=Deposit.State.FETCHING, step="fetching", progress=STEPS["fetching"])
    fetched = fetch(
        deposit.url, to=folder / "fetched", max_bytes=settings.UPLOAD_MAX_BYTES, seconds=600, allow=settings.FETCH_ALLOW
    )
    stored = storage.keep_file(fetched.path)
    note(deposit, sha256=stored.sha256, size=stored.size, name=(fetched.filename or deposit.name)[:255])


def child(deposit: Deposit, folder: Path, function: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """One step in the sandbox: it reads `folder`/in, writes `folder`/out, with time and room in proportion to the file."""
    out = folder / "out"
    out.mkdir(exist_ok=True)
    out.chmod(0o755)
    size = max(deposit.size, 1 << 20)
    limits = sandbox.Limits(
        memory=3000 * sandbox.MEGABYTE,
        seconds=90 + size / 2_000_000,
        result=32 * sandbox.MEGABYTE,
        scratch=500 * sandbox.MEGABYTE + 6 * size,
        wait=60,
    )
    if "out" in kwargs:
        kwargs["out"] = str(out)
        return dict(sandbox.run(function, *args, limits=limits, folder=folder / "in", scratch=out, **kwargs))
    return dict(sandbox.run(function, *args, limits=limits, folder=folder / "in", **kwargs))


def digest_of(deposit: Deposit) -> str:
    """The address of a version: the SHA-256 of the source bytes and of the reading options."""
    options = json.dumps({name: value for name, value in deposit.options.items() if value}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{deposit.sha256}\n{options}".encode()).hexdigest()


def note(deposit: Deposit, **fields: Any) -> None:
    """Write down how far the work has come, if it is still wanted. Raises SupersededError."""
    now = timezone.now()
    kept = {name: storable(value) for name, value in fields.items()}
    changed = Deposit.objects.filter(pk=deposit.pk, generation=deposit.generation, state__in=WORKING).update(
        heartbeat=now, modified=now, **kept
    )
    if not changed:
        raise SupersededError
    for name, value in fields.items():
        setattr(deposit, name, value)


def fail(deposit: Deposit, sentence: str) -> None:
    Deposit.objects.filter(pk=deposit.pk, generation=deposit.generation, state__in=WORKING).update(
        state=Deposit.State.FAILED, error=storable(sentence), step="", modified=timezone.now()
    )


def storable(value: Any) -> Any:
    """The same, without the two things that a file may hold and that PostgreSQL keeps in no text: NUL and half a character."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {storable(name): storable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    return value
