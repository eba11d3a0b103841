"""Goods that come back to the register: find the sale, see what they are worth, refund, exchange, void."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pos.models import CashSession, Order, OrderLine, PaymentMethod, Product, Refund, Register, User
from pos.money import ZERO, quantity_text
from pos.services.carts import load_products, price, unavailable_lines
from pos.services.errors import Conflict, NotFound
from pos.services.exchanges import exchange
from pos.services.loose_refunds import quote_loose, refund_loose
from pos.services.needs import uncovered
from pos.services.payments import rounding_for
from pos.services.receipts import token_in
from pos.services.refund_amounts import taxes_of_parts
from pos.services.refund_money import MoneyBack, plan_money
from pos.services.refund_quotes import Quote, find_order, quote, refundable_orders
from pos.services.refunds import RefundResult, refund_order
from pos.services.rights import require
from pos.services.voids import refuse_void, void_sale

from .json import json_view, read_json
from .parsing import read_approvals, read_cart, read_id, read_optional_id
from .register import get_register, register_from_query
from .register_sales import completion_answer, money_text
from .returns_parsing import (
    is_loose,
    read_back,
    read_exchange,
    read_loose,
    read_loose_lines,
    read_refund,
    read_return,
    read_sale,
    read_void,
)

MOST_FOUND = 20
FEW_PRODUCTS = 50
LATEST_LINES = 200
MOST_TYPED = 200  # the link in a receipt's code is longer than a name


# --- Finding the sale ------------------------------------------------------------------------


@json_view("GET", "POST", is_strict=True)
def returns(request: HttpRequest) -> HttpResponse:
    return _refund(request) if request.method == "POST" else _find(request)


def _find(request: HttpRequest) -> HttpResponse:
    """Completed sales by number (receipt or refund), the receipt's code, customer or product; newest first."""
    require(request.user, "sell_order")
    register = register_from_query(request)
    if register is None:
        raise NotFound("no_register", _("There is no register you may use."))
    text = request.GET.get("q", "").replace("\x00", "").strip()[:MOST_TYPED]
    orders = refundable_orders(request.user)
    found = _matching(orders, text) if text else orders.filter(store=register.store)
    found = found.select_related("customer", "seller", "store")
    newest = found.order_by("-created_at", "-id")[:MOST_FOUND]
    return JsonResponse({"results": [_summary(order) for order in newest]})


