"""Every address × every role × both stores × GET and POST: exactly what url_table.py says."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver

from .books import books
from .two_stores import Shop, TwoStores, add_refunds, open_two_stores
from .url_table import ANSWERS, MAY_WRITE, REFUSED, ROLES, expected

MODEL = re.compile(r"admin/(?:pos|auth)/([a-z]+)/")
WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
# When somebody was last here is noted after the answer, and nothing else of them with it.
SEEN = re.compile(r'\s*UPDATE "?pos_user"? SET "?last_seen_at"? = [^,]+ WHERE')
# Who is here, and what was tried: written whatever the answer is.
ALWAYS = {"django_session", "pos_auditentry"}
HISTORIES = {
    *("product", "category", "taxrate", "customer", "customerlevel", "seller", "administrator"),
    *("store", "register", "paymentmethod"),
}
PLAIN = {
    "<slug:kind>.<slug:format>": "products.csv",
    "<slug:name>": "sales-by-day",
    "<slug:kind>": "csv",
    "<path:name>": "products/missing.png",
    "<path:content_type_id>/<path:object_id>": "1/1",
    "^(?P<app_label>pos|auth)/$": "pos/",
    "(?P<url>.*)$": "nowhere/",
}


KINDS = {
    "pos_register_removed": "line_removed",
    "pos_register_print": "receipt",
    "pos_register_cash": "pay_in",
    "pos_register_gift_card": "gift_card",
}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str

    def address(self, shop: Shop, world: TwoStores) -> str:
        address = self.pattern
        if found := MODEL.match(address):
            thing = shop.owned(found[1]) or world.shared[found[1]]
            address = address.replace("<path:object_id>", str(thing.pk))
            if "history" in address and found[1] in HISTORIES:
                version = str(thing.history.latest().history_id)
                address = address.replace("([^/]+)", str(thing.pk), 1)
                address = re.sub(r"<\w+:(history|version)_id>", version, address)
                address = address.replace("([^/]+)", version).replace("^", "").replace("$", "")
        order = shop.parked if "/parked/" in address else shop.sale
        ids = {"person": shop.seller, "store": shop.store, "session": shop.session}
        for name, thing in (
            ids | {"order": order, "approval": shop.approval, "refund": shop.refund}
        ).items():
            address = address.replace(f"<int:{name}_id>", str(thing.pk))
        address = address.replace("<int:payment_id>", str(shop.received.pk))
        address = address.replace("<int:customer_id>", str(world.customer.pk))
        address = address.replace("<str:token>", shop.sale.public_token or "")
        address = address.replace("<str:display>", shop.register.display_token or "")
        address = address.replace("<str:verb>", "dispatch")
        address = address.replace("<int:pk>", str(shop.saved.pk))
        address = address.replace("<uuid:key>", str(shop.imported.key))
        for part, value in PLAIN.items():
            address = address.replace(part, value)
        return "/" + address


def routes(patterns: Any = None, prefix: str = "") -> Iterator[Route]:
    """Every address there is. Those without a name go by their pattern."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        pattern = prefix + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from routes(each.url_patterns, pattern)
        else:
            yield Route(each.name or pattern, pattern)


def body(route: Route, shop: Shop, world: TwoStores) -> dict[str, Any]:
    """A well-formed request to any of the register's doors: refused only for who asks."""
    if route.name in ("pos_register_returns", "pos_register_price_return", "pos_register_void"):
        return refund_body(shop)
    line = {"product": world.product.pk, "quantity": "1", "discount": None, "note": ""}
    return {
        "register": shop.register.pk,
        "opening_float": "100.00",
        "key": "00000000-0000-4000-8000-000000000001",
        "customer": world.customer.pk if route.name == "pos_register_dues" else None,
        "method": "cash",
        "tendered": "5.00",
        "expected_total": "19.90",
        "order_discount": None,
        "lines": [line],
        "payments": [{"method": "cash", "tendered": "19.90", "reference": ""}],
        "delivery": None,
        "kind": KINDS.get(route.name, "no_sale"),
        "order": shop.sale.pk,
        "address": "rosa@example.org",
        "amount": "1.00",
        "reason": "Somebody asked",
        "label": "Window",
        "name": "Somebody",
        "person": shop.seller.pk,
        "approver": world.people["max"].pk,
        "pin": "2580",
        "take_over": True,
    }


