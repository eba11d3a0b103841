"""The command palette (Ctrl+K): an order, a product or a customer by what somebody has in hand."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from pos.models import Barcode, Customer, Order, Product, User
from pos.money import format_money

EACH = 6
SHORTEST = 2
LONGEST = 60


def palette(request: HttpRequest, sidebar: list[dict[str, Any]]) -> HttpResponse:
    """The list under the search box: pages of the sidebar, then the shop's records.

    Unfold's own view keeps results for five minutes, longer than a right may last, and fails on a
    page number that is none.
    """
    text = request.GET.get("s", "").replace("\x00", "").strip()[:LONGEST]
    if not text:
        return HttpResponse()
    started = time.monotonic()
    results = [*pages(sidebar, text), *search(request, text)]
    context = {
        "search_term": text,
        "results": Paginator(results, max(len(results), 1)).page(1),
        "page_obj": Paginator(results, max(len(results), 1)),
        "page_counter": 0,
        "execution_time": time.monotonic() - started,
        "command_show_history": False,
    }
    response = render(request, "unfold/helpers/command_results.html", context)
    response["HX-Trigger"] = "search"
    return response


def pages(sidebar: list[dict[str, Any]], text: str) -> list[SearchResult]:
    """The sidebar's links whose title holds the text."""
    links = [item for group in sidebar for item in group["items"] if item["has_permission"]]
    return [
        SearchResult(
            str(item["title"]),
            _("Page"),
            str(item.get("link_callback") or item["link"]),
            item["icon"],
        )
        for item in links
        if text.casefold() in str(item["title"]).casefold()
    ][:EACH]


def search(request: HttpRequest, term: str) -> list[SearchResult]:
    """At most three times EACH results, of what this person may see, best first."""
    text = term.replace("\x00", "").strip()[:LONGEST]
    if len(text) < SHORTEST:
        return []
    user: User = request.user
    found: list[SearchResult] = []
    if user.has_perm("pos.view_order"):
        found += [order_result(order) for order in orders(user, text)]
    if user.has_perm("pos.view_product"):
        found += [product_result(product) for product in products(text)]
    if user.has_perm("pos.view_customer"):
        found += [customer_result(customer) for customer in Customer.objects.matching(text)[:EACH]]
    return found


def orders(user: User, text: str) -> QuerySet[Order]:
    return Order.objects.visible_to(user).numbered(text).select_related("store", "customer")[:EACH]


def products(text: str) -> list[Product]:
    exact = Product.objects.filter(code=text) | Product.objects.filter(
        pk__in=Barcode.objects.filter(code=text).values("product_id")
    )
    return list(exact[:EACH]) or list(Product.objects.matching(text)[:EACH])


def order_result(order: Order) -> SearchResult:
    amount = format_money(order.total_amount, settings.POS_CURRENCY)
    parts = [amount, order.store.name, order.customer.name if order.customer else ""]
    return result("order", order, str(order), _("Order"), parts, "receipt_long")


def product_result(product: Product) -> SearchResult:
    price = format_money(product.price, settings.POS_CURRENCY)
    return result("product", product, str(product), _("Product"), [product.code, price], "sell")


def customer_result(customer: Customer) -> SearchResult:
    return result("customer", customer, customer.name, _("Customer"), [customer.phone], "person")


def result(
    model: str, row: Any, title: str, kind: str, parts: list[str], icon: str
) -> SearchResult:
    return SearchResult(
        title=title,
        description=" · ".join([kind, *filter(None, parts)]),
        link=reverse(f"admin:pos_{model}_change", args=[row.pk]),
        icon=icon,
    )
