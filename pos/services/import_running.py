"""What the child process does with a job: read the headings, check every row, import."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, ImportJob
from pos.money import currency_decimals

from .audit import record
from .errors import Conflict, Invalid, PosError
from .import_files import JobFiles, ResultWriter
from .import_jobs import require_kind
from .imports.base import FIRST_ROW, Importer, Outcome, numbered_chunks
from .imports.cells import RowCells
from .imports.kinds import kind_of
from .locks import lock_import_job
from .sheets import CellReader, Sheet, decimal_sign, guess_columns, open_sheet

log = logging.getLogger(__name__)
Status = ImportJob.Status
SAMPLES = 3
LOOKED_AT = 5000  # rows
STEP = 1000  # rows judged and written together; progress moves by so many
LONGEST = 900  # seconds: on SQLite no till can save a sale while rows are written


def read_head(job: ImportJob) -> None:
    """Headings, a few rows to look at, and a guess which column is which."""

    def work() -> None:
        files = JobFiles(job.key)
        sheet = _sheet(job)
        samples = list(islice(filter(None, sheet.rows()), SAMPLES))
        guesses = guess_columns(sheet.headings, kind_of(job.kind).columns)
        ImportJob.objects.filter(pk=job.pk, status=Status.UPLOADED).update(
            columns=guesses, rows=min(sheet.row_count or 0, 2**31 - 1)
        )
        head = {
            "headings": sheet.headings,
            "samples": [[RowCells.shown(cell) for cell in row] for row in samples],
            "row_count": sheet.row_count,
            "notes": [str(note) for note in sheet.notes],
            "kind": sheet.kind,
        }
        files.write("head", head)

    _guarded(job, Status.UPLOADED, work)


def check(job: ImportJob) -> None:
    """Say what every row would do. Nothing is locked, nothing is written but the answer."""

    def work() -> None:
        importer = _importer(job, lock=False)
        with ResultWriter(JobFiles(job.key)) as results:
            rows = _judged(job, importer, results, write=None)
            while next(rows, None) is not None:
                if not ImportJob.objects.filter(pk=job.pk, status=Status.CHECKING).exists():
                    return
            results.publish()
        counts = _counts(results)
        here = ImportJob.objects.filter(pk=job.pk, status=Status.CHECKING)
        here.update(status=Status.CHECKED, rows=sum(counts.values()), **counts)

    _guarded(job, Status.CHECKING, work)


def import_rows(job: ImportJob) -> None:
    """Judge anew and write, in one transaction that also says that it is done."""

    def work() -> None:
        importer: Importer | None = None
        is_done = False
        try:
            with transaction.atomic(), ResultWriter(JobFiles(job.key)) as results:
                # Whoever asks whether a dead import has written waits at this row for the answer.
                locked = lock_import_job(job.pk)
                if locked.status != Status.IMPORTING:
                    return
                importer = _importer(job, lock=True)
                for _chunk in _judged(job, importer, results, write=importer.write):
                    pass
                results.publish()
                counts = _counts(results)
                _refuse_errors(job, counts)
                _record(job, counts)
                ImportJob.objects.filter(pk=job.pk).update(
                    status=Status.DONE,
                    finished_at=timezone.now(),
                    rows=sum(counts.values()),
                    **counts,
                )
            is_done = True
        except _ErrorsNow as problem:
            # The shop has changed since the check: back to the question, with the rows as they are.
            message = _("The shop has changed since the check. Nothing was imported: look again.")
            here = ImportJob.objects.filter(pk=job.pk, status=Status.IMPORTING)
            here.update(status=Status.CHECKED, message=message, **problem.counts)
        except IntegrityError as error:
            message = _("Somebody changed the same records meanwhile. Nothing was imported.")
            raise Conflict("changed_meanwhile", message) from error
        finally:
            if importer and not is_done:
                importer.undo()

    _guarded(job, Status.IMPORTING, work)


STEPS: dict[str, Callable[[ImportJob], None]] = {
    "read": read_head,
    "check": check,
    "import": import_rows,
}


class _ErrorsNow(Exception):
    def __init__(self, counts: dict[str, int]) -> None:
        super().__init__()
        self.counts = counts


def _refuse_errors(job: ImportJob, counts: dict[str, int]) -> None:
    if counts["refused"] and not job.good_rows_only:
        raise _ErrorsNow(counts)


def _sheet(job: ImportJob) -> Sheet:
    return open_sheet(JobFiles(job.key).sheet, name=job.file_name)


def _importer(job: ImportJob, *, lock: bool) -> Importer:
    """Made anew for every step; the rights are asked again, they may be gone by now."""
    kind = require_kind(job.created_by, job.kind, job.store)
    pictures = JobFiles(job.key).pictures
    return kind.make(
        user=job.created_by,
        store=job.store,
        lock=lock,
        pictures=pictures if pictures.exists() else None,
    )


def _judged(
    job: ImportJob,
    importer: Importer,
    results: ResultWriter,
    write: Callable[[Sequence[Any]], None] | None,
) -> Iterator[int]:
    """Row after row into `results`; the number of rows so far, a chunk at a time."""
    sheet, files, started = _sheet(job), JobFiles(job.key), time.monotonic()
    cells = _cells(job, sheet)
    total = sheet.row_count
    files.write("progress", {"done": 0, "total": total})
    for chunk in numbered_chunks(sheet.rows(), STEP):
        if time.monotonic() - started > LONGEST:
            message = _("This takes too long. Split the file and import the parts.")
            raise Invalid("too_slow", message)
        texts = {number: row for number, row in chunk if row}
        verdicts = cells.judged(importer, texts)
        if write and (job.good_rows_only or not results.counts[Outcome.REFUSED]):
            write([each for each in verdicts if each.outcome != Outcome.REFUSED])
        for verdict in verdicts:
            results.add(verdict, cells.as_sent(texts[verdict.number]))
        done = chunk[-1][0] - FIRST_ROW + 1
        files.write("progress", {"done": done, "total": total})
        yield done


def _cells(job: ImportJob, sheet: Sheet) -> RowCells:
    """The sign that parts decimals is looked for in the first rows: the same in check and import."""
    specs = kind_of(job.kind).columns
    numbers = {spec.name for spec in specs if spec.kind in ("money", "quantity")}
    places = [n for n, name in enumerate(sheet.headings) if job.columns.get(name) in numbers]
    texts = (
        row[place]
        for row in islice(sheet.rows(), LOOKED_AT)
        for place in places
        if place < len(row) and isinstance(row[place], str)
    )
    reader = CellReader(currency_decimals(settings.POS_CURRENCY), sign=decimal_sign(texts))
    return RowCells(sheet.headings, job.columns, specs, reader)


def _counts(results: ResultWriter) -> dict[str, int]:
    counts = results.counts
    return {
        "created": counts[Outcome.NEW],
        "updated": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.SAME],
        "refused": counts[Outcome.REFUSED],
    }


def _record(job: ImportJob, counts: dict[str, int]) -> None:
    titles = {
        "created": _("new"),
        "updated": _("changed"),
        "unchanged": _("same"),
        "refused": _("rows refused"),
    }
    record(
        AuditEntry.Kind.IMPORT,
        user=job.created_by,
        obj=job,
        store=job.store,
        changes=[[titles[name], "", str(count)] for name, count in counts.items() if count],
        reason=f"{job.get_kind_display()}: {job.file_name}"[:200],
    )


def _guarded(job: ImportJob, status: str, work: Callable[[], None]) -> None:
    """Whatever goes wrong is told on the job's page; the transaction has taken everything back."""
    message = ""
    try:
        work()
    except PosError as error:
        message = str(error)
    except MemoryError:
        message = _("This file needs too much memory. Split it and import the parts.")
    except Exception as error:
        log.exception("An import has failed")
        message = _("Something unexpected is in this file, and it could not be read.")
        if isinstance(error, DatabaseError):
            message = _("The database was busy or refused. Nothing was imported. Try again.")
    if message:
        with suppress(DatabaseError):
            here = ImportJob.objects.filter(pk=job.pk, status=status)
            now = timezone.now()
            here.update(status=Status.FAILED, message=message[:500], finished_at=now)
