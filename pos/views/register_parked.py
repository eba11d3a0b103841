"""Parked orders at the register: list, park, resume, discard."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine, Product, User
from pos.money import ZERO, quantity_text
from pos.services.errors import NotFound
from pos.services.parking import discard_order, park_order, resume_order
from pos.services.rights import require

from .json import json_view, read_json
from .parsing import read_approvals, read_cart, read_id, read_optional_id, read_text
from .register import get_register, register_from_query
from .register_customers import customer_list
from .register_products import COLUMNS, product_list
from .register_sales import money_text

LIMIT = 100
# What a cashier calls the items: not the delivery fee.
PRODUCTS = Q(lines__kind=OrderLine.Kind.PRODUCT)


@json_view("GET", "POST", is_strict=True)
def parked(request: HttpRequest) -> HttpResponse:
    return _park(request) if request.method == "POST" else _list(request)


def _list(request: HttpRequest) -> HttpResponse:
    """The store's parked orders, oldest first: customers wait."""
    require(request.user, "sell_order")
    register = register_from_query(request)
    if register is None:
        raise NotFound("no_register", _("There is no register you may use."))
    orders = Order.objects.parked().filter(store=register.store).order_by("created_at", "id")
    if not request.user.has_perm("pos.take_over_order"):
        orders = orders.filter(Q(seller=request.user) | Q(held_by=request.user))
    orders = orders.select_related("seller", "customer", "held_by").annotate(
        items=Count("lines", filter=PRODUCTS)
    )
    return JsonResponse({"results": [_summary(order, request.user) for order in orders[:LIMIT]]})


def _summary(order: Any, user: User) -> dict[str, Any]:
    return {
        "id": order.pk,
        "label": order.label,
        "items": order.items,
        "total": money_text(order.total_amount),
        "seller": str(order.seller),
        "customer": order.customer.name if order.customer else None,
        "parked_at": order.created_at.isoformat(),
        "held_by": str(order.held_by) if order.held_by else None,
        "is_mine": user.pk in (order.seller_id, order.held_by_id),
    }


def _park(request: HttpRequest) -> HttpResponse:
    body = read_json(request)
    register = get_register(request.user, read_id(body.get("register"), "register"))
    order = park_order(
        user=request.user,
        register=register,
        cart=read_cart(body),
        label=read_text(body.get("label"), "label", limit=60),
        parked_id=read_optional_id(body.get("parked"), "parked"),
    )
    return JsonResponse({"id": order.pk}, status=201)


@json_view("POST", is_strict=True)
def resume(request: HttpRequest, order_id: int) -> HttpResponse:
    """Take a parked order up; its cart comes back as it was asked for, to be priced anew."""
    body = read_json(request)
    register = get_register(request.user, read_id(body.get("register"), "register"))
    order = resume_order(
        user=request.user,
        order_id=order_id,
        register=register,
        take_over=body.get("take_over") is True,
    )
    rows = list(order.lines.order_by("position"))
    lines = [line for line in rows if line.kind == OrderLine.Kind.PRODUCT]
    products = Product.objects.only(*COLUMNS).filter(pk__in=[line.product_id for line in lines])
    by_id = {each["id"]: each for each in product_list(products, register.store)}
    return JsonResponse(
        {
            "id": order.pk,
            "label": order.label,
            "note": order.note,
            "customer": customer_list([order.customer], request.user)[0]
            if order.customer
            else None,
            "order_discount": _order_discount(order),
            "delivery": _delivery(order, rows),
            "lines": [
                {
                    "product": by_id[line.product_id],
                    "quantity": quantity_text(line.quantity),
                    "discount": _line_discount(line),
                    **_changed_price(line),
                    "note": line.note,
                }
                for line in lines
            ],
        }
    )


def _order_discount(order: Order) -> dict[str, str] | None:
    if order.order_discount_percent:
        return {"percent": f"{order.order_discount_percent.normalize():f}"}
    return (
        {"amount": money_text(order.order_discount_amount)} if order.order_discount_amount else None
    )


def _delivery(order: Order, rows: list[OrderLine]) -> dict[str, str | None] | None:
    if not order.delivery_address:
        return None
    fees = [line.subtotal_amount for line in rows if line.kind == OrderLine.Kind.DELIVERY]
    return {
        "address": order.delivery_address,
        "on": order.deliver_on.isoformat() if order.deliver_on else None,
        "fee": money_text(sum(fees, ZERO)),
        "note": order.delivery_note,
    }


def _line_discount(line: OrderLine) -> dict[str, str] | None:
    if not line.has_own_discount:
        return None
    if line.discount_percent is not None:
        return {"percent": f"{line.discount_percent.normalize():f}"}
    return {"amount": money_text(line.discount_amount)}


def _changed_price(line: OrderLine) -> dict[str, str]:
    """Only where the price was changed at the register: others follow the catalogue."""
    is_changed = line.unit_price != line.list_price
    return {"unit_price": money_text(line.unit_price)} if is_changed else {}


@json_view("POST", is_strict=True)
def discard(request: HttpRequest, order_id: int) -> HttpResponse:
    body = read_json(request)
    discard_order(
        user=request.user,
        order_id=order_id,
        reason=read_text(body.get("reason"), "reason"),
        approvals=read_approvals(body),
    )
    return JsonResponse({})
