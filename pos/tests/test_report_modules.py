"""Every report: what it says of a shop whose days are known to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pos import roles
from pos.models import Category, Product, User
from pos.reports.base import PREVIOUS, Asked, Behind, Report
from pos.reports.customer_habits import fifths
from pos.reports.facts import Span, Where
from pos.reports.registry import REPORTS, report_named
from pos.services.carts import Delivery
from pos.services.cash import open_session

from .factories import make_customer, make_product, make_register, make_user
from .known_days import KnownDays, open_shop, trade
from .tills import item, sell
from .two_stores import TwoStores, add_refunds, open_two_stores

pytestmark = pytest.mark.django_db
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


def asked_of(report: Report, user: User, **changes: Any) -> list[Asked]:
    """The report by each of its choices."""
    asked = Asked(user=user, span=YEAR, **changes)
    return [replace(asked, by=by) for by in report.choices] or [asked]


@pytest.fixture
def world() -> TwoStores:
    found = open_two_stores()
    add_refunds(found)
    return found


@pytest.mark.parametrize("person", ["root", "max", "ana", "sam", "ada", "eve"])
def test_every_report_answers_everybody(world: TwoStores, person: str) -> None:
    user = world.people[person]
    for report in REPORTS:
        for asked in asked_of(report, user, compare=PREVIOUS):
            columns = {column.name for column in report.columns_for(user, asked)}
            rows = report.rows(asked)
            assert all(columns <= set(row.cells) for row in rows), report.name
            assert set(report.totals(asked, rows)) <= columns, report.name
            assert all(str(note) for note in report.notes(asked))


# --- To the cent ------------------------------------------------------------------------------


@pytest.fixture
def shop(monkeypatch: Any) -> KnownDays:
    return trade(open_shop(monkeypatch))


def open_again(shop: KnownDays) -> None:
    for name, till in (("ana", shop.till_one), ("ben", shop.till_two)):
        person = shop.people[name]
        open_session(user=person, register=till, opening_float=Decimal(0))


DAYS = Span(date(2026, 3, 2), date(2026, 3, 3))
# report, grouped by -> columns, and what Root reads in each row, then the totals.
EXPECTED: dict[tuple[str, str], tuple[str, list[str], str]] = {
    ("sales-by-store", ""): (
        "name orders discount total refund_total sales average",
        [
            "Main Street|6|4.50|126.40|42.40|84.00|21.07",
            "Harbour|2|0.00|22.70|0.00|22.70|11.35",
        ],
        "|8|4.50|149.10|42.40|106.70|18.64",
    ),
    ("sales-by-register", ""): (
        "store name orders sales",
        [
            "Main Street|Register 1|4|60.10",
            "Main Street|Register 2|2|23.90",
            "Harbour|Harbour till|2|22.70",
        ],
        "||8|106.70",
    ),
    ("sales-by-seller", ""): (
        "name orders total refund_total sales",
        [
            "Ana|4|90.00|29.90|60.10",
            "Ben|2|36.40|0.00|36.40",
            "Eve|2|22.70|0.00|22.70",
            "Max|0|0.00|12.50|-12.50",
        ],
        "|8|149.10|42.40|106.70",
    ),
    ("sales-by-product", ""): (
        "code orders quantity_sold discount net_sales gross_sales profit margin",
        [
            "SHIRT-M|5|5.00|2.00|81.25|97.50|41.25|50.80",
            "|1|0.00|0.00|5.00|5.00|5.00|100.00",
            "TOMATO|2|1.50|0.00|3.82|4.20|2.02|52.90",
            "SCARF|2|0.00|2.50|0.00|0.00|-5.00|",
        ],
        "||6.50|4.50|90.07|106.70|43.27|48.00",
    ),
    ("sales-by-category", "category"): (
        "name quantity_sold net_sales profit",
        [
            "Clothes › Shirts|5.00|81.25|41.25",
            "Delivery fees|0.00|5.00|5.00",
            "Without a category|1.50|3.82|2.02",
            "Clothes|0.00|0.00|-5.00",
            "Presents|0.00|0.00|-5.00",
        ],
        "|6.50|90.07|43.27",
    ),
    ("sales-by-category", "top"): (
        "name net_sales profit",
        [
            "Clothes|81.25|36.25",
            "Delivery fees|5.00|5.00",
            "Without a category|3.82|2.02",
            "Presents|0.00|-5.00",
        ],
        "|90.07|43.27",
    ),
    ("sales-by-size", ""): (
        "name quantity_sold net_sales",
        ["M|5.00|81.25", "Delivery fees|0.00|5.00", "Without a size|1.50|3.82"],
        "|6.50|90.07",
    ),
    ("profit", "day"): (
        "name quantity_sold net_sales cost_of_sales profit margin",
        [
            "2026-03-02|5.50|75.10|37.60|37.50|49.90",
            "2026-03-03|1.00|14.97|9.20|5.77|38.50",
        ],
        "|6.50|90.07|46.80|43.27|48.00",
    ),
    ("discounts", "seller"): (
        "name orders subtotal discount rate",
        ["Ana|4|93.50|3.50|3.70", "Ben|2|37.40|1.00|2.70", "Eve|2|22.70|0.00|0.00", "Max|0|0.00|0.00|"],
        "|8|153.60|4.50|2.90",
    ),
    ("largest-discounts", ""): (
        "number seller customer discount rate total",
        [
            "MAIN-R1-000003|Ana||2.50|20.00|10.00",
            "MAIN-R2-000001|Ben|Rosa Lind|1.00|4.00|23.90",
            "MAIN-R1-000002|Ana|Rosa Lind|1.00|5.00|18.90",
        ],
        "|||4.50|7.90|52.80",
    ),
    ("refunds", "store"): (
        "name refunds voids returned void_total refund_total total rate",
        ["Main Street|2|1|29.90|12.50|42.40|126.40|33.50", "Harbour|0|0|0.00|0.00|0.00|22.70|0.00"],
        "|2|1|29.90|12.50|42.40|149.10|28.40",
    ),
    ("refund-reasons", ""): (
        "reason refunds voids total",
        ["Too small|2|0|29.90", "Rang up wrong|0|1|12.50"],
        "|2|1|42.40",
    ),
    ("baskets", ""): (
        "items orders part pieces total average",
        ["1|7|87.50|7|107.90|15.41", "3|1|12.50|3|41.20|41.20"],
        "|8|100.00|10|149.10|18.64",
    ),
    ("product-report", ""): (
        "day quantity_sold discount net_sales gross_sales",
        ["2026-03-02|5.50|3.50|75.10|90.00", "2026-03-03|1.00|1.00|14.97|16.70"],
        "|6.50|4.50|90.07|106.70",
    ),
    ("fast-movers", ""): (
        "code quantity_sold per_day net_sales on_hand days_left",
        ["SHIRT-M|5.00|2.50|81.25|95.00|38", "TOMATO|1.50|0.75|3.82|98.50|131"],
        "|||85.07||",
    ),
    ("product-classes", ""): (
        "class code net_sales part running profit",
        ["A|SHIRT-M|81.25|95.50|95.50|41.25", "C|TOMATO|3.82|4.50|100.00|2.02"],
        "||85.07|||43.27",
    ),
    ("sales-by-customer", ""): (
        "name orders discount total sales average profit",
        ["Rosa Lind|2|2.00|42.80|42.80|21.40|20.50", "Tim Fox|1|0.00|2.80|2.80|2.80|1.35"],
        "|3|2.00|45.60|45.60|15.20|21.85",
    ),
    ("new-customers", ""): (
        "month new returning part new_sales returning_sales",
        ["2026-03-01|2|0|0.00|45.60|0.00"],
        "|2|||45.60|0.00",
    ),
    ("payment-methods", ""): (
        "name payments received given_back kept",
        ["Cash|8|110.30|32.40|77.90", "Card|2|28.80|0.00|28.80"],
        "|10|139.10|32.40|106.70",
    ),
    ("taxes", ""): (
        "name rate net tax refund_net refund_tax net_sales tax_due",
        [
            "VAT 20 %|20.00|116.58|23.32|35.33|7.07|81.25|16.25",
            "VAT 10 %|10.00|3.82|0.38|0.00|0.00|3.82|0.38",
            "Without tax||5.00|0.00|0.00|0.00|5.00|0.00",
        ],
        "|||23.70||7.07||16.63",
    ),
    ("cash-sessions", ""): (
        "register seller opening_float counted expected difference",
        [
            "Harbour till|Eve|100.00|122.20|122.70|-0.50",
            "Register 2|Ben|100.00|123.90|123.90|0.00",
            "Register 1|Ana|100.00|131.30|131.30|0.00",
        ],
        "|||377.40|377.90|-0.50",
    ),
    ("inventory", "product"): (
        "code on_hand value retail",
        ["SHIRT-M|95.00|760.00|1890.50", "SCARF|99.00|495.00|1237.50", "TOMATO|98.50|118.20|275.80"],
        "|292.50|1373.20|3403.80",
    ),
    ("inventory", "store"): (
        "store on_hand value retail",
        ["Harbour|148.00|700.80|1737.30", "Main Street|144.50|672.40|1666.50"],
        "|292.50|1373.20|3403.80",
    ),
    ("stock-movements", "kind"): (
        "name reason movements added taken change cost",
        [
            "Adjustment|Opening stock|6|300.00|0.00|300.00|1420.00",
            "Return||3|3.00|0.00|3.00|18.00",
            "Sale||9|0.00|9.50|-9.50|-59.80",
            "Waste|Damaged|1|0.00|1.00|-1.00|-5.00",
        ],
        "||19|303.00|10.50|292.50|1373.20",
    ),
    ("sellers", ""): (
        "name orders items_per_order average refunds refund_total sales hours sales_per_hour",
        [
            "Ana|4|1.40|22.50|2|29.90|60.10|4|22.50",
            "Ben|2|1.00|18.20|0|0.00|36.40|2|18.20",
            "Eve|2|1.00|11.35|0|0.00|22.70|2|11.35",
            "Max|0||0.00|0|12.50|-12.50|0|",
        ],
        "|8|1.20|18.64|2|42.40|106.70||",
    ),
    ("seller-report", ""): (
        "day seller orders quantity products customers total",
        [
            "2026-03-03|Ana|1|1.00|1|0|19.90",
            "2026-03-03|Ben|2|2.00|2|1|36.40",
            "2026-03-03|Eve|1|1.00|1|1|2.80",
            "2026-03-02|Ana|3|4.50|3|1|70.10",
            "2026-03-02|Eve|1|1.00|1|0|19.90",
        ],
        "||8|9.50|||149.10",
    ),
    ("deliveries", "day"): (
        "name deliveries delivered failed open in_time late undated rate fees",
        ["2026-03-03|1|1|0|0|1|0|0|100.00|5.00"],
        "|1|1|0|0|1|0|0|100.00|5.00",
    ),
    ("deliveries", "store"): ("name deliveries fees", ["Main Street|1|5.00"], "|1|5.00"),
}  # fmt: skip


def text(value: Any, kind: str) -> str:
    if value is None or value == "":
        return ""
    if kind == "count":
        return str(int(value))
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def told(report: Report, asked: Asked, shown: str) -> tuple[list[str], str]:
    """The rows and the totals as text, of the columns shown."""
    kinds = {each.name: each.kind for each in report.columns_for(asked.user, asked)}
    rows = report.rows(asked)
    lines = [row.cells for row in rows] + [report.totals(asked, rows)]
    texts = [
        "|".join(text(cells.get(name), kinds[name]) for name in shown.split()) for cells in lines
    ]
    return texts[:-1], texts[-1]


def report_called(name: str) -> Report:
    report = report_named(name)
    assert report is not None
    return report


def test_every_report_says_what_happened_to_the_cent(shop: KnownDays) -> None:
    for (name, by), (shown, rows, totals) in EXPECTED.items():
        asked = Asked(user=shop.root, span=DAYS, by=by)
        assert told(report_called(name), asked, shown) == (rows, totals), (name, by)


def test_one_customers_orders_and_no_others(shop: KnownDays) -> None:
    report = report_called("customer-report")
    nobody = Asked(user=shop.root, span=DAYS)
    assert report.rows(nobody) == []
    asked = replace(nobody, where=Where(customers=frozenset([shop.rosa.pk])))
    assert told(report, asked, "day number seller products total due") == (
        [
            "2026-03-03|MAIN-R2-000001|Ben|Linen shirt M|23.90|0.00",
            "2026-03-02|MAIN-R1-000002|Ana|Linen shirt M|18.90|0.00",
        ],
        "||||42.80|0.00",
    )


def test_comparing_shows_what_was_sold_before(shop: KnownDays) -> None:
    second = Span(DAYS.last, DAYS.last)
    asked = Asked(user=shop.root, span=second, compare=PREVIOUS)
    rows = report_called("sales-by-seller").rows(asked)
    found = {row.cells["name"]: (row.cells["sales"], (row.before or {})["sales"]) for row in rows}
    assert found == {
        "Ana": (Decimal("-10.00"), Decimal("70.10")),
        "Ben": (Decimal("36.40"), Decimal(0)),
        "Eve": (Decimal("2.80"), Decimal("19.90")),
        "Max": (Decimal("-12.50"), Decimal(0)),
    }


def test_category_filter_shows_the_category_and_what_lies_in_it(shop: KnownDays) -> None:
    where = Where(categories=frozenset([shop.clothes.pk]))
    asked = Asked(user=shop.root, span=DAYS, by="category", where=where)
    rows, _totals = told(report_called("sales-by-category"), asked, "name net_sales")
    assert rows == ["Clothes › Shirts|81.25", "Clothes|0.00"]


# --- Who sees what ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "rows"),
    [
        ("max", ["Ana|60.10", "Ben|36.40", "Max|-12.50"]),
        ("ada", ["Ana|60.10", "Ben|36.40", "Max|-12.50"]),
        ("ana", ["Ana|60.10"]),
        ("eve", ["Eve|22.70"]),
        ("sam", []),
    ],
)
def test_a_seller_sees_their_own_and_a_manager_the_store(
    shop: KnownDays, person: str, rows: list[str]
) -> None:
    asked = Asked(user=shop.people[person], span=DAYS)
    assert told(report_called("sales-by-seller"), asked, "name sales")[0] == rows


def test_cost_and_profit_are_for_those_who_may_see_them(shop: KnownDays) -> None:
    secret = {"cost", "value", "profit", "margin", "cost_of_sales"}
    for report in REPORTS:
        for asked in asked_of(report, shop.ana):
            asked = replace(asked, span=DAYS)
            if not report.is_allowed(shop.ana):
                continue
            shown = {column.name for column in report.columns_for(shop.ana, asked)}
            assert report.name == "customer-groups" or not secret & shown, report.name
    assert not report_called("profit").is_allowed(shop.ana)
    assert report_called("profit").is_allowed(shop.max)


def test_whoever_counts_blind_never_reads_what_was_expected(shop: KnownDays) -> None:
    report = report_called("cash-sessions")
    asked = Asked(user=shop.ana, span=DAYS)
    rows = report.rows(asked)
    assert [row.cells["counted"] for row in rows] == [Decimal("131.30")]
    hidden = {"expected", "difference"}
    assert not hidden & set(rows[0].cells)
    assert not hidden & {column.name for column in report.columns_for(shop.ana, asked)}
    assert not hidden & set(report.totals(asked, rows))


# --- What is behind, and what it costs --------------------------------------------------------


def test_rows_lead_to_the_list_behind_them(shop: KnownDays) -> None:
    days = {"sold_on_from": "2026-03-02", "sold_on_to": "2026-03-03"}
    asked = Asked(user=shop.root, span=DAYS, where=Where(stores=frozenset([shop.main.pk])))
    ana = report_called("sales-by-seller").rows(asked)[0]
    completed = {"status__exact": "completed"}
    expected = completed | days | {"seller__id__exact": shop.ana.pk, "store": shop.main.pk}
    assert ana.behind == Behind("order", expected)
    shirt = report_called("sales-by-product").rows(replace(asked, where=Where()))[0]
    assert shirt.behind == Behind("order", completed | days | {"product": shop.shirt.pk})
    two = Where(stores=frozenset([shop.main.pk, shop.harbour.pk]))
    assert report_called("sales-by-seller").rows(replace(asked, where=two))[0].behind is None


def test_the_list_behind_a_row_shows_as_much_as_the_row(shop: KnownDays, signed_in: Any) -> None:
    client, opened = signed_in(shop.root), set()
    for report in REPORTS:
        for asked in asked_of(report, shop.root):
            asked = replace(asked, span=DAYS)
            for row in report.rows(asked):
                behind = row.behind
                kind = behind and (behind.model, *behind.lookups, report.name)
                if behind is None or kind in opened:
                    continue
                opened.add(kind)
                url = reverse(f"admin:pos_{behind.model}_changelist")
                page = client.get(url, behind.lookups)
                assert page.status_code == 200, (report.name, behind)
                told = {"order": "orders", "payment": "payments"}.get(behind.model, "")
                if told in row.cells:
                    listed = page.context["cl"].result_count
                    assert listed == row.cells[told], (report.name, behind)
    assert {kind[0] for kind in opened} == {
        "order", "refund", "payment", "cashsession", "stocklevel",
    }  # fmt: skip


# --- Stock and customers over a longer time ---------------------------------------------------


def test_what_runs_low_is_ordered_for_a_month(shop: KnownDays) -> None:
    Product.objects.filter(pk=shop.scarf.pk).update(reorder_point=Decimal("60"))
    report = report_called("reorder")
    asked = Asked(user=shop.sam, span=DAYS)
    # Two were sold and came back, one of them to be thrown away.
    shown = "code store on_hand reorder_point per_day days_left suggestion cost"
    assert told(report, asked, shown)[0] == ["SCARF|Main Street|49.00|60.00|0.00||11.00|55.00"]


def test_dead_stock_is_what_was_there_and_nobody_bought(shop: KnownDays) -> None:
    report = report_called("dead-stock")
    asked = Asked(user=shop.max, span=DAYS, by="30")
    assert report.rows(asked) == []
    open_again(shop)
    shop.clock.on(days=29, hours=20)
    sell(shop.ana, shop.till_one, item(shop.shirt), total="19.90", pay="card 19.90")
    shop.clock.on(days=1)
    assert told(report, asked, "code on_hand sold_on retail") == (
        ["SCARF|49.00|2026-03-03|612.50", "TOMATO|49.50|2026-03-02|138.60"],
        "|||751.10",
    )


def test_dues_stand_in_the_age_that_they_have(shop: KnownDays) -> None:
    open_again(shop)
    sell(
        shop.ana, shop.till_one, item(shop.scarf), total="12.50", pay="on_account 12.50",
        customer=shop.tim,
    )  # fmt: skip
    report = report_called("ageing")
    for days, column in ((0, "age_30"), (31, "age_60"), (30, "age_90"), (30, "age_older")):
        shop.clock.on(days=days)
        rows = report.rows(Asked(user=shop.max, span=DAYS))
        [cells] = [row.cells for row in rows]
        ages = {name: value for name, value in cells.items() if name.startswith("age_") and value}
        assert (cells["name"], cells["due"], ages) == (
            "Tim Fox", Decimal("12.50"), {column: Decimal("12.50")},
        )  # fmt: skip
        assert rows[0].behinds[column].lookups["due"] == column.removeprefix("age_")
    assert report.rows(Asked(user=shop.eve, span=DAYS)) == []


def test_who_stays_away_is_listed(shop: KnownDays) -> None:
    report = report_called("lapsed-customers")
    asked = Asked(user=shop.max, span=DAYS, by="30")
    assert report.rows(asked) == []
    shop.clock.on(days=40)
    assert told(report, asked, "name last_on days orders total") == (
        ["Rosa Lind|2026-03-03|40|2|42.80"],
        "||||42.80",
    )


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([1], [3]),
        ([7, 7, 7], [3, 3, 3]),
        ([10, 30, 20, 50, 40], [1, 3, 2, 5, 4]),
        ([1, 1, 1, 1, 9], [3, 3, 3, 3, 5]),
        ([], []),
    ],
)
def test_fifths_are_shared_by_equals(values: list[int], points: list[int]) -> None:
    assert fifths(values) == points


def test_what_is_bought_together_is_told_in_plain_figures(shop: KnownDays) -> None:
    open_again(shop)
    for _time in range(2):
        sell(
            shop.ana, shop.till_one, item(shop.shirt), item(shop.scarf),
            total="32.40", pay="card 32.40",
        )  # fmt: skip
    # Ten orders; shirts in seven of them, scarfs in four, both in two.
    assert told(
        report_called("bought-together"),
        Asked(user=shop.root, span=DAYS),
        "first second orders support confidence lift",
    )[0] == ["Wool scarf|Linen shirt M|2|20.00|50.00|0.70"]


def statements(shop: KnownDays) -> dict[tuple[str, str], int]:
    found = {}
    for report in REPORTS:
        for asked in asked_of(report, shop.root, compare=PREVIOUS):
            asked = replace(asked, span=DAYS)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                report.totals(asked, report.rows(asked))
            found[report.name, asked.by] = len(queries)
    return found


def test_no_report_asks_more_often_for_more_rows(shop: KnownDays) -> None:
    open_again(shop)
    owed = sell(
        shop.ana, shop.till_one, item(shop.scarf), item(shop.shirt), total="32.40",
        pay="on_account 32.40", customer=shop.tim,
    )  # fmt: skip
    assert owed.due == Decimal("32.40")
    before = statements(shop)
    for number in range(30):
        rate = shop.shirt.tax_rate
        product = make_product(
            f"Thing {number}", "1.00", size=f"S{number}", reorder_point=Decimal(1000),
            tax_rate=rate, stock={shop.main: "9"}, by=shop.root,
        )  # fmt: skip
        product.categories.add(Category.objects.create(name=f"C{number}", code=f"C{number}"))
        customer = make_customer(f"Customer {number}")
        till = make_register(shop.main, f"Till {number}", f"T{number}")
        seller = make_user(f"seller{number}", roles.SELLER, [shop.main])
        open_session(user=seller, register=till, opening_float=Decimal(0))
        sell(
            seller, till, item(product), item(shop.shirt), total="25.90",
            pay="on_account 25.90", customer=customer,
            delivery=Delivery("1 Road", DAYS.last, Decimal(5)),
        )  # fmt: skip
    assert statements(shop) == before
    assert max(before.values()) <= 16
