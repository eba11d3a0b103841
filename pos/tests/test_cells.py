"""What a cell says: understood exactly, or refused with a reason. Never another value."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.services.sheets import Cell, CellError, CellReader, ColumnSpec, UnusableCell, decimal_sign

CHOICES = (("unit", "By the piece"), ("weight", "By weight"))


def read(
    kind: str, cell: Cell, *, decimals: int = 2, sign: str = "", currency: str = "EUR"
) -> object:
    reader = CellReader(decimals, sign=sign, currency=currency)  # type: ignore[arg-type]
    return reader.read(ColumnSpec("x", "X", kind, choices=CHOICES), cell)  # type: ignore[arg-type]


def refusal(kind: str, cell: Cell, **more: object) -> str:
    with pytest.raises(CellError) as refused:
        read(kind, cell, **more)  # type: ignore[arg-type]
    return str(refused.value)


@pytest.mark.parametrize(
    "kind", "text code barcode money quantity percent date choice categories bool".split()
)
def test_an_empty_cell_is_nothing(kind: str) -> None:
    assert [read(kind, cell) for cell in (None, "", " \u00a0 ")] == [None, None, None]


@pytest.mark.parametrize("kind", ["text", "code", "barcode", "money", "date", "bool"])
def test_a_cell_without_a_value_says_why(kind: str) -> None:
    assert refusal(kind, UnusableCell("2", "This cell holds a formula.")) == (
        "This cell holds a formula."
    )


# --- Codes and barcodes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "code"),
    [("00042", "00042"), (42, "42"), ("1E5", "1E5"), ("12E4", "12E4"), (" A-1 ", "A-1")],
)
def test_a_code_stays_as_it_is(cell: Cell, code: str) -> None:
    assert read("code", cell) == code


@pytest.mark.parametrize("kind", ["code", "barcode"])
@pytest.mark.parametrize(
    "cell", ["4.006381E+12", "4,00638E+12", "4E+12", Decimal("4.5"), 4006381333931000, 10**15]
)
def test_a_number_that_the_spreadsheet_has_rounded_is_refused(kind: str, cell: Cell) -> None:
    assert "rounded this number" in refusal(kind, cell)


def test_a_barcode_that_came_as_a_number_is_taken_when_it_is_whole() -> None:
    assert read("barcode", 4006381333931) == "4006381333931"
    assert read("barcode", "4006381333931 0012345678905|TEA-1") == (
        "4006381333931|0012345678905|TEA-1"
    )
    assert "last digit should be 1" in refusal("barcode", 4006381333932)
    assert "rounded" in refusal("barcode", "4006381333931|4.006381E+12")


def test_zeros_that_a_number_cell_has_lost_are_noticed() -> None:
    assert read("barcode", "12345678905") == "12345678905"  # as text somebody meant it
    assert "Zeros at the start are missing" in refusal("barcode", 12345678905)
    assert read("barcode", 1234) == "1234"


@pytest.mark.parametrize("cell", ["A\u200bB", "A\x00B", "A\u202eB"])
def test_signs_that_nobody_sees_are_refused(cell: str) -> None:
    assert "invisible" in refusal("code", cell)


@pytest.mark.parametrize("cell", [date(2026, 2, 1), True])
@pytest.mark.parametrize("kind", ["text", "code", "barcode"])
def test_a_text_that_became_a_date_is_refused(kind: str, cell: Cell) -> None:
    """The size 1-2 is the first of February for a spreadsheet."""
    assert "made something else of this text" in refusal(kind, cell)


# --- Amounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("3.49", "3.49"),
        ("3,49", "3.49"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,5", "1234.50"),
        ("1\u202f234,50 €", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1.234.567", "1234567.00"),
        ("1234,500", "1234.50"),
        ("€ 12", "12.00"),
        ("12 EUR", "12.00"),
        ("0.500", "0.50"),
        (Decimal("3.4"), "3.40"),
        (1234, "1234.00"),
    ],
)
def test_an_amount_is_understood_as_people_write_it(cell: Cell, amount: str) -> None:
    assert str(read("money", cell)) == amount


@pytest.mark.parametrize("kind", ["money", "quantity"])
@pytest.mark.parametrize("cell", ["1,234", "1.234", "12.500"])
def test_an_amount_with_two_readings_is_refused_with_both(kind: str, cell: str) -> None:
    small, large = cell.replace(",", "."), cell.replace(",", "").replace(".", "")

    assert refusal(kind, cell) == (f"This may be {small} or {large}. Write {large}, or {small}0.")


@pytest.mark.parametrize(
    "cell",
    [
        "3.499",
        "NaN",
        "1e5",
        "1_000",
        "12 34",
        "1,23,456",
        "1.2.3",
        "-1",
        "--1",
        "1000000000",
        "free",
    ]
    + ["€ 3 €", "1,234.567.8", "٣", "3-", "1'23", True, date(2026, 1, 1), Decimal("3.333")],
)
def test_what_is_no_amount_is_refused(cell: Cell) -> None:
    assert refusal("money", cell)


def test_an_amount_in_another_currency_is_refused() -> None:
    assert refusal("money", "$3") == "This amount is in “$”; the shop counts in EUR."
    assert read("money", "$3", currency="CAD") == Decimal(3)
    assert read("money", "12,50 kr", currency="SEK") == Decimal("12.50")


def test_a_file_whose_sign_is_known_is_read_by_it() -> None:
    assert decimal_sign(["12", None, "1.234", "3,5", "1.200,00"]) == ","
    assert decimal_sign(["1,234", "0.5"]) == "."
    assert (decimal_sign(["1,5", "1.5"]), decimal_sign(["1.234", "7"])) == ("", "")
    assert read("money", "1.234", sign=",") == Decimal(1234)
    assert read("quantity", "1.234", sign=".") == Decimal("1.234")
    assert "before the decimals" in refusal("money", "3,49", sign=".")


def test_a_percentage_has_no_thousands() -> None:
    assert [read("percent", cell) for cell in ("20 %", "5,125%", "19.5", 7)] == [
        *(Decimal(20), Decimal("5.125"), Decimal("19.5"), Decimal(7))
    ]
    assert refusal("percent", "101")


def _grouped(units: int, group: str, mark: str) -> str:
    return f"{units // 100:,}".replace(",", group) + f"{mark}{units % 100:02}"


@given(
    units=st.integers(0, 99_999_999_999),
    style=st.sampled_from(
        [(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", "."), ("", "."), ("", ",")]
    ),
    beside=st.sampled_from(["{}", "€{}", "{} €", "EUR {}", " {} "]),
    told=st.booleans(),
)
def test_an_amount_written_in_any_country_comes_back(
    units: int, style: tuple[str, str], beside: str, told: bool
) -> None:
    text = beside.format(_grouped(units, *style))

    assert read("money", text, sign=style[1] if told else "") == Decimal(units).scaleb(-2)


@given(
    text=st.text("0123456789.,' -€\u00a0", min_size=1, max_size=14),
    sign=st.sampled_from(["", ".", ",", "plain"]),
)
def test_no_text_becomes_an_amount_of_other_digits(text: str, sign: str) -> None:
    """Whatever is read has the digits of the text, in their order."""
    try:
        amount = read("money", text, sign=sign)
    except CellError:
        return
    if amount is None:
        assert not text.strip()
        return
    digits = "".join(filter(str.isdigit, text)).strip("0")
    assert "".join(filter(str.isdigit, str(amount))).strip("0") == digits


@given(st.integers(0, 10**9), st.sampled_from([".", ","]))
def test_thousands_and_decimals_are_never_mistaken(units: int, mark: str) -> None:
    """With three digits behind one mark, both shops' prices are refused, or right for both."""
    text = f"{units // 1000}{mark}{units % 1000:03}"
    readings = {Decimal(units).scaleb(-3), Decimal(units)}
    try:
        amount = read("money", text, decimals=3)
    except CellError:
        return
    assert amount in readings
    assert text.split(mark)[0] == "0" or units >= 1_000_000


