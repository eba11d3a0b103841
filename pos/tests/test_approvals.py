"""Approvals at the services: asked, given by somebody else, used once, for exactly what was asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from pos import roles
from pos.models import (
    Approval,
    AuditEntry,
    CashSession,
    Customer,
    Order,
    OrderLine,
    PaymentMethod,
    Product,
    Register,
    Store,
    User,
)
from pos.services.approvals import approve_with_pin, approvers, ask, decide, may_decide, use
from pos.services.carts import load_products, price
from pos.services.cash import close_session, no_sales, open_drawer
from pos.services.errors import ApprovalNeeded, Conflict, Forbidden, Invalid, NotFound
from pos.services.needs import Need, cart_needs
from pos.services.parking import discard_order, park_order
from pos.services.pins import set_pin
from pos.services.removals import report_removed

from . import factories
from .books import refused
from .tills import amount, cart, item, percent, sell

pytestmark = pytest.mark.django_db
PRINT = "f" * 64


@pytest.fixture(autouse=True)
def shop(
    verified: None, cash: PaymentMethod, card: PaymentMethod, on_account: PaymentMethod
) -> None:
    """Every test ends with the shop's own audit."""


@pytest.fixture
def asked(ana: User, till_one: Register) -> Approval:
    """Ana asks for 6.00 off."""
    return ask(
        user=ana,
        kind="discount",
        store=till_one.store,
        register=till_one,
        fingerprint=PRINT,
        amount=Decimal("6.00"),
        summary="6.00 off",
        reason="stained",
    )


def spent(user: User, approval: Approval, **other: Any) -> Approval:
    facts = {"kind": "discount", "fingerprint": PRINT, "amount": Decimal("6.00")} | other
    return use(user=user, approval_id=approval.pk, **facts)


def as_stored(approval: Approval) -> Approval:
    return Approval.objects.get(pk=approval.pk)


def kinds() -> list[str]:
    """What the audit trail says, without the sign-ins and settings of the test's set-up."""
    told = AuditEntry.objects.filter(kind__startswith="approval").order_by("id")
    return list(told.values_list("kind", flat=True))


# --- Asking -----------------------------------------------------------------------------------


def test_request_waits_ten_minutes(asked: Approval, ana: User) -> None:
    assert (asked.status, asked.requested_by, asked.reason) == ("pending", ana, "stained")
    assert asked.expires_at - asked.requested_at == timedelta(minutes=10)
    entry = AuditEntry.objects.get(kind="approval_asked")
    assert (entry.actor, entry.amount, entry.reason) == (ana, Decimal("6.00"), "stained")
    assert (entry.store, entry.register) == (asked.store, asked.register)


def test_asking_again_is_the_same_request(asked: Approval, ana: User, max_: User) -> None:
    again = {
        "user": ana, "kind": "discount", "store": asked.store, "fingerprint": PRINT, "summary": "6.00 off",
    }  # fmt: skip
    assert ask(**again, amount=Decimal("6.00")) == asked
    decide(user=max_, approval=asked, approve=True)
    assert ask(**again, amount=Decimal("6.00")) == asked
    assert ask(**again, amount=Decimal("6.01")) != asked
    assert kinds() == ["approval_asked", "approval_given", "approval_asked"]


def test_nobody_floods_the_shop_with_requests(ana: User, main: Store) -> None:
    def again(number: int) -> Approval:
        return ask(
            user=ana, kind="discount", store=main, fingerprint=str(number), amount=Decimal(1), summary="1.00 off"
        )  # fmt: skip

    for number in range(20):
        again(number)
    with refused(Conflict, "too_many_requests"):
        again(20)
    assert Approval.objects.count() == 20


def test_only_known_kinds_are_asked_for(ana: User, main: Store) -> None:
    with refused(Invalid, "unknown_kind"):
        ask(user=ana, kind="holiday", store=main, fingerprint=PRINT, amount=Decimal(0), summary="")