def _matching(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    refunded = Refund.objects.filter(number=text.upper()).values_list("order_id", flat=True).first()
    if refunded:
        return orders.filter(pk=refunded)
    if token := token_in(text):
        return orders.filter(public_token=token)
    numbered = orders.numbered(text)
    if numbered.exists():
        return numbered
    scanned = Product.objects.filter(Q(barcodes__code=text) | Q(code__iexact=text))
    products = list(scanned.values_list("pk", flat=True)[:1]) or list(
        Product.objects.matching(text).values_list("pk", flat=True)[:FEW_PRODUCTS]
    )
    sold = OrderLine.objects.filter(product_id__in=products, order__in=orders)
    latest = sold.order_by("-order_id").values_list("order_id", flat=True)[:LATEST_LINES]
    return orders.filter(pk__in=set(latest)) | orders.matching(text)


def _summary(order: Order) -> dict[str, Any]:
    return {
        "id": order.pk,
        "number": order.number,
        "sold_at": order.completed_at.isoformat(),
        "total": money_text(order.total_amount),
        "refunded": money_text(order.refunded_amount),
        "due": money_text(order.due_amount),
        "customer": order.customer.name if order.customer else None,
        "customer_id": order.customer_id,
        "seller": str(order.seller),
        "store": order.store.name,
    }


@json_view("GET")
def returned_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One sale with what of it can still come back."""
    user = request.user
    require(user, "sell_order")
    orders = refundable_orders(user).select_related("seller", "session")
    order = find_order(orders, order_id)
    lines = order.lines.select_related("product").order_by("position")
    return JsonResponse(
        {
            **_summary(order),
            "lines": [_line(line) for line in lines],
            "paid": _paid(order),
            "can_void": _can_void(user, order),
            "receipt_url": reverse("admin:pos_receipt", args=[order.pk]),
        }
    )


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "id": line.pk,
        "kind": line.kind,
        "name": str(line),
        "code": line.code,
        "sold_by": line.product.sold_by if line.product else Product.SoldBy.UNIT,
        "quantity": quantity_text(line.quantity),
        "refunded": quantity_text(line.refunded_quantity),
        "left": quantity_text(line.quantity - line.refunded_quantity),
        "unit_price": money_text(line.unit_price),
        "total": money_text(line.gross_amount),
    }


def _paid(order: Order) -> list[dict[str, str]]:
    """By which methods it was paid, less what went back, as the cashier reads it."""
    sums: dict[str, Any] = {}
    for payment in order.payments.select_related("method").order_by("pk"):
        sums[payment.method.name] = sums.get(payment.method.name, ZERO) + payment.amount
    return [{"name": name, "amount": money_text(sum_)} for name, sum_ in sums.items() if sum_]


def _can_void(user: User, order: Order) -> bool:
    sessions = CashSession.objects.open().filter(pk=order.session_id)
    try:
        refuse_void(order, sessions.first())
    except Conflict:
        return False
    return True


# --- What it is worth ------------------------------------------------------------------------


@json_view("POST")
def price_return(request: HttpRequest) -> HttpResponse:
    """What comes back, by which methods, what needs a yes; with a cart also the difference."""
    body = read_json(request)
    user = request.user
    require(user, "sell_order")
    register = get_register(user, read_id(body.get("register"), "register"))
    found = read_quote(user, register, body)
    missing = uncovered(user=user, needs=found.needs, approvals=read_approvals(body))
    answer = {
        "total": money_text(found.worth.total),
        "rounding": money_text(found.worth.rounding),
        "cancelled": money_text(found.worth.cancelled),
        "money": _money(found.money),
        "taxes": [
            {"name": name, "percent": percent, "net": money_text(net), "tax": money_text(tax)}
            for name, percent, net, tax in taxes_of_parts(
                (each.part.taxes, each.part.net) for each in found.lines
            )
        ],
        "lines": [
            {"line": each.line.pk or each.line.product_id, "total": money_text(each.part.gross)}
            for each in found.lines
        ],
        "needs": [{**need.facts, "message": need.message} for need in missing],
    }
    sale = read_sale(body)
    if sale is not None:
        answer["sale"] = _difference(register, found, sale, read_back(body))
    return JsonResponse(answer)


def read_quote(user: User, register: Register, body: Mapping[str, Any]) -> Quote:
    """The return that the body asks for, worked out by the shop."""
    if not is_loose(body):
        return quote(user=user, register=register, goods=read_return(body))
    return quote_loose(
        user=user,
        register=register,
        lines=read_loose_lines(body),
        back=read_back(body),
        customer_id=read_optional_id(body.get("customer"), "customer"),
    )


def _money(plan: Any) -> list[dict[str, str]]:
    return [
        {
            "method": each.method.code,
            "kind": each.method.kind,
            "name": each.method.name,
            "amount": money_text(each.amount),
        }
        for each in plan
    ]


def _difference(
    register: Register, found: Quote, sale: Mapping[str, Any], back: str
) -> dict[str, Any]:
    """What the goods that came back pay of the cart, what is still to pay or to give back."""
    cart = read_cart(sale)
    products = load_products(cart)
    gone = unavailable_lines(cart, products)
    if gone:
        message = _("A product in the cart is no longer on sale. Remove it.")
        raise Conflict("product_unavailable", message, lines=gone)
    total = price(cart=cart, store=register.store, products=products).totals.gross_amount
    credit = min(found.worth.money, total)
    over = plan_money(order=found.order, money=found.worth.money - credit, back=back)
    methods = PaymentMethod.objects.filter(is_active=True, cash_rounding__gt=0)
    return {
        "total": money_text(total),
        "credit": money_text(credit),
        "to_pay": money_text(total - credit),
        "cash_totals": {
            method.code: money_text(total + rounding_for([method], total - credit))
            for method in methods
        },
        "over": _money(over),
    }


# --- Doing it --------------------------------------------------------------------------------


def _refund(request: HttpRequest) -> HttpResponse:
    """Refund, or with a cart exchange: 201 the first time, 200 with the same answer for the same key."""
    body = read_json(request)
    sale = read_sale(body)
    if is_loose(body):
        done = refund_loose(user=request.user, request=read_loose(body))
    elif sale is None:
        done = refund_order(user=request.user, request=read_refund(body))
    else:
        done = exchange(user=request.user, request=read_exchange(body, sale))
    return _answer(done)


@json_view("POST", is_strict=True)
def void(request: HttpRequest) -> HttpResponse:
    """Take a whole sale back in the session that made it."""
    return _answer(void_sale(user=request.user, request=read_void(read_json(request))))


def _answer(done: RefundResult) -> HttpResponse:
    refund = done.refund
    content: dict[str, Any] = {
        "refund": {
            "id": refund.pk,
            "number": refund.number,
            "kind": refund.kind,
            "total": money_text(refund.total_amount),
            "money": _money(MoneyBack(each.method, -each.amount) for each in done.payments),
        },
        "refund_receipt_url": reverse("admin:pos_refund_receipt", args=[refund.pk]),
    }
    if done.completion:
        content |= completion_answer(done.completion)
    return JsonResponse(content, status=200 if done.is_replay else 201)
