"""Products from a file: all rows or none, with history, and every wrong cell named."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from pos.models import (
    Barcode,
    Category,
    Product,
    StockLevel,
    StockMovement,
    Store,
    TaxRate,
    User,
)
from pos.services import importing
from pos.services.errors import Forbidden, Invalid
from pos.services.importing import ImportResult, import_products
from pos.services.sheets import table_rows

ROW = {"code": "00042", "name": "Green tea", "price": "3.49"}


def load(
    user: User, *rows: dict[str, str], store: Store | None = None, **asked: Any
) -> ImportResult:
    return import_products(user=user, rows=rows, store=store, **asked)


def problems(result: ImportResult) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.value) for error in result.errors]


def refused(user: User, *rows: dict[str, str], store: Store | None = None) -> ImportResult:
    """The result of a file that must change nothing."""
    before = counts()
    result = load(user, *rows, store=store)
    assert result.errors
    assert (result.created, result.updated, result.unchanged) == (0, 0, 0)
    assert counts() == before
    return result


def counts() -> list[int]:
    models = (Product, Barcode, Category, StockLevel, StockMovement, Product.history.model)
    return [model.objects.count() for model in models]


# --- What a row makes --------------------------------------------------------------------------


def test_a_row_makes_a_product_with_all_it_says(root: User, main: Store, vat20: TaxRate) -> None:
    row = {
        **ROW,
        "barcode": "4006381333931|0012345678905 TEA-1",
        "size": "100 g",
        "quantity": "12",
        "categories": "Grocery|Tea; Gifts",
        "description": "Leaves.\nFrom Assam.",
        "cost": "1.20",
        "tax_rate": "20 %",
        "style": "TEA",
        "reorder_point": "3",
    }

    result = load(root, row, store=main)

    assert (result.created, result.updated, result.unchanged) == (1, 0, 0)
    product = Product.objects.get()
    assert (product.code, product.name, product.size) == ("00042", "Green tea", "100 g")
    assert (product.price, product.cost) == (Decimal("3.49"), Decimal("1.20"))
    assert product.tax_rate == vat20
    assert (product.style, product.reorder_point) == ("TEA", 3)
    assert product.description == "Leaves.\nFrom Assam."
    assert [barcode.code for barcode in product.barcodes.all()] == [
        "4006381333931",
        "0012345678905",
        "TEA-1",
    ]
    assert product.search_text == "green tea 100 g 00042 4006381333931 0012345678905 tea-1"
    paths = [(c.parent and c.parent.name, c.name) for c in product.categories.order_by("pk")]
    assert paths == [("Grocery", "Tea"), (None, "Gifts")]


def test_opening_stock_is_a_movement_in_the_chosen_store(
    root: User, main: Store, other: Store, verified: None
) -> None:
    load(root, {**ROW, "quantity": "12", "cost": "1.20"}, store=main)

    level = StockLevel.objects.get()
    assert (level.store, level.on_hand) == (main, 12)
    movement = StockMovement.objects.get()
    assert (movement.store, movement.quantity, movement.unit_cost) == (main, 12, Decimal("1.20"))
    assert (movement.kind, movement.reason, movement.created_by) == ("adjustment", "opening", root)


def test_a_quantity_of_nothing_is_kept_in_stock_without_a_movement(root: User, main: Store) -> None:
    load(root, {**ROW, "quantity": "0"}, store=main)

    assert StockLevel.objects.get().on_hand == 0
    assert StockMovement.objects.count() == 0


def test_stock_that_is_there_is_never_overwritten(
    root: User, main: Store, other: Store, shirt: Product, verified: None
) -> None:
    row = {"code": "SHIRT-M", "quantity": "99"}

    assert load(root, row, store=main).unchanged == 1
    assert StockLevel.objects.get(product=shirt, store=main).on_hand == 12
    load(root, row, store=other)
    assert StockLevel.objects.get(product=shirt, store=other).on_hand == 99
    assert StockLevel.objects.get(product=shirt, store=main).on_hand == 12


def test_every_record_that_is_made_has_its_history(root: User, main: Store) -> None:
    load(root, {**ROW, "barcode": "TEA-1", "categories": "Grocery|Tea"}, store=main)

    for model, count in ((Product, 1), (Barcode, 1), (Category, 2)):
        records = list(model.history.all())
        assert len(records) == count
        for record in records:
            assert (record.history_type, record.history_user) == ("+", root)
            assert record.history_change_reason == "Imported from a file"
    assert Product.history.get().price == Decimal("3.49")


# --- Changing what is there --------------------------------------------------------------------


def test_a_second_import_of_the_same_file_changes_nothing(root: User, main: Store) -> None:
    row = {**ROW, "barcode": "TEA-1", "categories": "Grocery|Tea", "quantity": "5"}
    load(root, row, store=main)
    before = counts(), Product.objects.get().updated_at

    result = load(root, row, store=main)

    assert (result.created, result.updated, result.unchanged) == (0, 0, 1)
    assert (counts(), Product.objects.get().updated_at) == before


def test_only_the_columns_of_the_file_change(root: User, shirt: Product) -> None:
    made_at = shirt.created_at

    result = load(root, {"code": "SHIRT-M", "price": "21.00"})

    assert (result.created, result.updated, result.unchanged) == (0, 1, 0)
    old, shirt = shirt, Product.objects.get(pk=shirt.pk)
    assert shirt.price == Decimal("21.00")
    assert (shirt.name, shirt.size, shirt.cost) == (old.name, old.size, old.cost)
    assert (shirt.tax_rate, shirt.style) == (old.tax_rate, old.style)
    assert shirt.created_at == made_at
    assert shirt.updated_at > old.updated_at
    record = shirt.history.first()
    assert (record.history_type, record.price, record.history_user) == ("~", Decimal(21), root)
    assert record.created_at == made_at


def test_an_empty_cell_empties_texts_and_leaves_the_rest(root: User, shirt: Product) -> None:
    row = dict.fromkeys(("size", "cost", "tax_rate", "barcode", "categories", "sold_by"), "")

    load(root, {"code": "SHIRT-M", **row})

    old, shirt = shirt, Product.objects.get(pk=shirt.pk)
    assert shirt.size == ""
    assert (shirt.cost, shirt.tax_rate, shirt.sold_by) == (old.cost, old.tax_rate, old.sold_by)
    assert shirt.barcodes.count() == 1


def test_a_new_barcode_is_added_and_found_and_none_is_taken_away(
    root: User, shirt: Product
) -> None:
    assert load(root, {"code": "SHIRT-M", "barcode": "0012345678905"}).updated == 1

    shirt.refresh_from_db()
    assert {each.code for each in shirt.barcodes.all()} == {"4006381333931", "0012345678905"}
    assert "4006381333931 0012345678905" in shirt.search_text


def test_categories_become_those_of_the_cell(root: User, shirt: Product) -> None:
    load(root, {"code": "SHIRT-M", "categories": "Clothes|Shirts; Sale"})
    load(root, {"code": "SHIRT-M", "categories": "clothes|SHIRTS"})

    assert [category.name for category in shirt.categories.all()] == ["Shirts"]
    assert Category.objects.count() == 3


def test_categories_of_one_name_get_codes_of_their_own(root: User) -> None:
    load(root, {**ROW, "categories": "Tea; Drinks|Tea; 茶; お茶; TEA !"})

    codes = sorted(Category.objects.values_list("code", flat=True))
    assert codes == ["CATEGORY", "CATEGORY-2", "DRINKS", "DRINKS-TEA", "TEA", "TEA-2"]


# --- What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", ""),
        ("code", "x" * 61),
        ("code", "A\x00B"),
        ("code", "A\u200bB"),
        ("name", ""),
        ("name", "x" * 201),
        ("name", "Tea\x07"),
        ("name", "Tea\ud800"),
        ("price", ""),
        ("price", "-1"),
        ("price", "3,49"),
        ("price", "3.499"),
        ("price", "NaN"),
        ("price", "1e400"),
        ("price", "1_000"),
        ("price", "1000000000"),
        ("cost", "free"),
        ("quantity", "-3"),
        ("quantity", "0.5"),
        ("quantity", "1000000"),
        ("reorder_point", "soon"),
        ("barcode", "4006381333932"),
        ("barcode", "12345678"),
        ("barcode", "012345678901"),
        ("barcode", "9" * 61),
        ("barcode", "TEA-1 TEA-1"),
        ("barcode", " ".join(f"TEA-{number}" for number in range(21))),
        ("tax_rate", "19"),
        ("tax_rate", "None"),
        ("sold_by", "dozen"),
        ("style", "x" * 61),
        ("categories", "Grocery||Tea"),
        ("categories", "A|B|C|D|E|F|G"),
        ("categories", "x" * 101),
        ("description", "x" * 10_001),
        ("weight", "12"),
    ],
)
def test_a_cell_that_makes_no_sense_is_named_and_nothing_is_written(
    root: User, main: Store, vat20: TaxRate, column: str, value: str
) -> None:
    result = refused(root, {**ROW, "code": "1"}, {**ROW, column: value}, store=main)

    assert [(error.row, error.column) for error in result.errors] == [(3, column)]
    assert result.errors[0].message
    assert len(result.errors[0].value) <= 81


def test_a_new_product_needs_name_and_price(root: User) -> None:
    result = refused(root, {"code": "1"})

    assert problems(result) == [(2, "name", ""), (2, "price", "")]


def test_codes_and_barcodes_stand_in_a_file_once(root: User) -> None:
    result = refused(
        root,
        {**ROW, "code": "1", "barcode": "TEA-1"},
        {**ROW, "code": "1"},
        {**ROW, "code": "2", "barcode": "TEA-1"},
        {**ROW, "code": "3", "barcode": "2"},
        {**ROW, "code": "TEA-1"},
    )

    assert problems(result) == [
        (3, "code", "1"),
        (4, "barcode", "TEA-1"),
        (5, "barcode", "2"),
        (6, "code", "TEA-1"),
    ]
    assert result.errors[0].message == "Row 2 has this code already."


def test_a_barcode_leads_to_one_product(root: User, shirt: Product, scarf: Product) -> None:
    result = refused(
        root,
        {"code": "SCARF", "barcode": "4006381333931"},
        {**ROW, "barcode": "SHIRT-M"},
        {**ROW, "code": "0012345678905"},
    )

    assert problems(result) == [
        (2, "barcode", "4006381333931"),
        (3, "barcode", "SHIRT-M"),
        (4, "code", "0012345678905"),
    ]


def test_a_product_may_have_its_own_code_as_barcode(root: User) -> None:
    assert load(root, {**ROW, "barcode": "00042"}).created == 1


def test_errors_of_later_chunks_undo_the_first(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)

    result = refused(root, *({**ROW, "code": str(n)} for n in range(5)), {**ROW, "price": "x"})

    assert problems(result) == [(7, "price", "x")]


def test_good_rows_are_written_when_that_is_asked_for(
    root: User, main: Store, verified: None
) -> None:
    result = load(
        root,
        {**ROW, "code": "1", "quantity": "2"},
        {**ROW, "code": "2", "price": "x", "categories": "Nowhere"},
        {**ROW, "code": "3"},
        store=main,
        good_rows_only=True,
    )

    assert (result.created, result.refused) == (2, 1)
    assert set(Product.objects.values_list("code", flat=True)) == {"1", "3"}
    assert Category.objects.count() == 0


def test_several_tax_rates_of_one_percentage_must_be_named(root: User, vat20: TaxRate) -> None:
    TaxRate.objects.create(name="Luxury 20 %", percent=20)

    assert problems(refused(root, {**ROW, "tax_rate": "20"})) == [(2, "tax_rate", "20")]
    load(root, {**ROW, "tax_rate": "luxury 20 %"})
    assert Product.objects.get().tax_rate.name == "Luxury 20 %"


def test_blank_rows_are_passed_over(root: User) -> None:
    result = load(root, ROW, {"code": " ", "name": ""}, {**ROW, "code": "2", "price": "x"})

    assert problems(result) == [(4, "price", "x")]


def test_quantities_need_a_store(root: User) -> None:
    with pytest.raises(Invalid):
        load(root, {**ROW, "quantity": "1"})
    assert Product.objects.count() == 0


def test_a_seller_may_not_import(ana: User) -> None:
    with pytest.raises(Forbidden):
        load(ana, ROW)
    assert Product.objects.count() == 0


def test_a_stock_keeper_imports_stock_only_where_they_work(
    sam: User, main: Store, other: Store
) -> None:
    with pytest.raises(Forbidden):
        load(sam, {**ROW, "quantity": "1"}, store=other)
    assert Product.objects.count() == 0
    load(sam, {**ROW, "quantity": "1"}, store=main)
    assert StockLevel.objects.get().store == main


def test_progress_is_told_in_rows(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    told: list[int] = []

    load(root, *({**ROW, "code": str(n)} for n in range(5)), progress=told.append)

    assert told == [2, 4, 5]


# --- Files and the command ---------------------------------------------------------------------


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["tea.csv", "tea.csv.gz"])
@pytest.mark.parametrize(
    "text",
    [
        "code,name,price\n007,Thé vert,3.49\n",
        "\ufeffcode,name,price\r\n007,Thé vert,3.49\r\n",
        " Code ;NAME;price\n007;Thé vert;3.49\n",
        'code,name,price\n"007","Thé vert","3.49"\n',
        "code,name,price,\n007,Thé vert,3.49,,\n",
    ],
)
def test_files_come_as_people_save_them(tmp_path: Path, name: str, text: str) -> None:
    (row,) = table_rows(write(tmp_path / name, text))

    assert {key: row[key] for key in ("code", "name", "price")} == {
        "code": "007",
        "name": "Thé vert",
        "price": "3.49",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"name,price\nTea,1\n",
        b"code,code\n1,2\n",
        b"code,name\n1,Th\xe9\n",
        b"code,name\n1,\x00\n2,\xff\n",
        b"\x1f\x8bno zip",
        gzip.compress(b"code,name\n1,Tea\n" * 1000, mtime=0)[:-20],
    ],
    # Names of their own: every worker must give a case the same one.
    ids=["empty", "no code", "two codes", "Latin-1", "NUL", "no zip", "half a zip"],
)
def test_what_is_no_table_of_products_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)

    with pytest.raises(Invalid):
        list(table_rows(path))


def test_a_file_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos.services.sheets.cells.MAX_INFLATED", 100_000)
    path = write(tmp_path / "bomb.gz", "code\n" + "1\n" * 200_000)

    with pytest.raises(Invalid, match="too large"):
        list(table_rows(path))


def test_a_file_with_too_many_rows_is_refused_blank_ones_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos.services.sheets.cells.MAX_ROWS_CSV", 1000)
    for name, line in (("rows.csv", "1,Tea\n"), ("blank.csv.gz", "\n")):
        assert len(list(table_rows(write(tmp_path / name, "code,name\n" + line * 1000)))) == 1000
        with pytest.raises(Invalid, match="too large"):
            list(table_rows(write(tmp_path / name, "code,name\n" + line * 1001)))


@pytest.mark.parametrize(
    "text", ["x" * 200_000, "code,name\n1," + "x" * 200_000, 'code,name\n1,"' + "x" * 200_000]
)
def test_a_cell_or_heading_without_end_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid):
        list(table_rows(write(tmp_path / "long.csv", text)))


def test_an_import_that_takes_too_long_is_given_up_and_undone(
    root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite no till can save a sale while it runs."""
    monkeypatch.setattr(importing, "CHUNK", 2)
    told: list[int] = []

    def time_is_up(rows: int) -> None:
        told.append(rows)
        if rows == 4:
            monkeypatch.setattr(importing, "LONGEST", -1)

    with pytest.raises(Invalid, match="too long"):
        load(root, *({**ROW, "code": str(n)} for n in range(8)), progress=time_is_up)
    assert (told, Product.objects.count(), Product.history.count()) == ([2, 4], 0, 0)