# --- Deciding ---------------------------------------------------------------------------------


def test_yes_of_another_person_with_the_right(asked: Approval, max_: User) -> None:
    decide(user=max_, approval=asked, approve=True)
    row = as_stored(asked)
    assert (row.status, row.decided_by, row.used_at) == ("approved", max_, None)
    assert row.expires_at - row.decided_at == timedelta(minutes=10)
    assert AuditEntry.objects.get(kind="approval_given").actor == max_


def test_no_is_final_and_says_why(asked: Approval, max_: User, root: User, ana: User) -> None:
    decide(user=max_, approval=asked, approve=False, reason="sold at a loss")
    assert AuditEntry.objects.get(kind="approval_denied").reason == "sold at a loss"
    with refused(Conflict, "approval_decided"):
        decide(user=root, approval=asked, approve=True)
    with refused(Conflict, "approval_needed"):
        spent(ana, asked)
    assert as_stored(asked).status == "denied"


def test_nobody_approves_their_own_request(max_: User, main: Store) -> None:
    own = ask(
        user=max_, kind="discount", store=main, fingerprint=PRINT, amount=Decimal(6), summary=""
    )
    assert not may_decide(max_, own)
    with refused(Forbidden, "own_request"):
        decide(user=max_, approval=own, approve=True)
    set_pin(user=max_, pin="4711")
    with refused(Forbidden, "no_right"):
        approve_with_pin(user=max_, approval=own, approver=max_, pin="4711")
    assert as_stored(own).status == "pending"


def test_approver_has_the_right_of_the_kind_and_the_store(
    asked: Approval, main: Store, other: Store, ada: User, sam: User
) -> None:
    foreign = factories.make_user("mia", roles.MANAGER, [other])
    ben = factories.make_user("ben", roles.SELLER, [main])
    for person, code in [
        (ada, "no_right"),
        (sam, "no_right"),
        (ben, "no_right"),
        (foreign, "wrong_store"),
    ]:
        assert not may_decide(person, asked)
        with refused(Forbidden, code):
            decide(user=person, approval=asked, approve=True)
    assert as_stored(asked).status == "pending"


def test_each_kind_has_its_own_right(max_: User, ana: User, main: Store) -> None:
    role = max_.groups.get()
    role.permissions.remove(role.permissions.get(codename="approve_credit"))
    bare = User.objects.get(pk=max_.pk)
    for kind, right in Approval.RIGHTS.items():
        row = ask(
            user=ana, kind=kind, store=main, fingerprint=kind, amount=Decimal(1), summary=kind
        )
        assert may_decide(bare, row) == (right != "approve_credit")


def test_request_that_is_too_old_is_not_answered(asked: Approval, max_: User) -> None:
    Approval.objects.filter(pk=asked.pk).update(expires_at=timezone.now())
    with refused(Conflict, "approval_expired"):
        decide(user=max_, approval=asked, approve=True)
    assert as_stored(asked).status == "pending"


def test_somebody_who_left_approves_nothing(asked: Approval, max_: User) -> None:
    User.objects.filter(pk=max_.pk).update(is_active=False)
    with refused(Forbidden, "no_right"):
        decide(user=User.objects.get(pk=max_.pk), approval=asked, approve=True)


# --- By PIN -----------------------------------------------------------------------------------


def test_pin_at_the_sellers_register_is_the_approvers_yes(
    asked: Approval, ana: User, max_: User
) -> None:
    set_pin(user=max_, pin="4711")
    approve_with_pin(user=ana, approval=asked, approver=max_, pin="4711")
    assert (as_stored(asked).status, as_stored(asked).decided_by) == ("approved", max_)


