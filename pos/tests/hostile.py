"""A shop whose every text tries to be something else: markup, script, template, formula, or turned around.

The fields are found, not listed: a new text field is filled here by itself, or the test that asks for
`poison` says that no row of its model exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CharField, EmailField, Field, TextField

from pos.models import (
    AuditEntry,
    Barcode,
    CashSession,
    Order,
    OrderLine,
    Product,
    RefundLine,
    RoleLimit,
    SavedReport,
)
from pos.roles import ROLES
from pos.services import approvals
from pos.services.carts import Delivery
from pos.services.cash import close_session, open_session
from pos.services.deliveries import dispatch_delivery
from pos.services.orders import complete_order
from pos.services.parking import discard_order, park_order
from pos.services.pins import set_pin
from pos.services.stock import waste_stock

from . import factories
from .tills import amount, attempt, cart, item
from .two_stores import Shop, TwoStores, add_refunds, open_two_stores

# Made by the shop itself, never by a person.
MACHINE = {
    "user.password",
    "order.number",
    "refund.number",
    "accountpayment.number",
    "balance.code",
    "auditentry.model",
    "auditentry.object_id",
    "taxday.name",  # summed from the documents, where it is hostile
    "savedreport.report",
    "savedreport.query",
    "register.printer_host",  # an IP address; the form and the sending take nothing else
}
# `hit` is a function that the browser tests listen to; an `x` is asked for where markup came to life.
MARKUP = """'"><img src=x onerror=hit()>"""
TEMPLATES = "{{7*7}}"
SCRIPTS = "</script></textarea></title><script>hit()</script><b x-init=hit()>"
MORE = "${7*7}{%debug%}');hit();//\\u0022\x07\u2066\u202e"
OVERRIDE = "\u202e"
OTHER_BARCODE = "LINEN-L-1"  # harmless, of a hostile product


def text_for(field: Field, number: int, unique: object = "") -> str:
    """A hostile text with its own mark (`~7~`), as long as the column takes."""
    mark = f"~{number}~"
    if isinstance(field, EmailField):
        return f'"{mark}<svg/onload=hit()>\'{TEMPLATES}"@x.example'
    most = field.max_length or 1000
    tail = f"#{unique}" if field.unique else ""
    text = mark
    for part in (OVERRIDE, MARKUP, TEMPLATES, MORE, SCRIPTS):
        if len(text + part + tail) <= most:
            text += part
    assert MARKUP + TEMPLATES in text, f"{field} is too short for this: say so in MACHINE"
    return text + tail


def text_fields() -> Iterator[tuple[int, type[models.Model], Field]]:
    """What people type: every editable text column of the shop that takes hostile texts at all."""
    number = 10  # two digits: they leave room
    for model in [*apps.get_app_config("pos").get_models(), Group]:
        if model._meta.proxy or hasattr(model, "history_object"):
            continue
        for field in model._meta.concrete_fields:
            if not isinstance(field, CharField | TextField) or field.choices or not field.editable:
                continue
            if f"{model._meta.model_name}.{field.name}" in MACHINE:
                continue
            number += 1
            if takes(field):
                yield number, model, field


def takes(field: Field) -> bool:
    """Whether the column's own rules let markup in; codes and colours do not."""
    text = '"<svg/onload=hit()>"@x.example' if isinstance(field, EmailField) else MARKUP
    try:
        field.clean(text, None)
    except ValidationError:
        return False
    return True


@dataclass
class HostileShop:
    """`names`: mark -> field; `cores`: mark -> what stands literally wherever the mark is read."""

    world: TwoStores
    names: dict[int, str]
    cores: dict[int, str]
    delivery: Order
    closed: CashSession


def poison() -> dict[int, str]:
    """Every text of every row becomes hostile: mark -> the field's name."""
    names = {}
    for model in {model: None for _number, model, _field in text_fields()}:
        fields = [(number, field) for number, each, field in text_fields() if each is model]
        rows = model._base_manager.all()
        if model is Group:
            rows = rows.exclude(name__in=ROLES)
        assert rows, f"There is no {model.__name__} to fill: make one in open_hostile_shop"
        for row in rows:
            values = {field.name: text_for(field, number, row.pk) for number, field in fields}
            _write(row, values)
        names |= {number: f"{model._meta.model_name}.{field.name}" for number, field in fields}
    return names


