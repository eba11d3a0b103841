"""The demo's audit trail: what the services would have written, and the rare acts of two months."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from pos.models import AuditEntry, CashSession, Order, OrderLine, Product, User
from pos.models.history import money_text
from pos.money import ZERO, currency_decimals, quantise
from pos.services.audit import prepare
from pos.services.bulk_rows import insert_objects
from pos.services.history import sign

from .sales import Rows

Kind = AuditEntry.Kind
COLUMNS = tuple(f.attname for f in AuditEntry._meta.concrete_fields if f.name != "id")
# How often per sale; somebody has to stand out.
RARE = {Kind.REPRINT: 0.012, Kind.LINE_REMOVED: 0.03, Kind.CART_CLEARED: 0.008, Kind.NO_SALE: 0.01}
STANDS_OUT, TIMES = "leo", 5
WHY_OPENED = ("Change for a note", "Coins for the parking meter", "Checked the float")
OFFER_DAYS = 3


def seed_trail(rows: Rows, sessions: Sequence[CashSession], *, now: datetime) -> int:
    """Write the trail of these sales and sessions in order of time. The number of entries."""
    chance = random.Random("trail")
    entries = [*_of_sales(rows), *_of_sessions(sessions), *_rare(rows, chance)]
    entries = [entry for entry in entries if entry.at <= now]
    entries.sort(key=lambda entry: entry.at)
    insert_objects(entries, COLUMNS)
    _see_everybody()
    _offer(rows, now)
    return len(entries)


def _entry(kind: str, user: User, at: datetime, obj: Any, **details: Any) -> AuditEntry:
    entry = prepare(kind, user=user, obj=obj, **details)
    entry.at = at
    return entry


def _of_sales(rows: Rows) -> Iterator[AuditEntry]:
    for order in rows.orders:
        assert order.completed_at
        amount = order.total_amount
        yield _entry(Kind.SALE, order.seller, order.completed_at, order, amount=amount)
    for line in rows.lines:
        if line.has_own_discount and line.discount_amount:
            yield _discount(line)


def _discount(line: OrderLine) -> AuditEntry:
    order, taken = line.order, line.discount_amount
    assert order.completed_at
    texts = [str(line), money_text(line.subtotal_amount), money_text(line.subtotal_amount - taken)]
    return _entry(
        Kind.DISCOUNT, order.seller, order.completed_at, order, changes=[texts], amount=taken
    )


def _of_sessions(sessions: Iterable[CashSession]) -> Iterator[AuditEntry]:
    for session in sessions:
        place = {"store": session.register.store, "register": session.register}
        yield _entry(
            Kind.SESSION_OPENED,
            session.opened_by,
            session.opened_at,
            session,
            amount=session.opening_float,
            **place,
        )
        if session.closed_at and session.closed_by:
            expected, counted = session.expected_cash or ZERO, session.counted_cash or ZERO
            yield _entry(
                Kind.SESSION_CLOSED,
                session.closed_by,
                session.closed_at,
                session,
                changes=[[_("counted cash"), money_text(expected), money_text(counted)]],
                amount=session.difference,
                reason=session.note,
                **place,
            )


def _rare(rows: Rows, chance: random.Random) -> Iterator[AuditEntry]:
    """Copies, removed lines, cleared carts, the drawer without a sale."""
    first_lines = {line.order_id: line for line in rows.lines if line.position == 1}
    for order in rows.orders:
        often = TIMES if order.seller.username == STANDS_OUT else 1
        for kind, share in RARE.items():
            if chance.random() < share * often:
                yield _rarity(kind, order, first_lines[order.pk], chance)


def _rarity(kind: str, order: Order, line: OrderLine, chance: random.Random) -> AuditEntry:
    assert order.completed_at and order.session
    place = {"store": order.store, "register": order.register}
    at, user = order.completed_at + timedelta(seconds=40), order.seller
    if kind == Kind.REPRINT:
        changes = [[_("times printed"), "1", "2"]]
        return _entry(kind, user, at, order, changes=changes, amount=order.total_amount)
    if kind == Kind.NO_SALE:
        return _entry(kind, user, at, order.session, reason=chance.choice(WHY_OPENED), **place)
    if kind == Kind.LINE_REMOVED:
        gone: list[list[str]] = [[str(line), money_text(line.subtotal_amount), ""]]
        amount: Decimal = line.subtotal_amount
        return _entry(kind, user, at, line.product, changes=gone, amount=amount, **place)
    return _entry(kind, user, at, None, amount=order.total_amount, **place)


def _see_everybody() -> None:
    """Who has done something was there then."""
    acted = AuditEntry.objects.filter(actor=OuterRef("pk")).order_by("-at").values("at")[:1]
    User.objects.filter(last_seen_at=None).update(last_seen_at=Subquery(acted))


def _offer(rows: Rows, now: datetime) -> None:
    """A price that was low for a while: what “Lowered, sold, raised again” shows."""
    start = now - timedelta(days=OFFER_DAYS + 2)
    sold: dict[int, int] = {}
    for line in rows.lines:
        at = line.order.completed_at
        if line.product_id and at and start < at < start + timedelta(days=OFFER_DAYS):
            sold[line.product_id] = sold.get(line.product_id, 0) + 1
    if not sold:
        return
    product = Product.objects.get(pk=max(sold, key=lambda pk: (sold[pk], pk)))
    manager = User.objects.get(username="max")
    full = product.price
    low = quantise(full * Decimal("0.8"), currency_decimals(settings.POS_CURRENCY))
    for price, at, reason in (
        (low, start, "Offer of the week"),
        (full, start + timedelta(days=OFFER_DAYS), "End of the offer"),
    ):
        product.price = price
        sign(product, user=manager, reason=reason, at=at)
        product.save()
