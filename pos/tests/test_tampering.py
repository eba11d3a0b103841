"""Requests that no register of ours would send: refused, nothing has changed, and told once.

What the shop's own changes make of an honest cart (stock, prices, a closed session) is refused as
well, but nobody has tampered: the audit trail keeps quiet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from pos import roles
from pos.models import (
    Approval,
    AuditEntry,
    CashSession,
    Customer,
    Order,
    PaymentMethod,
    Product,
    Register,
    RoleLimit,
    Store,
    User,
)
from pos.services.approvals import decide
from pos.services.cash import open_session
from pos.services.parking import discard_order, park_order, resume_order

from . import factories
from .books import books
from .tills import cart, item, line, post, request_body

pytestmark = pytest.mark.django_db
TOLD, QUIET = 1, 0
HUGE = 10**30
# Not JSON's to say: written into the text in place of "HERE".
RAW = ("NaN", "-Infinity", "1e400", "-1e400")


@dataclass
class World:
    """Ana's till with a scarf (12.50) to sell, and everything around it that is not hers."""

    ana: User
    people: dict[str, User]
    till: Register
    closed_till: Register
    max_till: Register
    other_till: Register
    scarf: Product
    gone: Product
    elsewhere: Product
    left: Customer
    orders: dict[str, Order]
    approvals: dict[str, int] = field(default_factory=dict)
    sold: dict[str, Any] = field(default_factory=dict)

    def body(self, **changes: Any) -> dict[str, Any]:
        """One scarf, paid with a note of 20."""
        return request_body(self.till, line(self.scarf), total="12.50", pay="cash 20.00") | changes

    def with_line(self, **changes: Any) -> dict[str, Any]:
        return self.body(lines=[line(self.scarf) | changes])

    def with_payment(self, **changes: Any) -> dict[str, Any]:
        body = self.body()
        body["payments"][0] |= changes
        return body

    def cheap(self, *approvals: int) -> dict[str, Any]:
        """30 % off, three times what Ana may give alone; `approvals` as if somebody had said yes."""
        return request_body(
            self.till, line(self.scarf, discount={"percent": "30"}), total="8.75", pay="cash 8.75",
            approvals=list(approvals),
        )  # fmt: skip


@pytest.fixture
def world(
    ana: User, max_: User, eve: User, sam: User, main: Store, till_one: Register, till_two: Register,
    other_till: Register, session: CashSession, cash: PaymentMethod, card: PaymentMethod,
    transfer: PaymentMethod, on_account: PaymentMethod, root: User, scarf: Product, rosa: Customer,
    verified: None,
) -> World:  # fmt: skip
    bob = factories.make_user("bob", roles.SELLER, [main])
    gone = factories.make_product("Old hat", "5.00", stock={main: "3"}, by=root, is_active=False)
    elsewhere = factories.make_product("Rope", "5.00", stock={other_till.store: "9"}, by=root)
    Customer.objects.filter(pk=rosa.pk).update(status="inactive")
    PaymentMethod.objects.filter(pk=transfer.pk).update(is_active=False)
    open_session(user=max_, register=till_two, opening_float=Decimal(0))
    open_session(user=eve, register=other_till, opening_float=Decimal(0))
    closed = factories.make_register(main, "Register 3", "R3")
    content = cart(item(scarf))
    orders = {
        "eve's": park_order(user=eve, register=other_till, cart=cart(item(elsewhere))),
        "max's": park_order(user=max_, register=till_two, cart=content),
        "bob's, held": park_order(user=bob, register=till_one, cart=content),
        "discarded": park_order(user=ana, register=till_one, cart=content),
    }
    resume_order(user=max_, order_id=orders["bob's, held"].pk, register=till_two)
    discard_order(user=ana, order_id=orders["discarded"].pk, reason="Left")
    people = {"max": max_, "eve": eve, "sam": sam, "bob": bob}
    return World(
        ana, people, till_one, closed, till_two, other_till, scarf, gone, elsewhere, rosa, orders
    )


@pytest.fixture
def approved(world: World, signed_in: Callable[[User], Client]) -> World:
    """Approvals for 30 % off that do not hold: somebody else's, denied, waiting, used."""
    at_till = {name: signed_in(user) for name, user in {**world.people, "ana": world.ana}.items()}

    def ask(who: str, body: dict[str, Any]) -> Approval:
        answer = post(at_till[who], "approvals", {**body, "kind": "discount"})
        assert answer.status_code == 201, answer.content
        return Approval.objects.get(pk=answer.json()["id"])

    other_cart = world.cheap() | {"lines": [line(world.scarf, "2", discount={"percent": "30"})]}
    rows = {
        "bob's": ask("bob", world.cheap()),
        "for another cart": ask("ana", other_cart),
        "denied": ask("ana", world.cheap()),
    }
    for name, row in rows.items():
        decide(user=world.people["max"], approval=row, approve=name != "denied")
    rows["used"] = ask("ana", world.cheap())
    decide(user=world.people["max"], approval=rows["used"], approve=True)
    assert post(at_till["ana"], "checkout", world.cheap(rows["used"].pk)).status_code == 201
    rows["waiting"] = ask("ana", world.cheap())
    world.approvals = {name: row.pk for name, row in rows.items()}
    world.sold = world.body()
    assert post(at_till["ana"], "checkout", world.sold).status_code == 201
    return world