def test_cells_beyond_the_headings_are_refused(root: User, tmp_path: Path) -> None:
    path = write(tmp_path / "tea.csv", "code,name,price\n1,Tea, green,3.49\n")

    result = import_products(user=root, rows=table_rows(path))

    assert (2, "", "3.49") in problems(result)
    assert Product.objects.count() == 0


def test_the_command_imports_a_file_and_counts(
    root: User, main: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "tea.csv", "code,name,price,quantity\n007,Tea,3.49,5\n008,Rice,2,0\n")

    call_command("import_products", path)

    assert capsys.readouterr().out.startswith("2 new, 0 changed, 0 unchanged, 0 refused; ")
    assert StockLevel.objects.filter(store=main).count() == 2
    assert Product.history.first().history_user == root


def test_the_command_lists_errors_and_fails(
    root: User, main: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{number},Tea,much\n" for number in range(25))
    path = write(tmp_path / "tea.csv", "code,name,price\n" + rows)

    with pytest.raises(SystemExit) as failure:
        call_command("import_products", path)

    assert failure.value.code == 1
    errors = capsys.readouterr().err.splitlines()
    assert errors[0] == "row 2, price: “much” Enter digits only, such as 10.50."
    assert errors[20] == "… and 5 more"
    assert errors[21].startswith("Nothing was imported.")
    assert Product.objects.count() == 0


def test_the_command_asks_which_store(
    root: User, main: Store, other: Store, tmp_path: Path
) -> None:
    path = write(tmp_path / "tea.csv", "code,name,price,quantity\n007,Tea,3.49,5\n")

    with pytest.raises(CommandError, match="--store"):
        call_command("import_products", path)
    with pytest.raises(CommandError, match="HARB, MAIN"):
        call_command("import_products", path, store="X")
    call_command("import_products", path, store="HARB", user="root")
    assert StockLevel.objects.get().store == other


@pytest.mark.parametrize(
    ("asked", "message"), [({"user": "nobody"}, "nobody"), ({"file": "gone.csv"}, "gone.csv")]
)
def test_the_command_says_what_is_missing(
    root: User, main: Store, tmp_path: Path, asked: dict[str, str], message: str
) -> None:
    path = write(tmp_path / "tea.csv", "code,name,price\n007,Tea,3.49\n")
    file = tmp_path / asked.get("file", path.name)

    with pytest.raises(CommandError, match=message):
        call_command("import_products", file, **{k: v for k, v in asked.items() if k != "file"})
    assert Product.objects.count() == 0
