"""Past orders of an earlier system: in reports to the cent, in no drawer and no stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum

from pos.models import (
    Customer,
    FinishedDay,
    Order,
    OrderBatch,
    OrderLine,
    OrderTax,
    Payment,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    StockMovement,
    Store,
    TaxRate,
    User,
)
from pos.pricing import CartLine, Discount, Policy, Tax, price_cart
from pos.services.errors import Conflict, Forbidden
from pos.services.past_orders import (
    StoreChoice,
    Wishes,
    import_sales,
    take_out,
)

from . import factories
from .past_orders import (
    FILE,
    ROW,
    counts,
    load,
    load_file,
    make_goods,
    make_tea,
    refused,
    rows_of_file,
    wishes,
)


@pytest.fixture
def tea(vat20: TaxRate) -> Product:
    return make_tea(vat20)


@pytest.fixture
def goods(vat10: TaxRate) -> None:
    make_goods(vat10)


# --- What a file makes -------------------------------------------------------------------------


def test_real_baskets_add_up_to_the_cent(
    root: User, main: Store, goods: None, verified: None
) -> None:
    batch = load_file(root, main)
    rows = rows_of_file()
    values: Counter[str] = Counter()
    for row in rows:
        if Decimal(row["quantity"]) or Decimal(row["sales_value"]):
            values[row["basket_id"]] += Decimal(row["sales_value"])  # type: ignore[assignment]
    past = Order.objects.filter(batch=batch)
    assert {order.number: order.total_amount for order in past} == {
        f"PAST-{batch.pk}-{basket}": total for basket, total in values.items()
    }
    sums = past.aggregate(total=Sum("total_amount"), paid=Sum("paid_amount"))
    assert sums["total"] == sums["paid"] == sum(Decimal(row["sales_value"]) for row in rows)
    lines = OrderLine.objects.filter(order__batch=batch).aggregate(
        off=Sum("discount_amount"), gross=Sum("gross_amount")
    )
    assert lines["off"] == sum(Decimal(row["retail_disc"]) for row in rows)
    assert lines["gross"] == sums["total"]
    coupons = Payment.objects.filter(order__batch=batch, reference="Coupons")
    assert coupons.aggregate(sum=Sum("amount"))["sum"] == sum(
        Decimal(row["coupon_disc"]) for row in rows
    )
    assert (batch.orders_count, batch.lines_count) == (30, OrderLine.objects.count())


def test_past_orders_lie_in_no_drawer_and_take_nothing_from_the_shelf(
    root: User, main: Store, goods: None
) -> None:
    load_file(root, main)
    assert not Order.objects.exclude(session=None).exists()
    assert not Payment.objects.exclude(session=None).exists()
    assert not StockMovement.objects.exists()
    assert not StockLevel.objects.exists()
    register = Register.objects.get(code="PAST")
    assert (register.is_active, register.last_number, register.store) == (False, 0, main)
    assert set(PaymentMethod.objects.values_list("kind", flat=True)) == {"imported"}


def test_an_order_says_when_where_who_and_what(
    root: User, ana: User, main: Store, tea: Product
) -> None:
    Store.objects.filter(pk=main.pk).update(time_zone="Europe/Paris", day_starts_at_hour=4)
    main.refresh_from_db()
    moment = "2017-07-02 01:30:00"
    row = {"quantity": "2", "sales_value": "6.00", "retail_disc": "0.98", "coupon_disc": "1.00"}
    outcome = load(root, main, {**row, "transaction_timestamp": moment}, seller=ana)
    order = Order.objects.get()
    assert order.batch == outcome.batch
    assert order.number == f"PAST-{order.batch_id}-31198570044"
    assert f"{order.completed_at:%Y-%m-%d %H:%M}" == "2017-07-01 23:30"
    assert order.created_at == order.completed_at
    assert order.sold_on == date(2017, 7, 1)
    assert (order.seller, order.customer) == (ana, Customer.objects.get(name="Household 900"))
    line = order.lines.get()
    assert (line.product, line.code, line.name) == (tea, "TEA", "Green tea")
    assert (line.quantity, line.unit_price, line.list_price) == (
        Decimal(2),
        Decimal("3.49"),
        Decimal("3.49"),
    )
    assert (line.subtotal_amount, line.discount_amount) == (Decimal("6.98"), Decimal("0.98"))
    assert (line.net_amount, line.tax_amount, line.gross_amount) == (
        Decimal("5.00"),
        Decimal("1.00"),
        Decimal("6.00"),
    )
    assert line.taxes == [["VAT 20 %", "20", "1.00"]]
    tax = OrderTax.objects.get()
    assert (tax.net_amount, tax.tax_amount) == (Decimal("5.00"), Decimal("1.00"))
    paid = {row.reference: row.amount for row in Payment.objects.all()}
    assert paid == {"": Decimal("5.00"), "Coupons": Decimal("1.00")}
    assert {row.received_on for row in Payment.objects.all()} == {date(2017, 7, 1)}


@pytest.mark.parametrize(
    ("quantity", "value", "off", "stored", "price"),
    [
        ("8725", "20.06", "0.01", "8.725", "2.3003"),  # gallons of fuel, in thousandths
        ("420", "1.06", "0.00", "0.42", "2.5238"),
        ("3", "5.00", "0.00", "3", "1.6667"),
        ("0", "2.50", "0.00", "1", "2.50"),  # has a value, so it was sold
        ("2", "0.00", "0.00", "2", "0"),  # given away
        ("2", "0.00", "3.00", "2", "1.50"),
    ],
)
def test_an_odd_line_keeps_its_value_to_the_cent(  # noqa: PLR0917
    root: User, main: Store, tea: Product, verified: None,
    quantity: str, value: str, off: str, stored: str, price: str,
) -> None:  # fmt: skip
    load(root, main, {"quantity": quantity, "sales_value": value, "retail_disc": off})
    line = OrderLine.objects.get()
    assert (line.quantity, line.unit_price) == (Decimal(stored), Decimal(price))
    assert (line.gross_amount, line.discount_amount) == (Decimal(value), Decimal(off))


def test_where_no_price_gives_the_value_the_next_higher_does_and_the_rest_is_discount(
    root: User, main: Store, tea: Product, verified: None
) -> None:
    load(root, main, {"quantity": "500", "sales_value": "100.01"})
    line = OrderLine.objects.get()
    assert (line.unit_price, line.subtotal_amount) == (Decimal("0.2001"), Decimal("100.05"))
    assert (line.discount_amount, line.gross_amount) == (Decimal("0.04"), Decimal("100.01"))


def test_rows_of_nothing_are_left_out_and_counted(root: User, main: Store, tea: Product) -> None:
    nothing = {"quantity": "0", "sales_value": "0"}
    outcome = load(root, main, {}, nothing, {**nothing, "basket_id": "2"})
    assert (outcome.orders, outcome.lines, outcome.empty_rows, outcome.empty_orders) == (1, 1, 2, 1)


def test_lines_are_taxed_as_the_till_would(
    root: User, main: Store, vat20: TaxRate, vat10: TaxRate, verified: None
) -> None:
    both = factories.make_tax_rate("GST", "5", combined_with=vat10)
    for code, rate in (("A", vat20), ("B", both), ("C", None)):
        factories.make_product(code, "1.00", code=code, tax_rate=rate)
    values = {"A": "9.99", "B": "19.99", "C": "0.07"}
    load(root, main, *({"code": code, "sales_value": value} for code, value in values.items()))
    taxes = {
        "A": (Tax("VAT 20 %", Decimal(20)),),
        "B": (Tax("GST", Decimal(5)), Tax("VAT 10 %", Decimal(10))),
        "C": (),
    }
    priced = price_cart(
        [
            CartLine(Decimal(value), Decimal(1), taxes[code], Discount(amount=Decimal(0)))
            for code, value in values.items()
        ],
        policy=Policy(2, True, "line"),
    )
    order = Order.objects.get()
    assert (order.net_amount, order.tax_amount) == (priced.net_amount, priced.tax_amount)
    found = {(tax.name, tax.net_amount, tax.tax_amount) for tax in order.taxes.all()}
    assert found == {(tax.name, tax.net_amount, tax.tax_amount) for tax in priced.taxes}


def test_without_tax_all_is_net(root: User, main: Store, tea: Product, verified: None) -> None:
    load(root, main, {}, with_tax=False)
    order = Order.objects.get()
    assert (order.net_amount, order.tax_amount) == (Decimal("0.50"), Decimal(0))
    assert not OrderTax.objects.exists()


def test_finished_days_are_summed_anew(root: User, main: Store, tea: Product) -> None:
    for day in (date(2017, 1, 1), date(2017, 1, 2)):
        FinishedDay.objects.create(day=day, store=main, rolled_at="2017-01-03T00:00:00Z")
    outcome = load(root, main, {})
    assert list(FinishedDay.objects.values_list("day", flat=True)) == [date(2017, 1, 2)]
    FinishedDay.objects.create(day=date(2017, 1, 1), store=main, rolled_at="2017-01-03T00:00:00Z")
    take_out(user=root, batch=outcome.batch)
    assert list(FinishedDay.objects.values_list("day", flat=True)) == [date(2017, 1, 2)]


@pytest.mark.parametrize(
    ("clock", "moment"),
    [
        ("2026-03-29 02:30:00", "2026-03-29 01:30"),  # skipped by the clock: an hour later
        ("2025-10-26 02:30:00", "2025-10-26 00:30"),  # twice on the clock: the first
        ("2025-10-26 02:30:00+01:00", "2025-10-26 01:30"),  # says itself which
    ],
)
def test_hours_that_the_clock_skips_or_repeats(
    root: User, main: Store, tea: Product, clock: str, moment: str
) -> None:
    Store.objects.filter(pk=main.pk).update(time_zone="Europe/Paris")
    main.refresh_from_db()
    load(root, main, {"transaction_timestamp": clock})
    assert f"{Order.objects.get().completed_at:%Y-%m-%d %H:%M}" == moment


# --- Stores, products, customers ---------------------------------------------------------------


def test_orders_go_to_the_store_that_was_named(
    root: User, main: Store, other: Store, tea: Product
) -> None:
    choice = StoreChoice(by_id={"330": other}, for_all=main)
    rows = [ROW, {**ROW, "basket_id": "2", "store_id": "7"}]
    import_sales(user=root, rows=rows, source="till.csv", digest="a", wishes=Wishes(stores=choice))
    assert set(Order.objects.values_list("store__code", "register__code")) == {
        ("HARB", "PAST"),
        ("MAIN", "PAST"),
    }


def test_missing_stores_and_products_are_made_if_asked(root: User, main: Store) -> None:
    asked = Wishes(stores=StoreChoice(make_missing=True), make_products=True)
    outcome = import_sales(user=root, rows=[ROW], source="till.csv", digest="a", wishes=asked)
    assert (outcome.stores, outcome.products) == (1, 1)
    assert Store.objects.get(code="330").name == "Store 330"
    product = Product.objects.get()
    assert (product.code, product.is_active, product.price) == ("TEA", False, Decimal("0.50"))
    assert product.history.get().history_user == root


def test_a_customer_who_is_there_is_not_made_again(root: User, main: Store, tea: Product) -> None:
    known = factories.make_customer("Household 900")
    outcome = load(root, main, {}, {"basket_id": "2", "household_id": ""})
    assert outcome.customers == 0
    assert list(Order.objects.order_by("pk").values_list("customer", flat=True)) == [known.pk, None]


# --- What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ({"code": "NONE"}, "code", "NONE"),
        ({"code": ""}, "code", ""),
        ({"quantity": "-1"}, "quantity", "-1"),
        ({"quantity": "1e3"}, "quantity", "1e3"),
        ({"sales_value": "-0.50"}, "sales_value", "-0.50"),
        ({"sales_value": "1,50"}, "sales_value", "1,50"),
        ({"sales_value": "0.505"}, "sales_value", "0.505"),
        ({"sales_value": ""}, "sales_value", ""),
        ({"retail_disc": "NaN"}, "retail_disc", "NaN"),
        ({"coupon_disc": "0.51"}, "coupon_disc", "2"),
        ({"transaction_timestamp": "2017-02-30 10:00:00"}, "transaction_timestamp", "2017-02-30 10:00:00"),
        ({"transaction_timestamp": "2017-01-31"}, "transaction_timestamp", "2017-01-31"),
        ({"transaction_timestamp": "2999-01-01 10:00:00"}, "transaction_timestamp", "2999-01-01 10:00:00"),
        ({"transaction_timestamp": "0001-01-01 00:00:00"}, "transaction_timestamp", "0001-01-01 00:00:00"),
        ({"basket_id": "two words"}, "basket_id", "two words"),
    ],
)  # fmt: skip
def test_a_wrong_row_refuses_the_file(  # noqa: PLR0917
    root: User, main: Store, tea: Product, row: dict[str, str], column: str, value: str
) -> None:
    found = refused(root, main, {}, {"basket_id": "2", **row})
    assert found == [(3, column, value)]


def test_rows_of_an_order_agree_and_stand_together(root: User, main: Store, tea: Product) -> None:
    found = refused(root, main, {}, {"household_id": "7"}, {"basket_id": "2"}, {})
    assert found == [(3, "household_id", "7"), (5, "basket_id", "31198570044")]


def test_a_store_that_nobody_named_is_refused(root: User, main: Store, tea: Product) -> None:
    outcome = import_sales(user=root, rows=[ROW], source="till.csv", digest="a")
    assert [(error.column, error.value) for error in outcome.errors] == [("store_id", "330")]
    assert not Order.objects.exists()


def test_good_orders_come_in_without_the_wrong_ones_if_asked(
    root: User, main: Store, tea: Product, verified: None
) -> None:
    wrong = {"basket_id": "2", "code": "NONE"}
    outcome = load(
        root, main, {}, {"basket_id": "2"}, wrong, {"basket_id": "3"}, good_orders_only=True
    )
    assert (outcome.orders, outcome.refused) == (2, 1)
    assert {
        number.rsplit("-")[-1] for number in Order.objects.values_list("number", flat=True)
    } == {
        "31198570044",
        "3",
    }


def test_a_file_and_an_order_come_in_once(root: User, main: Store, tea: Product) -> None:
    load(root, main, {})
    before = counts()
    with pytest.raises(Conflict, match=r"till\.csv, by Root on") as twice:
        load(root, main, {"basket_id": "2"})
    assert twice.value.code == "imported_already"
    outcome = load(root, main, {}, digest="b")
    assert [(error.column, error.value) for error in outcome.errors] == [
        ("basket_id", "31198570044")
    ]
    assert counts() == before


def test_stopped_half_way_nothing_is_there(root: User, main: Store, tea: Product) -> None:
    before = counts()

    def rows() -> Iterator[dict[str, str]]:
        for number in range(700):  # more than one chunk
            yield {**ROW, "basket_id": str(number)}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_sales(user=root, rows=rows(), source="till.csv", digest="a", wishes=wishes(main))
    assert counts() == before
    assert not OrderBatch.objects.exists()


def test_only_whoever_may_brings_in_and_takes_out(
    root: User, max_: User, ada: User, main: Store, tea: Product
) -> None:
    for person in (max_, ada):
        with pytest.raises(Forbidden):
            load(person, main, {})
    assert not OrderBatch.objects.exists()
    batch = load(root, main, {}).batch
    for person in (max_, ada):
        with pytest.raises(Forbidden):
            take_out(user=person, batch=batch)
    assert Order.objects.count() == 1


# --- The command -------------------------------------------------------------------------------


def test_the_command_tells_what_came_in(root: User, main: Store, goods: None, capsys: Any) -> None:
    call_command("import_sales", FILE, "--store", "MAIN")
    told = capsys.readouterr().out
    assert "30 orders with" in told
    assert f"sales_value {sum(Decimal(row['sales_value']) for row in rows_of_file()):,}" in told
    assert "2 orders left out: only such rows" in told
    with pytest.raises(CommandError, match="came in already"):
        call_command("import_sales", FILE, "--store", "MAIN")


def test_the_command_names_wrong_rows_and_writes_nothing(
    root: User, main: Store, capsys: Any
) -> None:
    with pytest.raises(SystemExit):
        call_command("import_sales", FILE, "--store", "330=MAIN")
    told = capsys.readouterr().err
    assert "There is no product with this code." in told
    assert "Nothing was imported." in told
    assert not Order.objects.exists()


def test_the_command_knows_its_stores(root: User, main: Store) -> None:
    with pytest.raises(CommandError, match=r"There is no store X. Stores: MAIN."):
        call_command("import_sales", FILE, "--store", "330=X")
