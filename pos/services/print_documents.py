"""What a register's printer can print: whose it is, who may have it, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pos.models import Order, PrintJob, Register, User
from pos.receipts import (
    Receipt,
    build_account_receipt,
    build_delivery_slip,
    build_gift_receipt,
    build_receipt,
    build_refund_receipt,
)

from .account_receipts import lock_account_receipt
from .errors import NotFound
from .receipts import find_receipt, link_of, lock_receipt
from .refund_receipts import lock_refund_receipt
from .rights import require
from .session_reports import find_report, report_slip

Kind = PrintJob.Kind


@dataclass(frozen=True)
class Document:
    """`of`: the job's field. `find` raises Forbidden and NotFound.

    `is_counted`: a receipt of money, so `find` locks the row, prints are counted, and the first one
    opens the drawer if cash went in or out.
    """

    of: str
    find: Callable[[User, int], Any]
    build: Callable[[PrintJob, str], Receipt]
    is_counted: bool = False


def _receipt(job: PrintJob, base: str) -> Receipt:
    order: Any = job.order
    return build_receipt(order, print_number=job.print_number, link=link_of(order, base))


def _refund(job: PrintJob, _base: str) -> Receipt:
    refund: Any = job.refund
    return build_refund_receipt(refund, print_number=job.print_number)


def _account_payment(job: PrintJob, _base: str) -> Receipt:
    received: Any = job.account_payment
    return build_account_receipt(received, print_number=job.print_number)


def _gift_receipt(job: PrintJob, _base: str) -> Receipt:
    order: Any = job.order
    return build_gift_receipt(order)


def _slip(job: PrintJob, _base: str) -> Receipt:
    order: Any = job.order
    return build_delivery_slip(order)


def _report(job: PrintJob, _base: str) -> Receipt:
    """For whoever asked for it, with the rights of this moment: who tries again shows nobody more."""
    session: Any = job.session
    return report_slip(session, user=job.created_by)


def find_slip(user: User, order_id: int) -> Order:
    """A sale that somebody brings to its customer. Raises Forbidden and NotFound."""
    require(user, "deliver_order")
    order: Order | None = Order.objects.deliverable_by(user).filter(pk=order_id).first()
    if order is None:
        raise NotFound("no_delivery", _("There is no such delivery."))
    return order


def _find_gift(user: User, order_id: int) -> Order:
    return find_receipt(user=user, order_id=order_id)


# A new document is one line here.
DOCUMENTS: dict[str, Document] = {
    Kind.RECEIPT: Document("order", lock_receipt, _receipt, is_counted=True),
    Kind.GIFT_RECEIPT: Document("order", _find_gift, _gift_receipt),
    Kind.REFUND: Document("refund", lock_refund_receipt, _refund, is_counted=True),
    Kind.ACCOUNT_PAYMENT: Document(
        "account_payment", lock_account_receipt, _account_payment, is_counted=True
    ),
    Kind.REPORT: Document("session", find_report, _report),
    Kind.SLIP: Document("order", find_slip, _slip),
}


def opens_drawer(register: Register, document: Any) -> bool:
    """Once per receipt, at its own register, when money went into the drawer or out of it."""
    if not register.has_drawer_kick or document.register_id != register.pk:
        return False
    if document.print_jobs.filter(opens_drawer=True).exists():
        return False
    return bool(document.payments.filter(method__opens_drawer=True).exists())
