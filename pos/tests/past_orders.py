"""Past orders for tests: a file of real baskets, one row, and what stands where before and after."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.apps import apps

from pos.models import (
    OrderBatch,
    Product,
    Store,
    TaxRate,
    User,
)
from pos.services.past_orders import (
    NEEDED,
    Outcome,
    StoreChoice,
    Wishes,
    file_digest,
    import_sales,
)
from pos.services.sheets import text_rows

from . import factories

FILE = Path(__file__).parent / "data" / "past_orders.csv"  # 32 real baskets, odd ones among them
ROW = {
    "basket_id": "31198570044",
    "store_id": "330",
    "household_id": "900",
    "transaction_timestamp": "2017-01-01 11:53:26",
    "code": "TEA",
    "quantity": "1",
    "sales_value": "0.5",
    "retail_disc": "0.0",
    "coupon_disc": "0.0",
}


def rows_of_file() -> list[dict[str, str]]:
    with FILE.open(newline="") as file:
        return list(csv.DictReader(file))


def make_tea(vat20: TaxRate) -> Product:
    return factories.make_product("Green tea", "3.49", code="TEA", tax_rate=vat20)


def make_goods(vat10: TaxRate) -> None:
    """Every product of the file."""
    for code in sorted({row["code"] for row in rows_of_file()}):
        factories.make_product(f"Article {code}", "1.00", code=code, tax_rate=vat10)


def wishes(store: Store | None = None, **asked: Any) -> Wishes:
    return Wishes(stores=StoreChoice(for_all=store), **asked)


def load(
    user: User, store: Store, *rows: dict[str, str], digest: str = "a", **asked: Any
) -> Outcome:
    found = [{**ROW, **row} for row in rows]
    return import_sales(
        user=user, rows=found, source="till.csv", digest=digest, wishes=wishes(store, **asked)
    )


def load_file(user: User, store: Store) -> OrderBatch:
    outcome = import_sales(
        user=user,
        rows=text_rows(FILE, needs=NEEDED),
        source=FILE.name,
        digest=file_digest(FILE),
        wishes=wishes(store),
    )
    assert outcome.batch is not None
    return outcome.batch


def counts() -> dict[str, int]:
    """Rows per table, without the trail of what was done."""
    trail = ("auditentry", "orderbatch")
    return {
        model._meta.model_name: model._base_manager.count()
        for model in apps.get_app_config("pos").get_models()
        if model._meta.model_name not in trail and "historical" not in str(model._meta.model_name)
    }


def refused(user: User, store: Store, *rows: dict[str, str]) -> list[tuple[int, str, str]]:
    """The errors of a file that must change nothing."""
    before = counts()
    outcome = load(user, store, *rows)
    assert outcome.batch is None
    assert counts() == before
    assert not OrderBatch.objects.exists()
    return [(error.row, error.column, error.value) for error in outcome.errors]
