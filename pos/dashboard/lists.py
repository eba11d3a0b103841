"""Rows that want a look now: latest orders, open registers, low stock, deliveries due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pos.models import CashSession, Order, StockLevel, User
from pos.money import quantity_text

from .card import Card, joined, money
from .look import list_url

ROWS = 6
UNDELIVERED = (
    Order.DeliveryStatus.PENDING,
    Order.DeliveryStatus.DISPATCHED,
    Order.DeliveryStatus.FAILED,
)


@dataclass(frozen=True)
class Line:
    """One row of a card, ready to show: where it leads, what it says, its figure and a warning."""

    url: str
    title: str
    below: str
    figure: str
    warning: str = ""


class Lines(Card):
    """At most ROWS rows of a list, newest or most urgent first."""

    template = "admin/start/lines.html"
    empty: ClassVar[Any]

    @property
    def user(self) -> User:
        return self.look.user

    def lines(self) -> list[Line]:
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        return {"lines": self.lines(), "empty": self.empty}

    def here(self, rows: Any, path: str = "store") -> Any:
        """Only those of the store that is looked at."""
        return rows.filter(**{path: self.look.store}) if self.look.store else rows


class LatestOrders(Lines):
    name = "latest_orders"
    title = _("Latest orders")
    icon = "receipt_long"
    rights = ("view_order",)
    empty = _("No sales yet. Open the register and sell something.")

    def lines(self) -> list[Line]:
        # Looked up without their status, which no index of a store's orders holds; few are parked.
        visible = self.here(Order.objects.visible_to(self.user))
        newest = visible.values_list("pk", flat=True)[: 10 * ROWS]
        orders = Order.objects.completed().filter(pk__in=list(newest))
        rows = orders.select_related("customer", "seller", "store")
        return [self.line(order) for order in rows[:ROWS]]

    def line(self, order: Order) -> Line:
        parts = [order.customer, order.seller, order.store, ago(order.created_at)]
        due = _("%(amount)s due") % {"amount": money(order.due_amount)} if order.due_amount else ""
        return Line(page(order), str(order), joined(parts), money(order.total_amount), str(due))

    def url(self) -> str:
        return list_url("order", self.look.narrowed())


class OpenSessions(Lines):
    name = "open_registers"
    title = _("Open registers")
    icon = "lock_clock"
    rights = ("view_cashsession",)
    empty = _("No register is open. Open one to start selling.")

    def lines(self) -> list[Line]:
        visible = CashSession.objects.visible_to(self.user).open()
        sessions = self.here(visible, "register__store")
        return [
            self.line(each)
            for each in sessions.select_related("register__store", "opened_by")[:ROWS]
        ]

    def line(self, session: CashSession) -> Line:
        parts = [session.register.store, session.opened_by, ago(session.opened_at)]
        return Line(page(session), str(session.register), joined(parts), str(session))

    def url(self) -> str:
        return list_url("cashsession", self.look.narrowed() | {"state": "open"})


class LowStock(Lines):
    name = "low_stock"
    title = _("Low stock")
    icon = "production_quantity_limits"
    rights = ("view_stocklevel",)
    empty = _("Nothing is running out. Set a reorder point on a product to be warned here.")

    def lines(self) -> list[Line]:
        visible = self.here(StockLevel.objects.visible_to(self.user))
        levels = visible.low().select_related("product", "store")
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
        return list_url("stocklevel", self.look.narrowed() | {"state": "low"})


class DueDeliveries(Lines):
    """What is to be delivered until today, what is late first."""

    name = "deliveries"
    title = _("Deliveries due")
    icon = "local_shipping"
    rights = ("deliver_order",)
    empty = _("Nothing is waiting to be delivered today.")

    def lines(self) -> list[Line]:
        orders = self.here(Order.objects.deliverable_by(self.user)).filter(
            delivery_status__in=UNDELIVERED, deliver_on__lte=self.look.today
        )
        rows = orders.select_related("customer", "store").order_by("deliver_on", "pk")
        return [self.line(order) for order in rows[:ROWS]]

    def line(self, order: Order) -> Line:
        parts = [order.number, order.store, order.get_delivery_status_display()]
        late = order.deliver_on if order.deliver_on and order.deliver_on < self.look.today else None
        due = money(order.due_amount) if order.due_amount else ""
        warning = date_format(late, "SHORT_DATE_FORMAT") if late else ""
        return Line(self.url(), str(order.customer or order), joined(parts), due, warning)

    def url(self) -> str:
        return reverse("admin:pos_deliveries")


def page(row: Any) -> str:
    return reverse(f"admin:pos_{row._meta.model_name}_change", args=[row.pk])


def ago(at: datetime) -> str:
    """“5 minutes ago”: the largest unit only."""
    return gettext("%(time)s ago") % {"time": timesince(at, depth=1)}