def test_wrong_pin_is_refused_and_counted(asked: Approval, ana: User, max_: User) -> None:
    set_pin(user=max_, pin="4711")
    for _try in range(4):
        with refused(Forbidden, "wrong_pin"):
            approve_with_pin(user=ana, approval=asked, approver=max_, pin="0815")
    with refused(Forbidden, "pin_locked"):
        approve_with_pin(user=ana, approval=asked, approver=max_, pin="0815")
    with refused(Forbidden, "pin_locked"):
        approve_with_pin(user=ana, approval=asked, approver=max_, pin="4711")
    assert as_stored(asked).status == "pending"
    assert AuditEntry.objects.filter(kind="pin_failed", actor=ana).count() == 5


def test_pin_of_somebody_without_the_right_is_not_even_tried(
    asked: Approval, ana: User, main: Store
) -> None:
    ben = factories.make_user("ben", roles.SELLER, [main])
    set_pin(user=ben, pin="4711")
    with refused(Forbidden, "no_right"):
        approve_with_pin(user=ana, approval=asked, approver=ben, pin="4711")
    assert User.objects.get(pk=ben.pk).pin_failures == 0


def test_pin_serves_only_the_one_who_asked(asked: Approval, max_: User, main: Store) -> None:
    set_pin(user=max_, pin="4711")
    ben = factories.make_user("ben", roles.SELLER, [main])
    with refused(NotFound, "no_approval"):
        approve_with_pin(user=ben, approval=asked, approver=max_, pin="4711")


def test_approvers_are_those_with_right_store_and_pin(
    ana: User, max_: User, root: User, ada: User, main: Store, other: Store
) -> None:
    foreign = factories.make_user("mia", roles.MANAGER, [other])
    no_pin = factories.make_user("moe", roles.MANAGER, [main])
    for person in (ana, max_, root, ada, foreign):
        set_pin(user=person, pin="4711")
    assert not no_pin.pin
    assert approvers(store=main, kinds=["discount", "credit"], besides=ana) == [max_, root]
    assert approvers(store=main, kinds=["discount"], besides=max_) == [root]
    User.objects.filter(pk=max_.pk).update(is_active=False)
    assert approvers(store=main, kinds=["discount"], besides=ana) == [root]


# --- Using ------------------------------------------------------------------------------------


@pytest.fixture
def given(asked: Approval, max_: User) -> Approval:
    return decide(user=max_, approval=asked, approve=True)


def test_yes_is_used_once(given: Approval, ana: User) -> None:
    spent(ana, given)
    row = as_stored(given)
    assert (row.status, row.used_at is None) == ("used", False)
    with refused(Conflict, "approval_needed"):
        spent(ana, given)
    assert kinds() == ["approval_asked", "approval_given", "approval_used"]


def test_yes_covers_less_but_never_more(given: Approval, ana: User) -> None:
    with refused(Conflict, "approval_needed"):
        spent(ana, given, amount=Decimal("6.01"))
    assert spent(ana, given, amount=Decimal("5.99")).status == "used"


@pytest.mark.parametrize("other", [{"kind": "credit"}, {"fingerprint": "0" * 64}])
def test_yes_is_good_for_what_was_asked_only(
    given: Approval, ana: User, other: dict[str, str]
) -> None:
    with refused(Conflict, "approval_needed"):
        spent(ana, given, **other)
    assert as_stored(given).status == "approved"


def test_yes_of_somebody_else_is_no_use(given: Approval, main: Store) -> None:
    ben = factories.make_user("ben", roles.SELLER, [main])
    with refused(Conflict, "approval_needed"):
        spent(ben, given)


def test_yes_expires(given: Approval, ana: User) -> None:
    Approval.objects.filter(pk=given.pk).update(expires_at=timezone.now())
    with refused(Conflict, "approval_needed"):
        spent(ana, given)
    assert as_stored(given).status == "approved"


def test_request_alone_is_no_yes(asked: Approval, ana: User) -> None:
    with refused(Conflict, "approval_needed"):
        spent(ana, asked)


# --- Discounts --------------------------------------------------------------------------------


