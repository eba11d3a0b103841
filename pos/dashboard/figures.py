"""One large figure each: what it is now, how it changed, and the line it took there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Count, Sum
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pos.models import Category, Customer, Order, Product, Seller
from pos.money import ZERO
from pos.reports.facts import Fact, Span, Sums
from pos.services.dues import DUE, is_due

from .card import HEIGHT, WIDTH, Card, change, money, spark_points
from .look import list_url

MOST = 10_000  # no more rows of a table are counted
LONG = 92  # days that a spark line draws one by one; more are drawn by the week
OWING = (Order.PaymentStatus.UNPAID, Order.PaymentStatus.PARTIAL)


def whole(number: int) -> str:
    return number_format(number, 0, use_l10n=True, force_grouping=True)


class Figure(Card):
    size = "figure"
    template = "admin/start/figure.html"

    def content(self) -> dict[str, Any]:
        raise NotImplementedError


class SalesFigure(Figure):
    """A measure of the period's sales, compared with the one before, with a line by day."""

    is_good: ClassVar[bool] = True  # whether more of it is

    def show(self, value: Any) -> str:
        return money(value)

    def value(self, sales: Sums) -> Decimal:
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        now, before = (self.value(self.look.sales(span)) for span in self.spans())
        compared = change(now, before, is_good=self.is_good)
        nothing = "" if compared or not now else self.look.nothing_before
        return {
            "figure": self.show(now),
            "change": compared,
            "compared": self.look.compared if compared else nothing,
            "below": self.below(self.look.sales(self.look.span)),
            "spark": self.spark(),
        }

    def spans(self) -> tuple[Span, Span]:
        return self.look.span, self.look.before

    def below(self, sales: Sums) -> str:
        return ""

    def spark(self) -> dict[str, Any]:
        days = list(self.look.trend)
        step = 7 if len(days) > LONG else 1
        parts = [
            Span(days[at], days[min(at + step, len(days)) - 1]) for at in range(0, len(days), step)
        ]
        values = [self.value(self.look.sales(part)) for part in parts]
        return spark(days, values, self.show)


def spark(
    days: Sequence[Any], values: Sequence[Decimal], show: Callable[[Any], str]
) -> dict[str, Any]:
    """A line, the area below it, and what both say in words."""
    points = spark_points(values) if any(values) else ""
    if not points:
        return {}
    said = gettext("%(first)s to %(last)s: lowest %(low)s, highest %(high)s") % {
        "first": date_format(days[0], "SHORT_DATE_FORMAT"),
        "last": date_format(days[-1], "SHORT_DATE_FORMAT"),
        "low": show(min(values)),
        "high": show(max(values)),
    }
    area = f"0,{HEIGHT} {points} {WIDTH},{HEIGHT}"
    return {"points": points, "area": area, "box": f"0 0 {WIDTH} {HEIGHT}", "text": said}


class Sales(SalesFigure):
    name, title, own_title, icon, term = "sales", _("Sales"), _("My sales"), "payments", "sales"

    def value(self, sales: Sums) -> Decimal:
        return sales.sales

    def url(self) -> str:
        return self.look.report("sales-by-day", self.look.orders())


class Orders(SalesFigure):
    name, title, own_title, icon = "orders", _("Orders"), _("My orders"), "receipt_long"
    term = "orders"

    def show(self, value: Any) -> str:
        return whole(value)

    def value(self, sales: Sums) -> Any:
        return sales.orders

    def url(self) -> str:
        return self.look.orders()


class Average(SalesFigure):
    name, title, own_title = "average", _("Average order"), _("My average order")
    icon, term = "shopping_basket", "average"

    def value(self, sales: Sums) -> Decimal:
        return sales.average

    def below(self, sales: Sums) -> str:
        items = sales.items_per_order
        return gettext("%(items)s items each") % {"items": number_format(items)} if items else ""

    def url(self) -> str:
        return self.look.report("sales-by-day", self.look.orders())


class Profit(SalesFigure):
    name, title, own_title, icon, term = "profit", _("Profit"), _("My profit"), "savings", "profit"
    rights = ("view_order", "view_cost")

    def value(self, sales: Sums) -> Decimal:
        return sales.profit

    def below(self, sales: Sums) -> str:
        margin = sales.margin
        if margin is None:
            return ""
        return gettext("%(percent)s %% margin") % {"percent": number_format(margin)}

    def url(self) -> str:
        return self.look.report("profit", self.look.orders())


