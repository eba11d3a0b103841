"""What a newcomer finds in the demo shop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.test import RequestFactory, override_settings

from pos.checks import DEMO_LOGINS, DEMO_PASSWORD
from pos.models import (
    Barcode,
    CashSession,
    Category,
    Customer,
    Order,
    Payment,
    Product,
    Register,
    StockLevel,
    StockMovement,
    Store,
    TaxRate,
    User,
)
from pos.money import ZERO
from pos.services.catalog import barcode_problem
from pos.services.demo import catalogue, pictures
from pos.services.demo.shapes import SHAPES
from pos.services.demo.shop import seed_master_data
from pos.services.demo.trade import seed_trade

SATURDAY_NOON = datetime(2026, 3, 14, 12, 30, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Four days of trade up to Saturday noon, made once for all tests in here."""
    drawn = pictures.picture(SHAPES["apple"], "#cf4a3c")
    changed = override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )
    with (
        django_db_blocker.unblock(),
        changed,
        transaction.atomic(),
        patch.object(catalogue, "picture", lambda shape, colour: drawn),
    ):
        seed_master_data(say=lambda text: None)
        seed_trade(days=4, now=SATURDAY_NOON)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def demo_shop(seeded: None, db: None) -> None:
    """Every test in here looks at the same shop."""


def test_every_published_login_works_and_nobody_else_can_sign_in() -> None:
    for username in DEMO_LOGINS:
        request = RequestFactory().post("/admin/login/")
        assert authenticate(request, username=username, password=DEMO_PASSWORD) is not None
    others = User.objects.exclude(username__in=DEMO_LOGINS)
    assert others.count() == 6
    assert not any(user.has_usable_password() for user in others)


def test_people_may_work_where_they_are_said_to_work() -> None:
    main, harbour = Store.objects.get(code="MAIN"), Store.objects.get(code="HARB")
    people = {user.username: user for user in User.objects.all()}

    assert people["root"].store_ids() is None
    assert people["max"].store_ids("manage_store") == {main.pk, harbour.pk}
    assert people["ana"].store_ids("work_in_store") == {main.pk}
    assert people["eve"].store_ids("work_in_store") == {harbour.pk}
    assert people["sam"].store_ids("work_in_store") == {main.pk, harbour.pk}
    assert people["ada"].store_ids("view_store_reports") == {main.pk, harbour.pk}
    assert people["ada"].store_ids("work_in_store") == frozenset()


def test_no_register_is_open_so_that_a_newcomer_opens_the_first() -> None:
    assert CashSession.objects.open().count() == 0
    assert Register.objects.count() == 3


def test_today_has_sales_until_now_and_three_parked_orders() -> None:
    today = date(2026, 3, 14)
    latest = Order.objects.completed().latest("completed_at")

    assert latest.sold_on == today
    assert latest.completed_at < SATURDAY_NOON
    zone = ZoneInfo("Europe/Paris")
    parked = [order.created_at.astimezone(zone).date() for order in Order.objects.parked()]
    assert sorted(parked) == [today - timedelta(days=1), today, today, today]


def test_sales_are_paid_in_many_ways_and_some_stay_due() -> None:
    used = set(Payment.objects.values_list("method__code", flat=True))
    states = set(Order.objects.completed().values_list("payment_status", flat=True))

    assert {"cash", "card", "wallet"} <= used
    assert {"paid", "unpaid"} <= states
    assert (
        not Order.objects.completed().exclude(payment_status="paid").filter(customer=None).exists()
    )


def test_stock_never_was_below_nothing_and_some_of_it_is_low_or_gone() -> None:
    on_hand: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    lowest = ZERO
    for movement in StockMovement.objects.order_by("created_at", "id"):
        place = movement.product_id, movement.store_id
        on_hand[place] += movement.quantity
        lowest = min(lowest, on_hand[place])

    assert lowest == 0
    main = StockLevel.objects.filter(store__code="MAIN")
    assert main.count() == 300
    assert 0 < main.filter(on_hand=0).count() < 20
    assert 15 < main.low().count() < 60


def test_every_barcode_of_the_demo_can_be_scanned() -> None:
    codes = list(Barcode.objects.values_list("code", flat=True))

    assert len(codes) > 300
    assert [code for code in codes if len(code) != 13 or barcode_problem(code)] == []
    product = Product.objects.get(barcodes__code=codes[0])
    assert codes[0] in product.search_text


def test_sizes_of_an_article_share_a_style_and_every_product_a_picture() -> None:
    shirts = Product.objects.filter(style="OXF").order_by("pk")

    assert [shirt.size for shirt in shirts] == ["XS", "S", "M", "L", "XL", "XXL"]
    assert not Product.objects.filter(image="").exists()
    assert Product.objects.get(code="TOMATO").is_weighed


def test_made_up_records_have_a_history() -> None:
    for model in (Product, Barcode, Customer, Store, TaxRate, Category):
        made = model.history.filter(history_type="+")
        assert made.count() == model.objects.count(), model