@dataclass
class Case:
    """`body` is what is sent; `who` sends it; `door` has the id of an order where it needs one."""

    name: str
    body: Any
    status: int
    code: str
    told: int = TOLD
    who: str = "ana"
    door: str = "checkout"
    order: int | None = None


def amounts(w: World) -> Iterator[Case]:
    """Numbers: negative, nothing, huge, not finite, of the wrong kind, wherever one is read."""
    small, large, none, precise = "too_small", "too_large", "not_a_number", "too_precise"
    wrong = [
        ("-1", small), ("0", small), ("1e400", none), ("NaN", none), ("Infinity", none), ("-0", none),
        (str(HUGE), none), (HUGE, large), ("9" * 29, large), (1.5, none), (True, none), ([], none),
        ({"amount": "1"}, none), ("１", none), ("1,5", none), ("0x10", none), ("1_000", none),
    ]  # fmt: skip
    for value, code in wrong:
        yield Case(f"quantity {value!r:.20}", w.with_line(quantity=value), 400, code)
        yield Case(f"payment {value!r:.20}", w.with_payment(tendered=value), 400, code)
        if value != "0":
            yield Case(f"price {value!r:.20}", w.with_line(unit_price=value), 400, code)
            yield Case(f"total {value!r:.20}", w.body(expected_total=value), 400, code)
            fee = {"address": "1 High Street", "fee": value}
            yield Case(f"fee {value!r:.20}", w.body(delivery=fee), 400, code)
            for kind in ("amount", "percent"):
                off = {kind: value}
                yield Case(f"{kind} off {value!r:.20}", w.with_line(discount=off), 400, code)
                yield Case(f"{kind} off all {value!r:.20}", w.body(order_discount=off), 400, code)
    yield Case("half a cent", w.with_payment(tendered="20.005"), 400, precise)
    yield Case("half a scarf", w.with_line(quantity="0.5"), 400, precise)
    yield Case(
        "more off than it costs",
        w.with_line(discount={"amount": "12.51"}),
        400,
        "discount_too_large",
    )
    yield Case("money back", w.body(payments=[
        {"method": "cash", "tendered": "20.00", "reference": ""},
        {"method": "cash", "tendered": "-7.50", "reference": ""},
    ]), 400, small)  # fmt: skip
    yield Case("negative total", w.body(
        lines=[line(w.scarf), line(w.scarf, "-2")], expected_total="-12.50", payments=[],
    ), 400, small)  # fmt: skip
    for raw in RAW:
        text = json.dumps(w.body(expected_total="HERE")).replace('"HERE"', raw)
        is_number = raw.endswith("400")
        yield Case(f"raw {raw}", text, 400, none if is_number else "malformed")


def shapes(w: World) -> Iterator[Case]:
    """Things of the wrong kind, and no request at all."""
    yield Case("lines by name", w.body(lines={"0": line(w.scarf)}), 400, "empty_cart")
    yield Case("line of text", w.body(lines=["1"]), 400, "bad_line")
    yield Case("payments by name", w.body(payments={"cash": "20.00"}), 400, "bad_payments")
    yield Case("register as text", w.body(register=str(w.till.pk)), 400, "bad_id")
    yield Case("register yes", w.body(register=True), 400, "bad_id")
    yield Case("product below nothing", w.with_line(product=-1), 400, "bad_id")
    yield Case("customer of all", w.body(customer={"id": 1}), 400, "bad_id")
    yield Case("approvals as text", w.body(approvals="1"), 400, "bad_approvals")
    yield Case("approval yes", w.body(approvals=[True]), 400, "bad_id")
    yield Case("parked as list", w.body(parked=[1]), 400, "bad_id")
    yield Case("no key", w.body(key=None), 400, "bad_key")
    yield Case("a list", [w.body()], 400, "malformed")
    yield Case("cut off", json.dumps(w.body())[:-5], 400, "malformed")
    yield Case(
        "total twice", json.dumps(w.body())[:-1] + ', "expected_total": "0.01"}', 400, "malformed"
    )
    yield Case("unknown method", w.with_payment(method="voucher"), 400, "unknown_method")
    yield Case("method switched off", w.with_payment(method="transfer"), 400, "unknown_method")
    yield Case(
        "card number",
        w.with_payment(method="card", reference="4111 1111 1111 1111"),
        400,
        "card_number",
    )
    yield Case("turned note", w.with_line(note="\u202e05.21"), 400, "bad_text")


