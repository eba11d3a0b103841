"""What a seller waits for, on a large shop: medians of the server's time. Run by `make bench`.

BENCH_PRODUCTS and BENCH_ORDERS set the size. Nothing is judged here: machines differ.
"""

from __future__ import annotations

import json
import os
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from pos.models import Barcode, Product, Register, StockLevel, User
from pos.money import ZERO

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
REPEATS = 30


@pytest.fixture
def large_shop(settings: Any) -> Register:
    settings.POS_DEMO = True
    products = os.environ.get("BENCH_PRODUCTS", "100000")
    orders = os.environ.get("BENCH_ORDERS", "20000")
    call_command("seed_demo", products=int(products), orders=int(orders))
    return Register.objects.get(store__code="MAIN", code="R1")


def measure(name: str, ask: Callable[[], Any], status: int = 200) -> None:
    """Ask REPEATS times after a warm-up; print median and 95th percentile in milliseconds."""
    assert ask().status_code == status
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == status
    late = sorted(times)[int(REPEATS * 0.95)]
    print(f"  {name:32} median {statistics.median(times):7.1f} ms   95 % {late:7.1f} ms")


def test_what_a_seller_waits_for(large_shop: Register, signed_in: Any) -> None:
    ana = signed_in(User.objects.get(username="ana"))
    door = "/admin/register/"
    opened = post(ana, f"{door}session/", register=large_shop.pk, opening_float="100.00")
    assert opened.status_code == 201
    barcode = Barcode.objects.order_by("-id")[Barcode.objects.count() // 2].code
    common, rare = words()
    print(f"\n{Product.objects.count():,} products")
    measure("scan", lambda: ana.get(f"{door}scan/?code={barcode}&register={large_shop.pk}"))
    for name, text in (("common word", common), ("rare words", rare), ("no hit", "xyzzyx")):
        address = f"{door}products/?q={text}&group=1&register={large_shop.pk}"
        measure(f"search, {name}", lambda address=address: ana.get(address))
    measure("first page of tiles", lambda: ana.get(f"{door}products/?group=1"))
    for count in (3, 10, 30):
        cart = cart_of(large_shop, count)
        total = post(ana, f"{door}price/", **cart).json()["total"]
        measure(f"price, {count} lines", lambda cart=cart: post(ana, f"{door}price/", **cart))
        paid = {"expected_total": total, "payments": [{"method": "cash", "tendered": total}]}
        measure(
            f"checkout, {count} lines",
            lambda body={**cart, **paid}: post(
                ana, f"{door}checkout/", key=str(uuid.uuid4()), **body
            ),
            status=201,
        )
    root = signed_in(User.objects.get(username="root"))
    for page in ("product", "order", "payment", "stocklevel", "customer"):
        measure(f"{page} list", lambda page=page: root.get(f"/admin/pos/{page}/"))


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def words() -> tuple[str, str]:
    """A word that many products carry, and a text that few do."""
    product = Product.objects.order_by("id")[Product.objects.count() // 3]
    return product.name.split()[0], f"{product.name} {product.code}"


def cart_of(register: Register, count: int) -> dict[str, Any]:
    """`count` products, enough of each on the shelf for every round."""
    found = Product.objects.filter(price__gt=ZERO, sold_by="unit", is_active=True).order_by("id")
    ids = list(found.values_list("pk", flat=True)[100 : 100 + count])
    StockLevel.objects.filter(product__in=ids, store=register.store).delete()
    StockLevel.objects.bulk_create(
        StockLevel(product_id=pk, store=register.store, on_hand=100_000) for pk in ids
    )
    lines = [{"product": pk, "quantity": "1"} for pk in ids]
    return {"register": register.pk, "customer": None, "lines": lines, "order_discount": None}
