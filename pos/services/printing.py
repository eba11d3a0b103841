"""Printing by the shop's server. The sale stands whatever the printer does: what fails waits here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import Order, PrintJob, Register, User
from pos.printers import is_network
from pos.printers.escpos import print_bytes
from pos.printers.network import PrinterTrouble, send
from pos.receipts import Receipt, build_gift_receipt, build_receipt, build_test_page

from .errors import Conflict, Forbidden, Invalid, NotFound
from .receipts import find_receipt, link_of, record_print
from .rights import require

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)  # longer than any try; whoever died in one is over by then
MOST_AT_ONCE = 20
Kind = PrintJob.Kind


def _order_of(job: PrintJob) -> Order:
    if job.order is None:
        raise NotFound("no_receipt", _("There is no such receipt."))
    return job.order


def _receipt(job: PrintJob, base: str) -> Receipt:
    order = _order_of(job)
    return build_receipt(order, print_number=job.print_number, link=link_of(order, base))


# kind -> what it says; None: nothing is printed. A new document is one line here.
DOCUMENTS: dict[str, Callable[[PrintJob, str], Receipt | None]] = {
    Kind.RECEIPT: _receipt,
    Kind.GIFT_RECEIPT: lambda job, _base: build_gift_receipt(_order_of(job)),
    Kind.TEST: lambda job, _base: build_test_page(job.register, at=job.created_at),
    Kind.DRAWER: lambda _job, _base: None,
}
OF_AN_ORDER = (Kind.RECEIPT, Kind.GIFT_RECEIPT)


def has_printer(register: Register) -> bool:
    return is_network(register.printer_kind) and bool(register.printer_host)


def queue_print(
    *, user: User, register: Register, kind: str, order: Order | None = None, base: str = ""
) -> PrintJob:
    """Write a print job, then try at once; what does not come out waits.

    `order`: whose receipt. `base`: where the shop was reached, for the customer's link. The
    receipt's number of prints is counted with the job. The first receipt of a sale with cash opens
    the drawer. Must not be called inside a transaction. Raises Forbidden, NotFound, Invalid
    (`no_document`) and Conflict (`no_printer`); never for what the printer does.
    """
    require(user, "change_register" if kind == Kind.TEST else "sell_order", store=register.store_id)
    if kind not in (*OF_AN_ORDER, Kind.TEST) or (kind in OF_AN_ORDER) != (order is not None):
        raise Invalid("no_document", _("There is no such document to print."))
    _require_printer(register)
    with transaction.atomic(durable=True):
        job = PrintJob(register=register, kind=kind, created_by=user, created_at=timezone.now())
        if order is not None:
            _fill(job, find_receipt(user=user, order_id=order.pk))
        job.save()
    return attempt(job, base=base)


def _fill(job: PrintJob, order: Order) -> None:
    if order.store_id != job.register.store_id:
        raise NotFound("no_receipt", _("There is no such receipt."))
    job.order = order
    if job.kind == Kind.RECEIPT:
        job.print_number = record_print(user=job.created_by, order=order)
        job.opens_drawer = _opens_drawer(job.register, order)


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


def _opens_drawer(register: Register, order: Order) -> bool:
    """Once per sale, at its own register, when something was paid that goes into the drawer."""
    if not register.has_drawer_kick or order.register_id != register.pk:
        return False
    if order.print_jobs.filter(opens_drawer=True).exists():
        return False
    return bool(order.payments.filter(method__opens_drawer=True).exists())


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
        receipt = DOCUMENTS[job.kind](job, base)
        data = print_bytes(receipt, width=register.paper_width, opens_drawer=job.opens_drawer)
        send(register.printer_host, register.printer_port, data)
    except PrinterTrouble as trouble:
        return str(trouble)
    except Exception:
        # Whatever it is: the sale stands, and somebody reads about it in the list.
        logger.exception("Print job %s was not printed", job.pk)
        return _("This could not be printed. Tell whoever runs the shop.")
    return ""


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
