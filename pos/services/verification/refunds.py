"""Refunds: lines to document, goods to stock, money to payments, and all of it to the sale."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine, Payment, Refund, RefundLine, Register, StockMovement
from pos.models.fields import MoneyField, QuantityField
from pos.money import ZERO, quantity_text

from ..refund_amounts import taxes_of_parts
from .problem import Problem, Scope, as_problems, differs, line_text, money_text, order_text

AMOUNTS = ("net_amount", "tax_amount", "gross_amount")


def refund_sums(scope: Scope) -> Iterator[Problem]:
    """A refund is the sum of its lines, and with the rounding its total."""
    lines = RefundLine.objects.filter(refund=OuterRef("pk"))
    sums = {f"sum_{name}": _sum(lines, "refund", name) for name in AMOUNTS}
    wrong = reduce(or_, (differs(name, f"sum_{name}") for name in AMOUNTS))
    wrong |= ~Q(total_amount=F("gross_amount") + F("rounding_amount"))
    refunds = scope.within(Refund.objects.all()).annotate(**sums)
    yield from as_problems(
        "refund_sums",
        refunds.filter(wrong).iterator(),
        lambda refund: (
            _("Refund %(number)s, net, tax and gross") % {"number": refund.number},
            " + ".join(money_text(getattr(refund, f"sum_{name}")) for name in AMOUNTS),
            " + ".join(money_text(getattr(refund, name)) for name in AMOUNTS),
        ),
    )


def refund_line_taxes(scope: Scope) -> Iterator[Problem]:
    """A line's tax is the sum of its rates."""
    lines = scope.within(RefundLine.objects.select_related("refund"), "refund__store_id")
    for line in lines.iterator():
        rates = sum((Decimal(tax) for _name, _percent, tax in line.taxes), ZERO)
        if rates != line.tax_amount:
            what = _("%(line)s, tax") % {"line": _line(line)}
            yield Problem("refund_line_taxes", what, money_text(rates), money_text(line.tax_amount))


def refunded_quantities(scope: Scope) -> Iterator[Problem]:
    """What came back of a line sold is the sum of its refund lines."""
    lines = scope.within(OrderLine.objects.select_related("order"), "order__store_id")
    back = RefundLine.objects.filter(order_line=OuterRef("pk"))
    # Of a million lines few came back: those that say so, and those with a refund line.
    some = lines.filter(Q(refunded_quantity__gt=0) | Q(Exists(back)))
    total = _sum(back, "order_line", "quantity", QuantityField())
    yield from as_problems(
        "refunded_quantities",
        some.annotate(back=total).filter(differs("refunded_quantity", "back")).iterator(),
        lambda line: (
            _("%(line)s, came back") % {"line": _sold(line)},
            quantity_text(line.back),
            quantity_text(line.refunded_quantity),
        ),
    )


def refunded_lines(scope: Scope) -> Iterator[Problem]:
    """What has come back whole came back for exactly what it was sold for, per tax rate too."""
    lines = scope.within(OrderLine.objects.select_related("order"), "order__store_id")
    whole = lines.filter(refunded_quantity__gt=0, refunded_quantity=F("quantity"))
    for line in whole.prefetch_related("refund_lines").iterator(chunk_size=1000):
        back = list(line.refund_lines.all())
        sold = taxes_of_parts([(line.taxes, line.net_amount)])
        returned = taxes_of_parts([(each.taxes, each.net_amount) for each in back])
        gross = sum((each.gross_amount for each in back), ZERO)
        if gross != line.gross_amount or returned != sold:
            yield Problem(
                "refunded_lines",
                _("%(line)s, refunded in parts") % {"line": _sold(line)},
                _figures(line.gross_amount, sold),
                _figures(gross, returned),
            )


def _figures(gross: Decimal, taxes: list[tuple[str, str, Decimal, Decimal]]) -> str:
    rates = [f"{name} {money_text(tax)}" for name, _percent, _net, tax in taxes]
    return ", ".join([money_text(gross), *rates])


def refunded_amounts(scope: Scope) -> Iterator[Problem]:
    """What was refunded of an order is the sum of its refunds."""
    refunds = Refund.objects.filter(order=OuterRef("pk"))
    orders = scope.within(Order.objects.all()).filter(Q(refunded_amount__gt=0) | Exists(refunds))
    summed = orders.annotate(back=_sum(refunds, "order", "total_amount"))
    yield from as_problems(
        "refunded_amounts",
        summed.filter(differs("refunded_amount", "back")).iterator(),
        lambda order: (
            _("%(order)s, refunded") % {"order": order_text(order.number, order.pk)},
            money_text(order.back),
            money_text(order.refunded_amount),
        ),
    )


