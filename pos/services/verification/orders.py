"""An order's figures follow from its lines, a line's from its price and quantity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    Sum,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine
from pos.money import MONEY_PLACES, QUANTITY_PLACES, currency_decimals, quantise, quantity_text

from . import sql
from .problem import Problem, Scope, as_problems, differs, line_text, money_text, order_text

SUMS = ("subtotal_amount", "order_discount_amount", "net_amount", "tax_amount", "gross_amount")


def order_lines(scope: Scope) -> Iterator[Problem]:
    """Every sum on an order is the sum over its lines."""
    sums: dict[str, Any] = {f"sum_{name}": Sum(name) for name in SUMS}
    sums["sum_discount_amount"] = Sum(F("discount_amount") + F("order_discount_amount"))
    names = (*SUMS, "discount_amount")
    stored = {f"stored_{name}": Max(f"order__{name}") for name in names}
    wrong = reduce(or_, (differs(f"sum_{name}", f"stored_{name}") for name in names))
    lines = scope.within(OrderLine.objects.all(), "order__store_id")
    for low, high in scope.order_ranges():
        of_orders = lines.filter(order_id__gte=low, order_id__lt=high).values("order_id")
        found = of_orders.annotate(number=Max("order__number"), **sums, **stored).filter(wrong)
        for row in found.iterator():
            yield from _wrong_sums(row, names)


def _wrong_sums(row: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Problem]:
    order = order_text(row["number"], row["order_id"])
    for name in names:
        expected, found = row[f"sum_{name}"], row[f"stored_{name}"]
        if expected != found:
            label = getattr(Order._meta.get_field(name), "verbose_name", name)
            yield Problem(
                "order_lines", f"{order}, {label}", money_text(expected), money_text(found)
            )


def empty_orders(scope: Scope) -> Iterator[Problem]:
    """Something was sold."""
    orders = scope.within(Order.objects.completed())
    wrong = orders.filter(~Exists(OrderLine.objects.filter(order=OuterRef("pk"))))
    yield from as_problems(
        "empty_orders",
        wrong.iterator(),
        lambda order: (order_text(order.number, order.pk), _("at least one line"), _("none")),
    )


def order_totals(scope: Scope) -> Iterator[Problem]:
    """Net and tax are gross; gross and cash rounding are the total."""
    orders = scope.within(Order.objects.all())
    gross = orders.exclude(gross_amount=F("net_amount") + F("tax_amount"))
    yield from as_problems(
        "order_totals",
        gross.iterator(),
        lambda order: (
            _("%(order)s, gross") % {"order": order_text(order.number, order.pk)},
            money_text(order.net_amount + order.tax_amount),
            money_text(order.gross_amount),
        ),
    )
    total = orders.exclude(total_amount=F("gross_amount") + F("rounding_amount"))
    yield from as_problems(
        "order_totals",
        total.iterator(),
        lambda order: (
            _("%(order)s, total") % {"order": order_text(order.number, order.pk)},
            money_text(order.gross_amount + order.rounding_amount),
            money_text(order.total_amount),
        ),
    )


def line_subtotals(scope: Scope) -> Iterator[Problem]:
    """A line's subtotal is unit price × quantity, rounded half up to the currency."""
    decimals = currency_decimals(settings.POS_CURRENCY)
    places = MONEY_PLACES + QUANTITY_PLACES
    half = 10 ** (places - decimals) // 2
    # Whole numbers of 10^-7: exact, and wide enough for figures that are wrong by far.
    wide = DecimalField(max_digits=40, decimal_places=0)
    product = Cast("unit_price", wide) * Cast("quantity", wide)
    off = ExpressionWrapper(
        product - Cast("subtotal_amount", wide) * 10**QUANTITY_PLACES, BigIntegerField()
    )
    rest = ExpressionWrapper(
        Cast("subtotal_amount", BigIntegerField()) % 10 ** (MONEY_PLACES - decimals),
        BigIntegerField(),
    )
    lines = scope.within(OrderLine.objects.annotate(off=off, rest=rest), "order__store_id")
    wrong = lines.filter(Q(off__lt=-half) | Q(off__gte=half) | ~Q(rest=0))
    yield from as_problems(
        "line_subtotals",
        wrong.select_related("order").iterator(),
        lambda line: (
            _("%(line)s, %(quantity)s × %(price)s")
            % {
                "line": _line(line),
                "quantity": quantity_text(line.quantity),
                "price": money_text(line.unit_price),
            },
            money_text(quantise(line.unit_price * line.quantity, decimals)),
            money_text(line.subtotal_amount),
        ),
    )


def line_amounts(scope: Scope) -> Iterator[Problem]:
    """Less its discounts a line is its gross or net, as the prices have it; net and tax are gross."""
    lines = scope.within(OrderLine.objects.select_related("order"), "order__store_id")
    base = F("subtotal_amount") - F("discount_amount") - F("order_discount_amount")
    for is_included, field in ((True, "gross_amount"), (False, "net_amount")):
        wrong = lines.filter(order__prices_include_tax=is_included).exclude(**{field: base})
        label = getattr(OrderLine._meta.get_field(field), "verbose_name", field)
        for line in wrong.iterator():
            expected = line.subtotal_amount - line.discount_amount - line.order_discount_amount
            found = getattr(line, field)
            yield Problem(
                "line_amounts", f"{_line(line)}, {label}", money_text(expected), money_text(found)
            )
    for line in lines.exclude(gross_amount=F("net_amount") + F("tax_amount")).iterator():
        expected = line.net_amount + line.tax_amount
        yield Problem(
            "line_amounts",
            f"{_line(line)}, {_('net and tax')}",
            money_text(line.gross_amount),
            money_text(expected),
        )


def line_taxes(scope: Scope) -> Iterator[Problem]:
    """A line's tax is the sum of its rates."""
    for low, high in scope.order_ranges():
        parameters = (low, high, scope.store_id)
        for order_id, number, position, name, tax, rates in sql.rows(
            sql.LINE_TAX_LESS_RATES, parameters
        ):
            what = _("%(line)s, tax") % {"line": line_text(number, order_id, position, name)}
            yield Problem("line_taxes", what, money_text(_money(rates)), money_text(_money(tax)))


def order_taxes(scope: Scope) -> Iterator[Problem]:
    """An order's tax per rate is the sum over the lines that bear it, net and tax."""
    for low, high in scope.order_ranges():
        parameters = (low, high, low, high, scope.store_id)
        for row in sql.rows(sql.TAX_ROWS_LESS_LINES, parameters):
            order_id, number, name, percent, *figures = row
            line_tax, row_tax, line_net, row_net = (
                money_text(_money(figure)) for figure in figures
            )
            rate = f"{name} {quantity_text(Decimal(percent).scaleb(-3))} %"
            what = _("%(order)s, tax %(rate)s") % {
                "order": order_text(number, order_id),
                "rate": rate,
            }
            pattern = _("%(tax)s on %(net)s")
            expected = pattern % {"tax": line_tax, "net": line_net}
            yield Problem("order_taxes", what, expected, pattern % {"tax": row_tax, "net": row_net})


def _line(line: OrderLine) -> str:
    return line_text(line.order.number, line.order_id, line.position, line.name)


def _money(stored: Any) -> Decimal:
    return Decimal(stored).scaleb(-MONEY_PLACES)
