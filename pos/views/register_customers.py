"""Customers at the register: search and quick-add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from pos.models import Balance, Customer, User
from pos.money import ZERO
from pos.services.customers import add_customer
from pos.services.dues import owed_by_customer
from pos.services.rights import require

from .json import json_view, read_json
from .parsing import read_text
from .register_sales import money_text

LIMIT = 20


@json_view("GET", "POST")
def customers(request: HttpRequest) -> HttpResponse:
    require(request.user, "view_customer")
    if request.method == "POST":
        body = read_json(request)
        customer = add_customer(
            user=request.user,
            name=read_text(body.get("name"), "name", limit=120),
            phone=read_text(body.get("phone"), "phone", limit=40),
            email=read_text(body.get("email"), "email", limit=254),
        )
        return JsonResponse(customer_list([customer], request.user)[0], status=201)
    found = _found(request)
    results = customer_list(found, request.user)
    if "id" in request.GET:  # where to deliver: of the one who is chosen, not of everybody found
        results = [
            each | {"address": customer.address}
            for each, customer in zip(results, found, strict=True)
        ]
    return JsonResponse({"results": results})


def _found(request: HttpRequest) -> list[Customer]:
    active = Customer.objects.filter(status=Customer.Status.ACTIVE).select_related("level")
    asked = request.GET.get("id", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return list(active.filter(pk=int(asked)))
    text = read_text(request.GET.get("q", ""), "q", limit=100)
    return list(active.matching(text).order_by("name", "id")[:LIMIT])


def customer_list(rows: Sequence[Customer], user: User) -> list[dict[str, Any]]:
    """Customers with level what they owe as far as `user` knows, and store credit: two queries for
    any number."""
    ids = [customer.pk for customer in rows]
    due = owed_by_customer(user=user, customers=ids)
    balances = Balance.objects.filter(customer__in=ids, kind=Balance.Kind.STORE_CREDIT)
    credit = dict(balances.values_list("customer_id", "amount"))
    return [
        _customer(customer, due.get(customer.pk, ZERO), credit.get(customer.pk, ZERO))
        for customer in rows
    ]


def _customer(customer: Customer, due: Any, credit: Any) -> dict[str, Any]:
    level, limit = customer.level, customer.credit_limit
    return {
        "id": customer.pk,
        "name": customer.name,
        "phone": customer.phone,
        "email": customer.email,
        "initials": "".join(word[0] for word in customer.name.split()[:2]).upper(),
        "level": level.name if level else None,
        "discount_percent": f"{level.discount_percent.normalize():f}" if level else "0",
        "due": money_text(due),
        "store_credit": money_text(credit),
        "credit_limit": None if limit is None else money_text(limit),
    }
