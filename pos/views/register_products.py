"""Finding products at the register: scan, search, grid."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from pos.models import Barcode, Category, Product, StockLevel, StockPolicy, Store
from pos.models.catalog import ProductQuerySet, size_key
from pos.money import amount_text, currency_decimals, quantity_text
from pos.services.errors import NotFound
from pos.services.rights import require
from pos.services.stock import policy_of

from .json import json_view
from .parsing import read_text
from .register import register_from_query

PAGE = 48
COLUMNS = (
    "id", "code", "name", "size", "style", "price", "image", "colour", "sold_by",
    "reorder_point", "stock_policy",
)  # fmt: skip


@json_view("GET")
def scan(request: HttpRequest) -> HttpResponse:
    """The one product with this barcode or code."""
    store = _store(request)
    code = read_text(request.GET.get("code", ""), "code", limit=60)
    product = find_by_code(code) if code else None
    if product is None:
        message = _("No product with code “%(code)s”. Type its name to search.")
        raise NotFound("not_found", message % {"code": code})
    return JsonResponse(product_list([product], store)[0])


def find_by_code(code: str) -> Product | None:
    """By barcode first, then by the shop's own code: each one look into an index."""
    on_sale = Product.objects.on_sale().only(*COLUMNS)
    return on_sale.filter(barcodes__code=code).first() or on_sale.filter(code=code).first()


@json_view("GET")
def products(request: HttpRequest) -> HttpResponse:
    """A page of products, found by text, category or favourites.

    Grouped: one tile per style, with those of its sizes that the text finds.
    """
    store = _store(request)
    text = read_text(request.GET.get("q", ""), "q", limit=100)
    page = _page(request.GET.get("page", ""))
    matching = Product.objects.on_sale().matching(text)
    found = _filtered(request, matching)
    is_grouped = request.GET.get("group") == "1"
    if is_grouped:
        found = found.filter(~Exists(_earlier_of_style(found)))
    first = (page - 1) * PAGE
    rows = list(found.only(*COLUMNS).order_by("name", "size", "id")[first : first + PAGE + 1])
    results = product_list(rows[:PAGE], store)
    if is_grouped:
        add_sizes(results, store, matching)
    return JsonResponse({"results": results, "next": page + 1 if len(rows) > PAGE else None})


def _store(request: HttpRequest) -> Store | None:
    require(request.user, "sell_order")
    register = register_from_query(request)
    return register.store if register else None


def _page(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _filtered(request: HttpRequest, found: ProductQuerySet) -> ProductQuerySet:
    if request.GET.get("favourites") == "1":
        found = found.filter(is_favourite=True)
    category = request.GET.get("category", "")
    if category.isascii() and category.isdigit() and len(category) < 19:
        found = found.in_categories(_with_children(int(category)))
    return found


def _with_children(category_id: int) -> list[int]:
    """A category and everything inside it."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Category.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found = [category_id]
    for pk in found:
        found.extend(children.get(pk, ()))
    return found


def _earlier_of_style(found: QuerySet[Product]) -> QuerySet[Product]:
    """One of those found with the same style and a lower id: then this one is not the style's tile."""
    return found.filter(style=OuterRef("style"), pk__lt=OuterRef("pk")).exclude(style="")


def add_sizes(results: list[dict[str, Any]], store: Store | None, among: QuerySet[Product]) -> None:
    """Give each tile the sizes of its style that are in `among`, smallest first."""
    styles = {each["style"] for each in results if each["style"]}
    rows = among.only(*COLUMNS).filter(~Q(style=""), style__in=styles)
    by_style: dict[str, list[dict[str, Any]]] = {}
    for each in product_list(sorted(rows, key=lambda product: size_key(product.size)), store):
        by_style.setdefault(each["style"], []).append(each)
    for each in results:
        sizes = by_style.get(each["style"], [])
        each["sizes"] = sizes if len(sizes) > 1 else []


def product_list(rows: Iterable[Product], store: Store | None) -> list[dict[str, Any]]:
    """Products as the register shows them, stock of `store`: two queries for any number."""
    rows = list(rows)
    ids = [product.pk for product in rows]
    levels = StockLevel.objects.filter(store=store, product_id__in=ids)
    on_hand = dict(levels.values_list("product_id", "on_hand"))
    barcodes: dict[int, str] = {}
    for product_id, code in Barcode.objects.filter(product_id__in=ids).values_list(
        "product_id", "code"
    ):
        barcodes.setdefault(product_id, code)
    colours = _colours([product.pk for product in rows if not product.colour])
    return [
        product_data(
            product,
            store,
            on_hand.get(product.pk),
            barcodes.get(product.pk, ""),
            product.colour or colours.get(product.pk, "#64748b"),
        )
        for product in rows
    ]


def _colours(ids: list[int]) -> dict[int, str]:
    links = Product.categories.through.objects.filter(product_id__in=ids)
    return dict(links.order_by("-id").values_list("product_id", "category__colour"))


def product_data(
    product: Product, store: Store | None, stock: Decimal | None, barcode: str, colour: str
) -> dict[str, Any]:
    decimals = currency_decimals(settings.POS_CURRENCY)
    return {
        "id": product.pk,
        "code": product.code,
        "barcode": barcode,
        "name": product.name,
        "size": product.size,
        "style": product.style,
        "price": amount_text(product.price, decimals),
        "stock": None if stock is None else quantity_text(stock),
        "stock_state": _stock_state(product, store, stock),
        "image": product.image.url if product.image else None,
        "colour": colour,
        "sold_by": product.sold_by,
    }


def _stock_state(product: Product, store: Store | None, stock: Decimal | None) -> str:
    if store is None or policy_of(product, store) == StockPolicy.ALLOW:
        return "ok"
    if not stock or stock < 0:
        return "out"
    return "low" if stock <= product.reorder_point else "ok"
