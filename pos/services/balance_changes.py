"""Correcting, blocking and dating store credit and gift cards from the office, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Balance, BalanceEntry, User
from pos.models.history import money_text
from pos.money import MAX_MONEY

from .audit import record
from .balances import change_balance
from .errors import Conflict, Invalid
from .locks import lock_balance
from .payments import looks_like_card_number
from .rights import require


@transaction.atomic
def adjust_balance(*, user: User, balance: Balance, amount: Decimal, reason: str) -> BalanceEntry:
    """Add (+) or take (−), blocked or not. Raises Forbidden, Invalid, Conflict("balance_short")."""
    balance, reason = _allowed(user, balance, reason)
    if not amount:
        raise Invalid("too_small", _("Enter an amount other than zero."))
    if abs(amount) > MAX_MONEY / 100:
        raise Invalid("too_large", _("That is too much. Check the amount."))
    entry = change_balance(
        user=user,
        balance=balance,
        kind=BalanceEntry.Kind.ADJUSTED,
        amount=amount,
        store=balance.store,
        at=timezone.now(),
        reason=reason,
    )
    before, after = money_text(balance.amount), money_text(balance.amount + amount)
    _record(user, balance, reason, [[_("balance"), before, after]], amount)
    return entry


@transaction.atomic
def block_balance(*, user: User, balance: Balance, is_active: bool, reason: str) -> Balance:
    """Block a lost card (`is_active` False), or unblock it. Raises Conflict("already_so")."""
    balance, reason = _allowed(user, balance, reason)
    if balance.is_active == is_active:
        state = _("already active") if is_active else _("already blocked")
        message = _("%(what)s is %(state)s.") % {"what": balance, "state": state}
        raise Conflict("already_so", message)
    balance.is_active = is_active
    balance.save(update_fields=["is_active"])
    states = (_("active"), _("blocked"))
    change = [_("state"), states[is_active], states[not is_active]]
    _record(user, balance, reason, [change])
    return balance


@transaction.atomic
def set_expiry(*, user: User, balance: Balance, expires_on: date | None, reason: str) -> Balance:
    """The last day on which it pays; None: for ever."""
    balance, reason = _allowed(user, balance, reason)
    change = [_("expires"), str(balance.expires_on or ""), str(expires_on or "")]
    balance.expires_on = expires_on
    balance.save(update_fields=["expires_on"])
    _record(user, balance, reason, [change])
    return balance


def _allowed(user: User, balance: Balance, reason: str) -> tuple[Balance, str]:
    """The balance, locked, for somebody who may correct it where it was issued."""
    require(user, "adjust_balance", store=balance.store_id)
    if not reason.strip():
        raise Invalid("no_reason", _("Say why."))
    if looks_like_card_number(reason):
        raise Invalid("card_number", _("Never type a card number here."))
    return lock_balance(balance.pk), reason.strip()


def _record(
    user: User,
    balance: Balance,
    reason: str,
    changes: Sequence[Sequence[str]],
    amount: Decimal | None = None,
) -> None:
    record(
        AuditEntry.Kind.BALANCE,
        user=user,
        obj=balance,
        changes=changes,
        amount=amount,
        reason=reason,
    )
