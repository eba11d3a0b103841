"""Who and what stood first in the period, with a bar each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from pos.models import Customer, Product, User
from pos.reports.facts import Fact

from .card import Card, money, share

ROWS = 6


@dataclass(frozen=True)
class Bar:
    """A name, its figure, the value that its length shows (percent of the longest), and its page."""

    title: str
    figure: str
    value: Decimal
    url: str = ""
    below: str = ""
    percent: int = 0


def bars(rows: Sequence[Bar]) -> list[Bar]:
    most = max((row.value for row in rows), default=Decimal(0))
    return [replace(row, percent=share(row.value, most)) for row in rows]


class Top(Card):
    template = "admin/start/bars.html"
    fact: ClassVar[Fact]
    by: ClassVar[str]
    measure: ClassVar[str] = "sales"
    report: ClassVar[str]
    empty = _("Nothing was sold in these days.")

    def names(self, ids: Sequence[int]) -> dict[int, Any]:
        raise NotImplementedError

    def page(self, pk: int) -> str:
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        first = self.look.ranking(self.fact, self.by, self.measure)[:ROWS]
        names = self.names([pk for pk, _value in first])
        rows = [self.bar(pk, names.get(pk, "–"), value) for pk, value in first]
        return {"bars": bars(rows), "empty": self.empty}

    def bar(self, pk: int, name: Any, value: Decimal) -> Bar:
        return Bar(str(name), money(value), value, self.page(pk))

    def url(self) -> str:
        return self.look.report(self.report, self.look.orders())


class TopProducts(Top):
    """By what they brought in, with tax."""

    name, title, icon = "top_products", _("Top products"), "trophy"
    own_title = _("My top products")
    rights = ("view_order", "view_product")
    fact, by, measure, report = Fact.PRODUCTS, "product", "gross_sales", "sales-by-product"

    def names(self, ids: Sequence[int]) -> dict[int, Any]:
        return Product.objects.in_bulk(ids)

    def page(self, pk: int) -> str:
        return self.look.orders(product=pk)


class TopSellers(Top):
    name, title, icon = "top_sellers", _("Top sellers"), "social_leaderboard"
    rights = ("view_order", "view_seller")
    fact, by, report = Fact.SALES, "seller", "sales-by-seller"

    def names(self, ids: Sequence[int]) -> dict[int, Any]:
        return User.objects.in_bulk(ids)

    def page(self, pk: int) -> str:
        return self.look.orders(seller__id__exact=pk)


class TopCustomers(Top):
    name, title, icon = "top_customers", _("Top customers"), "loyalty"
    own_title = _("My top customers")
    rights = ("view_order", "view_customer")
    fact, by, report = Fact.CUSTOMERS, "customer", "sales-by-customer"
    empty = _("No customer was named on a sale in these days.")

    def names(self, ids: Sequence[int]) -> dict[int, Any]:
        return Customer.objects.in_bulk(ids)

    def page(self, pk: int) -> str:
        return self.look.orders(customer__id__exact=pk)
