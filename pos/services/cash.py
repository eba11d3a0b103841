"""Cash sessions: opening float, cash in and out, counted close."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import Approval, AuditEntry, CashMovement, CashSession, Payment, Register, User
from pos.models.history import money_text
from pos.money import MAX_MONEY, ZERO
from pos.payment_methods import cash_kinds

from .approvals import ask
from .audit import record
from .errors import Conflict, Forbidden, Invalid
from .locks import lock_open_session, lock_register, lock_session
from .needs import Need, cover, difference_needs, no_sale_needs, spend
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
    session = CashSession.objects.create(
        register=register, opened_by=user, opened_at=timezone.now(), opening_float=opening_float
    )
    _record(AuditEntry.Kind.SESSION_OPENED, user, session, opening_float)
    return session


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
    movement = CashMovement.objects.create(
        session=session,
        kind=kind,
        amount=amount,
        reason=reason.strip(),
        created_by=user,
        created_at=timezone.now(),
    )
    signed = amount if kind == CashMovement.Kind.PAY_IN else -amount
    what = [[movement.get_kind_display(), "", money_text(amount)]]
    _record(AuditEntry.Kind.CASH_MOVED, user, session, signed, movement.reason, what)
    return movement


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
    *,
    user: User,
    session: CashSession,
    counted_cash: Decimal,
    note: str = "",
    approvals: Sequence[int] = (),
) -> CashSession:
    """Count and close. The difference is recorded, nothing is posted.

    Further off than this person may close with: raises ApprovalNeeded, nothing is closed.
    """
    if not may_close(user, session):
        raise Forbidden("no_right", _("This is not your session. Ask a manager to close it."))
    if counted_cash < 0:
        raise Invalid("too_small", _("A count cannot be negative."))
    session = _lock_open(session)
    session.expected_cash = expected_cash(session)
    session.counted_cash = counted_cash
    session.difference = counted_cash - session.expected_cash
    needs = difference_needs(
        user=user, session=session, counted=counted_cash, difference=session.difference
    )
    covered = cover(user=user, needs=needs, approvals=approvals)
    session.closed_by, session.closed_at, session.note = user, timezone.now(), note
    session.save()
    counted = [_("counted cash"), money_text(session.expected_cash), money_text(counted_cash)]
    _record(AuditEntry.Kind.SESSION_CLOSED, user, session, session.difference, note, [counted])
    spend(user=user, covered=covered)
    return session


@transaction.atomic
def ask_to_close(
    *, user: User, session: CashSession, counted_cash: Decimal, reason: str = ""
) -> Approval | None:
    """Ask for a yes to closing with this count; None where it needs none."""
    if not may_close(user, session):
        raise Forbidden("no_right", _("This is not your session. Ask a manager to close it."))
    session = _lock_open(session)
    difference = counted_cash - expected_cash(session)
    needs = difference_needs(
        user=user, session=session, counted=counted_cash, difference=difference
    )
    for need in needs:
        return ask(
            user=user,
            kind=need.kind,
            store=session.register.store,
            register=session.register,
            fingerprint=need.fingerprint,
            amount=need.amount,
            summary=need.summary,
            reason=reason,
        )
    return None


@transaction.atomic
def open_drawer(
    *, user: User, register: Register, reason: str, approvals: Sequence[int] = ()
) -> int:
    """Open the drawer without a sale. Returns how often that was done in this session.

    Raises Forbidden, Invalid without a reason, Conflict when the register is closed, and
    ApprovalNeeded without the right.
    """
    session = _lock_drawer(user, register, reason)
    count = no_sales(session)
    needs = no_sale_needs(user=user, session=session, count=count, reason=reason.strip())
    covered = cover(user=user, needs=needs, approvals=approvals)
    record(
        AuditEntry.Kind.NO_SALE,
        user=user,
        obj=session,
        store=register.store,
        register=register,
        reason=reason.strip(),
    )
    spend(user=user, covered=covered)
    return count + 1


@transaction.atomic
def no_sale_need(*, user: User, register: Register, reason: str) -> list[Need]:
    """What opening the drawer now would need a yes for; refused where it is refused anyway."""
    session = _lock_drawer(user, register, reason)
    count = no_sales(session)
    return no_sale_needs(user=user, session=session, count=count, reason=reason.strip())


def _lock_drawer(user: User, register: Register, reason: str) -> CashSession:
    require(user, "sell_order", store=register.store_id)
    if not reason.strip():
        raise Invalid("no_reason", _("Say why the drawer is opened."))
    session = lock_open_session(register.pk)
    if session is None:
        raise Conflict(
            "session_closed", _("The cash session of this register is closed. Open it first.")
        )
    if not may_sell_in(user, session):
        raise Forbidden("other_session", _("This is somebody else's drawer. Ask a manager."))
    return session


def no_sales(session: CashSession) -> int:
    """How often the drawer was opened in this session without a sale."""
    of_session = AuditEntry.objects.filter(
        model=session._meta.label_lower, object_id=str(session.pk)
    )
    return of_session.filter(kind=AuditEntry.Kind.NO_SALE).count()


def may_sell_in(user: User, session: CashSession) -> bool:
    """Whoever opened the drawer answers for it; others sell in it by right, or where drawers are shared.

    Whether this person sells in the store at all is asked before.
    """
    return (
        session.opened_by_id == user.pk
        or session.register.store.shared_drawer
        or user.has_perm("pos.sell_in_any_session")
    )


def _record(
    kind: str,
    user: User,
    session: CashSession,
    amount: Decimal,
    reason: str = "",
    changes: Sequence[Sequence[str]] = (),
) -> None:
    register = session.register
    record(
        kind,
        user=user,
        obj=session,
        store=register.store,
        register=register,
        changes=changes,
        amount=amount,
        reason=reason,
    )


def _lock_open(session: CashSession) -> CashSession:
    session = lock_session(session.pk)
    if not session.is_open:
        raise Conflict("session_closed", _("This cash session is closed already."))
    return session
