"""On hand and its ledger: what a sale takes, what the shelf allows, what people correct."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from pos.models import (
    CashSession,
    PaymentMethod,
    Product,
    Register,
    StockLevel,
    StockMovement,
    Store,
    User,
)
from pos.services.errors import Conflict, Forbidden, Invalid
from pos.services.stock import adjust_stock, set_stock, shortages, waste_stock

from . import factories
from .books import nothing_changes, refused
from .tills import item, sell

pytestmark = pytest.mark.django_db
FOUND, LOST = StockMovement.Reason.FOUND, StockMovement.Reason.LOST


@pytest.fixture(autouse=True)
def shop(verified: None, session: CashSession, cash: PaymentMethod, card: PaymentMethod) -> None:
    """Ana's register is open and takes cash and cards; every test ends with the shop's own audit."""


def shelf(product: Product, store: Store) -> Decimal | None:
    """On hand; None when the product was never kept there. The ledger says the same."""
    level = StockLevel.objects.filter(product=product, store=store).first()
    moved = StockMovement.objects.filter(product=product, store=store).aggregate(
        all=Sum("quantity")
    )
    assert (level.on_hand if level else 0) == (moved["all"] or 0)
    return level.on_hand if level else None


# --- Selling ----------------------------------------------------------------------------------


def test_last_one_is_sold_and_the_next_is_refused(
    ana: User, till_one: Register, main: Store, scarf: Product
) -> None:
    sell(ana, till_one, item(scarf, "3"), total="37.50", pay="card 37.50")
    assert shelf(scarf, main) == 0
    with refused(Conflict, "stock_short") as caught:
        sell(ana, till_one, item(scarf), total="12.50", pay="card 12.50")
    assert caught.value.message == "Wool scarf is out of stock."


def test_splitting_a_line_does_not_slip_past_the_shelf(
    ana: User, till_one: Register, shirt: Product, scarf: Product
) -> None:
    lines = (item(scarf, "2"), item(shirt), item(scarf, "2"))
    with refused(Conflict, "stock_short") as caught:
        sell(ana, till_one, *lines, total="69.90", pay="card 69.90")
    assert caught.value.lines == [0, 2]
    assert caught.value.message == "Only 3 of Wool scarf left."


def test_every_short_product_is_named_at_once(
    ana: User, till_one: Register, shirt: Product, scarf: Product, tomatoes: Product
) -> None:
    lines = (item(tomatoes, "25.001"), item(shirt, "12"), item(scarf, "4"))
    with refused(Conflict, "stock_short") as caught:
        sell(ana, till_one, *lines, total="358.80", pay="card 358.80")
    assert caught.value.lines == [0, 2]
    for text in ("Only 25 of Tomatoes left.", "Only 3 of Wool scarf left."):
        assert text in caught.value.message


@pytest.mark.parametrize(
    ("of_store", "of_product", "is_sold"),
    [
        ("block", "", False), ("block", "block", False), ("block", "warn", True), ("block", "allow", True),
        ("warn", "", True), ("warn", "block", False), ("warn", "warn", True), ("warn", "allow", True),
        ("allow", "", True), ("allow", "block", False), ("allow", "warn", True), ("allow", "allow", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_kept", [True, False])
def test_products_rule_comes_before_the_stores(
    ana: User, root: User, till_one: Register, main: Store,
    of_store: str, of_product: str, is_sold: bool, is_kept: bool,
) -> None:  # fmt: skip
    Store.objects.filter(pk=main.pk).update(stock_policy=of_store)
    kept = {main: "2"} if is_kept else None
    mug = factories.make_product("Mug", "8.00", stock_policy=of_product, stock=kept, by=root)
    if not is_sold:
        with refused(Conflict, "stock_short"):
            sell(ana, till_one, item(mug, "3"), total="24.00", pay="card 24.00")
        return
    order = sell(ana, till_one, item(mug, "3"), total="24.00", pay="card 24.00").order
    assert shelf(mug, main) == (-1 if is_kept else -3)
    assert order.stock_movements.get().quantity == -3


def test_stock_of_another_store_does_not_help(
    ana: User, root: User, till_one: Register, main: Store, other: Store
) -> None:
    mug = factories.make_product("Mug", "8.00", stock={other: "10"}, by=root)
    with refused(Conflict, "stock_short"):
        sell(ana, till_one, item(mug), total="8.00", pay="card 8.00")
    assert (shelf(mug, other), shelf(mug, main)) == (10, None)


def test_last_grams_are_sold_exactly(
    ana: User, till_one: Register, main: Store, tomatoes: Product
) -> None:
    with refused(Conflict, "stock_short"):
        sell(ana, till_one, item(tomatoes, "25.001"), total="70.00", pay="card 70.00")
    sell(ana, till_one, item(tomatoes, "25"), total="70.00", pay="card 70.00")
    assert shelf(tomatoes, main) == 0


def test_shortages_say_what_is_there_and_what_was_wanted(
    main: Store, root: User, scarf: Product, shirt: Product
) -> None:
    unkept = factories.make_product("Mug", "8.00")
    free = factories.make_product("Bag", "0.10", stock_policy="allow")
    products = {each.pk: each for each in (scarf, shirt, unkept, free)}
    wanted = {
        scarf.pk: Decimal(4),
        shirt.pk: Decimal(12),
        unkept.pk: Decimal(1),
        free.pk: Decimal(9),
    }
    found = shortages(store=main, products=products, wanted=wanted)
    assert [(each.product, each.on_hand, each.wanted) for each in found] == [
        (scarf, 3, 4),
        (unkept, 0, 1),
    ]


# --- Correcting -------------------------------------------------------------------------------


def test_adjustment_adds_and_takes_with_a_movement(sam: User, main: Store, scarf: Product) -> None:
    for quantity, reason, left in [("5", FOUND, 8), ("-8", LOST, 0), ("-2", LOST, -2)]:
        moved = adjust_stock(
            user=sam,
            product=scarf,
            store=main,
            quantity=Decimal(quantity),
            reason=reason,
            note="box",
        )
        assert shelf(scarf, main) == left
        assert (moved.kind, moved.quantity, moved.reason, moved.note) == (
            "adjustment", Decimal(quantity), reason, "box",
        )  # fmt: skip
        assert (moved.unit_cost, moved.created_by, moved.order) == (5, sam, None)


def test_waste_is_taken_away(sam: User, main: Store, tomatoes: Product) -> None:
    moved = waste_stock(
        user=sam, product=tomatoes, store=main, quantity=Decimal("1.250"), reason="expired"
    )
    assert (moved.kind, moved.quantity) == ("waste", Decimal("-1.25"))
    assert shelf(tomatoes, main) == Decimal("23.75")


def test_counted_quantity_becomes_on_hand(sam: User, main: Store, scarf: Product) -> None:
    moved = set_stock(user=sam, product=scarf, store=main, on_hand=Decimal(10), reason=FOUND)
    assert moved is not None and moved.quantity == 7
    assert shelf(scarf, main) == 10
    with nothing_changes():
        assert (
            set_stock(user=sam, product=scarf, store=main, on_hand=Decimal(10), reason=FOUND)
            is None
        )


def test_count_cannot_be_negative(sam: User, main: Store, scarf: Product) -> None:
    with refused(Invalid, "too_small"):
        set_stock(user=sam, product=scarf, store=main, on_hand=Decimal(-1), reason=LOST)


@pytest.mark.parametrize(
    ("quantity", "reason", "code"),
    [
        ("0", FOUND, "too_small"),
        ("1.5", FOUND, "too_precise"),
        ("1", "", "no_reason"),
        ("1", "gift", "no_reason"),
        ("999997", FOUND, "too_large"),
        ("-1000003", LOST, "too_large"),
    ],
)
def test_senseless_adjustment_is_refused(
    sam: User, main: Store, scarf: Product, quantity: str, reason: str, code: str
) -> None:
    with refused(Invalid, code):
        adjust_stock(user=sam, product=scarf, store=main, quantity=Decimal(quantity), reason=reason)


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_waste_is_above_zero(sam: User, main: Store, scarf: Product, quantity: str) -> None:
    with refused(Invalid, "too_small"):
        waste_stock(
            user=sam, product=scarf, store=main, quantity=Decimal(quantity), reason="expired"
        )


@pytest.mark.parametrize("who", ["ana", "ada", "eve"])
def test_only_those_with_the_right_correct_stock(
    request: pytest.FixtureRequest, main: Store, scarf: Product, who: str
) -> None:
    user = request.getfixturevalue(who)
    one = Decimal(1)
    with refused(Forbidden, "no_right"):
        adjust_stock(user=user, product=scarf, store=main, quantity=one, reason=FOUND)
    with refused(Forbidden, "no_right"):
        waste_stock(user=user, product=scarf, store=main, quantity=one, reason="expired")
    with refused(Forbidden, "no_right"):
        set_stock(user=user, product=scarf, store=main, on_hand=one, reason=FOUND)


def test_stock_of_a_store_is_corrected_by_those_who_work_there(
    sam: User, other: Store, scarf: Product
) -> None:
    with refused(Forbidden, "wrong_store"):
        adjust_stock(user=sam, product=scarf, store=other, quantity=Decimal(1), reason=FOUND)