def strangers(w: World) -> Iterator[Case]:
    """What belongs to somebody else."""
    yield Case("colleague's session", w.body(register=w.max_till.pk), 403, "other_session")
    yield Case("other store's register", w.body(register=w.other_till.pk), 403, "wrong_store")
    yield Case("no such register", w.body(register=987_654), 404, "no_register")
    yield Case("seller of the other store", w.body(), 403, "wrong_store", who="eve")
    yield Case("stock keeper", w.body(), 403, "no_right", who="sam")
    yield Case("colleague's till", w.body(), 403, "other_session", who="bob")
    foreign, there = w.orders["eve's"].pk, {"register": w.till.pk, "reason": "x"}
    yield Case("other store's parked order", w.body(parked=foreign), 404, "no_order")
    yield Case("parked order that never was", w.body(parked=987_654), 404, "no_order")
    for door in ("resume", "discard"):
        yield Case(f"{door} of another store", there, 404, "no_order", door=door, order=foreign)
        yield Case(f"{door} of nothing", there, 404, "no_order", door=door, order=987_654)
    yield Case(
        "resume at another store's till", {"register": w.other_till.pk}, 404, "no_register",
        door="resume", order=w.orders["max's"].pk,
    )  # fmt: skip
    yield Case(
        "parking another store's order", w.body(parked=foreign), 404, "no_order", door="parked"
    )
    yield Case(
        "parking a colleague's order",
        w.body(parked=w.orders["max's"].pk),
        403,
        "held",
        door="parked",
    )
    yield Case("key with another cart", w.sold | {"note": "more"}, 422, "key_reused")
    yield Case("key with another total", w.sold | {"expected_total": "12.500"}, 422, "key_reused")
    yield Case("key of another person", w.sold, 422, "key_reused", who="max")


def rights(w: World) -> Iterator[Case]:
    """The price door says beforehand what needs a yes: a register of ours asks for it, and then sells."""
    yield Case("price without the right", w.body(
        lines=[line(w.scarf, unit_price="0.01")], expected_total="0.01",
    ), 403, "approval_needed")  # fmt: skip
    yield Case("too much off", w.cheap(), 409, "approval_needed")
    for name, pk in w.approvals.items():
        yield Case(f"approval {name}", w.cheap(pk), 409, "approval_needed")
    yield Case("approval that never was", w.cheap(987_654), 409, "approval_needed")


def honest(w: World) -> Iterator[Case]:
    """The shop has changed meanwhile, or money is missing: that is business."""

    def quiet(name: str, body: Any, code: str) -> Case:
        return Case(name, body, 409, code, QUIET)

    yield quiet("old total", w.body(expected_total="0.01"), "total_changed")
    yield quiet("sold out here, there in the other store", w.body(
        lines=[line(w.elsewhere)], expected_total="5.00",
    ), "stock_short")  # fmt: skip
    yield quiet("more than there is", request_body(
        w.till, line(w.scarf, "99"), total="1237.50", pay="cash 1237.50"
    ), "stock_short")  # fmt: skip
    yield quiet("no longer on sale", w.with_line(product=w.gone.pk), "product_unavailable")
    yield quiet("no such product", w.with_line(product=987_654), "product_unavailable")
    yield quiet("customer who left", w.body(customer=w.left.pk), "customer_unavailable")
    yield quiet("no such customer", w.body(customer=987_654), "customer_unavailable")
    yield quiet("closed register", w.body(register=w.closed_till.pk), "session_closed")
    yield quiet("taken over", w.body(parked=w.orders["bob's, held"].pk), "held")
    yield quiet("parked again by a colleague", w.body(parked=w.orders["max's"].pk), "held")
    yield quiet("discarded elsewhere", w.body(parked=w.orders["discarded"].pk), "parked_gone")
    yield quiet("a cent short", w.with_payment(tendered="12.49"), "payment_short")
    yield quiet("too much by card", w.with_payment(method="card", tendered="12.51"), "overpaid")
    yield quiet(
        "on nobody's account",
        w.with_payment(method="on_account", tendered="12.50"),
        "customer_needed",
    )


