"""Pricing, selling and parking carts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pos.models import PaymentMethod, Product, StockPolicy, Store
from pos.money import ZERO, amount_text, currency_decimals
from pos.services.carts import (
    Cart,
    PricedCart,
    load_products,
    price,
    refuse_past_delivery,
    unavailable_lines,
    without_lines,
)
from pos.services.errors import Invalid
from pos.services.needs import Need, cart_needs, uncovered
from pos.services.orders import Completion, complete_order
from pos.services.payments import rounding_for
from pos.services.rights import require
from pos.services.stock import policy_of, shortages, total_by_product

from .json import json_view, read_json
from .parsing import read_approvals, read_cart, read_checkout, read_id
from .register import get_register


def money_text(amount: Any) -> str:
    return amount_text(amount, currency_decimals(settings.POS_CURRENCY))


@json_view("POST")
def price_cart(request: HttpRequest) -> HttpResponse:
    """What the cart costs now, and what stands in the way of selling it."""
    body = read_json(request)
    require(request.user, "sell_order")
    register = get_register(request.user, read_id(body.get("register"), "register"))
    store = register.store
    cart, approvals = read_cart(body), read_approvals(body)
    refuse_past_delivery(cart, store)
    products = load_products(cart)
    gone = unavailable_lines(cart, products)
    rest = without_lines(cart, gone)
    lines: list[dict[str, Any]] = [_no_line(item.product_id) for item in cart.items]
    answer, problems = _no_totals(store), _problems(cart, products, store)
    if rest.items:
        places = [place for place in range(len(lines)) if place not in gone]
        try:
            priced = price(cart=rest, store=store, products=products)
        except Invalid as error:
            error.lines = [places[place] for place in error.lines if place < len(places)]
            raise
        answer = _totals(priced, store)
        for place, line in zip(places, _lines(priced), strict=True):
            lines[place] = line
        needs = cart_needs(user=request.user, register=register, priced=priced)
        missing = uncovered(user=request.user, needs=needs, approvals=approvals)
        problems += [_need_problem(need, places) for need in missing]
    return JsonResponse({**answer, "lines": lines, "problems": problems})


def _need_problem(need: Need, places: list[int]) -> dict[str, Any]:
    """Of the line it is about, or of the whole cart (line is null)."""
    return {
        **need.facts,
        "line": places[need.lines[0]] if need.lines else None,
        "code": "approval_needed",
        "message": need.message,
        "blocks": True,
    }


def _totals(priced: PricedCart, store: Store) -> dict[str, Any]:
    totals = priced.totals
    return {
        "total": money_text(totals.gross_amount),
        "cash_totals": _cash_totals(priced),
        "subtotal": money_text(totals.subtotal_amount),
        "discount": money_text(totals.discount_amount),
        "order_discount": money_text(totals.order_discount_amount),
        "tax": money_text(totals.tax_amount),
        "prices_include_tax": store.prices_include_tax,
        "taxes": [
            {
                "name": tax.name,
                "percent": f"{tax.percent.normalize():f}",
                "net": money_text(tax.net_amount),
                "tax": money_text(tax.tax_amount),
            }
            for tax in totals.taxes
        ],
    }


def _cash_totals(priced: PricedCart) -> dict[str, str]:
    """The total by cash method, where coins are too coarse for the exact one."""
    gross = priced.totals.gross_amount
    methods = PaymentMethod.objects.filter(is_active=True, cash_rounding__gt=0)
    return {method.code: money_text(gross + rounding_for([method], gross)) for method in methods}


def _no_totals(store: Store) -> dict[str, Any]:
    zero = money_text(ZERO)
    names = ("total", "subtotal", "discount", "order_discount", "tax")
    empty = {"cash_totals": {}, "taxes": [], "prices_include_tax": store.prices_include_tax}
    return {**dict.fromkeys(names, zero), **empty}


def _lines(priced: PricedCart) -> list[dict[str, Any]]:
    level = priced.level_percent
    return [
        {
            "product": item.product_id,
            "unit_price": money_text(line.unit_price),
            "discount": money_text(line.discount_amount),
            "total": money_text(line.line_total),
            "level_percent": f"{level.normalize():f}" if level and not item.discount else None,
        }
        for item, line in zip(priced.cart.items, priced.totals.lines, strict=False)
    ]


def _no_line(product_id: int) -> dict[str, Any]:
    zero = money_text(ZERO)
    figures = {
        "unit_price": zero,
        "discount": zero,
        "total": zero,
        "level_percent": None,
    }
    return {"product": product_id, **figures}


def _problems(cart: Cart, products: dict[int, Product], store: Store) -> list[dict[str, Any]]:
    problems = [
        {
            "line": place,
            "code": "unavailable",
            "message": _("No longer on sale. Remove it."),
            "blocks": True,
        }
        for place in unavailable_lines(cart, products)
    ]
    kept = [item for item in cart.items if item.product_id in products]
    wanted = total_by_product((item.product_id, item.quantity) for item in kept)
    for short in shortages(store=store, products=products, wanted=wanted):
        blocks = policy_of(short.product, store) == StockPolicy.BLOCK
        problems += [
            {
                "line": place,
                "code": "stock_short" if blocks else "stock_low",
                "message": short.message,
                "blocks": blocks,
            }
            for place, item in enumerate(cart.items)
            if item.product_id == short.product.pk
        ]
    return problems


@json_view("POST", is_strict=True)
def checkout(request: HttpRequest) -> HttpResponse:
    """Sell: 201 the first time, 200 with the same answer for the same key and body."""
    completion = complete_order(user=request.user, checkout=read_checkout(read_json(request)))
    return JsonResponse(completion_answer(completion), status=200 if completion.is_replay else 201)


def completion_answer(completion: Completion) -> dict[str, Any]:
    order = completion.order
    return {
        "order": {
            "id": order.pk,
            "number": order.number,
            "total": money_text(order.total_amount),
            "paid": money_text(completion.paid),
            "due": money_text(completion.due),
            "change": money_text(completion.change),
            "payment_status": completion.payment_status,
        },
        "receipt_url": reverse("admin:pos_receipt", args=[order.pk]),
    }
