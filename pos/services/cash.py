"""Cash sessions: opening float, cash in and out, counted close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import (
    Approval,
    AuditEntry,
    CashCount,
    CashMovement,
    CashSession,
    Payment,
    Register,
    User,
)
from pos.models.history import money_text
from pos.money import MAX_MONEY, ZERO
from pos.payment_methods import cash_kinds

from .approvals import ask
from .audit import record
from .counts import differences, has_moved_since, last_count, new_count
from .errors import Conflict, Forbidden, Invalid
from .locks import lock_open_session, lock_register, lock_session
from .needs import Need, cover, difference_needs, no_sale_needs, spend
from .numbering import next_z_number
from .rights import require
from .session_figures import session_figures

# Leaves room for a session's sales in the columns of its close.
MOST_CASH = MAX_MONEY / 10


def open_session(*, user: User, register: Register, opening_float: Decimal) -> CashSession:
    """Open the register with a counted float.

    Raises Conflict (`already_open`, `other_register_open`, `register_inactive`), Invalid, Forbidden.
    """
    try:
        with transaction.atomic():
            return _open(user, register, opening_float)
    except IntegrityError:
        # Two registers at the same moment, each with its own lock: the database let one of them in.
        other = _open_elsewhere(user, register)
        if other is None:
            raise
        raise other from None


def _open(user: User, register: Register, opening_float: Decimal) -> CashSession:
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
    if other := _open_elsewhere(user, register):
        raise other
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


def open_elsewhere(*, user: User) -> CashSession | None:
    """The one register that this person has open, wherever it is."""
    sessions = CashSession.objects.open().select_related("register__store")
    return sessions.filter(opened_by=user).first()


def _open_elsewhere(user: User, register: Register) -> Conflict | None:
    session = open_elsewhere(user=user)
    if session is None or session.register_id == register.pk:
        return None
    message = _("You have %(register)s in %(store)s open. Count and close it first.")
    names = {"register": session.register, "store": session.register.store}
    return Conflict("other_register_open", message % names, session=session.pk)


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
def count_session(
    *,
    user: User,
    session: CashSession,
    cash_amount: Decimal,
    denominations: Mapping[str, int] | None = None,
    amounts: Mapping[str, Decimal] | None = None,
) -> CashCount:
    """Count an open drawer; a recount stands beside the first, and none of them is ever changed.

    `denominations`: coin or note as text -> pieces, which must come to `cash_amount`. `amounts`: code
    of a way of paying -> what was counted. Raises Forbidden, Invalid and Conflict (`session_closed`).
    """
    session = _lock_to_close(user, session)
    count = new_count(
        user=user,
        session=session,
        cash_amount=cash_amount,
        denominations=denominations,
        amounts=amounts,
    )
    _save_count(user, session, count)
    return count


def _save_count(user: User, session: CashSession, count: CashCount) -> None:
    count.save(force_insert=True)
    counted = [[_("counted cash"), "", money_text(count.cash_amount)]]
    counted += [[code, "", amount] for code, amount in count.amounts.items()]
    _record(AuditEntry.Kind.COUNTED, user, session, count.cash_amount, "", counted)


@transaction.atomic
def close_session(
    *,
    user: User,
    session: CashSession,
    counted_cash: Decimal | None = None,
    note: str = "",
    approvals: Sequence[int] = (),
) -> CashSession:
    """Close with the last count, or count `counted_cash` and close. Gives the next Z number.

    Figures are summed and frozen, the difference is recorded, nothing is posted. Further off than this
    person may close with: raises ApprovalNeeded, nothing is closed. Also raises Forbidden, Invalid and
    Conflict (`session_closed`, `not_counted`, `count_outdated`).
    """
    session = _lock_to_close(user, session)
    count = _count_to_close_with(user, session, counted_cash)
    figures = session_figures(session)
    needs = difference_needs(
        user=user, session=session, count=count, differences=differences(figures, count)
    )
    covered = cover(user=user, needs=needs, approvals=approvals)
    if count._state.adding:
        _save_count(user, session, count)
    session.expected_cash, session.counted_cash = figures.expected_cash, count.cash_amount
    session.difference = count.cash_amount - figures.expected_cash
    session.closed_by, session.closed_at, session.note = user, timezone.now(), note
    session.figures, session.z_number = figures.as_json(), next_z_number(session.register)
    session.save()
    expected = money_text(session.expected_cash)
    counted = [_("counted cash"), expected, money_text(session.counted_cash)]
    _record(AuditEntry.Kind.SESSION_CLOSED, user, session, session.difference, note, [counted])
    spend(user=user, covered=covered)
    return session


@transaction.atomic
def ask_to_close(
    *, user: User, session: CashSession, counted_cash: Decimal | None = None, reason: str = ""
) -> Approval | None:
    """Ask for a yes to closing with the last count, or with this one; None where it needs none."""
    session = _lock_to_close(user, session)
    count = _count_to_close_with(user, session, counted_cash)
    found = differences(session_figures(session), count)
    for need in difference_needs(user=user, session=session, count=count, differences=found):
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


def _lock_to_close(user: User, session: CashSession) -> CashSession:
    if not may_close(user, session):
        raise Forbidden("no_right", _("This is not your session. Ask a manager to close it."))
    return _lock_open(session)


def _count_to_close_with(
    user: User, session: CashSession, counted_cash: Decimal | None
) -> CashCount:
    if counted_cash is not None:
        return new_count(user=user, session=session, cash_amount=counted_cash)
    count = last_count(session)
    if count is None:
        raise Conflict("not_counted", _("Count the drawer first."))
    if has_moved_since(session, count):
        message = _("Money came or went after this count. Count again.")
        raise Conflict("count_outdated", message)
    return count


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
