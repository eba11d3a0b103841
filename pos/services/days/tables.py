"""What each roll-up is made of: which documents give which measure.

A source is a kind of row (an order, a line of one, …) with the day it counts on, what tells its rows
apart (dimensions) and what it adds to which measure. A table is the sum of its sources. Dimensions
that a roll-up has no column for can still be asked of its documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Aggregate,
    CharField,
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    Model,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable

from pos.models import Order, OrderLine, OrderTax, Payment, Refund, RefundLine
from pos.models.days import (
    CustomerDay,
    DayRow,
    PaymentDay,
    ProductDay,
    SalesDay,
    SalesHour,
    TaxDay,
)
from pos.models.fields import MoneyField, ScaledField
from pos.payment_methods.exchange import EXCHANGE

Place = str | Combinable


class LineCost(Func):
    """quantity × cost of one, rounded half up to 10^-4, without leaving 64 bits on the way."""

    template = (
        "((%(quantity)s / 1000) * %(cost)s + ((%(quantity)s %%%% 1000) * %(cost)s + 500) / 1000)"
    )
    output_field = MoneyField()

    def __init__(self) -> None:
        super().__init__(F("quantity"), F("unit_cost"))

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        quantity, cost = (compiler.compile(each)[0] for each in self.get_source_expressions())
        return self.template % {"quantity": quantity, "cost": cost}, []


class Key(Func):
    """A column to group by. With its bare name SQLite would rather read the whole table in the
    order of an index on it than look the few days up."""

    template = "%(expressions)s"

    def __init__(self, column: str) -> None:
        super().__init__(F(column))

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s")


class Negative(Func):
    template = "(-%(expressions)s)"
    output_field = MoneyField()


class LocalHour(Func):
    """The hour (0 to 23) of a moment by a store's clock."""

    output_field = IntegerField()

    def __init__(self, moment: str, zone: str) -> None:
        super().__init__(F(moment), F(zone))

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        template = "django_datetime_extract('hour', %(expressions)s, 'UTC')"
        return self.as_sql(compiler, connection, template=template)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        template = "EXTRACT(HOUR FROM %(expressions)s)::integer"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" AT TIME ZONE ")


class Period(Func):
    """Of a day: the Monday of its week, the first of its month, its year, its weekday (0 Monday)."""

    SQLITE = {
        "week": "date(%(expressions)s, 'weekday 0', '-6 days')",
        "month": "date(%(expressions)s, 'start of month')",
        "year": "CAST(strftime('%%%%Y', %(expressions)s) AS INTEGER)",
        "weekday": "((CAST(strftime('%%%%w', %(expressions)s) AS INTEGER) + 6) %%%% 7)",
    }
    POSTGRESQL = {
        "week": "DATE_TRUNC('week', %(expressions)s)::date",
        "month": "DATE_TRUNC('month', %(expressions)s)::date",
        "year": "EXTRACT(YEAR FROM %(expressions)s)::integer",
        "weekday": "(EXTRACT(ISODOW FROM %(expressions)s)::integer - 1)",
    }

    def __init__(self, name: str, day: str) -> None:
        super().__init__(F(day), output_field=DateField())
        self.name = name

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.SQLITE[self.name])

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.POSTGRESQL[self.name])


PERIODS = tuple(Period.SQLITE)


@dataclass(frozen=True)
class Source:
    """`day`, `store` and `owner` lead from a row to its business day, its store and its seller."""

    model: type[Model]
    day: str
    store: str
    owner: str
    only: Q
    places: Mapping[str, Place]
    measures: Mapping[str, Aggregate]
    has_json_taxes: bool = False  # one row per tax inside the line; see services.json_taxes

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._base_manager.order_by()

    def place(self, name: str) -> Place | None:
        """Where a dimension is found; None when these rows do not know it."""
        if name in ("day", "store"):
            return {"day": self.day, "store": self.store}[name]
        if name in PERIODS:
            return Period(name, self.day)
        return self.places.get(name)


@dataclass(frozen=True)
class Table:
    """A roll-up: its rows, the dimensions that tell them apart, its measures and their sources.

    `owner`: its rows know who sold, so they show each person what that person may see. `counted`:
    within these a document is counted once, so documents are never summed without them.
    """

    model: type[DayRow]
    dimensions: tuple[str, ...]
    sources: tuple[Source, ...]
    owner: str = ""
    counted: tuple[str, ...] = ()
    measures: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        columns = {each.name: each for each in self.model._meta.fields}
        names = [each for each in columns if each not in ("id", *self.dimensions)]
        places = {
            name: column.places if isinstance(column := columns[name], ScaledField) else 0
            for name in names
        }
        object.__setattr__(self, "measures", places)

    def column(self, name: str) -> str:
        return {each.name: str(each.column) for each in self.model._meta.fields}[name]

    @property
    def rolled(self) -> Source:
        """The roll-up's own rows, to be summed like those of documents."""
        places: dict[str, Place] = {name: self.column(name) for name in self.dimensions[2:]}
        sums = {name: Sum(name) for name in self.measures}
        return Source(self.model, "day", "store_id", self.owner, Q(), places, sums)

    @property
    def open_to(self) -> frozenset[str]:
        """Dimensions that every source knows."""
        known = [frozenset(source.places) for source in self.sources]
        return frozenset.intersection(*known) | {"day", "store"}


def _summed(**columns: str) -> dict[str, Aggregate]:
    return {measure: Sum(column) for measure, column in columns.items()}


def _amounts(*names: str, before: str = "") -> dict[str, Aggregate]:
    return _summed(**{f"{before}{name}": f"{name}_amount" for name in names})


_ALL = Q()
_GOODS = Q(kind=OrderLine.Kind.PRODUCT)
_RETURNED = Q(kind=Refund.Kind.REFUND)


