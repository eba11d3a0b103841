"""All reports tell the same story: of documents and of roll-ups, in every time zone, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from pos.models import FinishedDay, Order, OrderLine, Payment, Refund, RefundLine, User
from pos.money import ZERO
from pos.reports.base import Asked
from pos.reports.facts import Span, Where
from pos.reports.registry import REPORTS, report_named
from pos.services.days.rolling import roll_missing
from pos.services.session_figures import figures_of
from pos.services.verification import verify

from .known_days import KnownDays, open_shop, trade

pytestmark = pytest.mark.django_db

# Stores whose clocks differ, at moments at which they do something odd.
NIGHTS = {
    "plain": ("2026-03-02T09:00", ("UTC", 0), ("UTC", 0)),
    "spring in Paris": ("2026-03-28T22:30", ("Europe/Paris", 0), ("America/New_York", 3)),
    "spring in Paris, late bar": ("2026-03-28T23:10", ("Europe/Paris", 4), ("Asia/Kathmandu", 0)),
    "autumn in Paris": ("2026-10-24T22:15", ("Europe/Paris", 2), ("Pacific/Auckland", 23)),
    "autumn in New York": ("2026-11-01T04:40", ("America/New_York", 2), ("Australia/Lord_Howe", 1)),
    "year's end in Auckland": ("2026-12-31T08:30", ("Pacific/Auckland", 6), ("UTC", 0)),
}


@pytest.fixture(params=NIGHTS)
def shop(request: Any, monkeypatch: Any) -> KnownDays:
    moment, main, harbour = NIGHTS[request.param]
    fields = [{"time_zone": zone, "day_starts_at_hour": hour} for zone, hour in (main, harbour)]
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return trade(open_shop(monkeypatch, at, main=fields[0], harbour=fields[1]))


def around(shop: KnownDays) -> Span:
    """Days enough for every store's calendar."""
    today = shop.clock.at.date()
    return Span(today - timedelta(days=5), today + timedelta(days=3))


def asked(shop: KnownDays, user: User, by: str = "", **where: Any) -> Asked:
    return Asked(user=user, span=around(shop), where=Where(**where), by=by)


def added(name: str, question: Asked, column: str) -> Any:
    """The sum of a column over the rows of a report."""
    report = report_named(name)
    assert report is not None
    return sum((row.cells[column] for row in report.rows(question)), ZERO)


def total(name: str, question: Asked, column: str) -> Any:
    report = report_named(name)
    assert report is not None
    return report.totals(question, report.rows(question))[column]


# Of documents alone, as everybody would add them up.
def net_by_hand(orders: Any, refunds: Any) -> Decimal:
    return sum((each.net_amount for each in orders), ZERO) - sum(
        (each.net_amount for each in refunds), ZERO
    )


def check_sums(shop: KnownDays, user: User) -> None:
    orders = list(Order.objects.visible_to(user).filter(status="completed"))
    refunds = list(Refund.objects.visible_to(user))
    sales = sum((each.total_amount for each in orders), ZERO) - sum(
        (each.total_amount for each in refunds), ZERO
    )
    net = net_by_hand(orders, refunds)
    tax = sum((each.tax_amount for each in orders), ZERO) - sum(
        (each.tax_amount for each in refunds), ZERO
    )
    for name, by in (
        *(("sales-by-day", by) for by in ("day", "week", "month", "year")),
        *((f"sales-by-{what}", "") for what in ("store", "register", "seller")),
        ("sales-by-hour", "sales"),
        ("sellers", ""),
    ):
        question = asked(shop, user, by)
        report = report_named(name)
        assert report is not None
        rows = report.rows(question)
        assert sum((row.cells["sales"] for row in rows), ZERO) == sales, name
        assert sum(row.cells["orders"] for row in rows) == len(orders), name
        assert report.totals(question, rows)["sales"] == sales, name
    for name, by in (
        ("sales-by-product", ""),
        ("sales-by-size", ""),
        ("profit", "product"),
        ("profit", "day"),
        ("product-report", ""),
        ("taxes", ""),
    ):
        # Sold without a tax on top of another one, so each net stands in one row.
        assert added(name, asked(shop, user, by), "net_sales") == net, name
    for by in ("category", "top"):
        assert total("sales-by-category", asked(shop, user, by), "net_sales") == net
    assert total("taxes", asked(shop, user), "tax_due") == tax
    returned = sum((each.total_amount for each in refunds), ZERO)
    for by in ("seller", "store", "day"):
        assert added("refunds", asked(shop, user, by), "refund_total") == returned
    assert added("refund-reasons", asked(shop, user), "total") == returned
    assert added("baskets", asked(shop, user), "total") == sales + returned
    assert added("seller-report", asked(shop, user), "total") == sales + returned


