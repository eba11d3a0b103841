"""The demo's days: sales, cash sessions, stock. The order in which everything is written."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from pos.models import Product, Store
from pos.services.bulk_rows import insert_objects

from .stock import MOVEMENT_COLUMNS, seed_stock

DAYS = 60


@transaction.atomic
def seed_trade(*, days: int = DAYS) -> None:
    """Stock as it is today."""
    stores = list(Store.objects.order_by("pk"))
    products = list(Product.objects.order_by("pk"))
    today = stores[0].business_day()
    movements = seed_stock(
        products=products, stores=stores, sold={}, start=today - timedelta(days=days), end=today
    )
    insert_objects(movements, MOVEMENT_COLUMNS)
