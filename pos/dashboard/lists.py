"""The start page: one class per card. Each asks for its own rows, narrowed to who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pos.models import CashSession, Order, StockLevel, User
from pos.money import format_money, quantity_text

ROWS = 6


@dataclass(frozen=True)
class Line:
    """One row of a card, ready to show: where it leads, what it says, its figure and a warning."""

    url: str
    title: str
    below: str
    figure: str
    warning: str = ""


class Card:
    """A title, who may see it, its lines, and the list behind it. At most ROWS lines."""

    title: Any
    icon: str
    right: str
    empty: Any

    def __init__(self, user: User) -> None:
        self.user = user

    @property
    def is_allowed(self) -> bool:
        return self.user.has_perm(f"pos.{self.right}")

    def lines(self) -> list[Line]:
        raise NotImplementedError

    def url(self) -> str:
        raise NotImplementedError


class LatestOrders(Card):
    title = _("Latest orders")
    icon = "receipt_long"
    right = "view_order"
    empty = _("No sales yet. Open the register and sell something.")

    def lines(self) -> list[Line]:
        # Looked up without their status, which no index of a store's orders holds; few are parked.
        newest = Order.objects.visible_to(self.user).values_list("pk", flat=True)[: 10 * ROWS]
        orders = Order.objects.completed().filter(pk__in=list(newest))
        rows = orders.select_related("customer", "seller", "store")
        return [self.line(order) for order in rows[:ROWS]]

    def line(self, order: Order) -> Line:
        parts = [order.customer, order.seller, order.store, ago(order.created_at)]
        due = _("%(amount)s due") % {"amount": money(order.due_amount)} if order.due_amount else ""
        return Line(page(order), str(order), joined(parts), money(order.total_amount), str(due))

    def url(self) -> str:
        return reverse("admin:pos_order_changelist")


class OpenSessions(Card):
    title = _("Open registers")
    icon = "lock_clock"
    right = "view_cashsession"
    empty = _("No register is open. Open one to start selling.")

    def lines(self) -> list[Line]:
        sessions = CashSession.objects.visible_to(self.user).open()
        return [
            self.line(each)
            for each in sessions.select_related("register__store", "opened_by")[:ROWS]
        ]

    def line(self, session: CashSession) -> Line:
        parts = [session.register.store, session.opened_by, ago(session.opened_at)]
        return Line(page(session), str(session.register), joined(parts), str(session))

    def url(self) -> str:
        return f"{reverse('admin:pos_cashsession_changelist')}?state=open"


class LowStock(Card):
    title = _("Low stock")
    icon = "production_quantity_limits"
    right = "view_stocklevel"
    empty = _("Nothing is running out. Set a reorder point on a product to be warned here.")

    def lines(self) -> list[Line]:
        levels = StockLevel.objects.visible_to(self.user).low().select_related("product", "store")
        return [
            self.line(each) for each in levels.order_by("on_hand", "product__name", "id")[:ROWS]
        ]

    def line(self, level: StockLevel) -> Line:
        below = joined(
            [
                level.store,
                _("reorder at %(point)s") % {"point": quantity_text(level.product.reorder_point)},
            ]
        )
        warning = _("out of stock") if level.on_hand <= 0 else ""
        return Line(
            page(level.product),
            str(level.product),
            below,
            quantity_text(level.on_hand),
            str(warning),
        )

    def url(self) -> str:
        return f"{reverse('admin:pos_stocklevel_changelist')}?state=low"


def page(row: Any) -> str:
    return reverse(f"admin:pos_{row._meta.model_name}_change", args=[row.pk])


def joined(parts: list[Any]) -> str:
    return " · ".join(str(part) for part in parts if part)


def ago(at: datetime) -> str:
    """“5 minutes ago”: the largest unit only."""
    return gettext("%(time)s ago") % {"time": timesince(at, depth=1)}


def money(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)


CARDS: tuple[type[Card], ...] = (LatestOrders, OpenSessions, LowStock)


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the start page shows. Unfold asks for it by name."""
    user: User = request.user
    cards = [card for card in (each(user) for each in CARDS) if card.is_allowed]
    return {
        **context,
        "title": _("Start"),
        "pos_cards": [{"card": card, "lines": card.lines()} for card in cards],
        "pos_may_sell": user.has_perm("pos.sell_order"),
    }