def refund_body(shop: Shop) -> dict[str, Any]:
    """The store's own sale comes back whole."""
    return {
        "register": shop.register.pk,
        "key": "00000000-0000-4000-8000-000000000002",
        "order": shop.sale.pk,
        "lines": [{"line": shop.sale.lines.get().pk, "quantity": "1"}],
        "reason": "Somebody asked",
        "expected_total": "18.90",
    }


class Visitor:
    """Somebody who tries addresses; whatever a try changes is undone."""

    def __init__(self, role: str, world: TwoStores) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)
        if role != "nobody":
            backend = "django.contrib.auth.backends.ModelBackend"
            self.client.force_login(world.people[role], backend)
        self.cookies = self.client.cookies.copy()

    def tries(self, route: Route, method: str, shop: Shop) -> tuple[str, set[str]]:
        """The answer, as the table has it, and the tables written to."""
        address, written = route.address(shop, self.world), set()

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if (found := WRITTEN.match(sql)) and not SEEN.match(sql):
                written.add(found[1])
            return execute(sql, params, many, context)

        self.client.cookies = self.cookies.copy()
        with undone(), connection.execute_wrapper(note):
            response = self._send(address, method, route, shop)
        return answer(response), written - ALWAYS

    def _send(self, address: str, method: str, route: Route, shop: Shop) -> Any:
        if method == "GET":
            return self.client.get(address)
        if address.startswith("/admin/register/") and "/close/" not in address:
            content = json.dumps(body(route, shop, self.world))
            return self.client.post(address, content, content_type="application/json")
        return self.client.post(address)


@contextmanager
def undone() -> Iterator[None]:
    start = transaction.savepoint()  # no atomic block: the shop's own may be durable
    yield
    transaction.savepoint_rollback(start)


def answer(response: Any) -> str:
    """One letter of the table, or the bare status when it has none."""
    status = response.status_code
    if status == 302:
        location = response.headers["Location"]
        if "/login/" in location:
            return "l"
        return "g" if location == "/admin/" else "r"
    return ANSWERS.get(status, f"<{status}>")


@pytest.fixture
def world(db: None) -> Iterator[TwoStores]:
    logging.disable(logging.ERROR)  # thousands of refusals
    found = open_two_stores()
    add_refunds(found)
    yield found
    logging.disable(logging.NOTSET)


def same_everywhere(route: Route, method: str, world: TwoStores) -> bool:
    """The address names nothing of a store, and neither does the body."""
    if route.address(world.main, world) != route.address(world.other, world):
        return False
    return method == "GET" or not route.pattern.startswith("admin/register/")


def test_every_address_has_a_place_in_the_table() -> None:
    names = {route.name for route in routes()}
    assert names - expected().keys() == set(), "say in url_table.py who may open it"
    assert expected().keys() - names == set(), "these are gone"


def test_no_package_brings_a_door_of_its_own() -> None:
    """import-export lets all staff in and out, guardian lets whoever edits a row grant it.

    Whoever brings such a door proves its rights, its scope and its size first, then names it here.
    """
    foreign = re.compile(r"import|export|permissions|user-manage|group-manage|delete_selected")
    doors = {route.pattern for route in routes() if foreign.search(route.pattern)}
    ours = re.compile(r"admin/(pos|auth)/[a-z]+/export/|admin/imports/.*")
    assert {each for each in doors if not ours.fullmatch(each)} == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_the_table_says(role: str, world: TwoStores) -> None:
    """And neither a refusal nor a GET writes a row, other than to the audit trail."""
    visitor, before, wrong = Visitor(role, world), books(), []
    for route in routes():
        row = expected()[route.name]
        for where, method in (
            ("main", "GET"),
            ("main", "POST"),
            ("other", "GET"),
            ("other", "POST"),
        ):
            shop = getattr(world, where)
            if where == "other" and same_everywhere(route, method, world):
                continue
            told, written = visitor.tries(route, method, shop)
            wanted = row.answer(role, where, method)
            if told != wanted:
                wrong.append(f"{route.name} {method} {where}: {told}, the table says {wanted}")
            written -= MAY_WRITE.get(route.name, set())
            if written and (method == "GET" or told in REFUSED):
                wrong.append(f"{route.name} {method} {where}: {told} wrote to {written}")
    assert wrong == []
    assert books() == before
