"""An export of products is a file that the import takes back unchanged, in both formats."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.models import AuditEntry, Barcode, Category, Product, StockMovement, Store, TaxRate, User
from pos.services.import_rows import COLUMNS
from pos.services.importing import import_products
from pos.services.sheets import table_rows
from pos.text import FORMULA_SIGNS, as_typed, is_like_formula, neutralised

from . import factories
from .test_export_lists import SignIn, content, take, url

FORMATS = [("0", "xlsx"), ("1", "csv")]
NAMES = (
    *("=1+1", "-5", "+1", "@home", "'=1+1", "''-5", "＝1", '"=1+1"', "'quoted'", "'"),
    *('a "b", c; d', "Bröd & smör", "1e5", "007", "_x0041_", "日本語", "https://x.example"),
)


@pytest.fixture
def shelf(main: Store, root: User, vat20: TaxRate, vat10: TaxRate) -> list[Product]:
    """Products with everything that a cell may hold."""
    clothes = Category.objects.create(name="Clothes", code="CLOTHES")
    shirts = Category.objects.create(name="Shirts", code="SHIRTS", parent=clothes)
    sale = Category.objects.create(name="-Sale", code="SALE")
    made = [
        factories.make_product(
            name, f"{place}.{place:02}", code=f"-{place:05}", size="'-M" if place % 2 else "",
            cost=Decimal("0.10"), tax_rate=vat10 if place % 2 else vat20, by=root,
            style="=S" if place % 3 else "", description=f"=1\r\n\n{name}\t;", stock={main: "2.000"},
            reorder_point=Decimal(place % 3), barcodes=[f"CODE-{place}", f"B{place}"],
        )
        for place, name in enumerate(NAMES)
    ]  # fmt: skip
    made[0].categories.set([shirts, sale])
    made[1].categories.set([clothes])
    weighed = factories.make_product(
        "Tomatoes", "2.80", code="0012", tax_rate=vat10, sold_by=Product.SoldBy.WEIGHT,
        stock={main: "25.125"}, by=root,
    )  # fmt: skip
    return [*made, weighed]


def shop() -> list[Any]:
    """Everything an import could have changed."""
    return [
        list(Product.objects.order_by("pk").values()),
        list(Barcode.objects.order_by("pk").values()),
        list(Product.categories.through.objects.order_by("pk").values()),
        list(Category.objects.order_by("pk").values()),
        StockMovement.objects.count(),
        Product.history.count(),
    ]


@pytest.mark.parametrize(("chosen", "ending"), FORMATS)
def test_an_export_of_products_comes_back_unchanged(
    chosen: str,
    ending: str,
    shelf: list[Product],
    main: Store,
    root: User,
    signed_in: SignIn,
    tmp_path: Path,
) -> None:
    answer = take(signed_in(root), url("product"), format=chosen, store=str(main.pk))
    file = tmp_path / f"products.{ending}"
    file.write_bytes(content(answer))
    rows = list(table_rows(file))
    assert tuple(rows[0]) == COLUMNS
    assert {row["quantity"] for row in rows if row["code"] != "0012"} <= {2, "2"}

    before = shop()
    result = import_products(user=root, rows=iter(rows), store=main)
    assert (result.errors, result.created, result.updated) == ([], 0, 0)
    assert result.unchanged == len(shelf)
    assert shop() == before


@pytest.mark.parametrize(("chosen", "ending"), FORMATS)
def test_an_export_makes_the_same_products_in_an_empty_shop(
    chosen: str,
    ending: str,
    shelf: list[Product],
    main: Store,
    root: User,
    signed_in: SignIn,
    tmp_path: Path,
) -> None:
    answer = take(signed_in(root), url("product"), format=chosen, store=str(main.pk))
    file = tmp_path / f"products.{ending}"
    file.write_bytes(content(answer))
    fields = ("code", "name", "size", "price", "cost", "description", "style", "sold_by")
    wanted = list(Product.objects.order_by("code").values_list(*fields, "reorder_point"))
    StockMovement.objects.all().delete()
    for product in Product.objects.all():
        product.stock_levels.all().delete()
        product.barcodes.all().delete()
        product.delete()

    result = import_products(user=root, rows=table_rows(file), store=main)
    assert (result.errors, result.created) == ([], len(shelf))
    made = list(Product.objects.order_by("code").values_list(*fields, "reorder_point"))
    assert made == wanted
    assert AuditEntry.objects.filter(kind="import").exists()


def test_without_a_store_the_quantities_stay_away(
    shelf: list[Product], root: User, signed_in: SignIn, tmp_path: Path, other: Store
) -> None:
    file = tmp_path / "products.csv"
    file.write_bytes(content(take(signed_in(root), url("product"), format="1")))
    rows = list(table_rows(file))
    assert {row["quantity"] for row in rows} == {""}
    assert import_products(user=root, rows=iter(rows)).unchanged == len(shelf)


LIKE_FORMULAS = st.text(st.sampled_from([*FORMULA_SIGNS, *" '\"\t\r\nab1;,"]), max_size=8)


@given(LIKE_FORMULAS | st.text())
def test_the_guard_of_a_cell_comes_off_exactly(text: str) -> None:
    assert as_typed(neutralised(text)) == text


@given(LIKE_FORMULAS)
def test_no_guarded_cell_is_a_formula(text: str) -> None:
    guarded = neutralised(text)
    assert not is_like_formula(guarded) or guarded.startswith("'")
    assert guarded.lstrip("\ufeff \u3000")[:1] not in {*FORMULA_SIGNS, "\t", "\r"}