class Refunds(SalesFigure):
    name, title, own_title = "refunds", _("Refunds"), _("My refunds")
    icon, term = "assignment_return", "refund"
    rights = ("view_order", "view_refund")
    is_good = False

    def value(self, sales: Sums) -> Decimal:
        return sales.refund_total

    def below(self, sales: Sums) -> str:
        count = sales.refunds + sales.voids
        return ngettext("%(count)s refund", "%(count)s refunds", int(count)) % {"count": count}

    def url(self) -> str:
        return list_url("refund", self.look.narrowed("refunded_on"))


class Dues(Figure):
    """What is due now, whenever it was sold."""

    name, title, own_title, icon, term = "dues", _("Due"), _("Due to me"), "pending_actions", "due"
    own_title = _("Due on my sales")

    def content(self) -> dict[str, Any]:
        # In the words of the partial index: few owe among the many that have paid.
        orders = Order.objects.visible_to(self.look.user).completed()
        owing = orders.filter(is_due(), payment_status__in=OWING)
        if self.look.store:
            owing = owing.filter(store=self.look.store)
        due = owing.order_by().aggregate(amount=Sum(DUE), count=Count("pk"))
        said = ngettext("on %(count)s order", "on %(count)s orders", due["count"])
        return {
            "figure": money(due["amount"] or ZERO),
            "below": said % {"count": whole(due["count"])},
            "compared": gettext("until today"),
        }

    def url(self) -> str:
        return list_url("order", self.look.narrowed() | {"due": "any"})


class Tally(Figure):
    """How many there are, and how many of them had a part in the period's sales."""

    model: ClassVar[Any]
    report: ClassVar[str] = ""

    def there_are(self) -> Any:
        return self.model.objects.all()

    def active(self) -> int:
        raise NotImplementedError

    def said(self, count: int) -> str:
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        count = self.there_are().order_by()[: MOST + 1].count()
        figure = f"{whole(MOST)}+" if count > MOST else whole(count)
        active = self.active()
        return {"figure": figure, "below": self.said(active) % {"count": whole(active)}}

    def url(self) -> str:
        page = list_url(self.model._meta.model_name, {})
        return self.look.report(self.report, page) if self.report else page


class Sellers(Tally):
    name, title, icon = "sellers", _("Sellers"), "badge"
    rights = ("view_order", "view_seller")
    model, report = Seller, "sales-by-seller"

    def there_are(self) -> Any:
        return self.model.objects.filter(is_active=True)

    def active(self) -> int:
        return len(self.look.active(Fact.SALES, "seller", "orders"))

    def said(self, count: int) -> str:
        return ngettext("%(count)s sold something", "%(count)s sold something", count)


class Customers(Tally):
    name, title, icon = "customers", _("Customers"), "group"
    rights = ("view_order", "view_customer")
    model, report = Customer, "sales-by-customer"

    def active(self) -> int:
        return len(self.look.active(Fact.CUSTOMERS, "customer", "orders"))

    def said(self, count: int) -> str:
        return ngettext("%(count)s bought something", "%(count)s bought something", count)


class Products(Tally):
    name, title, icon = "products", _("Products"), "inventory_2"
    rights = ("view_order", "view_product")
    model, report = Product, "sales-by-product"

    def there_are(self) -> Any:
        return self.model.objects.filter(is_active=True)

    def active(self) -> int:
        return len(self.look.active(Fact.PRODUCTS, "product", "quantity"))

    def said(self, count: int) -> str:
        return ngettext("%(count)s was sold", "%(count)s were sold", count)


class Categories(Tally):
    name, title, icon = "categories", _("Categories"), "category"
    rights = ("view_order", "view_category")
    model = Category

    def active(self) -> int:
        # Of very many products the list of ids is longer than a database takes.
        sold = self.look.active(Fact.PRODUCTS, "product", "quantity")[:MOST]
        links = Product.categories.through.objects.filter(product_id__in=sold)
        return links.values("category_id").distinct().count()

    def said(self, count: int) -> str:
        return ngettext("%(count)s with sales", "%(count)s with sales", count)
