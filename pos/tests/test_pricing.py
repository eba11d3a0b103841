"""What a cart costs, in exact figures."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest
from django.conf import settings

from pos import pricing
from pos.money import ZERO, currency_decimals
from pos.pricing import (
    CartLine,
    Discount,
    Policy,
    PricedLine,
    PricingError,
    Tax,
    TaxAmount,
    Totals,
    cash_rounding,
    price_cart,
)

if not settings.configured:
    settings.configure(USE_I18N=False)

COLUMNS = ("subtotal", "discount", "net", "tax", "gross")
CART_LINE = re.compile(r"([\d.]+)x([\d.]+)(?:-([\d.]+%?))?((?:\+[\d.]+)*)")
WORKED_ROWS = re.findall(r"^    [A-Z]{3} .+$", pricing.__doc__ or "", re.MULTILINE)

INCLUSIVE = Policy(2, prices_include_tax=True, rounding="line")
EXCLUSIVE = Policy(2, prices_include_tax=False, rounding="line")
INCLUSIVE_DOCUMENT = Policy(2, prices_include_tax=True, rounding="document")
EXCLUSIVE_DOCUMENT = Policy(2, prices_include_tax=False, rounding="document")


def percent(text: str) -> Tax:
    return Tax(f"{text} %", Decimal(text))


def discount(text: str) -> Discount:
    if text.endswith("%"):
        return Discount(percent=Decimal(text[:-1]))
    return Discount(amount=Decimal(text))


def cart(text: str) -> list[CartLine]:
    """Reads the notation of the worked table: ``2x10.00-10%+20,1x5.00+5+9.975``."""
    lines = []
    for item in text.split(","):
        found = CART_LINE.fullmatch(item)
        assert found, item
        quantity, price, off, taxes = found.groups()
        rates = tuple(percent(rate) for rate in taxes.split("+")[1:])
        off_line = discount(off) if off else None
        lines.append(CartLine(Decimal(price), Decimal(quantity), rates, off_line))
    return lines


def figures(priced: PricedLine | Totals) -> list[str]:
    return [str(getattr(priced, f"{column}_amount")) for column in COLUMNS]


def taxes(priced: PricedLine | Totals) -> list[tuple[str, str, str]]:
    return [(tax.name, str(tax.net_amount), str(tax.tax_amount)) for tax in priced.taxes]


def test_the_worked_table_covers_the_rules() -> None:
    assert len(WORKED_ROWS) >= 12


@pytest.mark.parametrize("row", WORKED_ROWS, ids=lambda row: " ".join(row.split()[:5]))
def test_the_worked_table_is_true(row: str) -> None:
    currency, side, level, items, order, *rest = row.split()
    rounding: Literal["line", "document"] = "line" if level == "line" else "document"
    policy = Policy(currency_decimals(currency), side == "in", rounding)
    level_percent, order_discount = ZERO, None
    if order.startswith("level-"):
        level_percent = Decimal(order.removeprefix("level-").rstrip("%"))
    elif order != "-":
        order_discount = discount(order.removeprefix("-"))
    totals = price_cart(
        cart(items), policy=policy, order_discount=order_discount, level_percent=level_percent
    )
    assert figures(totals) == rest[:5]
    coin, adds = rest[5:]
    if coin != "-":
        rounded = cash_rounding(totals.gross_amount, Decimal(coin), policy.decimals)
        assert f"{rounded:+f}" == adds


def test_two_exclusive_rates_are_each_rounded_on_the_line() -> None:
    totals = price_cart(cart("1x19.99+5+9.975"), policy=EXCLUSIVE)
    assert taxes(totals) == [("5 %", "19.99", "1.00"), ("9.975 %", "19.99", "1.99")]
    assert figures(totals) == ["19.99", "0.00", "19.99", "2.99", "22.98"]


def test_two_inclusive_rates_are_divided_out_once() -> None:
    totals = price_cart(cart("1x120.00+10+10.0"), policy=INCLUSIVE)
    assert figures(totals) == ["120.00", "0.00", "100.00", "20.00", "120.00"]
    assert taxes(totals) == [("10 %", "100.00", "10.00"), ("10.0 %", "100.00", "10.00")]


def test_the_tax_inside_a_line_is_rounded_once_and_split_by_rate() -> None:
    totals = price_cart(cart("1x0.10+10+5"), policy=INCLUSIVE)
    assert taxes(totals) == [("10 %", "0.09", "0.01"), ("5 %", "0.09", "0.00")]


def test_line_rounding_and_document_rounding_differ_by_a_cent() -> None:
    items = cart("1x0.33+19,1x0.33+19,1x0.33+19")
    by_line = price_cart(items, policy=EXCLUSIVE)
    by_document = price_cart(items, policy=EXCLUSIVE_DOCUMENT)
    assert [str(line.tax_amount) for line in by_line.lines] == ["0.06", "0.06", "0.06"]
    assert [str(line.tax_amount) for line in by_document.lines] == ["0.07", "0.06", "0.06"]
    assert taxes(by_line) == [("19 %", "0.99", "0.18")]
    assert taxes(by_document) == [("19 %", "0.99", "0.19")]


def test_document_rounding_gives_the_cent_to_the_largest_remainder() -> None:
    totals = price_cart(cart("1x1.01+10,1x1.04+10,1x1.00+10"), policy=EXCLUSIVE_DOCUMENT)
    assert [str(line.tax_amount) for line in totals.lines] == ["0.10", "0.11", "0.10"]
    assert taxes(totals) == [("10 %", "3.05", "0.31")]


def test_document_rounding_sums_exactly_over_lines_with_other_rates_beside() -> None:
    totals = price_cart(cart("1x1.00+20,1x1.00+20+10,1x1.00"), policy=INCLUSIVE_DOCUMENT)
    # 1.00 x 20/120 + 1.00 x 20/130 = 0.320513; 1.00 x 10/130 = 0.076923
    assert taxes(totals) == [("20 %", "1.60", "0.32"), ("10 %", "0.77", "0.08")]
    assert [str(line.net_amount) for line in totals.lines] == ["0.83", "0.77", "1.00"]


def test_cheap_lines_never_bear_more_tax_than_their_price() -> None:
    totals = price_cart(cart(",".join(["1x0.01+20+21"] * 4)), policy=INCLUSIVE_DOCUMENT)
    assert [str(tax.tax_amount) for tax in totals.taxes] == ["0.01", "0.01"]
    assert [str(line.net_amount) for line in totals.lines] == ["0.00", "0.00", "0.01", "0.01"]


def test_a_rate_on_few_lines_is_not_crowded_out_by_one_on_many() -> None:
    items = cart(",".join(["1x0.01+50+50.0"] * 2 + ["1x0.04+50+25"] * 7))
    totals = price_cart(items, policy=INCLUSIVE_DOCUMENT)
    # 50 %: (2 x 1/4 + 7 x 8/7) cents = 8.5; 50.0 %: 2 x 1/4 = 0.5; 25 %: 7 x 4/7 = 4
    assert [str(tax.tax_amount) for tax in totals.taxes] == ["0.09", "0.01", "0.04"]
    assert min(line.net_amount for line in totals.lines) == 0


def test_a_price_may_be_nothing_but_tax() -> None:
    rates = tuple(Tax(f"tax {number}", Decimal(100)) for number in range(3))
    line = CartLine(Decimal("0.06"), Decimal(1), rates)
    totals = price_cart([line], policy=INCLUSIVE_DOCUMENT)
    assert [str(tax.tax_amount) for tax in totals.taxes] == ["0.02", "0.02", "0.02"]
    assert figures(totals) == ["0.06", "0.00", "0.00", "0.06", "0.06"]


def test_taxes_beyond_the_price_are_refused() -> None:
    rates = tuple(Tax(f"tax {number}", Decimal(100)) for number in range(5))
    with pytest.raises(PricingError) as caught:
        price_cart([CartLine(Decimal("0.04"), Decimal(1), rates)], policy=INCLUSIVE_DOCUMENT)
    assert caught.value.code == "tax_too_large"
    assert str(caught.value) == "The tax is more than these prices. Check the tax rates."


def test_a_rate_of_zero_is_shown() -> None:
    for policy in (INCLUSIVE, EXCLUSIVE, INCLUSIVE_DOCUMENT, EXCLUSIVE_DOCUMENT):
        assert taxes(price_cart(cart("1x5.00+0"), policy=policy)) == [("0 %", "5.00", "0.00")]


def test_an_untaxed_line_is_all_net() -> None:
    for policy in (INCLUSIVE, EXCLUSIVE, INCLUSIVE_DOCUMENT, EXCLUSIVE_DOCUMENT):
        totals = price_cart(cart("2x5.00"), policy=policy)
        assert figures(totals) == ["10.00", "0.00", "10.00", "0.00", "10.00"]
        assert totals.taxes == ()


def test_taxes_appear_in_the_order_of_the_cart() -> None:
    for policy in (EXCLUSIVE, EXCLUSIVE_DOCUMENT):
        totals = price_cart(cart("1x1.00+7,1x1.00+20+5,1x1.00+7"), policy=policy)
        assert [tax.name for tax in totals.taxes] == ["7 %", "20 %", "5 %"]


def test_rates_written_with_other_zeros_are_one_rate() -> None:
    lines = [
        CartLine(Decimal(1), Decimal(1), (Tax("VAT", Decimal(text)),)) for text in ("20", "20.000")
    ]
    for policy in (EXCLUSIVE, EXCLUSIVE_DOCUMENT):
        assert taxes(price_cart(lines, policy=policy)) == [("VAT", "2.00", "0.40")]


def test_a_weight_is_rounded_once_at_the_line() -> None:
    totals = price_cart(cart("0.685x12.99"), policy=EXCLUSIVE)
    assert str(totals.lines[0].subtotal_amount) == "8.90"
    assert totals.lines[0].quantity == Decimal("0.685")


def test_a_unit_price_may_be_finer_than_the_currency() -> None:
    assert str(price_cart(cart("1000x0.0125"), policy=EXCLUSIVE).gross_amount) == "12.50"
    assert str(price_cart(cart("1x0.0050"), policy=EXCLUSIVE).gross_amount) == "0.01"


def test_a_line_discount_is_taken_off_the_whole_line() -> None:
    totals = price_cart(cart("3x10.00-5.00+20,3x10.00-12.5%+20"), policy=EXCLUSIVE)
    assert [str(line.discount_amount) for line in totals.lines] == ["5.00", "3.75"]
    assert [str(line.line_total) for line in totals.lines] == ["25.00", "26.25"]
    assert figures(totals) == ["60.00", "8.75", "51.25", "10.25", "61.50"]


def test_half_a_cent_of_discount_is_rounded_up() -> None:
    totals = price_cart(cart("1x0.05-10%"), policy=EXCLUSIVE)
    assert figures(totals) == ["0.05", "0.01", "0.04", "0.00", "0.04"]


def test_an_order_discount_is_shared_by_largest_remainder() -> None:
    totals = price_cart(
        cart("1x10.00+20,1x10.00+20,1x10.00+20"), policy=INCLUSIVE, order_discount=discount("10")
    )
    assert [str(line.order_discount_amount) for line in totals.lines] == ["3.34", "3.33", "3.33"]
    assert [str(line.line_total) for line in totals.lines] == ["10.00", "10.00", "10.00"]
    assert [str(line.gross_amount) for line in totals.lines] == ["6.66", "6.67", "6.67"]
    assert str(totals.order_discount_amount) == "10.00"
    assert figures(totals) == ["30.00", "10.00", "16.67", "3.33", "20.00"]


def test_an_order_discount_applies_after_line_discounts() -> None:
    totals = price_cart(
        cart("1x10.00-50%,1x5.00"), policy=EXCLUSIVE, order_discount=discount("10%")
    )
    assert [str(line.order_discount_amount) for line in totals.lines] == ["0.50", "0.50"]
    assert figures(totals) == ["15.00", "6.00", "9.00", "0.00", "9.00"]


def test_an_order_given_away_is_free_of_tax() -> None:
    for policy in (INCLUSIVE, EXCLUSIVE, INCLUSIVE_DOCUMENT, EXCLUSIVE_DOCUMENT):
        totals = price_cart(
            cart("1x10.00+20,1x0.00+20,1x3.33+7"), policy=policy, order_discount=discount("100%")
        )
        assert figures(totals) == ["13.33", "13.33", "0.00", "0.00", "0.00"]


def test_an_order_discount_on_a_free_cart_is_nothing() -> None:
    totals = price_cart(cart("1x0.00"), policy=EXCLUSIVE, order_discount=discount("10%"))
    assert figures(totals) == ["0.00", "0.00", "0.00", "0.00", "0.00"]


def test_a_level_discount_fills_only_lines_without_their_own() -> None:
    items = cart("1x10.00,1x10.00-1.00,1x10.00-0,1x10.00-0%")
    totals = price_cart(items, policy=EXCLUSIVE, level_percent=Decimal("7.5"))
    assert [str(line.discount_amount) for line in totals.lines] == ["0.75", "1.00", "0.00", "0.00"]


def test_refused_carts_name_the_line() -> None:
    good = CartLine(Decimal(1), Decimal(1))
    bad_lines = [
        (CartLine(Decimal("-0.01"), Decimal(1)), "invalid_price"),
        (CartLine(Decimal("NaN"), Decimal(1)), "invalid_price"),
        (CartLine(Decimal("1E+9"), Decimal("0.001")), "invalid_price"),
        (CartLine(Decimal("0.00001"), Decimal(1)), "too_precise"),
        (CartLine(Decimal(1), Decimal(0)), "invalid_quantity"),
        (CartLine(Decimal(1), Decimal(-1)), "invalid_quantity"),
        (CartLine(Decimal(1), Decimal("Infinity")), "invalid_quantity"),
        (CartLine(Decimal(1), Decimal(1000000)), "invalid_quantity"),
        (CartLine(Decimal(1), Decimal("0.0001")), "too_precise"),
        (CartLine(Decimal(999999999), Decimal(2)), "too_large"),
        (CartLine(Decimal(1), Decimal(1), discount=discount("1.01")), "discount_too_large"),
        (CartLine(Decimal(1), Decimal(1), discount=discount("0.001")), "too_precise"),
        (CartLine(Decimal(1), Decimal(1), (percent("5"), percent("5"))), "duplicate_tax"),
    ]
    for line, code in bad_lines:
        with pytest.raises(PricingError) as caught:
            price_cart([good, line], policy=EXCLUSIVE)
        assert (caught.value.code, caught.value.line) == (code, 1)


def test_a_refusal_is_written_for_the_cashier() -> None:
    with pytest.raises(PricingError) as caught:
        price_cart(cart("1x5.00,2x1.00-2.01"), policy=EXCLUSIVE)
    assert str(caught.value) == "The discount cannot be more than 2.00."
    with pytest.raises(PricingError) as caught:
        price_cart([], policy=EXCLUSIVE)
    assert (str(caught.value), caught.value.code) == ("The cart is empty.", "empty_cart")
    twin = copy(PricingError("Too much.", "too_large", 3))
    assert (str(twin), twin.code, twin.line) == ("Too much.", "too_large", 3)


def test_an_order_discount_cannot_exceed_the_order() -> None:
    items = cart("1x5.00-1.00,1x2.00")
    assert price_cart(items, policy=EXCLUSIVE, order_discount=discount("6.00")).gross_amount == 0
    with pytest.raises(PricingError) as caught:
        price_cart(items, policy=EXCLUSIVE, order_discount=discount("6.01"))
    assert (caught.value.code, caught.value.line) == ("discount_too_large", None)
    assert str(caught.value) == "The discount cannot be more than 6.00."


@pytest.mark.parametrize("items", ["1x600000000,1x600000000", "1x600000000+100"])
def test_a_total_beyond_the_largest_amount_is_refused(items: str) -> None:
    for policy in (EXCLUSIVE, EXCLUSIVE_DOCUMENT):
        with pytest.raises(PricingError) as caught:
            price_cart(cart(items), policy=policy)
        assert (caught.value.code, caught.value.line) == ("too_large", None)


def test_the_largest_amount_can_be_sold() -> None:
    totals = price_cart(cart("1x999999999.99"), policy=INCLUSIVE)
    assert str(totals.gross_amount) == "999999999.99"
    totals = price_cart(cart("1x999999999.9999"), policy=replace(INCLUSIVE, decimals=4))
    assert str(totals.gross_amount) == "999999999.9999"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"percent": Decimal(1), "amount": Decimal(1)},
        {"percent": Decimal(-1)},
        {"percent": Decimal("100.001")},
        {"percent": Decimal("NaN")},
        {"percent": Decimal("0.0001")},
        {"amount": Decimal("-0.01")},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
    ],
    ids=repr,
)
def test_a_discount_is_one_sensible_percentage_or_amount(values: dict[str, Decimal]) -> None:
    with pytest.raises(PricingError) as caught:
        Discount(**values)
    assert caught.value.code == "invalid_discount"


@pytest.mark.parametrize("rate", ["-1", "100.1", "NaN", "Infinity", "8.8755"])
def test_a_tax_rate_is_a_percentage(rate: str) -> None:
    with pytest.raises(PricingError) as caught:
        Tax("VAT", Decimal(rate))
    assert caught.value.code == "invalid_tax"


@pytest.mark.parametrize("level", ["-1", "100.1", "NaN"])
def test_a_level_discount_is_a_percentage(level: str) -> None:
    with pytest.raises(PricingError) as caught:
        price_cart(cart("1x1.00"), policy=EXCLUSIVE, level_percent=Decimal(level))
    assert caught.value.code == "invalid_discount"


def test_a_policy_knows_only_its_two_rounding_levels() -> None:
    for decimals, rounding in ((5, "line"), (-1, "line"), (2, "cart")):
        with pytest.raises(PricingError) as caught:
            Policy(decimals, prices_include_tax=True, rounding=rounding)  # type: ignore[arg-type]
        assert caught.value.code == "invalid_policy"


def test_figures_which_do_not_add_up_cannot_exist() -> None:
    totals = price_cart(cart("2x10.00-1.00+20,1x5.00+7"), policy=EXCLUSIVE)
    cent = Decimal("0.01")
    line = totals.lines[0]
    for column in ("net_amount", "tax_amount", "gross_amount"):
        with pytest.raises(PricingError, match="Net and tax"):
            replace(line, **{column: getattr(line, column) + cent})
    with pytest.raises(PricingError, match="taxes do not add up"):
        replace(line, taxes=())
    for column in ("subtotal_amount", "discount_amount", "order_discount_amount"):
        with pytest.raises(PricingError, match="lines do not add up"):
            replace(totals, **{column: getattr(totals, column) + cent})
    with pytest.raises(PricingError, match="lines do not add up"):
        replace(totals, lines=totals.lines[:1])
    tax = TaxAmount("VAT", Decimal(20), Decimal(24), totals.tax_amount + cent)
    with pytest.raises(PricingError, match="taxes do not add up"):
        replace(totals, taxes=(tax,))


@pytest.mark.parametrize(
    ("total", "coin", "decimals", "expected"),
    [
        ("10.52", "0.05", 2, "-0.02"),
        ("10.53", "0.05", 2, "0.02"),
        ("10.50", "0.05", 2, "0.00"),
        ("0.02", "0.05", 2, "-0.02"),
        ("0.03", "0.05", 2, "0.02"),
        ("0.00", "0.05", 2, "0.00"),
        ("10.50", "1", 2, "0.50"),
        ("10.52", "0", 2, "0"),
        ("149", "100", 0, "-49"),
        ("0.453", "0.005", 3, "0.002"),
    ],
)
def test_cash_rounding_is_what_must_be_added(
    total: str, coin: str, decimals: int, expected: str
) -> None:
    assert str(cash_rounding(Decimal(total), Decimal(coin), decimals)) == expected


@pytest.mark.parametrize(
    ("total", "coin", "code"),
    [
        ("-0.01", "0.05", "negative_total"),
        ("1.00", "-0.05", "invalid_increment"),
        ("1.00", "0.025", "invalid_increment"),
    ],
)
def test_senseless_cash_rounding_is_refused(total: str, coin: str, code: str) -> None:
    with pytest.raises(PricingError) as caught:
        cash_rounding(Decimal(total), Decimal(coin), 2)
    assert caught.value.code == code