def need_of(user: User, register: Register, *items: Any, **asked: Any) -> Need | None:
    wanted = cart(*items, **asked)
    priced = price(cart=wanted, store=register.store, products=load_products(wanted))
    found = cart_needs(user=user, register=register, priced=priced)
    return found[0] if found else None


def approved(user: User, by: User, register: Register, need: Need | None) -> int:
    """What the register does: `user` asks, somebody says yes."""
    assert need is not None
    row = ask(
        user=user, kind=need.kind, store=register.store, register=register, fingerprint=need.fingerprint,
        amount=need.amount, summary=need.summary,
    )  # fmt: skip
    return decide(user=by, approval=row, approve=True).pk


def test_discount_over_the_limit_needs_a_yes(
    ana: User, max_: User, till_one: Register, session: CashSession, shirt: Product
) -> None:
    asked = {"total": "13.93", "pay": "cash 13.93"}
    wanted = item(shirt, "1", percent("30"))
    with pytest.raises(ApprovalNeeded) as error:
        sell(ana, till_one, wanted, **asked)
    (told,) = error.value.data["needs"]
    assert (error.value.status, error.value.code, error.value.lines) == (
        409,
        "approval_needed",
        [0],
    )
    assert (told["kind"], told["amount"], told["summary"]) == (
        "discount",
        "5.97",
        "€5.97 off €19.90 (30 %)",
    )
    assert (Order.objects.count(), shirt.stock_levels.get().on_hand) == (0, 12)

    yes = approved(ana, max_, till_one, need_of(ana, till_one, wanted))
    order = sell(ana, till_one, wanted, **asked, approvals=(yes,)).order
    row = Approval.objects.get(pk=yes)
    assert (order.total_amount, row.status, row.order) == (Decimal("13.93"), "used", order)
    with refused(ApprovalNeeded, "approval_needed"):
        sell(ana, till_one, wanted, **asked, approvals=(yes,))
    assert Order.objects.count() == 1


def test_limit_itself_needs_nobody_whatever_the_rounding(
    ana: User, till_one: Register, session: CashSession, shirt: Product, scarf: Product, root: User, main: Store
) -> None:  # fmt: skip
    gum = factories.make_product("Gum", "0.05", stock={main: "9"}, by=root)
    assert need_of(ana, till_one, item(shirt, "1", percent("10"))) is None
    assert (
        need_of(ana, till_one, item(gum, "1", percent("10")), item(gum, "1", percent("10"))) is None
    )
    assert need_of(ana, till_one, item(shirt), item(scarf), order_discount=percent("10")) is None
    assert need_of(ana, till_one, item(shirt), order_discount=amount("1.99")) is None
    over = need_of(ana, till_one, item(shirt), order_discount=amount("2.00"))
    assert over is not None and over.amount == 2


def test_line_and_order_discounts_add_up_and_the_customers_own_does_not(
    ana: User, till_one: Register, shirt: Product, scarf: Product, rosa: Customer
) -> None:
    lines = (item(shirt, "1", percent("8")), item(scarf))
    assert need_of(ana, till_one, *lines, customer=rosa) is None
    over = need_of(ana, till_one, *lines, order_discount=percent("8"))
    assert over is not None
    assert (over.kind, over.amount) == ("discount", Decimal("4.05"))  # 1.59 and 8 % of 30.81
    level = factories.make_customer("Lea Wolf", level="Staff", discount="60")
    assert need_of(ana, till_one, item(shirt), customer=level) is None


def test_cart_at_the_shops_own_prices_asks_for_no_limit(
    ana: User, till_one: Register, shirt: Product, rosa: Customer, django_assert_num_queries: Any
) -> None:
    """Most carts are: what every scan waits for is not a query more."""
    wanted = cart(item(shirt), customer=rosa)
    priced = price(cart=wanted, store=till_one.store, products=load_products(wanted))
    with django_assert_num_queries(0):
        assert cart_needs(user=ana, register=till_one, priced=priced) == []


