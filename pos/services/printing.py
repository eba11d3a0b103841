"""Printing by the shop's server. The sale stands whatever the printer does: what fails waits here."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import PrintJob, Register, User
from pos.printers import is_network
from pos.printers.escpos import print_bytes
from pos.printers.network import PrinterTrouble, send
from pos.receipts import Receipt, build_test_page

from .errors import Conflict, Forbidden, Invalid, NotFound
from .print_documents import DOCUMENTS, Document, opens_drawer
from .receipts import count_print
from .rights import require

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)  # longer than any try; whoever died in one is over by then
KICK = timedelta(minutes=2)  # later nobody stands at the drawer, or somebody who should not
MOST_AT_ONCE = 20
Kind = PrintJob.Kind


def has_printer(register: Register) -> bool:
    return is_network(register.printer_kind) and bool(register.printer_host)


def queue_print(
    *, user: User, register: Register, kind: str, document_id: int | None = None, base: str = ""
) -> PrintJob:
    """Write a print job, then try at once; what does not come out waits.

    `document_id`: what is printed, of the model that DOCUMENTS names for `kind`; none for a test
    page. `base`: where the shop was reached, for the customer's link. Prints of receipts are
    counted with the job; the first one opens the drawer if cash was moved. Must not be called
    inside a transaction. Raises Forbidden, NotFound, Invalid (`no_document`) and Conflict
    (`no_printer`); never for what the printer does.
    """
    require(user, "change_register" if kind == Kind.TEST else "sell_order", store=register.store_id)
    if kind not in (*DOCUMENTS, Kind.TEST) or (kind in DOCUMENTS) != (document_id is not None):
        raise Invalid("no_document", _("There is no such document to print."))
    _require_printer(register)
    with transaction.atomic(durable=True):
        job = PrintJob(register=register, kind=kind, created_by=user, created_at=timezone.now())
        if document_id is not None:
            _fill(job, DOCUMENTS[kind], document_id)
        job.save()
    return attempt(job, base=base)


def _fill(job: PrintJob, kind: Document, document_id: int) -> None:
    document = kind.find(job.created_by, document_id)
    if document.register.store_id != job.register.store_id:
        raise NotFound("no_document", _("There is no such document to print."))
    setattr(job, kind.of, document)
    if kind.is_counted:
        job.print_number = count_print(user=job.created_by, document=document)
        job.opens_drawer = opens_drawer(job.register, document)


def kick_drawer(*, user: User, register: Register) -> PrintJob | None:
    """Open the drawer, where the register's printer can. Call it after what allows it was recorded:

    it asks for no right of its own, so no address leads here alone. A drawer that stays shut is not
    opened later: the job does not wait.
    """
    if not (has_printer(register) and register.has_drawer_kick):
        return None
    job = PrintJob.objects.create(
        register=register,
        kind=Kind.DRAWER,
        opens_drawer=True,
        created_by=user,
        created_at=timezone.now(),
    )
    job = attempt(job)
    if job.status == PrintJob.Status.WAITING:
        _end([job.pk], job.error)
        job.refresh_from_db()
    return job


def _require_printer(register: Register) -> None:
    if not has_printer(register):
        raise Conflict(
            "no_printer", _("This register has no network printer. Print with the browser.")
        )


# --- Trying -----------------------------------------------------------------------------------


def attempt(job: PrintJob, *, base: str = "") -> PrintJob:
    """Send a waiting job once, outside any transaction, unless somebody else is sending it."""
    now = timezone.now()
    free = Q(sending_at=None) | Q(sending_at__lt=now - LEASE)
    claimed = PrintJob.objects.waiting().filter(free, pk=job.pk)
    if not claimed.update(sending_at=now, attempts=F("attempts") + 1):
        return _loaded(job)
    job = _loaded(job)
    error = _send(job, base)
    done = {} if error else {"status": PrintJob.Status.DONE, "printed_at": timezone.now()}
    PrintJob.objects.filter(pk=job.pk, sending_at=now).update(
        sending_at=None, error=error[:200], **done
    )
    return _loaded(job)


def _send(job: PrintJob, base: str) -> str:
    """Empty when it is out; else why not."""
    register = job.register
    try:
        kicks = job.opens_drawer and timezone.now() < job.created_at + KICK
        data = print_bytes(_paper(job, base), width=register.paper_width, opens_drawer=kicks)
        send(register.printer_host, register.printer_port, data)
    except PrinterTrouble as trouble:
        return str(trouble)
    except Exception:
        # Whatever it is: the sale stands, and somebody reads about it in the list.
        logger.exception("Print job %s was not printed", job.pk)
        return _("This could not be printed. Tell whoever runs the shop.")
    return ""


def _paper(job: PrintJob, base: str) -> Receipt | None:
    """None: nothing is printed."""
    if job.kind == Kind.DRAWER:
        return None
    if job.kind == Kind.TEST:
        return build_test_page(job.register, at=job.created_at)
    return DOCUMENTS[job.kind].build(job, base)


def _loaded(job: PrintJob) -> PrintJob:
    jobs = PrintJob.objects.select_related(
        *("register__store", "order__store", "order__register"),
        *("order__seller", "order__customer", "created_by"),
    )
    found: PrintJob = jobs.get(pk=job.pk)
    return found


# --- What waits -------------------------------------------------------------------------------


def find_job(*, user: User, job_id: int) -> PrintJob:
    """One's own print job, or any of one's stores for whoever manages them. Raises NotFound."""
    jobs = PrintJob.objects.visible_to(user)
    if not user.has_perm("pos.manage_printjob"):
        jobs = jobs.filter(created_by=user)
    job: PrintJob | None = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound("no_job", _("There is no such print job."))
    return job


def retry_print_jobs(*, user: User, jobs: Iterable[PrintJob], base: str = "") -> dict[str, int]:
    """Try waiting jobs again, oldest first; returns how many are `printed`, how many `waiting`.

    A register whose printer does not answer is tried once. Own jobs need no right of their own.
    """
    counts = {"printed": 0, "waiting": 0}
    silent: set[int] = set()
    for job in sorted(_of_whom(user, jobs), key=lambda each: (each.created_at, each.pk)):
        if job.status != PrintJob.Status.WAITING:
            continue
        if job.register_id not in silent and sum(counts.values()) < MOST_AT_ONCE:
            job = attempt(job, base=base)
        if job.status == PrintJob.Status.DONE:
            counts["printed"] += 1
        else:
            counts["waiting"] += 1
            silent.add(job.register_id)
    return counts


def give_up_print_jobs(*, user: User, jobs: Iterable[PrintJob]) -> int:
    """Jobs that wait are not printed any more; returns how many that were."""
    waiting = [each.pk for each in _of_whom(user, jobs)]
    return _end(waiting, "")


def _of_whom(user: User, jobs: Iterable[PrintJob]) -> list[PrintJob]:
    """The jobs, or Forbidden when one is neither this person's own nor theirs to manage."""
    jobs = list(jobs)
    mine = {job.pk for job in jobs if job.created_by_id == user.pk}
    if not user.has_perm("pos.manage_printjob") and mine != {job.pk for job in jobs}:
        raise Forbidden("no_right", _("You are not allowed to do this. Ask a manager."))
    visible = PrintJob.objects.visible_to(user).filter(pk__in=[job.pk for job in jobs])
    if visible.count() != len(jobs):
        raise NotFound("no_job", _("There is no such print job."))
    return jobs


def _end(ids: list[int], error: str) -> int:
    changes: dict[str, Any] = {"status": PrintJob.Status.FAILED}
    if error:
        changes["error"] = error
    return int(PrintJob.objects.waiting().filter(pk__in=ids).update(**changes))