@pytest.mark.parametrize("cases", [amounts, shapes, strangers, rights, honest])
def test_refused_unchanged_and_told_once(
    approved: World, signed_in: Callable[[User], Client], cases: Callable[[World], Iterator[Case]]
) -> None:
    people = {**approved.people, "ana": approved.ana}
    clients = {name: signed_in(user) for name, user in people.items()}
    wrong = []
    for case in cases(approved):
        client = clients[case.who]
        client.raise_request_exception = False
        before = everything()
        newest = AuditEntry.objects.latest("pk").pk
        ids = [case.order] if case.order else []
        answer = post(client, case.door, case.body, *ids)
        told = list(AuditEntry.objects.filter(pk__gt=newest))
        if (answer.status_code, code_of(answer)) != (case.status, case.code):
            wrong.append(f"{case.name}: {answer.status_code} {code_of(answer)}")
        if everything() != before:
            wrong.append(f"{case.name}: something changed")
        expected = [
            (AuditEntry.Kind.REFUSED, people[case.who], answer.request["PATH_INFO"], case.code)
        ]
        if [facts(entry) for entry in told] != expected * case.told:
            wrong.append(f"{case.name}: told {[facts(entry) for entry in told]}")
    assert not wrong, "\n".join(wrong)


def everything() -> dict[str, list[Any]]:
    return {
        **books(),
        "approvals": list(Approval.objects.order_by("pk").values_list()),
        "prices": list(Product.objects.order_by("pk").values_list("pk", "price", "cost")),
    }


def code_of(answer: Any) -> str:
    is_json = answer["Content-Type"] == "application/json"
    return answer.json().get("error", {}).get("code", "") if is_json else ""


def facts(entry: AuditEntry) -> tuple[str, User | None, str, str]:
    (_asked, _before, door), (_answer, _none, code) = entry.changes
    assert entry.reason.strip()
    return entry.kind, entry.actor, door, code


WISHES: dict[str, Any] = {
    "price": "0.01", "total": "0.01", "tax": "0.00", "tax_amount": "0.00", "net_amount": "0.01",
    "gross_amount": "0.01", "total_amount": "0.01", "subtotal": "0.01", "discount_amount": "12.49",
    "discount_percent": "99", "list_price": "0.01", "unit_cost": "0.00", "tax_rate": None, "taxes": [],
    "change": "99.00", "change_amount": "99.00", "paid": "99.00", "amount": "99.00", "id": 1,
    "status": "voided", "payment_status": "paid", "seller": 1, "session": 1, "store": 1, "number": "X-1",
    "sequence": 999, "sold_on": "2020-01-01", "completed_at": "2020-01-01T00:00:00Z", "is_refund": True,
}  # fmt: skip


def test_what_a_browser_wishes_for_is_never_looked_at(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    """Foreign fields anywhere in the request leave the same order as without them."""
    client = signed_in(world.ana)
    plain, wishful = world.body(), world.body() | WISHES
    wishful["lines"][0] |= WISHES
    wishful["payments"][0] |= WISHES
    found = []
    for body in (plain, wishful):
        body["lines"][0]["discount"] = {"percent": "10"}
        body |= {"expected_total": "11.25", "key": str(uuid4())}
        answer = post(client, "checkout", body)
        assert answer.status_code == 201, answer.content
        found.append(row_of(Order.objects.get(key=body["key"])))
    assert found[0] == found[1]
    assert found[0]["total_amount"] == Decimal("11.25")
    assert not AuditEntry.objects.filter(kind=AuditEntry.Kind.REFUSED).exists()


def row_of(order: Order) -> dict[str, Any]:
    """The order with its lines, taxes and payments, without what differs from sale to sale."""
    own = (
        *("id", "key", "request_hash", "number", "sequence", "created_at", "completed_at"),
        "public_token",
    )
    rows = {
        name: list(getattr(order, name).values())
        for name in ("lines", "taxes", "payments", "stock_movements")
    }
    for row in (each for each_rows in rows.values() for each in each_rows):
        for name in ("id", "order_id", "received_at", "created_at"):
            row.pop(name, None)
    fields = {each.attname: getattr(order, each.attname) for each in Order._meta.concrete_fields}
    return {name: value for name, value in fields.items() if name not in own} | rows


def test_a_register_of_ours_that_asks_first_is_never_told(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    """On account is only known at the payment: the first no is how the register learns of it."""
    Customer.objects.update(status="active")
    body = request_body(
        world.till, line(world.scarf, "3"), total="35.62", pay="on_account 35.62",
        customer=world.left.pk,
    )  # fmt: skip
    RoleLimit.objects.update(credit_amount=Decimal(10))
    before = everything()
    answer = post(signed_in(world.ana), "checkout", body)
    assert (answer.status_code, code_of(answer), everything() == before) == (
        409, "approval_needed", True,
    )  # fmt: skip
    assert not AuditEntry.objects.filter(kind=AuditEntry.Kind.REFUSED).exists()
