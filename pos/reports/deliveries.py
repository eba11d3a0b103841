"""Deliveries: how many, how they went, whether in time, and what their fees bring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pos.models import DeliveryStep, Order, OrderLine
from pos.money import ZERO

from .base import SELLER, STORE, Asked, Chart, Column, Report, Row
from .behind import orders_behind
from .documents import within
from .grouped import share
from .names import store_names

States = Order.DeliveryStatus
COUNTS = ("deliveries", "delivered", "failed", "open", "in_time", "late", "undated")


class Deliveries(Report):
    name = "deliveries"
    title = _("Deliveries")
    description = _("What was to be delivered, by the day it was sold: done, failed, open, late.")
    group = "deliveries"
    icon = "local_shipping"
    filters = (STORE, SELLER)
    can_compare = False
    choices = {"day": _("Day"), "store": _("Store")}
    columns = (
        Column("name", _("Day"), "date", term="day"),
        Column("deliveries", _("Deliveries"), "count", is_summed=True),
        Column("delivered", _("Delivered"), "count", is_summed=True),
        Column("failed", _("Failed"), "count", is_summed=True),
        Column("open", _("Open"), "count", term="delivery_open", is_summed=True),
        Column("in_time", _("In time"), "count", term="in_time", is_summed=True),
        Column("late", _("Late"), "count", term="late", is_summed=True),
        Column("undated", _("Without a date"), "count", is_summed=True),
        Column("rate", _("In time, part"), "percent", term="in_time"),
        Column("fees", _("Fees"), "money", term="fees", is_summed=True),
    )
    chart = Chart("column", "name", ("delivered", "failed", "open"), most=62)
    sort = "name"
    figures = ("deliveries", "delivered", "late", "fees")
    empty = _("Nothing was to be delivered in these days.")

    def columns_for(self, user: Any, asked: Asked | None = None) -> list[Column]:
        _first, *others = super().columns_for(user, asked)
        if asked and asked.by == "store":
            return [Column("name", self.choices["store"]), *others]
        return [self.columns[0], *others]

    def rows(self, asked: Asked) -> list[Row]:
        orders = within(Order.objects.visible_to(asked.user).completed(), asked, day="sold_on")
        orders = orders.exclude(delivery_status=States.NONE)
        by = "store_id" if asked.by == "store" else "sold_on"
        fees = _fees(orders, by)
        cells: dict[Any, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
        today = timezone.localdate()
        for order in orders.select_related("store").annotate(arrived_at=_arrived()):
            found = cells[getattr(order, by)]
            for name in ("deliveries", _state(order), _punctuality(order, today)):
                if name:
                    found[name] += 1
        names: Mapping[Any, Any] = store_names(cells) if by == "store_id" else {}
        rows = []
        for key in sorted(cells, key=lambda each: names.get(each, each)):
            found = cells[key] | {"fees": fees.get(key, ZERO), "name": names.get(key, key)}
            where = {"store": key} if by == "store_id" else {"first": key, "last": key}
            rows.append(Row(_with_rate(found), behind=orders_behind(asked, **where)))
        return rows

    def totals(self, asked: Asked, rows: Iterable[Row]) -> dict[str, Any]:
        return _with_rate(super().totals(asked, rows))


def _arrived() -> Subquery:
    steps = DeliveryStep.objects.filter(order=OuterRef("pk"), to_status=States.DELIVERED)
    return Subquery(steps.order_by("-created_at", "-pk").values("created_at")[:1])


def _fees(orders: QuerySet[Order], by: str) -> dict[Any, Decimal]:
    """Net fees of these orders, by store or day."""
    lines = OrderLine.objects.filter(
        order__in=orders.order_by().values("pk"), kind=OrderLine.Kind.DELIVERY
    )
    return dict(lines.order_by().values_list(f"order__{by}").annotate(Sum("net_amount")))


def _state(order: Order) -> str:
    settled = {States.DELIVERED: "delivered", States.FAILED: "failed"}
    return settled.get(order.delivery_status, "open")  # type: ignore[call-overload]


def _punctuality(order: Order, today: date) -> str:
    """By the store's own calendar. What is still on its way and not yet due is neither."""
    if order.deliver_on is None:
        return "undated"
    if order.delivery_status == States.FAILED:
        return ""
    if order.delivery_status != States.DELIVERED:
        return "late" if order.deliver_on < today else ""
    arrived: datetime = order.arrived_at  # type: ignore[attr-defined]
    day = arrived.astimezone(ZoneInfo(order.store.time_zone)).date()
    return "in_time" if day <= order.deliver_on else "late"


def _with_rate(cells: dict[str, Any]) -> dict[str, Any]:
    return cells | {"rate": share(cells["in_time"], cells["in_time"] + cells["late"])}
