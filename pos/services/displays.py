"""The customer's side of the till: its secret address, and the picture that the register sends there.

Outside the sale's path: a picture that finds the database busy is dropped, the next one follows.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Order, Register, RegisterDisplay, User
from pos.money import amount_text, currency_decimals, quantity_text

from .audit import record
from .errors import NotFound
from .locks import lock_register, without_waiting
from .receipts import link_of
from .rights import require

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
SHOWN_FOR = timedelta(seconds=60)
MOST_LINES = 100
KINDS = ("idle", "cart", "done")
NAME_LENGTH = 240
IDLE_VERSION = 0


@dataclass(frozen=True)
class ShownLine:
    """`amount`: what the line costs after its own discount."""

    name: str
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Picture:
    """What a register shows its customer. Nothing of them, of notes, of stock or of cost.

    `more`: lines above those that are sent. `order_id`: of a finished sale.
    """

    kind: str
    lines: tuple[ShownLine, ...] = ()
    more: int = 0
    total: Decimal | None = None
    discount: Decimal | None = None
    tax: Decimal | None = None
    paid: Decimal | None = None
    due: Decimal | None = None
    change: Decimal | None = None
    order_id: int | None = None


@dataclass(frozen=True)
class Shown:
    """What the second screen gets: `state` None is the welcome, whose version is IDLE_VERSION."""

    register: Register
    version: int
    state: dict[str, Any] | None


# --- The address ------------------------------------------------------------------------------


@transaction.atomic
def display_token(*, user: User, register_id: int) -> str:
    """The secret part of the screen's address, made when it is first asked for. Raises Forbidden."""
    register = lock_register(register_id)
    require(user, "sell_order", store=register.store)
    return register.display_token or _new_token(register)


@transaction.atomic
def renew_display(*, user: User, register_id: int) -> str:
    """Another address: whoever has the old one sees nothing any more. Raises Forbidden."""
    register = lock_register(register_id)
    require(user, "change_register")
    if not user.may("manage_store", register.store_id):
        raise NotFound("no_register", _("There is no such register, or you do not work there."))
    RegisterDisplay.objects.filter(register=register).delete()
    token = _new_token(register)
    change = [_("address of the second screen"), "", _("renewed")]
    record(AuditEntry.Kind.CHANGED, user=user, obj=register, changes=[change])
    return token


def _new_token(register: Register) -> str:
    token = secrets.token_urlsafe(32)
    Register.objects.filter(pk=register.pk).update(display_token=token)
    return token


# --- The picture ------------------------------------------------------------------------------


def show(*, user: User, register: Register, picture: Picture, base: str) -> bool:
    """Put a picture up; False when it was dropped because the database was busy.

    `base`: where the shop was reached, for the link in the QR code. Raises Forbidden.
    """
    require(user, "sell_order", store=register.store_id)
    state = _state(register, picture, base)
    try:
        with without_waiting():
            _put(register, state)
    except (OperationalError, IntegrityError):  # busy, or its first picture twice at once
        return False
    return True


def _put(register: Register, state: dict[str, Any]) -> None:
    rows, now = RegisterDisplay.objects.filter(register=register), timezone.now()
    # The same picture again only says that the till is alive.
    if rows.filter(state=state).update(updated_at=now):
        return
    if not rows.update(state=state, version=F("version") + 1, updated_at=now):
        RegisterDisplay.objects.create(register=register, state=state, updated_at=now)


def _state(register: Register, picture: Picture, base: str) -> dict[str, Any]:
    """As JSON: amounts as text with the currency's decimals, without what is not there."""
    amounts = ("total", "discount", "tax", "paid", "due", "change")
    fields = {name: getattr(picture, name) for name in amounts}
    state: dict[str, Any] = {
        "kind": picture.kind,
        "lines": [_line(line) for line in picture.lines],
        "more": picture.more,
        **{name: _amount(value) for name, value in fields.items() if value is not None},
    }
    if picture.kind == "done" and picture.order_id is not None:
        state["code"] = _code(register, picture.order_id, base)
    return state


def _line(line: ShownLine) -> dict[str, str]:
    return {
        "name": line.name,
        "quantity": quantity_text(line.quantity),
        "amount": _amount(line.amount),
    }


def _amount(amount: Decimal) -> str:
    return amount_text(amount, currency_decimals(settings.POS_CURRENCY))


def _code(register: Register, order_id: int, base: str) -> str:
    """What the QR code says: the customer's own link, else the number; nothing for a foreign order."""
    orders = Order.objects.completed().select_related("store").filter(register=register)
    order = orders.filter(pk=order_id).first()
    return (link_of(order, base) or order.number or "") if order else ""


def shown(token: str) -> Shown | None:
    """What the screen with this address shows now; None for an address that is none: one query."""
    if not TOKEN.fullmatch(token):
        return None
    registers = Register.objects.select_related("store", "display").filter(
        is_active=True, store__is_active=True
    )
    register = registers.filter(display_token=token).first()
    if register is None:
        return None
    display = getattr(register, "display", None)
    if display is None or display.state.get("kind") == "idle":
        return Shown(register, IDLE_VERSION, None)
    if timezone.now() - display.updated_at > SHOWN_FOR:
        return Shown(register, IDLE_VERSION, None)
    return Shown(register, display.version, display.state)