def test_delivery_fee_does_not_make_room_for_a_discount(
    ana: User, till_one: Register, scarf: Product
) -> None:
    from pos.services.carts import Delivery

    far = Delivery("1 High Street", fee=Decimal(500))
    over = need_of(ana, till_one, item(scarf, "1", percent("50")), delivery=far)
    assert over is not None and over.amount == Decimal("6.25")


def test_without_the_right_every_discount_needs_a_yes(
    ana: User, max_: User, till_one: Register, session: CashSession, scarf: Product
) -> None:
    ana.groups.get().permissions.remove(
        *ana.groups.get().permissions.filter(codename="give_discount")
    )
    bare = User.objects.get(pk=ana.pk)
    wanted = item(scarf, "1", percent("1"))
    with pytest.raises(ApprovalNeeded) as error:
        sell(bare, till_one, wanted, total="12.37", pay="cash 12.37")
    assert error.value.status == 403
    yes = approved(bare, max_, till_one, need_of(bare, till_one, wanted))
    assert sell(
        bare, till_one, wanted, total="12.37", pay="cash 12.37", approvals=(yes,)
    ).order.number


@pytest.mark.parametrize(
    "change", ["quantity", "discount", "product", "line", "customer", "register"]
)
def test_yes_for_one_cart_is_not_good_for_another(
    ana: User, max_: User, till_one: Register, till_two: Register, shirt: Product, scarf: Product, rosa: Customer,
    change: str,
) -> None:  # fmt: skip
    wanted, other_register, customer = [item(shirt, "1", percent("30"))], till_one, None
    first = need_of(ana, till_one, *wanted)
    if change == "quantity":
        wanted = [item(shirt, "2", percent("15"))]
    elif change == "discount":
        wanted = [item(shirt, "1", percent("29"))]
    elif change == "product":
        wanted = [item(scarf, "1", percent("30"))]
    elif change == "line":
        wanted.append(item(scarf))
    elif change == "customer":
        customer = rosa
    else:
        other_register = till_two
    second = need_of(ana, other_register, *wanted, customer=customer)
    assert first is not None and second is not None
    assert first.fingerprint != second.fingerprint


def test_refused_sale_leaves_the_yes_unused(
    ana: User, max_: User, till_one: Register, session: CashSession, scarf: Product
) -> None:
    wanted = item(scarf, "4", percent("30"))
    yes = approved(ana, max_, till_one, need_of(ana, till_one, wanted))
    with refused(Conflict, "stock_short"):
        sell(ana, till_one, wanted, total="35.00", pay="cash 35.00", approvals=(yes,))
    assert Approval.objects.get(pk=yes).status == "approved"


def test_replayed_sale_needs_no_second_yes(
    ana: User, max_: User, till_one: Register, session: CashSession, shirt: Product
) -> None:
    from uuid import uuid4

    wanted = item(shirt, "1", percent("30"))
    yes = approved(ana, max_, till_one, need_of(ana, till_one, wanted))
    asked = {"total": "13.93", "pay": "cash 13.93", "approvals": (yes,), "key": uuid4()}
    first = sell(ana, till_one, wanted, **asked)
    again = sell(ana, till_one, wanted, **asked)
    assert (again.is_replay, again.order) == (True, first.order)
    assert kinds().count("approval_used") == 1


# --- Prices -----------------------------------------------------------------------------------


def test_changed_price_is_charged_and_the_catalogues_is_kept(
    max_: User, till_one: Register, session: CashSession, shirt: Product, scarf: Product
) -> None:
    wanted = item(shirt, "2", unit_price="15.00")
    order = sell(max_, till_one, wanted, item(scarf), total="42.50", pay="cash 42.50").order
    line = OrderLine.objects.get(order=order, product=shirt)
    assert (line.list_price, line.unit_price, line.subtotal_amount) == (
        Decimal("19.90"), Decimal("15.00"), Decimal("30.00"),
    )  # fmt: skip
    entry = AuditEntry.objects.get(kind="price_change")
    assert (entry.actor, entry.amount) == (max_, Decimal("9.80"))
    assert entry.changes == [["Linen shirt M", "19.90", "15.00"]]
    assert Product.objects.get(pk=shirt.pk).price == Decimal("19.90")


