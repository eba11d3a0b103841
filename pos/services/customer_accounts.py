"""Money that comes without goods: dues paid, store credit and gift cards loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import (
    AccountPayment,
    AuditEntry,
    Balance,
    BalanceEntry,
    CashSession,
    Customer,
    Order,
    Payment,
    User,
)
from pos.models.history import money_text
from pos.money import MAX_MONEY, ZERO, format_money
from pos.payment_methods import behaviour

from .allocation import allocate_to_dues
from .audit import record
from .balance_payments import spend_balances
from .balances import change_balance, store_credit_of
from .card_numbers import new_card_number, read_card_number
from .drawers import usable_session
from .dues import dues_of
from .errors import Conflict, Invalid, KeyReused, NotFound
from .locks import lock_open_session, lock_orders
from .numbering import next_account_number
from .payments import PlannedPayment, Tender, looks_like_card_number, one_tender

CHANGE, STORE_CREDIT = "change", "store_credit"
# A till takes no more at once; leaves room for sums in the columns.
MOST_AT_ONCE = MAX_MONEY / 100


@dataclass(frozen=True)
class DuesPayment:
    """One attempt to pay. `order_ids` empty: the oldest first, all that is owed.

    `surplus`: what is left over is CHANGE (cash only) or becomes STORE_CREDIT.
    """

    key: UUID
    request_hash: str
    register_id: int
    customer_id: int
    tender: Tender
    order_ids: tuple[int, ...] = ()
    surplus: str = CHANGE
    note: str = ""


@dataclass(frozen=True)
class Load:
    """One attempt to load store credit (of `customer_id`) or a gift card.

    `code`: the number on a printed card, one that is loaded again too; empty: a new number.
    `expires_on` counts for a new card only.
    """

    key: UUID
    request_hash: str
    register_id: int
    kind: str
    tender: Tender
    customer_id: int | None = None
    code: str = ""
    expires_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Receipt:
    """What came of it, the same again for the same request."""

    payment: AccountPayment
    is_replay: bool

    @property
    def change(self) -> Decimal:
        total = self.payment.payments.aggregate(total=Sum("change_amount"))["total"]
        return total or ZERO


def receive_payment(*, user: User, request: DuesPayment) -> Receipt:
    """Take money for what a customer owes: a payment per order, oldest first; or change nothing.

    Paid to the cent, without cash rounding. Raises Forbidden, NotFound, Invalid, KeyReused and
    Conflict (`session_closed`, `nothing_due`, `dues_changed`, `overpaid`, `balance_…`).
    """
    return _once(user, request, AccountPayment.Kind.DUES, _receive)


def load_balance(*, user: User, request: Load) -> Receipt:
    """Sell or load a gift card, or pay in store credit. Raises as `receive_payment` does."""
    if request.kind not in Balance.Kind.values:
        raise Invalid("unknown_kind", _("Choose a gift card or store credit."))
    return _once(user, request, request.kind, _load)


# --- Once ------------------------------------------------------------------------------------

Request = DuesPayment | Load


def _once(user: User, request: Request, kind: str, act: Callable[..., AccountPayment]) -> Receipt:
    try:
        with transaction.atomic():
            session = lock_open_session(request.register_id)
            replay = _replay(user, request)
            if replay:
                return replay
            right = "receive_payment" if kind == AccountPayment.Kind.DUES else "load_balance"
            session = usable_session(user, request.register_id, session, right)
            _refuse_bad_request(request)
            return Receipt(act(user, request, session), is_replay=False)
    except IntegrityError:
        # Two registers with one key at the same moment: the database let one of them in.
        replay = _replay(user, request)
        if replay is None:
            raise
        return replay


def _replay(user: User, request: Request) -> Receipt | None:
    found = AccountPayment.objects.filter(key=request.key).first()
    if found is None:
        return None
    if found.request_hash != request.request_hash or found.received_by_id != user.pk:
        raise KeyReused(
            "key_reused",
            _("This payment was already saved with another content. Start a new one."),
        )
    return Receipt(found, is_replay=True)


def _refuse_bad_request(request: Request) -> None:
    if looks_like_card_number(request.note):
        raise Invalid("card_number", _("Never type a card number here."))
    if request.tender.tendered > MOST_AT_ONCE:
        raise Invalid("too_large", _("That is too much for one payment. Check the amount."))


# --- Dues ------------------------------------------------------------------------------------


def _receive(user: User, request: DuesPayment, session: CashSession) -> AccountPayment:
    customer = _customer(request.customer_id)
    planned = one_tender(request.tender, customer)
    orders = _lock_due(user, customer, request.order_ids)
    parts, left = allocate_to_dues(planned.tendered, [order.due_amount for order in orders])
    to_credit = _surplus(planned, request.surplus, left)
    paid = [(order, part) for order, part in zip(orders, parts, strict=True) if part]
    at = timezone.now()
    balance = (
        store_credit_of(user=user, customer=customer, store=session.register.store, at=at)
        if to_credit
        else None
    )
    received = _write(
        user,
        request,
        session,
        at,
        kind=AccountPayment.Kind.DUES,
        customer=customer,
        amount=sum(parts, to_credit),
        credited_amount=to_credit,
        balance=balance,
    )
    _pay_orders(received, planned, paid, change=left - to_credit)
    spend_balances(
        user=user,
        payments=[_whole(planned, received.amount)],
        customer=customer,
        store=received.store,
        at=at,
        account_payment=received,
    )
    _credit(user, received, BalanceEntry.Kind.OVERPAID)
    changes = [
        [str(order), money_text(order.due_amount + part), money_text(order.due_amount)]
        for order, part in paid
    ]
    _record(AuditEntry.Kind.ACCOUNT_PAYMENT, user, received, changes)
    return received


def _lock_due(user: User, customer: Customer, order_ids: Sequence[int]) -> list[Order]:
    """The orders to be paid, locked by id, then in the order in which they are paid."""
    dues = dues_of(user=user, customer=customer)
    if order_ids:
        dues = dues.filter(pk__in=order_ids)
    orders = list(lock_orders(dues))
    if order_ids and len(orders) != len(set(order_ids)):
        message = _("What %(customer)s owes has changed meanwhile. Look again.")
        raise Conflict("dues_changed", message % {"customer": customer})
    if not orders:
        message = _("%(customer)s owes nothing.") % {"customer": customer}
        raise Conflict("nothing_due", message)
    return sorted(orders, key=lambda order: (order.completed_at, order.pk))


def _surplus(planned: PlannedPayment, surplus: str, left: Decimal) -> Decimal:
    """How much of what is left over becomes store credit; the rest is change."""
    if surplus not in (CHANGE, STORE_CREDIT):
        raise Invalid("bad_surplus", _("Choose change or store credit for what is left over."))
    rules = behaviour(planned.method.kind)
    facts = {"left": format_money(left, settings.POS_CURRENCY), "method": planned.method}
    if left and rules.balance:
        raise Conflict("overpaid", _("That is %(left)s more than is owed.") % facts)
    if surplus == STORE_CREDIT:
        return left
    if left and not rules.allows_change:
        message = _("That is %(left)s more than is owed, and %(method)s gives no change.") % facts
        raise Conflict("overpaid", message)
    return ZERO


def _pay_orders(
    received: AccountPayment,
    planned: PlannedPayment,
    paid: Sequence[tuple[Order, Decimal]],
    *,
    change: Decimal,
) -> None:
    """A payment per order and one of what is credited; the first carries the change."""
    rows = [_payment(received, planned, part, order) for order, part in paid]
    if received.credited_amount:
        rows.append(_payment(received, planned, received.credited_amount))
    rows[0].change_amount = change
    rows[0].tendered_amount += change
    Payment.objects.bulk_create(rows)
    for order, part in paid:
        order.paid_amount += part
        order.payment_status = order.settled_status()
        order.save(update_fields=["paid_amount", "payment_status"])


def _whole(planned: PlannedPayment, amount: Decimal) -> PlannedPayment:
    return PlannedPayment(planned.method, amount, amount, planned.reference, planned.card_number)


# --- Loading ---------------------------------------------------------------------------------


def _load(user: User, request: Load, session: CashSession) -> AccountPayment:
    customer = _customer(request.customer_id) if request.customer_id else None
    planned = one_tender(request.tender, customer)
    if behaviour(planned.method.kind).balance:
        raise Invalid("no_money", _("A balance cannot pay for another. Take money."))
    at = timezone.now()
    balance = _balance_to_load(user, request, customer, session, at)
    received = _write(
        user,
        request,
        session,
        at,
        kind=request.kind,
        customer=customer or balance.customer,
        amount=planned.tendered,
        credited_amount=planned.tendered,
        balance=balance,
    )
    _payment(received, planned, received.amount).save()
    _credit(user, received, BalanceEntry.Kind.LOADED)
    changes = [[str(balance), "", money_text(received.amount)]]
    _record(AuditEntry.Kind.BALANCE, user, received, changes)
    return received


def _balance_to_load(
    user: User, request: Load, customer: Customer | None, session: CashSession, at: datetime
) -> Balance:
    store = session.register.store
    if request.kind == Balance.Kind.STORE_CREDIT:
        if customer is None:
            raise Conflict("customer_needed", _("Choose whose store credit it is first."))
        balance = store_credit_of(user=user, customer=customer, store=store, at=at)
    else:
        balance = _card(user, request, customer, session, at)
    if not balance.is_active:
        raise Conflict("balance_blocked", _("%(what)s is blocked.") % {"what": balance})
    if balance.expires_on and balance.expires_on < store.business_day(at):
        raise Conflict("balance_expired", _("%(what)s has expired.") % {"what": balance})
    return balance


def _card(
    user: User, request: Load, customer: Customer | None, session: CashSession, at: datetime
) -> Balance:
    number = read_card_number(request.code) if request.code else new_card_number()
    card, _is_new = Balance.objects.get_or_create(
        code=number,
        defaults={
            "kind": Balance.Kind.GIFT_CARD,
            "customer": customer,
            "store": session.register.store,
            "expires_on": request.expires_on,
            "created_by": user,
            "created_at": at,
        },
    )
    return card


# --- Shared ----------------------------------------------------------------------------------


def _customer(customer_id: int) -> Customer:
    customer: Customer | None = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise NotFound("no_customer", _("There is no such customer."))
    return customer


def _write(
    user: User, request: Request, session: CashSession, at: datetime, **figures: object
) -> AccountPayment:
    register = session.register
    sequence, number = next_account_number(register)
    return AccountPayment.objects.create(
        key=request.key,
        request_hash=request.request_hash,
        sequence=sequence,
        number=number,
        store=register.store,
        register=register,
        session=session,
        note=request.note,
        received_by=user,
        received_at=at,
        received_on=register.store.business_day(at),
        **figures,
    )


def _payment(
    received: AccountPayment,
    planned: PlannedPayment,
    amount: Decimal,
    order: Order | None = None,
) -> Payment:
    """A part of what came, not yet saved. `store`: where the money lies."""
    return Payment(
        order=order,
        account_payment=received,
        store_id=received.store_id,
        session=received.session,
        method=planned.method,
        amount=amount,
        tendered_amount=amount,
        reference=planned.reference,
        received_by=received.received_by,
        received_at=received.received_at,
        received_on=received.received_on,
    )


def _credit(user: User, received: AccountPayment, kind: str) -> None:
    if received.balance is None:
        return
    change_balance(
        user=user,
        balance=received.balance,
        kind=kind,
        amount=received.credited_amount,
        store=received.store,
        at=received.received_at,
        account_payment=received,
    )


def _record(
    kind: str, user: User, received: AccountPayment, changes: Sequence[Sequence[str]]
) -> None:
    record(kind, user=user, obj=received, amount=received.amount, changes=changes)