def refund_money(scope: Scope) -> Iterator[Problem]:
    """Money went back for the total less what was still due on the order at that moment."""
    paid_before = Payment.objects.filter(
        order=OuterRef("order"), received_at__lt=OuterRef("refunded_at")
    ).exclude(refund=OuterRef("pk"))
    refunded_before = Refund.objects.filter(order=OuterRef("order"), pk__lt=OuterRef("pk"))
    of_refund = Payment.objects.filter(refund=OuterRef("pk"))
    due = (
        F("order__total_amount")
        - _sum(paid_before, "order", "amount")
        - _sum(refunded_before, "order", "total_amount")
    )
    none, total = Value(ZERO, MoneyField()), F("total_amount")
    refunds = scope.within(Refund.objects.all()).annotate(
        money=ZERO_MONEY - _sum(of_refund, "refund", "amount"),
        due=Case(When(order=None, then=none), default=due, output_field=MoneyField()),
    )
    right = Q(due__gte=total, money=0) | Q(due__lt=total, money=total - F("due"))
    yield from as_problems(
        "refund_money",
        refunds.exclude(right).iterator(),
        lambda refund: (
            _("Refund %(number)s, money back") % {"number": refund.number},
            money_text(max(refund.total_amount - refund.due, ZERO)),
            money_text(refund.money),
        ),
    )


def refund_movements(scope: Scope) -> Iterator[Problem]:
    """Exactly the goods of a refund came in, and exactly those thrown away went out."""
    moved = StockMovement.objects.filter(
        refund=OuterRef("refund_id"), product=OuterRef("product_id")
    )
    kinds = StockMovement.Kind
    goods = scope.within(RefundLine.objects.exclude(product=None), "refund__store_id")
    thrown = Sum("quantity", filter=Q(is_restocked=False))
    none = Value(ZERO, QuantityField())
    rows = goods.values("refund_id", "refund__number", "product_id", "product__name").annotate(
        back=Sum("quantity"), thrown=Coalesce(thrown, none)
    )
    rows = rows.annotate(
        came=_sum(moved.filter(kind=kinds.RETURN), "refund", "quantity", QuantityField()),
        went=_sum(moved.filter(kind=kinds.WASTE), "refund", "quantity", QuantityField()),
    )
    for row in rows.exclude(came=F("back"), went=none - F("thrown")).iterator():
        what = _("Refund %(number)s, stock of %(product)s")
        words = {"number": row["refund__number"], "product": row["product__name"]}
        expected = f"{quantity_text(row['back'])} − {quantity_text(row['thrown'])}"
        found = f"{quantity_text(row['came'])} − {quantity_text(-row['went'])}"
        yield Problem("refund_movements", what % words, expected, found)
    line = RefundLine.objects.filter(refund=OuterRef("refund_id"), product=OuterRef("product_id"))
    stray = scope.within(StockMovement.objects.exclude(refund=None).filter(~Exists(line)))
    yield from as_problems(
        "refund_movements",
        stray.select_related("refund", "product").iterator(),
        lambda row: (
            _("Refund %(number)s, stock of %(product)s")
            % {"number": row.refund.number, "product": row.product},
            quantity_text(ZERO),
            quantity_text(row.quantity),
        ),
    )


def refund_numbers(scope: Scope) -> Iterator[Problem]:
    """A register's refund numbers run from 1 to its last one, each once."""
    refunds = Refund.objects.filter(register=OuterRef("pk")).order_by().values("register")
    registers = scope.within(Register.objects.select_related("store")).annotate(
        highest=Coalesce(Subquery(refunds.annotate(n=Max("sequence")).values("n")), 0),
        count=Coalesce(Subquery(refunds.annotate(n=Count("id")).values("n")), 0),
    )
    wrong = registers.exclude(last_refund_number=F("highest"), count=F("highest"))
    for register in wrong:
        what = _("Refund numbers of %(register)s") % {"register": register}
        expected = _("1 to %(last)s") % {"last": register.last_refund_number}
        found = _("%(count)s, the last %(last)s")
        figures = {"count": register.count, "last": register.highest}
        yield Problem("refund_numbers", what, expected, found % figures)


def refund_sessions(scope: Scope) -> Iterator[Problem]:
    """A refund lies in a session of its own register that was open then."""
    refunds = scope.within(Refund.objects.select_related("register", "session"))
    wrong = refunds.filter(
        ~Q(session__register=F("register"))
        | ~Q(register__store=F("store"))
        | Q(refunded_at__lt=F("session__opened_at"))
        | Q(refunded_at__gt=F("session__closed_at"))
        | Q(kind=Refund.Kind.VOID) & ~Q(order__session=F("session"))
    )
    yield from as_problems(
        "refund_sessions",
        wrong.iterator(),
        lambda refund: (
            _("Refund %(number)s") % {"number": refund.number},
            _("a session of %(register)s that was open then") % {"register": refund.register},
            str(refund.session),
        ),
    )


ZERO_MONEY = Value(ZERO, MoneyField())


def _sum(rows: QuerySet[Any], by: str, name: str, field: Any = None) -> Coalesce:
    total = Subquery(rows.order_by().values(by).annotate(total=Sum(name)).values("total"))
    field = field or MoneyField()
    return Coalesce(total, Value(ZERO, field), output_field=field)


def _line(line: RefundLine) -> str:
    return _("Refund %(number)s, line %(line)s (%(name)s)") % {
        "number": line.refund.number,
        "line": line.position,
        "name": line.name,
    }


def _sold(line: OrderLine) -> str:
    return line_text(line.order.number, line.order_id, line.position, line.name)