def test_seller_changes_a_price_only_with_a_yes(
    ana: User, max_: User, till_one: Register, session: CashSession, shirt: Product
) -> None:
    wanted = item(shirt, "1", unit_price="15.00")
    with pytest.raises(ApprovalNeeded) as error:
        sell(ana, till_one, wanted, total="15.00", pay="cash 15.00")
    (told,) = error.value.data["needs"]
    assert (error.value.status, told["kind"], told["amount"]) == (403, "price_change", "4.90")
    assert told["summary"] == "Linen shirt M for €15.00 instead of €19.90"
    assert (Order.objects.count(), AuditEntry.objects.filter(kind="price_change").count()) == (0, 0)
    yes = approved(ana, max_, till_one, need_of(ana, till_one, wanted))
    cheaper = item(shirt, "1", unit_price="14.99")
    with refused(ApprovalNeeded, "approval_needed"):
        sell(ana, till_one, cheaper, total="14.99", pay="cash 14.99", approvals=(yes,))
    order = sell(ana, till_one, wanted, total="15.00", pay="cash 15.00", approvals=(yes,)).order
    assert order.total_amount == 15


def test_price_cut_over_the_managers_limit_needs_somebody_else(
    max_: User, root: User, till_one: Register, shirt: Product
) -> None:
    assert need_of(max_, till_one, item(shirt, "1", unit_price="9.95")) is None
    over = need_of(max_, till_one, item(shirt, "1", unit_price="9.94"))
    assert over is not None and (over.kind, over.lacks_right) == ("price_change", False)
    assert need_of(max_, till_one, item(shirt, "1", unit_price="25.00")) is None
    assert need_of(root, till_one, item(shirt, "1", unit_price="0.00")) is None


def test_lower_price_and_a_discount_on_top_count_together(
    max_: User, root: User, till_one: Register, shirt: Product
) -> None:
    """Max may cut a price by half, and give half off: not both."""
    half = item(shirt, "1", percent("1"), unit_price="9.95")
    over = need_of(max_, till_one, half)
    assert over is not None
    assert (over.kind, over.amount, over.summary) == (
        "discount",
        Decimal("10.05"),
        "€10.05 off €19.90 (50.5 %)",
    )
    assert need_of(max_, till_one, item(shirt, unit_price="9.95"), order_discount=amount("0.05"))
    quarter = item(shirt, "1", percent("25"), unit_price="14.93")
    assert need_of(max_, till_one, quarter) is None
    assert need_of(max_, till_one, item(shirt, "1", percent("50"), unit_price="25.00")) is None
    assert need_of(root, till_one, half) is None
    asked = need_of(max_, till_one, item(shirt, "1", percent("1"), unit_price="9.94"))
    assert asked is not None and asked.kind == "price_change"  # one yes, to the whole cart


def test_catalogues_own_price_is_no_change(ana: User, till_one: Register, shirt: Product) -> None:
    assert need_of(ana, till_one, item(shirt, "1", unit_price="19.90")) is None


# --- Credit -----------------------------------------------------------------------------------