def _head(path: str, **more: Place) -> dict[str, Place]:
    names = {"register": "register_id", "seller": "seller_id", "customer": "customer_id"}
    return {name: f"{path}{column}" for name, column in names.items()} | more


def orders(measures: Mapping[str, Aggregate], *, only: Q = _ALL, **places: Place) -> Source:
    sold = Q(status=Order.Status.COMPLETED) & only
    return Source(Order, "sold_on", "store_id", "seller_id", sold, _head("", **places), measures)


def lines(
    measures: Mapping[str, Aggregate],
    *,
    only: Q = _ALL,
    model: type[Model] = OrderLine,
    **places: Place,
) -> Source:
    sold = Q(order__status=Order.Status.COMPLETED) & only
    paths = ("order__sold_on", "order__store_id", "order__seller_id")
    return Source(model, *paths, sold, _head("order__", **places), measures)


def refunds(measures: Mapping[str, Aggregate], *, only: Q = _ALL, **places: Place) -> Source:
    head = _head("", **places)
    return Source(Refund, "refunded_on", "store_id", "seller_id", only, head, measures)


def refund_lines(
    measures: Mapping[str, Aggregate],
    *,
    only: Q = _ALL,
    has_json_taxes: bool = False,
    **places: Place,
) -> Source:
    paths = ("refund__refunded_on", "refund__store_id", "refund__seller_id")
    head = _head("refund__", **places)
    return Source(RefundLine, *paths, only, head, measures, has_json_taxes)


_RESTOCKED_COST = Sum(LineCost(), filter=Q(is_restocked=True))
_BOUGHT = Q(customer__isnull=False)

SALES = Table(
    SalesDay,
    ("day", "store", "register", "seller"),
    (
        orders(
            {"orders": Count("id")}
            | _amounts("subtotal", "discount", "net", "tax", "gross", "rounding", "total")
        ),
        lines({"quantity": Sum("quantity"), "cost": Sum(LineCost())}, only=_GOODS),
        refunds(
            {
                "refunds": Count("id", filter=_RETURNED),
                "voids": Count("id", filter=~_RETURNED),
                "void_total": Sum("total_amount", filter=~_RETURNED),
            }
            | _amounts("net", "tax", "gross", "rounding", "total", before="refund_")
        ),
        refund_lines(
            {"refund_quantity": Sum("quantity"), "refund_cost": _RESTOCKED_COST}, only=_GOODS
        ),
    ),
    owner="seller_id",
)

HOURS = Table(
    SalesHour,
    ("day", "store", "seller", "hour"),
    (
        orders(
            {"orders": Count("id"), "total": Sum("total_amount")},
            hour=LocalHour("completed_at", "store__time_zone"),
        ),
        refunds(
            {"refund_total": Sum("total_amount")},
            hour=LocalHour("refunded_at", "store__time_zone"),
        ),
    ),
    owner="seller_id",
)

# A delivery fee is no piece of anything.
_PIECES = Sum("quantity", filter=_GOODS)
PRODUCTS = Table(
    ProductDay,
    ("day", "store", "product"),
    (
        lines(
            {
                "orders": Count("order_id", distinct=True),
                "quantity": _PIECES,
                "discount": Sum(F("discount_amount") + F("order_discount_amount")),
                "cost": Sum(LineCost()),
            }
            | _amounts("net", "tax", "gross"),
            product="product_id",
        ),
        refund_lines(
            {"refund_quantity": _PIECES, "refund_cost": _RESTOCKED_COST}
            | _amounts("net", "tax", "gross", before="refund_"),
            product="product_id",
        ),
    ),
    counted=("product",),
)

PAYMENTS = Table(
    PaymentDay,
    ("day", "store", "method", "seller"),
    (
        Source(
            Payment,
            "received_on",
            "store_id",
            "received_by_id",
            # What an exchange moves from one ticket to the other is nobody's money: it comes to zero.
            ~Q(method__kind=EXCHANGE.kind),
            {
                "method": "method_id",
                "seller": "received_by_id",
                "register": "session__register_id",
            },
            {
                "payments": Count("id"),
                "received": Sum("amount", filter=Q(amount__gt=0)),
                "given_back": Sum(Negative("amount"), filter=Q(amount__lt=0)),
            },
        ),
    ),
    owner="seller_id",
)

_NO_NAME, _NO_PERCENT = Value("", CharField()), Value(0, IntegerField())
_FREE = Q(tax_amount=0, taxes=[])

TAXES = Table(
    TaxDay,
    ("day", "store", "name", "percent"),
    (
        lines(_amounts("net", "tax"), model=OrderTax, name="name", percent="percent"),
        lines(_amounts("net"), only=_FREE, name=_NO_NAME, percent=_NO_PERCENT),
        # Name, percent and amounts stand inside the line.
        refund_lines({}, has_json_taxes=True, name=_NO_NAME, percent=_NO_PERCENT),
    ),
)

CUSTOMERS = Table(
    CustomerDay,
    ("day", "store", "customer"),
    (
        orders({"orders": Count("id")} | _amounts("discount", "net", "total"), only=_BOUGHT),
        lines({"cost": Sum(LineCost())}, only=_GOODS & Q(order__customer__isnull=False)),
        refunds(
            {"refunds": Count("id", filter=_RETURNED)} | _amounts("net", "total", before="refund_"),
            only=_BOUGHT,
        ),
        refund_lines(
            {"refund_cost": _RESTOCKED_COST}, only=_GOODS & Q(refund__customer__isnull=False)
        ),
    ),
)

TABLES = (SALES, HOURS, PRODUCTS, PAYMENTS, TAXES, CUSTOMERS)
