"""Money without goods at the register: what a customer owes, gift cards, store credit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.models import Balance, Customer, Order, Register
from pos.services.card_numbers import last_digits
from pos.services.customer_accounts import (
    CHANGE,
    DuesPayment,
    Load,
    Receipt,
    load_balance,
    receive_payment,
)
from pos.services.dues import dues_of
from pos.services.errors import Invalid, NotFound
from pos.services.gift_cards import find_card
from pos.services.rights import require

from .json import json_view, read_json
from .parsing import (
    read_date,
    read_free_text,
    read_id,
    read_key,
    read_optional_id,
    read_tender,
    read_text,
    request_hash,
)
from .register import get_register
from .register_customers import customer_list
from .register_sales import money_text

# So many are shown and can be ticked; an amount without ticks pays the oldest of all.
MOST_ORDERS = 200


@json_view("GET", "POST", is_strict=True)
def dues(request: HttpRequest) -> HttpResponse:
    """What a customer owes, oldest first; and a payment on it: 201, 200 for the same again."""
    if request.method == "POST":
        wanted = _read_dues(read_json(request))
        return _received(receive_payment(user=request.user, request=wanted))
    require(request.user, "receive_payment")
    register = _register(request)
    customer = _customer(request)
    orders = dues_of(user=request.user, customer=customer).select_related("store")
    today = register.store.business_day(timezone.now())
    return JsonResponse(
        {
            "customer": customer_list([customer], request.user)[0],
            "orders": [_order(order, today) for order in orders[:MOST_ORDERS]],
        }
    )


@json_view("GET", "POST", is_strict=True)
def gift_card(request: HttpRequest) -> HttpResponse:
    """What is on a card; and loading a card or store credit: 201, 200 for the same again."""
    if request.method == "POST":
        wanted = _read_load(read_json(request))
        return _received(load_balance(user=request.user, request=wanted))
    require(request.user, "sell_order")
    code = read_text(request.GET.get("code", ""), "code", limit=40)
    register = _register(request)
    card = find_card(user=request.user, register=register, code=code)
    today = register.store.business_day(timezone.now())
    is_expired = card.expires_on is not None and card.expires_on < today
    return JsonResponse(
        {
            "digits": last_digits(card.code or ""),
            "balance": money_text(card.amount),
            "is_usable": card.is_active and not is_expired,
            "state": _state(card, is_expired=is_expired),
            "expires_on": card.expires_on and date_format(card.expires_on, _("j M Y")),
        }
    )


def _state(card: Balance, *, is_expired: bool) -> str:
    if not card.is_active:
        return _("Blocked")
    return _("Expired") if is_expired else ""


def _register(request: HttpRequest) -> Register:
    return get_register(request.user, _asked_id(request, "register"))


def _customer(request: HttpRequest) -> Customer:
    customers = Customer.objects.select_related("level")
    customer = customers.filter(pk=_asked_id(request, "customer")).first()
    if customer is None:
        raise NotFound("no_customer", _("There is no such customer."))
    return customer


def _asked_id(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("bad_id", _("“%(name)s” is not valid.") % {"name": name})
    return read_id(int(text), name)


def _order(order: Order, today: date) -> dict[str, Any]:
    sold_on = order.sold_on or today
    return {
        "id": order.pk,
        "number": order.number,
        "store": order.store.name,
        "day": date_format(sold_on, _("j M Y")),
        "age": (today - sold_on).days,
        "total": money_text(order.total_amount),
        "due": money_text(order.due_amount),
    }


def _read_dues(body: Mapping[str, Any]) -> DuesPayment:
    ids = body.get("orders", [])
    if not isinstance(ids, list) or len(ids) > MOST_ORDERS:
        raise Invalid("bad_orders", _("The list of orders is not valid."))
    return DuesPayment(
        key=read_key(body.get("key")),
        request_hash=request_hash(body),
        register_id=read_id(body.get("register"), "register"),
        customer_id=read_id(body.get("customer"), "customer"),
        tender=read_tender(body),
        order_ids=tuple(read_id(each, "orders") for each in ids),
        surplus=read_text(body.get("surplus", CHANGE), "surplus", limit=20),
        note=read_free_text(body.get("note"), "note"),
    )


def _read_load(body: Mapping[str, Any]) -> Load:
    return Load(
        key=read_key(body.get("key")),
        request_hash=request_hash(body),
        register_id=read_id(body.get("register"), "register"),
        kind=read_text(body.get("kind"), "kind", limit=20),
        tender=read_tender(body),
        customer_id=read_optional_id(body.get("customer"), "customer"),
        code=read_text(body.get("code"), "code", limit=40),
        expires_on=read_date(body.get("expires_on")),
        note=read_free_text(body.get("note"), "note"),
    )


def _received(receipt: Receipt) -> JsonResponse:
    payment = receipt.payment
    answer = {
        "account_payment": {
            "id": payment.pk,
            "number": payment.number,
            "kind": payment.kind,
            "amount": money_text(payment.amount),
            "credited": money_text(payment.credited_amount),
            "change": money_text(receipt.change),
        },
        "receipt_url": reverse("admin:pos_account_receipt", args=[payment.pk]),
    }
    return JsonResponse(answer, status=200 if receipt.is_replay else 201)