def test_sale_on_account_over_the_limit_needs_a_yes(
    ana: User, max_: User, till_one: Register, session: CashSession, root: User, main: Store, rosa: Customer
) -> None:  # fmt: skip
    coat = factories.make_product("Coat", "150.00", stock={main: "9"}, by=root)
    plain = factories.make_customer("Piet")
    asked = {"total": "150.00", "customer": plain}
    with pytest.raises(ApprovalNeeded) as error:
        sell(ana, till_one, item(coat), **asked, pay=["cash 49.99", "on_account 100.01"])
    (told,) = error.value.data["needs"]
    assert (told["kind"], told["amount"], told["summary"]) == (
        "credit",
        "100.01",
        "€100.01 on the account of Piet",
    )
    assert Order.objects.count() == 0
    row = ask(
        user=ana,
        kind="credit",
        store=main,
        fingerprint=told["fingerprint"],
        amount=Decimal("100.01"),
        summary="",
    )
    decide(user=max_, approval=row, approve=True)
    with refused(ApprovalNeeded, "approval_needed"):  # more than was said yes to
        sell(ana, till_one, item(coat), **asked, pay="on_account 150.00", approvals=(row.pk,))
    done = sell(
        ana,
        till_one,
        item(coat),
        **asked,
        pay=["cash 49.99", "on_account 100.01"],
        approvals=(row.pk,),
    )
    assert done.due == Decimal("100.01")
    assert (
        sell(ana, till_one, item(coat), **asked, pay=["cash 50.00", "on_account 100.00"]).due == 100
    )


def test_credit_without_the_right_needs_a_yes(
    ana: User, till_one: Register, session: CashSession, scarf: Product, rosa: Customer
) -> None:
    group = ana.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="sell_on_account"))
    bare = User.objects.get(pk=ana.pk)
    for pay in ("on_account 11.87", "cash 11.86"):
        with pytest.raises(ApprovalNeeded) as error:
            sell(bare, till_one, item(scarf), total="11.87", pay=pay, customer=rosa)
        assert error.value.status == 403
    assert Order.objects.count() == 0


# --- Parked orders, the drawer, the count -----------------------------------------------------


def test_others_parked_order_is_discarded_with_a_yes(
    ana: User, max_: User, till_one: Register, scarf: Product, main: Store
) -> None:
    parked = park_order(user=max_, register=till_one, cart=cart(item(scarf)), label="blue coat")
    with pytest.raises(ApprovalNeeded) as error:
        discard_order(user=ana, order_id=parked.pk, reason="in the way")
    (told,) = error.value.data["needs"]
    assert (told["kind"], told["amount"]) == ("void", "12.50")
    assert Order.objects.get(pk=parked.pk).status == "parked"
    row = ask(
        user=ana,
        kind="void",
        store=main,
        fingerprint=told["fingerprint"],
        amount=Decimal("12.50"),
        summary="",
    )
    decide(user=max_, approval=row, approve=True)
    discard_order(user=ana, order_id=parked.pk, reason="in the way", approvals=(row.pk,))
    assert (Order.objects.get(pk=parked.pk).status, as_stored(row).order) == ("voided", parked)


def test_parking_over_the_limit_asks_nobody_but_selling_it_does(
    ana: User, till_one: Register, session: CashSession, shirt: Product
) -> None:
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt, "1", percent("30"))))
    assert parked.total_amount == Decimal("13.93")


def test_drawer_opens_without_a_sale_with_right_and_reason(
    max_: User, till_one: Register, session: CashSession
) -> None:
    with refused(Invalid, "no_reason"):
        open_drawer(user=max_, register=till_one, reason=" ")
    assert open_drawer(user=max_, register=till_one, reason="change for a customer") == 1
    assert open_drawer(user=max_, register=till_one, reason="stuck") == 2
    entries = AuditEntry.objects.filter(kind="no_sale").order_by("id")
    assert [(each.actor, each.reason, each.register) for each in entries] == [
        (max_, "change for a customer", till_one), (max_, "stuck", till_one),
    ]  # fmt: skip
    assert no_sales(session) == 2


