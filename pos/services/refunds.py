"""Refunds: goods that come back, and what was paid for them. The sale itself is never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import (
    AuditEntry,
    CashSession,
    Order,
    Payment,
    Refund,
    RefundLine,
    Register,
    User,
)
from pos.money import ZERO

from .audit import record
from .drawers import lock_usable_session
from .errors import Conflict, Invalid, KeyReused
from .locks import lock_orders, lock_stock_levels
from .needs import Covered, cover, spend
from .numbering import next_refund_number
from .orders import Completion
from .refund_money import Worth, pay_back
from .refund_quotes import Back, Quote, Return, find_order, quote, refundable_orders
from .stock import return_stock, total_by_product


@dataclass(frozen=True)
class RefundRequest:
    """One attempt to refund. `key` and `request_hash` tell a retry from another refund."""

    key: UUID
    request_hash: str
    goods: Return
    reason: str
    expected_total: Decimal
    approvals: tuple[int, ...] = ()


@dataclass(frozen=True)
class RefundResult:
    """The refund as it was made; `completion`: what was sold in the same ticket."""

    refund: Refund
    payments: tuple[Payment, ...]
    is_replay: bool
    completion: Completion | None = None

    @property
    def money(self) -> Decimal:
        return -sum((payment.amount for payment in self.payments), ZERO)


@dataclass
class Draft:
    """What is known of a refund before its row stands."""

    user: User
    session: CashSession
    key: UUID
    request_hash: str
    reason: str
    at: datetime
    kind: str = Refund.Kind.REFUND
    covered: list[Covered] = field(default_factory=list)


def refund_order(*, user: User, request: RefundRequest) -> RefundResult:
    """Take goods back in one transaction: lines, money, stock, number; or refuse and change nothing.

    The same key with the same request gives the first answer again. Raises Forbidden, Invalid,
    KeyReused, NotFound, ApprovalNeeded and Conflict (`session_closed`, `too_much_back`,
    `total_changed`, `not_enough_cash`).
    """
    try:
        with transaction.atomic():
            return _refund(user, request)
    except IntegrityError:
        # Two requests with one key at the same moment: the database let one of them in.
        answer = replay(user, request.key, request.request_hash)
        if answer is None:
            raise
        return answer


def _refund(user: User, request: RefundRequest) -> RefundResult:
    session = lock_usable_session(
        user=user, register_id=request.goods.register_id, right="sell_order"
    )
    answer = replay(user, request.key, request.request_hash)
    if answer:
        return answer
    order = lock_order(user, request.goods.order_id)
    found = quote(user=user, register=session.register, goods=request.goods, order=order)
    draft = begin(user, session, request, found)
    lock_goods(session.register, found)
    refund = write_refund(draft, found)
    spend(user=user, covered=draft.covered, order=order)
    payments = pay_back(user=user, refund=refund, session=session, plan=found.money, at=draft.at)
    settle_order(order, found.worth, payments)
    note(refund)
    return RefundResult(refund, tuple(payments), is_replay=False)


def replay(user: User, key: UUID, request_hash: str) -> RefundResult | None:
    """The answer to a request that was carried out already. Raises KeyReused."""
    refund = Refund.objects.filter(key=key).select_related("order", "exchange_order").first()
    if refund is None:
        return None
    if refund.request_hash != request_hash or refund.seller_id != user.pk:
        raise KeyReused(
            "key_reused", _("This refund was already saved with another content. Start a new one.")
        )
    payments = refund.payments.select_related("method").order_by("pk")
    return RefundResult(refund, tuple(payments), is_replay=True)


def lock_order(user: User, order_id: int) -> Order:
    """The sale, locked; raises NotFound."""
    orders = refundable_orders(user).filter(pk=order_id)
    list(lock_orders(orders).values_list("pk", flat=True))
    return find_order(orders, order_id)


def begin(user: User, session: CashSession, request: RefundRequest, found: Quote) -> Draft:
    """Everything that can be refused before a row is written."""
    if not request.reason.strip():
        raise Invalid("no_reason", _("Say why it comes back."))
    if request.expected_total != found.worth.total:
        raise Conflict(
            "total_changed",
            _("The amount has changed meanwhile. Look at it again, then confirm."),
        )
    covered = cover(user=user, needs=found.needs, approvals=request.approvals)
    draft = Draft(user, session, request.key, request.request_hash, request.reason, timezone.now())
    draft.covered = covered
    return draft


def lock_goods(register: Register, found: Quote, also: Sequence[int] = ()) -> None:
    """The levels of what comes back, and of `also` what goes out in the same ticket."""
    ids = {back.line.product_id for back in found.lines if back.line.product_id}
    lock_stock_levels({*ids, *also}, register.store_id)


def write_refund(draft: Draft, found: Quote) -> Refund:
    """The refund with its lines and its goods; what was sold counts what came back of it."""
    register, order, worth = draft.session.register, found.order, found.worth
    net = sum((back.part.net for back in found.lines), ZERO)
    sequence, number = next_refund_number(register)
    refund = Refund.objects.create(
        kind=draft.kind,
        key=draft.key,
        request_hash=draft.request_hash,
        number=number,
        sequence=sequence,
        order=order if order.pk else None,
        store=register.store,
        register=register,
        session=draft.session,
        seller=draft.user,
        customer=found.customer,
        reason=draft.reason.strip(),
        prices_include_tax=order.prices_include_tax,
        net_amount=net,
        tax_amount=worth.gross - net,
        gross_amount=worth.gross,
        rounding_amount=worth.rounding,
        total_amount=worth.total,
        refunded_at=draft.at,
        refunded_on=register.store.business_day(draft.at),
    )
    RefundLine.objects.bulk_create(
        _refund_line(refund, place, back) for place, back in enumerate(found.lines, 1)
    )
    _count_lines(found)
    goods = [
        (back.line.product_id, back.quantity, back.is_restocked)
        for back in found.lines
        if back.line.product_id
    ]
    returned = total_by_product((product, quantity) for product, quantity, _is_kept in goods)
    wasted = total_by_product((product, quantity) for product, quantity, kept in goods if not kept)
    return_stock(refund=refund, returned=returned, wasted=wasted, at=draft.at)
    return refund


def _refund_line(refund: Refund, place: int, back: Back) -> RefundLine:
    line, part = back.line, back.part
    return RefundLine(
        refund=refund,
        position=place,
        order_line=line if line.pk else None,
        kind=line.kind,
        product_id=line.product_id,
        code=line.code,
        name=line.name,
        size=line.size,
        quantity=back.quantity,
        unit_price=line.unit_price,
        unit_cost=line.unit_cost,
        net_amount=part.net,
        tax_amount=part.tax,
        gross_amount=part.gross,
        taxes=part.tax_rows,
        is_restocked=back.is_restocked,
    )


def _count_lines(found: Quote) -> None:
    """The order is locked, so nobody counts beside us; the database refuses more than was sold."""
    for back in found.lines:
        if back.line.pk:
            back.line.refunded_quantity += back.quantity
            back.line.save(update_fields=["refunded_quantity"])


def settle_order(order: Order, worth: Worth, payments: Sequence[Payment]) -> None:
    """What the order has now come to."""
    order.refunded_amount += worth.total
    order.paid_amount += sum((payment.amount for payment in payments), ZERO)
    order.payment_status = order.settled_status()
    order.save(update_fields=["refunded_amount", "paid_amount", "payment_status"])


def note(refund: Refund) -> None:
    """In the audit trail."""
    kinds = AuditEntry.Kind
    sold = refund.order.number if refund.order else _("without a receipt")
    record(
        kinds.SALE_VOIDED if refund.kind == Refund.Kind.VOID else kinds.REFUND,
        user=refund.seller,
        obj=refund,
        changes=[[_("sale"), "", sold]],
        amount=refund.total_amount,
        reason=refund.reason,
    )
