"""Approvals at the register: ask, look whether there is an answer, give the yes by PIN on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from pos.models import Approval, Order, Register, User
from pos.money import ZERO
from pos.services.approvals import approve_with_pin, approvers, ask
from pos.services.carts import load_products, price, unavailable_lines
from pos.services.cash import no_sale_need
from pos.services.credit_needs import credit_needs
from pos.services.errors import Conflict, Invalid, NotFound
from pos.services.needs import Need, cart_needs, void_needs
from pos.services.payments import exchanged, settle
from pos.services.refund_needs import sale_void_needs
from pos.services.refund_quotes import refundable_orders
from pos.services.rights import require

from .json import json_view, read_json
from .parsing import read_amount, read_cart, read_id, read_tenders, read_text
from .register import get_register, register_from_query
from .register_returns import read_quote
from .register_sales import money_text
from .returns_parsing import read_sale

Kind = Approval.Kind
OF_A_CART = (Kind.DISCOUNT, Kind.PRICE_CHANGE, Kind.CREDIT)


@json_view("GET", "POST")
def approvals(request: HttpRequest) -> HttpResponse:
    return _ask(request) if request.method == "POST" else _people(request)


def _people(request: HttpRequest) -> HttpResponse:
    """Who may say yes at this register, with a PIN, to all of ?kinds=discount,credit."""
    require(request.user, "sell_order")
    register = register_from_query(request)
    kinds = request.GET.get("kinds", "").split(",")
    if register is None or not all(kind in Approval.RIGHTS for kind in kinds):
        raise Invalid("unknown_kind", _("Nobody can approve this."))
    people = approvers(store=register.store, kinds=kinds, besides=request.user)
    present = [{"id": each.pk, "name": str(each), "initials": each.initials} for each in people]
    return JsonResponse({"approvers": present})


def _ask(request: HttpRequest) -> HttpResponse:
    """Ask for a yes to what the body would do. What that is, and its amount, is worked out here."""
    body = read_json(request)
    user = request.user
    register = get_register(user, read_id(body.get("register"), "register"))
    require(user, "sell_order", store=register.store)
    kind = read_text(body.get("kind"), "kind", limit=20)
    need = _need(user, register, kind, body)
    approval = ask(
        user=user,
        kind=need.kind,
        store=register.store,
        register=register,
        fingerprint=need.fingerprint,
        amount=need.amount,
        summary=need.summary,
        reason=read_text(body.get("reason"), "reason"),
    )
    return JsonResponse(_answer(approval), status=201)


def _need(user: User, register: Register, kind: str, body: Mapping[str, Any]) -> Need:
    if kind in OF_A_CART:
        needs = _needs_of_cart(user, register, kind, body)
    elif kind == Kind.REFUND:
        needs = list(read_quote(user, register, body).needs)
    elif kind == Kind.VOID:
        needs = _void_needs(user, register, body)
    elif kind == Kind.NO_SALE:
        reason = read_text(body.get("reason"), "reason")
        needs = no_sale_need(user=user, register=register, reason=reason)
    else:
        raise Invalid("unknown_kind", _("Nobody can approve this."))
    for need in needs:
        if need.kind == kind:
            return need
    raise Conflict("not_needed", _("This needs no approval. Try again."))


def _void_needs(user: User, register: Register, body: Mapping[str, Any]) -> list[Need]:
    """Of a parked order that is discarded, or of a completed sale that is voided."""
    order_id = read_id(body.get("order"), "order")
    sale = refundable_orders(user).filter(pk=order_id).select_related("seller").first()
    if sale is not None:
        return sale_void_needs(user=user, order=sale)
    return void_needs(user=user, order=_parked(register, body))


def _needs_of_cart(
    user: User, register: Register, kind: str, body: Mapping[str, Any]
) -> list[Need]:
    sale = read_sale(body)  # of an exchange: what comes back pays for it
    credit = read_quote(user, register, body).worth.money if sale else ZERO
    body = sale or body
    cart = read_cart(body)
    products = load_products(cart)
    gone = unavailable_lines(cart, products)
    if gone:
        message = _("A product in the cart is no longer on sale. Remove it.")
        raise Conflict("product_unavailable", message, lines=gone)
    priced = price(cart=cart, store=register.store, products=products)
    if kind != Kind.CREDIT:
        return cart_needs(user=user, register=register, priced=priced)
    settlement = settle(
        gross=priced.totals.gross_amount,
        expected_total=read_amount(body.get("expected_total")),
        tenders=read_tenders(body.get("payments")),
        customer=priced.customer,
        prepaid=exchanged(credit, priced.totals.gross_amount),
    )
    return credit_needs(user=user, register=register, priced=priced, settlement=settlement)


def _parked(register: Register, body: Mapping[str, Any]) -> Order:
    orders = Order.objects.parked().filter(store_id=register.store_id).select_related("seller")
    order = orders.filter(pk=read_id(body.get("order"), "order")).first()
    if order is None:
        raise NotFound("no_order", _("There is no such parked order."))
    return order


@json_view("GET")
def approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """How one's own request stands."""
    return JsonResponse(_answer(_own(request, approval_id)))


@json_view("POST")
def approve_by_pin(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Another person's yes, typed at this register."""
    body = read_json(request)
    asked = _own(request, approval_id)
    person = User.objects.filter(pk=read_id(body.get("approver"), "approver")).first()
    if person is None:
        raise NotFound("no_person", _("Choose who approves it."))
    pin = read_text(body.get("pin"), "pin", limit=20)
    given = approve_with_pin(user=request.user, approval=asked, approver=person, pin=pin)
    return JsonResponse(_answer(given))


def _own(request: HttpRequest, approval_id: int) -> Approval:
    mine = Approval.objects.select_related("decided_by", "store", "register")
    found = mine.filter(pk=approval_id, requested_by=request.user).first()
    if found is None:
        raise NotFound("no_approval", _("There is no such request."))
    return found


def _answer(asked: Approval) -> dict[str, Any]:
    is_secret = asked.kind == Kind.CASH_DIFFERENCE  # the count is blind
    return {
        "id": asked.pk,
        "kind": asked.kind,
        "status": "expired" if asked.is_expired else asked.status,
        "amount": None if is_secret else money_text(asked.amount),
        "summary": "" if is_secret else asked.summary,
        "fingerprint": asked.fingerprint,
        "expires_at": asked.expires_at.isoformat(),
        "decided_by": str(asked.decided_by) if asked.decided_by else None,
    }