def _write(row: Any, values: dict[str, str]) -> None:
    """With its history where it has one; a document is written past its own rules."""
    if hasattr(row, "history"):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        return
    more: dict[str, Any] = {}
    if isinstance(row, AuditEntry):
        what, reason = values["object_text"], values["reason"]
        more["changes"] = [[reason[:60], what, reason], ["price", what, "12.50"]]
    if isinstance(row, OrderLine | RefundLine):
        more["taxes"] = [[values["name"][:60], "20", "1.00"]]
    type(row)._base_manager.filter(pk=row.pk).update(**values, **more)


def core_of(number: int, field: Field) -> str:
    """The literal part behind a mark, without the signs that nobody sees."""
    if isinstance(field, EmailField):
        return text_for(field, number)[1:-1].partition("@")[0]
    return f"~{number}~{MARKUP}{TEMPLATES}"


def open_hostile_shop() -> HostileShop:
    """Two stores that trade, with something of everything, and then every text of them hostile."""
    world = open_two_stores()
    add_refunds(world)
    set_pin(user=world.people["max"], pin="4711")
    delivery, closed = _trade_more(world, world.main)
    role = Group.objects.create(name="Helper")
    RoleLimit.objects.get_or_create(role=role)
    world.people["sam"].groups.add(role)
    root = world.people["root"]
    SavedReport.objects.create(
        owner=root, report="sales-by-day", name="Mine", every="day", address="root@example.org"
    )
    names = poison()
    cores = {number: core_of(number, field) for number, _model, field in text_fields()}
    other = Product.objects.exclude(pk=world.product.pk).get()
    Barcode.objects.create(product=other, code=OTHER_BARCODE)
    return HostileShop(world, names, cores, delivery, closed)


def _trade_more(world: TwoStores, shop: Shop) -> tuple[Order, CashSession]:
    """Sizes of one style, a delivery on account, a discount, a void, waste, a session counted off."""
    root, seller = world.people["root"], shop.seller
    Product.objects.filter(pk=world.product.pk).update(style="LINEN", size="M", is_favourite=True)
    large = factories.make_product(
        "Linen shirt", "21.50", code="LINEN-L", style="LINEN", size="L", is_favourite=True,
        stock={shop.store: "7"}, by=root,
    )  # fmt: skip
    factories.make_payment_method("on_account")
    factories.make_payment_method("transfer", needs_reference=True)
    waste_stock(
        user=root,
        product=large,
        store=shop.store,
        quantity=Decimal(1),
        reason="damaged",
        note="Torn",
    )
    sold = attempt(
        shop.register, item(large, "2", amount("1.00"), "Gift"), total="42.00",
        pay="transfer 42.00 REF-1", customer=world.customer, note="Ring twice",
        delivery=Delivery("1 High Street", note="Second floor"),
    )  # fmt: skip
    delivery = complete_order(user=root, checkout=sold).order
    dispatch_delivery(user=root, order_id=delivery.pk, note="With Tom")
    gone = park_order(
        user=seller, register=shop.register, cart=cart(item(large)), label="Blue coat"
    )
    discard_order(user=seller, order_id=gone.pk, reason="Left")
    for answer in (True, False):
        asked = approvals.ask(
            user=seller, kind="no_sale", store=shop.store, register=shop.register, amount=Decimal(0),
            fingerprint=f"{answer:d}" * 64, summary="Open the drawer", reason="Change",
        )  # fmt: skip
        approvals.decide(user=root, approval=asked, approve=answer, reason="Fine")
    second = factories.make_register(shop.store, "Second till", "R2")
    session = open_session(user=root, register=second, opening_float=Decimal("50.00"))
    close_session(user=root, session=session, counted_cash=Decimal("49.00"), note="One short")
    return delivery, session
