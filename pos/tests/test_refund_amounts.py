"""Any split of a sale into refunds adds up to it exactly: gross, net, tax of every rate, total."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pos.models import OrderLine
from pos.money import ZERO
from pos.pricing import CartLine, Discount, Policy, Tax, price_cart
from pos.services.refund_amounts import part_of

TAXES = ((), (("VAT", "20"),), (("VAT", "7.7"),), (("GST", "5"), ("PST", "9.975"), ("Levy", "1")))
cents = st.integers(0, 99_999).map(lambda units: Decimal(units) / 100)


@st.composite
def lines(draw: Any) -> tuple[list[OrderLine], bool]:
    """A sale's lines as they are kept, whatever its prices, discounts, taxes and rounding."""
    included = draw(st.booleans())
    cart = [
        CartLine(
            draw(cents),
            Decimal(draw(st.integers(1, 9))),
            tuple(Tax(name, Decimal(each)) for name, each in draw(st.sampled_from(TAXES))),
            draw(st.none() | st.integers(0, 100).map(lambda n: Discount(percent=Decimal(n)))),
        )
        for _line in range(draw(st.integers(1, 4)))
    ]
    totals = price_cart(
        cart,
        policy=Policy(2, included, draw(st.sampled_from(["line", "document"]))),
        order_discount=draw(st.none() | st.just(Discount(percent=Decimal(15)))),
        level_percent=ZERO,
    )
    found = [
        OrderLine(
            quantity=line.quantity,
            net_amount=line.net_amount,
            tax_amount=line.tax_amount,
            gross_amount=line.gross_amount,
            taxes=[[t.name, str(t.percent), str(t.tax_amount)] for t in line.taxes],
        )
        for line in totals.lines
    ]
    return found, included


@given(lines(), st.data())
def test_any_split_adds_up_to_what_was_sold(sold: tuple[list[OrderLine], bool], data: Any) -> None:
    for line in sold[0]:
        gross = net = ZERO
        taxes = [ZERO for _rate in line.taxes]
        while line.refunded_quantity < line.quantity:
            left = int((line.quantity - line.refunded_quantity) * 1000)
            quantity = Decimal(data.draw(st.integers(max(left // 3, 1), left))) / 1000
            part = part_of(line, quantity, prices_include_tax=sold[1])
            assert part.net >= 0 and all(tax >= 0 for _name, _percent, tax in part.taxes)
            assert sum((tax for _name, _percent, tax in part.taxes), ZERO) == part.tax
            line.refunded_quantity += quantity
            gross, net = gross + part.gross, net + part.net
            taxes = [sum_ + row[2] for sum_, row in zip(taxes, part.taxes, strict=True)]
        assert (gross, net) == (line.gross_amount, line.net_amount)
        assert taxes == [Decimal(row[2]) for row in line.taxes]


@given(lines())
def test_a_part_is_within_a_cent_of_its_share(sold: tuple[list[OrderLine], bool]) -> None:
    for line in sold[0]:
        part = part_of(line, Decimal(1), prices_include_tax=sold[1])
        shown = part.gross if sold[1] else part.net
        whole = line.gross_amount if sold[1] else line.net_amount
        assert abs(shown - whole / line.quantity) <= Decimal("0.005")
