"""What each kind of import makes of its rows, and pictures that come along."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pos.models import (
    AuditEntry,
    Category,
    Customer,
    ImportJob,
    Product,
    StockLevel,
    StockMovement,
    Store,
    TaxRate,
    User,
)
from pos.services import import_runner

from .importing import checked, counts, imported, results, run_here

Status = ImportJob.Status
HEAD = ("Artikelnummer", "Bezeichnung", "Preis", "Bestand", "Farbe")
TEA = ("00042", "Green tea", "3,49", "12", "green")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runner, "launch", run_here)


# --- Kinds -------------------------------------------------------------------------------------


def test_prices_change_known_products_only(max_: User, shirt: Product, vat10: TaxRate) -> None:
    rows = (
        ("code", "price", "cost", "tax_rate"),
        ("SHIRT-M", "21.50", "9", "10 %"),
        ("X", "1", "", ""),
    )
    job = imported(max_, "prices", *rows, good_rows_only=True)

    assert counts(job) == (0, 1, 0, 1)
    shirt.refresh_from_db()
    assert (shirt.price, shirt.cost, shirt.tax_rate) == (Decimal("21.50"), 9, vat10)
    assert results(job, "refused")[0]["errors"] == [
        ["code", "X", "There is no product with this code."]
    ]
    entry = AuditEntry.objects.get(kind="changed", object_id=str(shirt.pk))
    assert ["price", "19.90", "21.50"] in entry.changes


def test_opening_stock_is_taken_once(
    max_: User, main: Store, shirt: Product, vat20: TaxRate, verified: None
) -> None:
    from . import factories

    factories.make_product("Hat", "9", code="HAT", tax_rate=vat20)
    rows = (("code", "quantity"), ("HAT", "5"), ("SHIRT-M", "99"))
    job = imported(max_, "opening_stock", *rows, store=main, good_rows_only=True)

    assert counts(job) == (0, 1, 0, 1)
    assert StockLevel.objects.get(product__code="HAT", store=main).on_hand == 5
    assert StockLevel.objects.get(product=shirt, store=main).on_hand == 12
    again = imported(max_, "opening_stock", ("code", "quantity"), ("HAT", "5"), store=main)
    assert counts(again) == (0, 0, 1, 0)


def test_a_count_moves_by_the_difference(
    max_: User, main: Store, shirt: Product, scarf: Product, tomatoes: Product, verified: None
) -> None:
    before = StockMovement.objects.count()
    rows = (("code", "counted"), ("SHIRT-M", "10"), ("SCARF", "3"), ("TOMATO", "24.5"), ("X", "1"))
    job = imported(max_, "stock_count", *rows, store=main, good_rows_only=True)

    assert counts(job) == (0, 2, 1, 1)
    moved = StockMovement.objects.order_by("pk")[before:]
    assert [(each.product.code, each.quantity) for each in moved] == [
        ("SHIRT-M", -2),
        ("TOMATO", Decimal("-0.5")),
    ]
    assert moved[0].note == "Counted, from a file"
    again = imported(max_, "stock_count", *rows[:4], store=main)
    assert counts(again) == (0, 0, 3, 0)


def test_categories_are_made_renamed_and_moved(max_: User, main: Store) -> None:
    rows = (("Category", "code", "colour"), ("Grocery|Tea", "TEA", "#112233"), ("Gifts", "", "red"))
    job = imported(max_, "categories", *rows, good_rows_only=True)
    assert counts(job) == (1, 0, 0, 1)
    tea = Category.objects.get(code="TEA")
    assert (tea.name, tea.parent.name, tea.colour) == ("Tea", "Grocery", "#112233")

    assert counts(imported(max_, "categories", *rows[:2])) == (0, 0, 1, 0)
    job = imported(max_, "categories", ("Category", "code"), ("Drinks|Teas", "TEA"))

    assert counts(job) == (0, 1, 0, 0)
    tea.refresh_from_db()
    assert (tea.name, tea.parent.name) == ("Teas", "Drinks")
    assert tea.history.count() >= 2


def test_a_category_never_lies_inside_itself(max_: User, main: Store) -> None:
    imported(max_, "categories", ("Category", "code"), ("A", "A"), ("A|B", "B"))

    job = checked(max_, "categories", ("Category", "code"), ("A|B|C", "A"))

    assert counts(job) == (0, 0, 0, 1)


def test_customers_are_found_by_email_phone_or_name(max_: User, rosa: Customer) -> None:
    head = ("name", "email", "phone", "level", "credit limit")
    rows: list[tuple[Any, ...]] = [
        head,
        ("Rosa Lind-Berg", "ROSA@example.org", "", "Gold", "200"),
        ("Tom", "", "+44 (20) 1234", "", ""),
        ("Una", "una@", "", "", ""),
        ("Ida", "", "", "Platinum", ""),
    ]
    job = imported(max_, "customers", *rows, good_rows_only=True)

    assert counts(job) == (1, 1, 0, 2)
    rosa.refresh_from_db()
    assert (rosa.name, rosa.credit_limit) == ("Rosa Lind-Berg", 200)
    assert Customer.objects.get(name="Tom").phone == "+44 (20) 1234"
    assert [row["errors"][0][0] for row in results(job, "refused")] == ["email", "level"]
    assert rosa.history.first().history_user == max_
    assert counts(imported(max_, "customers", *rows[:3])) == (0, 0, 2, 0)


def test_two_customers_with_one_phone_are_not_guessed_between(max_: User, db: None) -> None:
    Customer.objects.create(name="A", phone="0123456")
    Customer.objects.create(name="B", phone="0123 456")

    job = checked(max_, "customers", ("name", "phone"), ("C", "0123456"))

    assert counts(job) == (0, 0, 0, 1)
    assert "2 customers" in results(job, "refused")[0]["errors"][0][2]


# --- Pictures ----------------------------------------------------------------------------------


def picture_zip(**pictures: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in pictures.items():
            archive.writestr(f"../../photos/{name}", data)
    return out.getvalue()


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, "PNG")
    return out.getvalue()


def test_pictures_are_found_by_code_or_barcode_once(
    max_: User, shirt: Product, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    rows = (("code", "name", "price"), ("SHIRT-M", "Linen shirt", ""), ("HAT", "Hat", "9"))
    rows = (rows[0], ("SHIRT-M", "Linen shirt", "19.90"), rows[2])
    pictures = [picture_zip(**{"4006381333931.PNG": png("red"), "hat.png": png("blue")})]

    job = imported(max_, "products", *rows, pictures=pictures, pictures_name="p.zip")

    assert counts(job) == (1, 1, 0, 0)
    shirt.refresh_from_db()
    assert shirt.image.name.startswith("products/")
    assert "4006381333931" not in shirt.image.name
    assert Product.objects.get(code="HAT").image
    assert sorted(path.parent for path in tmp_path.rglob("*.*")) == [tmp_path / "products"] * 2
    assert counts(imported(max_, "products", *rows, pictures=pictures)) == (0, 0, 2, 0)


def test_what_is_no_picture_is_an_error_of_its_row(
    max_: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    rows = (("code", "name", "price"), ("HAT", "Hat", "9"))

    job = checked(max_, "products", *rows, pictures=[picture_zip(**{"HAT.jpg": b"<svg/>"})])

    assert counts(job) == (0, 0, 0, 1)
    assert results(job, "refused")[0]["errors"][0][0] == "picture"
    assert list(tmp_path.rglob("*.*")) == []


def test_a_zip_file_that_is_none_fails_the_check(max_: User) -> None:
    job = checked(
        max_, "products", ("code", "name", "price"), ("A", "Tea", "1"), pictures=[b"hello"]
    )

    assert job.status == Status.FAILED
    assert "ZIP" in job.message
