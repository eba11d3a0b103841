"""Voiding a completed sale: all of it taken back, in the very session that made it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import CashSession, Order, Refund, User
from pos.money import ZERO

from .drawers import usable_session
from .errors import Conflict, Invalid, NotFound
from .locks import lock_open_session
from .needs import cover, spend
from .refund_amounts import part_of
from .refund_money import EXCHANGE, ORIGINAL, Worth, pay_back, plan_money
from .refund_needs import sale_void_needs
from .refund_quotes import Back, Quote, refundable_orders
from .refunds import (
    Draft,
    RefundResult,
    lock_goods,
    lock_order,
    note,
    replay,
    settle_order,
    write_refund,
)


@dataclass(frozen=True)
class VoidRequest:
    """One attempt to void. `key` and `request_hash` tell a retry from another void."""

    key: UUID
    request_hash: str
    order_id: int
    reason: str
    approvals: tuple[int, ...] = ()


def void_sale(*, user: User, request: VoidRequest) -> RefundResult:
    """Take a whole sale back: goods on the shelf, money by the methods it came by, nothing due.

    A document of its own; the sale stays as it is, refunded. Raises NotFound, Forbidden, Invalid,
    KeyReused, ApprovalNeeded and Conflict (`session_closed`, `refunded_already`, `paid_elsewhere`,
    `was_exchange`, `not_enough_cash`).
    """
    try:
        with transaction.atomic():
            return _void(user, request)
    except IntegrityError:
        answer = replay(user, request.key, request.request_hash)
        if answer is None:
            raise
        return answer


def _void(user: User, request: VoidRequest) -> RefundResult:
    session = _session(user, request.order_id)
    answer = replay(user, request.key, request.request_hash)
    if answer:
        return answer
    order = lock_order(user, request.order_id)
    refuse_void(order, session)
    if not request.reason.strip():
        raise Invalid("no_reason", _("Say why the sale is voided."))
    found = _whole(order)
    needs = sale_void_needs(user=user, order=order)
    draft = Draft(user, session, request.key, request.request_hash, request.reason, timezone.now())
    draft.kind = Refund.Kind.VOID
    draft.covered = cover(user=user, needs=needs, approvals=request.approvals)
    lock_goods(session.register, found)
    refund = write_refund(draft, found)
    spend(user=user, covered=draft.covered, order=order)
    payments = pay_back(user=user, refund=refund, session=session, plan=found.money, at=draft.at)
    settle_order(order, found.worth, payments)
    note(refund)
    return RefundResult(refund, tuple(payments), is_replay=False)


def _session(user: User, order_id: int) -> CashSession:
    """The session of the sale's register, open and locked: a sale is voided where it was made."""
    register_id = refundable_orders(user).filter(pk=order_id).values_list("register_id", flat=True)
    found = register_id.first()
    if found is None:
        raise NotFound("no_order", _("There is no such sale, or you do not work in its store."))
    return usable_session(user, found, lock_open_session(found))


def refuse_void(order: Order, session: CashSession | None) -> None:
    """Raises Conflict where a sale cannot be voided any more; a refund still can take it back."""
    if session is None or order.session_id != session.pk:
        raise Conflict(
            "session_closed",
            _("This sale is of an earlier cash session. Refund it instead."),
        )
    if order.refunds.exists():
        raise Conflict(
            "refunded_already",
            _("Something of this sale has come back already. Refund the rest instead."),
        )
    payments = order.payments.all()
    if payments.filter(method__kind=EXCHANGE).exists():
        raise Conflict("was_exchange", _("This sale was part of an exchange. Refund it instead."))
    if payments.filter(~Q(session=session) | Q(account_payment__isnull=False)).exists():
        raise Conflict(
            "paid_elsewhere",
            _("Something of this sale was paid later. Refund it instead."),
        )


def _whole(order: Order) -> Quote:
    lines = order.lines.select_related("product").order_by("position")
    backs = tuple(
        Back(
            line,
            line.quantity,
            is_restocked=True,
            part=part_of(line, line.quantity, prices_include_tax=order.prices_include_tax),
        )
        for line in lines
    )
    gross = sum((back.part.gross for back in backs), ZERO)
    worth = Worth(gross, order.total_amount - gross, order.due_amount)
    money = plan_money(order=order, money=worth.money, back=ORIGINAL)
    return Quote(order, backs, worth, order.customer, tuple(money), ())