# --- Dates, choices, categories, yes and no -------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-05-31", date(2024, 5, 31)),
        ("2024/5/3", date(2024, 5, 3)),
        ("31.05.2024", date(2024, 5, 31)),
        ("5. 6. 2024", date(2024, 6, 5)),
        ("31/05/2024", date(2024, 5, 31)),
        ("05/31/2024", date(2024, 5, 31)),
        ("5/5/2024", date(2024, 5, 5)),
        ("20240531", date(2024, 5, 31)),
        ("2017-01-01 11:53:26", datetime(2017, 1, 1, 11, 53, 26)),  # noqa: DTZ001
        ("2017-01-01T00:00", date(2017, 1, 1)),
        ("31.5.2024 9:05", datetime(2024, 5, 31, 9, 5)),  # noqa: DTZ001
        (date(2024, 5, 31), date(2024, 5, 31)),
        (datetime(2024, 5, 31), date(2024, 5, 31)),  # noqa: DTZ001
    ],
)
def test_a_date_is_understood(cell: Cell, day: date) -> None:
    found = read("date", cell)

    assert (found, type(found)) == (day, type(day))


@pytest.mark.parametrize(
    "cell", ["31.02.2024", "2024-13-01", "1.2.24", "soon", 45443, "2024-05-31 25:00", "1/2", True]
)
def test_what_is_no_date_is_refused(cell: Cell) -> None:
    assert refusal("date", cell) == "This is no date. Write it as 2026-12-31."


def test_a_date_with_two_readings_is_refused_with_both() -> None:
    assert refusal("date", "05/06/2024") == (
        "This may be 2024-06-05 or 2024-05-06. Write it as 2024-06-05."
    )


def test_a_choice_is_its_value_or_its_label() -> None:
    assert [read("choice", cell) for cell in ("unit", "by WEIGHT", "By the piece ")] == (
        ["unit", "weight", "unit"]
    )
    assert refusal("choice", "dozen") == "Write one of: By the piece, By weight."


def test_categories_are_paths() -> None:
    assert read("categories", "Grocery|Tea; Gifts;Gifts") == [("Grocery", "Tea"), ("Gifts",)]
    assert "no name" in refusal("categories", "Grocery||Tea")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("yes", True), ("Ja", True), ("x", True), (1, True), (True, True), ("Sí", True)]
    + [("no", False), ("Nein", False), (0, False), ("FALSE", False)],
)
def test_yes_and_no_in_several_languages(cell: Cell, answer: bool) -> None:
    assert read("bool", cell) is answer


def test_maybe_is_refused() -> None:
    assert refusal("bool", "maybe") == "Write “yes” or “no”."
