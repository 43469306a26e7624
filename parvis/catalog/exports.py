"""Spreadsheets, too long to write during a request: a job writes them, the row of `Export` says how far it is.

A queued task is only a nudge. The row is the truth: who works on it gives a sign of life, a job without one is taken up
again, and doing it twice is harmless since the file appears whole or not at all."""

from __future__ import annotations

import logging
import tempfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.catalog import rows, storage
from parvis.catalog.models import Export, Version
from parvis.shared import jobs

logger = logging.getLogger(__name__)

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
SHEET_ROWS, SHEET_COLUMNS, CELL_LENGTH = 1_048_576, 16_384, 32_767
EXACT = 2**53
EPOCH = date(1900, 3, 1)  # before it, spreadsheets count a 29 February 1900 that never was


class CannotExportError(Exception):
    """The table does not fit in a sheet. The message is a French sentence."""


def check_can_export(version: Version) -> None:
    if version.withdrawn:
        raise CannotExportError(_("Cette version a été retirée."))
    if version.rows + 1 > SHEET_ROWS:
        raise CannotExportError(
            _(
                "Une feuille de tableur contient au plus 1 048 576 lignes, titre compris : cette table en a davantage. Prenez le CSV ou le Parquet, ou filtrez les lignes puis téléchargez la sélection."
            )
        )


def can_export(version: Version) -> bool:
    try:
        check_can_export(version)
    except CannotExportError:
        return False
    return True


def path(export: Export) -> Path:
    """Where the file of `export` is, or will be."""
    return storage.export_path(export.version.digest, "xlsx")


def ready(version: Version) -> Export | None:
    """The spreadsheet of `version`, if it is already there."""
    export = Export.objects.filter(version=version, format="xlsx", state=DONE).first()
    if export:
        export.version = version
    return export if export and path(export).is_file() else None


def ask(*, version: Version) -> Export:
    """Ask for the spreadsheet of `version`: the one that exists, or is being made, or a new one."""
    check_can_export(version)
    with transaction.atomic():
        export, _created = Export.objects.get_or_create(version=version, format="xlsx", defaults={"state": WAITING})
        export.version = version
        lost = export.state == DONE and not path(export).is_file()
        if export.state == FAILED or lost:
            cache.delete(_attempts(export.pk))
            Export.objects.filter(pk=export.pk).update(state=WAITING, error="", heartbeat=timezone.now())
        if export.state != DONE or lost:
            transaction.on_commit(lambda: _nudge(export.pk))
    export.refresh_from_db(fields=["state", "error", "heartbeat"])
    return export


def progress(export: Export) -> int:
    """How far the job is, from 0 to 100."""
    return 100 if export.state == DONE else int(cache.get(_progress(export.pk), 0))


def reap() -> int:
    """Take up again the jobs whose worker died, or whose nudge was lost; how many there were."""
    return sum(_take_up(export) for export in jobs.silent(Export.objects.all()))


def revive(export: Export) -> None:
    """The same for one job: the page that waits for it asks."""
    if jobs.fell_silent(export):
        _take_up(export)


def _take_up(export: Export) -> bool:
    state = FAILED if int(cache.get(_attempts(export.pk), 0)) >= jobs.ATTEMPTS else WAITING
    error = _failed() if state == FAILED else ""
    # Only if it is still as it was seen: two reapers, or a worker that came back, do not undo each other.
    mine = Export.objects.filter(pk=export.pk, state=export.state, heartbeat=export.heartbeat)
    taken = bool(mine.update(state=state, error=error, heartbeat=timezone.now()))
    if taken and state == WAITING:
        _nudge(export.pk)
    return taken


def _failed() -> str:
    return _("Ce fichier n'a pas pu être préparé. Prenez le CSV, ou réessayez plus tard.")


def _nudge(export_id: str) -> None:
    write_spreadsheet.enqueue(export_id)


def _progress(export_id: str) -> str:
    return f"export-progress-{export_id}"


def _attempts(export_id: str) -> str:
    return f"export-attempts-{export_id}"


@task()
def write_spreadsheet(export_id: str) -> None:
    run(export_id)


def run(export_id: str) -> None:
    """Write the spreadsheet, if nobody else does."""
    if not Export.objects.filter(pk=export_id, state=WAITING).update(state=RUNNING, heartbeat=timezone.now()):
        return
    export = Export.objects.select_related("version__resource__dataset").get(pk=export_id)
    attempts = _attempts(export_id)
    cache.set(attempts, int(cache.get(attempts, 0)) + 1, 86_400)
    try:
        check_can_export(export.version)
        with jobs.alive(Export.objects.filter(pk=export_id)):
            _write(export)
    except CannotExportError as error:
        _end(export_id, FAILED, str(error))
    except rows.OverloadError:
        _end(export_id, WAITING)  # the reaper comes back to it
    except Exception:
        logger.exception("The spreadsheet %s could not be written", export_id)
        _end(export_id, FAILED, _failed())
    else:
        _end(export_id, DONE)


def _end(export_id: str, state: str, error: str = "") -> None:
    Export.objects.filter(pk=export_id).update(state=state, error=error, heartbeat=timezone.now())


def _advance(export: Export, written: int) -> None:
    cache.set(_progress(export.pk), min(99, 100 * written // max(1, export.version.rows)), 86_400)


def _write(export: Export) -> None:
    version, final = export.version, path(export)
    names = [field.name for field in rows.fields(version)]
    if len(names) > SHEET_COLUMNS:
        raise CannotExportError(_("Une feuille de tableur contient au plus 16 384 colonnes : cette table en a davantage."))
    with storage.beside(final) as unfinished, tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": "dd/mm/yyyy", "strings_to_urls": False}
        import xlsxwriter  # here: the pages do without it

        book = xlsxwriter.Workbook(str(unfinished), options)
        try:
            _fill(book, export, names)
        finally:
            book.close()


def _fill(book: Any, export: Export, names: list[str]) -> None:
    sheet = book.add_worksheet("Données")
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name)
    written = 0
    for part in rows.stream(export.version, columns=names):
        for row in part:
            written += 1
            for column, value in enumerate(row):
                if value is not None:
                    _cell(sheet, written, column, value, moment)
        _advance(export, written)


def _cell(sheet: Any, row: int, column: int, value: Any, moment: Any) -> None:
    """Each value in its own type: a text is never a formula, and a number that a sheet would round is a text."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int):
        (sheet.write_number if abs(value) <= EXACT else sheet.write_string)(
            row, column, value if abs(value) <= EXACT else str(value)
        )
    elif isinstance(value, Decimal):
        exact = value.is_finite() and len(value.normalize().as_tuple().digits) <= 15
        (sheet.write_number if exact else sheet.write_string)(row, column, float(value) if exact else str(value))
    elif isinstance(value, float):
        finite = value - value == 0
        (sheet.write_number if finite else sheet.write_string)(row, column, value if finite else str(value))
    elif isinstance(value, datetime) and value.date() >= EPOCH:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), moment)
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= EPOCH:
        sheet.write_datetime(row, column, datetime.combine(value, time.min))
    else:
        text = value if isinstance(value, str) else value.isoformat() if isinstance(value, date) else str(value)
        if len(text) > CELL_LENGTH:
            raise CannotExportError(
                f"À la ligne {row}, une cellule dépasse les 32 767 caractères qu'un tableur accepte. Prenez le CSV ou le Parquet."
            )
        sheet.write_string(row, column, text)
