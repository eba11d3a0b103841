"""Cash sessions: opening float, cash in and out, counted close."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import CashMovement, CashSession, Payment, Register, User
from pos.money import MAX_MONEY, ZERO
from pos.payment_methods import cash_kinds

from .errors import Conflict, Forbidden, Invalid
from .locks import lock_register, lock_session
from .rights import require

# Leaves room for a session's sales in the columns of its close.
MOST_CASH = MAX_MONEY / 10


@transaction.atomic
def open_session(*, user: User, register: Register, opening_float: Decimal) -> CashSession:
    """Open the register with a counted float. Raises Conflict when it is open already."""
    require(user, "open_cashsession", store=register.store_id)
    if opening_float < 0:
        raise Invalid("too_small", _("The float cannot be negative."))
    _refuse_heap(opening_float)
    register = lock_register(register.pk)
    if not register.is_active or not register.store.is_active:
        raise Conflict("register_inactive", _("This register is switched off."))
    already = (
        CashSession.objects.open().filter(register=register).select_related("opened_by").first()
    )
    if already:
        raise _already_open(already)
    return CashSession.objects.create(
        register=register, opened_by=user, opened_at=timezone.now(), opening_float=opening_float
    )


def _refuse_heap(amount: Decimal) -> None:
    if amount > MOST_CASH:
        raise Invalid("too_large", _("No drawer holds that much. Check the amount."))


def _already_open(session: CashSession) -> Conflict:
    message = _("%(person)s has already opened this register.") % {"person": session.opened_by}
    return Conflict("already_open", message, session=session.pk)


def suggested_float(register: Register) -> Decimal:
    """What was counted at the last close, for the next float."""
    last = register.sessions.exclude(closed_at=None).order_by("-closed_at").first()
    return last.counted_cash if last and last.counted_cash is not None else ZERO


@transaction.atomic
def move_cash(
    *, user: User, session: CashSession, kind: str, amount: Decimal, reason: str
) -> CashMovement:
    """Put cash in or take it out without a sale. Raises Conflict when more is taken than is there."""
    require(user, "move_cash", store=session.register.store_id)
    session = _lock_open(session)
    if amount <= 0:
        raise Invalid("too_small", _("Enter an amount above zero."))
    _refuse_heap(amount)
    if kind not in CashMovement.Kind.values:
        raise Invalid("unknown_kind", _("Choose pay in, pay out or drop."))
    if not reason.strip():
        raise Invalid("no_reason", _("Say why the cash moved."))
    if kind != CashMovement.Kind.PAY_IN and amount > expected_cash(session):
        raise Conflict("not_enough_cash", _("There is not that much cash in the drawer."))
    return CashMovement.objects.create(
        session=session,
        kind=kind,
        amount=amount,
        reason=reason.strip(),
        created_by=user,
        created_at=timezone.now(),
    )


def expected_cash(session: CashSession) -> Decimal:
    """Float + cash applied − cash refunds + cash in − cash out, by session, never by date."""
    cash = Payment.objects.filter(session=session, method__kind__in=cash_kinds())
    applied = cash.aggregate(total=Sum("amount"))["total"] or ZERO
    expected: Decimal = session.opening_float + applied
    for kind, amount in session.movements.values_list("kind", "amount"):
        expected += amount if kind == CashMovement.Kind.PAY_IN else -amount
    return expected


def may_close(user: User, session: CashSession) -> bool:
    """Own sessions with one right, everybody's with another, in the stores this person works in."""
    ids = user.store_ids("work_in_store", "manage_store")
    if ids is not None and session.register.store_id not in ids:
        return False
    if session.opened_by_id == user.pk and user.has_perm("pos.close_cashsession"):
        return True
    return user.has_perm("pos.close_any_cashsession")


@transaction.atomic
def close_session(
    *, user: User, session: CashSession, counted_cash: Decimal, note: str = ""
) -> CashSession:
    """Count and close. Any count is accepted; the difference is recorded, nothing is posted."""
    if not may_close(user, session):
        raise Forbidden("no_right", _("This is not your session. Ask a manager to close it."))
    if counted_cash < 0:
        raise Invalid("too_small", _("A count cannot be negative."))
    session = _lock_open(session)
    session.expected_cash = expected_cash(session)
    session.counted_cash = counted_cash
    session.difference = counted_cash - session.expected_cash
    session.closed_by, session.closed_at, session.note = user, timezone.now(), note
    session.save()
    return session


def _lock_open(session: CashSession) -> CashSession:
    session = lock_session(session.pk)
    if not session.is_open:
        raise Conflict("session_closed", _("This cash session is closed already."))
    return session