def test_seller_opens_the_drawer_with_a_yes_for_this_one_time(
    ana: User, max_: User, till_one: Register, session: CashSession, main: Store
) -> None:
    with pytest.raises(ApprovalNeeded) as error:
        open_drawer(user=ana, register=till_one, reason="change")
    print_ = error.value.data["needs"][0]["fingerprint"]
    row = ask(
        user=ana, kind="no_sale", store=main, fingerprint=print_, amount=Decimal(0), summary=""
    )
    decide(user=max_, approval=row, approve=True)
    with refused(ApprovalNeeded, "approval_needed"):
        open_drawer(user=ana, register=till_one, reason="something else", approvals=(row.pk,))
    assert open_drawer(user=ana, register=till_one, reason="change", approvals=(row.pk,)) == 1
    with refused(ApprovalNeeded, "approval_needed"):
        open_drawer(user=ana, register=till_one, reason="change", approvals=(row.pk,))
    assert no_sales(session) == 1


def test_drawer_of_a_closed_register_or_of_somebody_else_stays_shut(
    ana: User, till_one: Register, till_two: Register, session: CashSession, main: Store
) -> None:
    with refused(Conflict, "session_closed"):
        open_drawer(user=ana, register=till_two, reason="change")
    ben = factories.make_user("ben", roles.SELLER, [main])
    with refused(Forbidden, "other_session"):
        open_drawer(user=ben, register=till_one, reason="change")


@pytest.mark.parametrize(
    ("counted", "is_asked"), [("95", False), ("105", False), ("94.99", True), ("105.01", True)]
)
def test_count_further_off_than_the_limit_needs_a_yes(
    ana: User, session: CashSession, counted: str, is_asked: bool
) -> None:
    if is_asked:
        with refused(ApprovalNeeded, "approval_needed"):
            close_session(user=ana, session=session, counted_cash=Decimal(counted))
    else:
        close_session(user=ana, session=session, counted_cash=Decimal(counted))
    assert CashSession.objects.get(pk=session.pk).is_open == is_asked


def test_approved_count_closes_and_another_count_does_not(
    ana: User, max_: User, session: CashSession, main: Store
) -> None:
    with pytest.raises(ApprovalNeeded) as error:
        close_session(user=ana, session=session, counted_cash=Decimal(80))
    assert "20" not in error.value.message
    (told,) = error.value.data["needs"]
    row = ask(
        user=ana,
        kind="cash_difference",
        store=main,
        fingerprint=told["fingerprint"],
        amount=Decimal(20),
        summary="",
    )
    decide(user=max_, approval=row, approve=True)
    with refused(ApprovalNeeded, "approval_needed"):
        close_session(user=ana, session=session, counted_cash=Decimal(79), approvals=(row.pk,))
    closed = close_session(user=ana, session=session, counted_cash=Decimal(80), approvals=(row.pk,))
    assert (closed.difference, as_stored(row).status) == (-20, "used")


# --- What leaves a cart -----------------------------------------------------------------------


def test_removed_lines_are_recorded_at_the_shops_prices(
    ana: User, till_one: Register, shirt: Product, scarf: Product
) -> None:
    lines = [(shirt.pk, Decimal(2)), (scarf.pk, Decimal(1)), (999999, Decimal(1))]
    report_removed(user=ana, register=till_one, kind="cart_cleared", lines=lines)
    entry = AuditEntry.objects.get(kind="cart_cleared")
    assert (entry.actor, entry.register, entry.amount) == (ana, till_one, Decimal("52.30"))
    assert entry.changes == [["Linen shirt M", "2", "–"], ["Wool scarf", "1", "–"]]


def test_only_removals_are_reported_as_such(
    ana: User, eve: User, till_one: Register, shirt: Product
) -> None:
    with refused(Invalid, "unknown_kind"):
        report_removed(user=ana, register=till_one, kind="sale", lines=[(shirt.pk, Decimal(1))])
    with refused(Invalid, "no_product"):
        report_removed(
            user=ana, register=till_one, kind="line_removed", lines=[(999999, Decimal(1))]
        )
    with refused(Forbidden, "wrong_store"):
        report_removed(
            user=eve, register=till_one, kind="line_removed", lines=[(shirt.pk, Decimal(1))]
        )
