"""Receipt numbers without gap or double, days that follow the store's clock, and parked orders."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import CharField, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from pos.models import Order, Payment, Register, StockMovement, Store

from .problem import Problem, Scope, as_problems, order_text


def receipt_numbers(scope: Scope) -> Iterator[Problem]:
    """A register's numbers run from 1 to its last number, each once. Past orders have their own."""
    orders = _numbered().filter(register=OuterRef("pk")).order_by()
    by_register = orders.values("register")
    registers = scope.within(Register.objects.select_related("store")).annotate(
        highest=Coalesce(Subquery(by_register.annotate(n=Max("sequence")).values("n")), 0),
        count=Coalesce(Subquery(by_register.annotate(n=Count("id")).values("n")), 0),
    )
    for register in registers.exclude(last_number=F("highest")):
        what = _("Last number of %(register)s") % {"register": _register(register)}
        yield Problem("receipt_numbers", what, str(register.highest), str(register.last_number))
    for register in registers.exclude(count=F("highest")):
        yield from _gaps_and_doubles(register)
    # Codes of store and register may have been renamed since; the place in the series may not.
    stray = scope.within(Order.objects.completed().filter(batch=None)).exclude(
        number__endswith=Cast("sequence", CharField())
    )
    yield from as_problems(
        "receipt_numbers",
        stray.iterator(),
        lambda order: (
            _("Receipt number of order #%(id)s") % {"id": order.pk},
            _("one that ends with %(place)s") % {"place": order.sequence},
            order.number or _("none"),
        ),
    )


def _numbered() -> QuerySet[Order]:
    return Order.objects.filter(sequence__isnull=False, batch=None)


def _gaps_and_doubles(register: Register) -> Iterator[Problem]:
    orders = _numbered().filter(register=register).order_by("sequence")
    before = _numbered().filter(register=register, sequence=OuterRef("sequence") - 1)
    for order in orders.filter(~Exists(before), sequence__gt=1).iterator():
        previous = orders.filter(sequence__lt=order.sequence).aggregate(n=Max("sequence"))["n"] or 0
        what = _("Numbers of %(register)s before %(number)s") % {
            "register": _register(register),
            "number": order.number,
        }
        yield Problem("receipt_numbers", what, str((order.sequence or 0) - 1), str(previous))
    doubles = orders.order_by().values("sequence").annotate(count=Count("id")).filter(count__gt=1)
    for row in doubles.iterator():
        what = _("Receipts of %(register)s with number %(place)s")
        words = {"register": _register(register), "place": row["sequence"]}
        yield Problem("receipt_numbers", what % words, "1", str(row["count"]))


def _register(register: Register) -> str:
    return f"{register.name} ({register.store.code}-{register.code})"


def parked_orders(scope: Scope) -> Iterator[Problem]:
    """What is not completed has no number, took no money and moved no stock."""
    orders = scope.within(Order.objects.exclude(status=Order.Status.COMPLETED))
    wrong = orders.annotate(
        has_payment=Exists(Payment.objects.filter(order=OuterRef("pk"))),
        has_movement=Exists(StockMovement.objects.filter(order=OuterRef("pk"))),
    ).filter(
        Q(number__isnull=False)
        | Q(sequence__isnull=False)
        | Q(completed_at__isnull=False)
        | Q(has_payment=True)
        | Q(has_movement=True)
    )
    yield from as_problems(
        "parked_orders",
        wrong.iterator(),
        lambda order: (
            _("%(status)s order #%(id)s") % {"status": order.get_status_display(), "id": order.pk},
            _("no number, payment or stock movement"),
            ", ".join(_traces(order)),
        ),
    )


def _traces(order: Order) -> Iterator[str]:
    if order.number or order.sequence or order.completed_at:
        yield _("number %(number)s") % {"number": order.number or order.sequence or "?"}
    if getattr(order, "has_payment", False):
        yield _("a payment")
    if getattr(order, "has_movement", False):
        yield _("a stock movement")


@dataclass(frozen=True)
class DayRule:
    """How a store counted days: its time zone and when its day starts."""

    time_zone: str
    starts_at_hour: int

    def day(self, at: datetime) -> date:
        local = at.astimezone(zoneinfo.ZoneInfo(self.time_zone))
        return (local - timedelta(hours=self.starts_at_hour)).date()


def business_days(scope: Scope) -> Iterator[Problem]:
    """A sale counts on the day of its store's clock, by the rule of now or of an earlier time."""
    for store in scope.within(Store.objects.all(), "id"):
        rules = _day_rules(store)
        sold = Order.objects.completed().filter(store=store).order_by()
        days = sold.values_list("sold_on").annotate(Min("completed_at"), Max("completed_at"))
        # Days follow time, so first and last sale of a day speak for those between them.
        for day, first, last in days.iterator():
            if not any(rule.day(first) == day == rule.day(last) for rule in rules):
                yield from _wrong_days(store, day, rules)


def _day_rules(store: Store) -> list[DayRule]:
    """The rule of now first, then those the owner has changed since: old days stay as they were."""
    earlier = store.history.order_by().values_list("time_zone", "day_starts_at_hour").distinct()
    rules = [
        DayRule(store.time_zone, store.day_starts_at_hour),
        *(DayRule(*each) for each in earlier),
    ]
    return list(dict.fromkeys(rules))


def _wrong_days(store: Store, day: date, rules: list[DayRule]) -> Iterator[Problem]:
    orders = Order.objects.completed().filter(store=store, sold_on=day).order_by()
    for pk, number, at in orders.values_list("pk", "number", "completed_at").iterator():
        if not any(rule.day(at) == day for rule in rules):
            what = _("%(order)s, business day") % {"order": order_text(number, pk)}
            yield Problem("business_days", what, str(rules[0].day(at)), str(day))
