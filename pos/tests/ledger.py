"""The figures of any period once more, in plain Python over the documents: what roll-ups are held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pos.models import Order, OrderLine, Payment, Refund, RefundLine

Row = tuple[dict[str, Any], dict[str, Any]]
Sees = Callable[[Any, int], bool]  # (document, its seller's id) -> whether it counts
AMOUNTS = ("net", "tax", "gross", "rounding", "total")


def figures(
    fact: str,
    first: date,
    last: date,
    by: Sequence[str],
    sees: Sees = lambda document, seller: True,
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Sums that are not 0, by key, of what `sees` lets through; without `by` the one key is ()."""
    return added_up(list(FACTS[fact](sees)), first, last, by)


def added_up(
    rows: Sequence[Row], first: date, last: date, by: Sequence[str]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for keys, measures in rows:
        if first <= keys["day"] <= last:
            of_day = keys | periods(keys["day"])
            sums = found[tuple(of_day[name] for name in by)]
            for name, value in measures.items():
                sums[name] += value
    plain = {
        key: {name: value for name, value in sums.items() if value} for key, sums in found.items()
    }
    return {key: sums for key, sums in plain.items() if sums}


def periods(day: date) -> dict[str, Any]:
    monday = day - timedelta(days=day.weekday())
    return {
        "week": monday,
        "month": day.replace(day=1),
        "year": day.year,
        "weekday": day.weekday(),
    }


def sold(sees: Sees) -> Iterator[Order]:
    for order in (
        Order.objects.completed().select_related("store").prefetch_related("lines", "taxes")
    ):
        if sees(order, order.seller_id):
            yield order


def returned(sees: Sees) -> Iterator[Refund]:
    for refund in Refund.objects.select_related("store").prefetch_related("lines"):
        if sees(refund, refund.seller_id):
            yield refund


def keys_of(document: Any, day: date, **more: Any) -> dict[str, Any]:
    names = ("store", "register", "seller", "customer")
    return {"day": day} | {name: getattr(document, f"{name}_id") for name in names} | more


def cost(line: OrderLine | RefundLine) -> Decimal:
    return (line.quantity * line.unit_cost).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def pieces(line: OrderLine | RefundLine) -> Decimal:
    """A delivery fee is no piece of anything."""
    return line.quantity if line.kind == "product" else Decimal(0)


def goods(document: Any) -> list[Any]:
    return [line for line in document.lines.all() if line.kind == "product"]


def back_on_the_shelf(refund: Refund) -> Decimal | int:
    return sum(cost(line) for line in goods(refund) if line.is_restocked)


def sales(sees: Sees) -> Iterator[Row]:
    for order in sold(sees):
        measures = {"orders": 1, "cost": sum(map(cost, goods(order)))}
        measures["quantity"] = sum(line.quantity for line in goods(order))
        for name in ("subtotal", "discount", *AMOUNTS):
            measures[name] = getattr(order, f"{name}_amount")
        yield keys_of(order, order.sold_on), measures
    for refund in returned(sees):
        is_void = refund.kind == "void"
        measures = {"voids" if is_void else "refunds": 1}
        measures["void_total"] = refund.total_amount if is_void else 0
        measures["refund_quantity"] = sum(line.quantity for line in goods(refund))
        measures["refund_cost"] = back_on_the_shelf(refund)
        for name in AMOUNTS:
            measures[f"refund_{name}"] = getattr(refund, f"{name}_amount")
        yield keys_of(refund, refund.refunded_on), measures


def hours(sees: Sees) -> Iterator[Row]:
    for order in sold(sees):
        hour = order.completed_at.astimezone(ZoneInfo(order.store.time_zone)).hour
        yield keys_of(order, order.sold_on, hour=hour), {"orders": 1, "total": order.total_amount}
    for refund in returned(sees):
        hour = refund.refunded_at.astimezone(ZoneInfo(refund.store.time_zone)).hour
        yield keys_of(refund, refund.refunded_on, hour=hour), {"refund_total": refund.total_amount}


def products(sees: Sees) -> Iterator[Row]:
    for order in sold(sees):
        for product in {line.product_id for line in order.lines.all()}:
            yield keys_of(order, order.sold_on, product=product), {"orders": 1}
        for line in order.lines.all():
            measures = {"quantity": pieces(line), "cost": cost(line)}
            measures["discount"] = line.discount_amount + line.order_discount_amount
            measures |= {name: getattr(line, f"{name}_amount") for name in ("net", "tax", "gross")}
            yield keys_of(order, order.sold_on, product=line.product_id), measures
    for refund in returned(sees):
        for line in refund.lines.all():
            measures = {"refund_quantity": pieces(line)}
            measures["refund_cost"] = cost(line) if line.is_restocked else 0
            for name in ("net", "tax", "gross"):
                measures[f"refund_{name}"] = getattr(line, f"{name}_amount")
            yield keys_of(refund, refund.refunded_on, product=line.product_id), measures


def payments(sees: Sees) -> Iterator[Row]:
    for payment in Payment.objects.exclude(method__kind="exchange").select_related("session"):
        if not sees(payment, payment.received_by_id):
            continue
        keys = {"day": payment.received_on, "store": payment.store_id, "method": payment.method_id}
        keys["register"] = payment.session.register_id if payment.session else None
        amount = payment.amount
        yield (
            keys | {"seller": payment.received_by_id},
            {
                "payments": 1,
                "received" if amount > 0 else "given_back": abs(amount),
            },
        )


def taxes(sees: Sees) -> Iterator[Row]:
    """From the lines of both: each line tells what it bears of which tax."""
    for order in sold(sees):
        keys = keys_of(order, order.sold_on)
        for line in order.lines.all():
            for name, percent, tax in line.taxes or [["", "0", "0"]]:
                rate = {"tax": (name, Decimal(percent))}
                yield keys | rate, {"net": line.net_amount, "tax": Decimal(tax)}
    for refund in returned(sees):
        keys = keys_of(refund, refund.refunded_on)
        for line in refund.lines.all():
            for name, percent, tax in line.taxes or [["", "0", "0"]]:
                rate = {"tax": (name, Decimal(percent))}
                yield keys | rate, {"refund_net": line.net_amount, "refund_tax": Decimal(tax)}


def customers(sees: Sees) -> Iterator[Row]:
    for order in sold(sees):
        if order.customer_id:
            measures = {"orders": 1, "cost": sum(map(cost, goods(order)))}
            measures |= {n: getattr(order, f"{n}_amount") for n in ("discount", "net", "total")}
            yield keys_of(order, order.sold_on), measures
    for refund in returned(sees):
        if refund.customer_id:
            measures = {"refunds": int(refund.kind == "refund")}
            measures |= {f"refund_{n}": getattr(refund, f"{n}_amount") for n in ("net", "total")}
            measures["refund_cost"] = back_on_the_shelf(refund)
            yield keys_of(refund, refund.refunded_on), measures


FACTS: dict[str, Callable[[Sees], Iterator[Row]]] = {
    "SALES": sales,
    "HOURS": hours,
    "PRODUCTS": products,
    "PAYMENTS": payments,
    "TAXES": taxes,
    "CUSTOMERS": customers,
}