def check_goods(shop: KnownDays, user: User) -> None:
    lines = OrderLine.objects.filter(order__in=Order.objects.visible_to(user), kind="product")
    back = RefundLine.objects.filter(refund__in=Refund.objects.visible_to(user), kind="product")
    sold = sum((line.quantity for line in lines), ZERO)
    kept = sold - sum((line.quantity for line in back), ZERO)
    cost = sum((line.quantity * line.unit_cost for line in lines), ZERO) - sum(
        (line.quantity * line.unit_cost for line in back if line.is_restocked), ZERO
    )
    for name, by in (("sales-by-product", ""), ("product-report", ""), ("profit", "day")):
        assert added(name, asked(shop, user, by), "quantity_sold") == kept, name
    assert added("seller-report", asked(shop, user), "quantity") == sold
    for by in ("product", "day"):
        assert added("profit", asked(shop, user, by), "cost_of_sales") == cost


def check_money(shop: KnownDays, user: User) -> None:
    payments = Payment.objects.visible_to(user)
    kept = payments.exclude(method__kind="exchange").aggregate(sum=Sum("amount"))["sum"] or ZERO
    assert added("payment-methods", asked(shop, user), "kept") == kept
    assert total("payment-methods", asked(shop, user), "kept") == kept


# Who sees all, a store, their own sales, and nothing.
PEOPLE = ("root", "max", "ana", "sam")


def test_reports_agree_for_everybody_before_and_after_days_are_rolled_up(shop: KnownDays) -> None:
    for turn in ("documents", "roll-ups"):
        for name in PEOPLE:
            user = User.objects.get(pk=shop.people[name].pk)
            for check in (check_sums, check_goods, check_money):
                check(shop, user)
        if turn == "documents":
            shop.clock.on(days=3)
            assert roll_missing() > 0
    assert FinishedDay.objects.count() >= 4
    assert [str(problem) for problem in verify()] == []


def test_every_row_of_every_report_is_the_same_from_roll_ups(shop: KnownDays) -> None:
    shop.clock.on(days=3)

    def told() -> dict[Any, Any]:
        found = {}
        for report in REPORTS:
            for by in report.choices or ("",):
                for name in ("root", "max", "ana"):
                    user = User.objects.get(pk=shop.people[name].pk)
                    question = Asked(user=user, span=around_then, by=by)
                    rows = report.rows(question)
                    found[report.name, by, name] = (rows, report.totals(question, rows))
        return found

    around_then = Span(around(shop).first - timedelta(days=3), around(shop).last)
    before = told()
    assert roll_missing() > 0
    assert told() == before


def test_what_methods_kept_is_what_the_sessions_tenders_say(shop: KnownDays) -> None:
    report = report_named("payment-methods")
    assert report is not None
    kept = {row.cells["name"]: row.cells["kept"] for row in report.rows(asked(shop, shop.root))}
    tenders: dict[str, Decimal] = {}
    for figures in figures_of(list(shop.sessions.values())).values():
        for tender in figures.tenders:
            if tender.net:
                tenders[tender.name] = tenders.get(tender.name, ZERO) + tender.net
    assert kept == tenders
    assert kept == {"Cash": Decimal("77.90"), "Card": Decimal("28.80")}


@pytest.mark.parametrize(
    ("narrowed", "sales"),
    [
        (lambda shop: {"stores": [shop.main.pk]}, "84.00"),
        (lambda shop: {"stores": [shop.harbour.pk]}, "22.70"),
        (lambda shop: {"registers": [shop.till_two.pk]}, "23.90"),
        (lambda shop: {"sellers": [shop.ana.pk]}, "60.10"),
        (lambda shop: {"sellers": [shop.max.pk]}, "-12.50"),
        (lambda shop: {"stores": [shop.harbour.pk], "sellers": [shop.ana.pk]}, "0"),
    ],
)
def test_filters_narrow_all_alike(
    monkeypatch: Any, narrowed: Callable[[KnownDays], dict[str, list[int]]], sales: str
) -> None:
    shop = trade(open_shop(monkeypatch))
    where = {name: frozenset(ids) for name, ids in narrowed(shop).items()}
    question = asked(shop, shop.root, **where)
    for name, by in (
        ("sales-by-day", "day"), ("sales-by-store", ""), ("sales-by-register", ""),
        ("sales-by-seller", ""), ("sellers", ""),
    ):  # fmt: skip
        assert added(name, replace(question, by=by), "sales") == Decimal(sales), name
    gross = added("sales-by-product", question, "gross_sales")
    assert gross == Decimal(sales)  # nothing was rounded to coins here
