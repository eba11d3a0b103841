"""Exact decimals: rounding, sharing out, and the one parser every entrance uses."""

from __future__ import annotations

from copy import copy
from decimal import Decimal, localcontext
from enum import IntEnum
from fractions import Fraction
from unittest.mock import Mock

import pytest
from django.conf import settings

from pos import money
from pos.money import (
    MAX_MONEY,
    AmountError,
    allocate,
    amount_text,
    apportion,
    currency_decimals,
    format_money,
    from_units,
    half_up,
    parse_amount,
    parse_percent,
    parse_quantity,
    quantise,
    quantity_text,
    round_to_increment,
    to_units,
)

if not settings.configured:
    settings.configure(USE_I18N=False)


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("currency", "expected"), [("USD", 2), ("BDT", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]
)
def test_each_currency_has_its_own_decimals(currency: str, expected: int) -> None:
    assert currency_decimals(currency) == expected


@pytest.mark.parametrize("currency", ["", "usd", "ABC", "US", "DOLLAR"])
def test_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(AmountError) as caught:
        currency_decimals(currency)
    assert caught.value.code == "unknown_currency"
    assert str(caught.value) == f"“{currency}” is not a known currency code."


@pytest.mark.parametrize(
    ("amount", "places", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("0.015", 2, "0.02"),
        ("0.0049999999999999999999999999999999999999", 2, "0.00"),
        ("-0.005", 2, "-0.01"),
        ("-0.004", 2, "0.00"),
        ("2.5", 0, "3"),
        ("10", 3, "10.000"),
        ("1E+3", 2, "1000.00"),
        ("999999999999999999999999999.995", 2, "1000000000000000000000000000.00"),
    ],
)
def test_amounts_are_rounded_half_away_from_zero(amount: str, places: int, expected: str) -> None:
    assert str(quantise(Decimal(amount), places)) == expected
    assert str(quantise(Fraction(amount), places)) == expected


def test_a_fraction_a_hair_below_half_is_rounded_down() -> None:
    assert str(quantise(Fraction(1, 200) - Fraction(1, 10**90), 2)) == "0.00"
    assert str(quantise(Fraction(2, 3), 4)) == "0.6667"


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+400"])
def test_a_number_without_a_finite_size_cannot_be_rounded(amount: str) -> None:
    with pytest.raises(AmountError):
        quantise(Decimal(amount), 2)


def test_decimals_below_zero_are_a_programming_error() -> None:
    with pytest.raises(ValueError, match="decimals must not be negative"):
        quantise(Decimal(1), -1)


def test_whole_numbers_round_half_away_from_zero() -> None:
    assert [half_up(number, 2) for number in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]
    assert [half_up(number, 3) for number in (-2, -1, 1, 2)] == [-1, 0, 0, 1]


def test_units_keep_the_amount_exactly() -> None:
    assert to_units(Decimal("-10.5"), 2) == -1050
    assert str(from_units(-1050, 2)) == "-10.50"
    assert str(from_units(0, 2)) == "0.00"
    with pytest.raises(AmountError) as caught:
        to_units(Decimal("0.001"), 2)
    assert caught.value.code == "too_precise"


def test_the_decimal_context_of_the_caller_changes_nothing() -> None:
    with localcontext(prec=3):
        assert str(quantise(Decimal("123456.785"), 2)) == "123456.79"
        assert str(from_units(123456789, 2)) == "1234567.89"
        assert str(round_to_increment(Decimal("123456.78"), Decimal("0.05"))) == "123456.80"
        assert str(parse_amount("123456.78", decimals=2)) == "123456.78"


@pytest.mark.parametrize(
    ("amount", "increment", "expected"),
    [
        ("10.52", "0.05", "10.50"),
        ("10.525", "0.05", "10.55"),
        ("-10.525", "0.05", "-10.55"),
        ("0.02", "0.05", "0.00"),
        ("10.50", "1", "11"),
        ("149", "100", "100"),
        ("150", "100", "200"),
    ],
)
def test_cash_is_rounded_to_the_nearest_coin(amount: str, increment: str, expected: str) -> None:
    assert str(round_to_increment(Decimal(amount), Decimal(increment))) == expected


@pytest.mark.parametrize("increment", ["0", "-0.05"])
def test_a_coin_is_worth_more_than_nothing(increment: str) -> None:
    with pytest.raises(AmountError):
        round_to_increment(Decimal(1), Decimal(increment))


@pytest.mark.parametrize(
    ("total", "weights", "places", "expected"),
    [
        ("10.00", ["1", "1", "1"], 2, ["3.34", "3.33", "3.33"]),
        ("-10.00", ["1", "1", "1"], 2, ["-3.34", "-3.33", "-3.33"]),
        ("0.05", ["1", "1"], 2, ["0.03", "0.02"]),
        ("1.00", ["0.333", "0.667"], 2, ["0.33", "0.67"]),
        ("100", ["1", "2", "4"], 0, ["14", "29", "57"]),
        ("0.01", ["0.10", "0.30", "0.30"], 2, ["0.00", "0.01", "0.00"]),
        ("0.00", ["1", "2"], 2, ["0.00", "0.00"]),
        ("5.00", ["0", "0"], 2, ["5.00", "0.00"]),
        ("0.00", ["0", "0"], 2, ["0.00", "0.00"]),
        ("-5.00", ["0", "1"], 2, ["0.00", "-5.00"]),
        ("0.00", [], 2, []),
        ("1.000", ["1", "1", "1"], 3, ["0.334", "0.333", "0.333"]),
    ],
)
def test_shares_sum_to_the_total_by_largest_remainder(
    total: str, weights: list[str], places: int, expected: list[str]
) -> None:
    assert [str(part) for part in allocate(Decimal(total), decimals(*weights), places)] == expected


def test_shares_follow_exact_fractions() -> None:
    weights = [Fraction(1, 3), Fraction(1, 6), Fraction(1, 2)]
    assert allocate(Decimal("0.10"), weights, 2) == decimals("0.03", "0.02", "0.05")


@pytest.mark.parametrize(
    ("total", "weights", "code"),
    [("0.001", ["1"], "too_precise"), ("1", ["1", "-1"], "too_small"), ("1", [], "too_large")],
)
def test_what_cannot_be_shared_out_is_refused(total: str, weights: list[str], code: str) -> None:
    with pytest.raises(AmountError) as caught:
        allocate(Decimal(total), decimals(*weights), 2)
    assert caught.value.code == code


def test_a_share_at_its_limit_leaves_the_extra_unit_to_the_next() -> None:
    assert apportion(1, [2, 1, 1], 4) == [1, 0, 0]
    assert apportion(1, [2, 1, 1], 4, limits=[0, 1, 1]) == [0, 1, 0]
    with pytest.raises(AmountError):
        apportion(1, [2, 1, 1], 4, limits=[0, 0, 0])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10.5", "10.50"),
        (" \t10.50\n", "10.50"),
        ("0", "0.00"),
        ("007", "7.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("1.500", "1.50"),
        ("999999999.99", "999999999.99"),
        (0, "0.00"),
        (12, "12.00"),
        (Decimal("1E+2"), "100.00"),
        (Decimal("3.10000"), "3.10"),
    ],
)
def test_an_amount_is_read_to_the_currencys_decimals(value: object, expected: str) -> None:
    assert str(parse_amount(value, decimals=2)) == expected


@pytest.mark.parametrize(
    "value",
    [
        *["", "   ", "abc", "NaN", "nan", "sNaN", "Infinity", "-inf", "1e400", "1E2", "1_000"],
        *["0x10", "\uff11\uff12", "\u0661\u0662", "1,50", "1,000.00", "+1", "-0", "-0.00", "--1"],
        *["1.2.3", ".", "-", "-.", "1 000", "1\u00a0000", "$5", "5%", "1/2", "\u00b2", "\ud800"],
        *["0" * 31, "1.\n5", "1\x00", "\u22121"],
        *[None, True, False, 1.0, 0.1, float("nan"), float("inf"), b"1", [], {}, object(), 1j],
        *[Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-0"), 10**31, -(10**31)],
        *[Fraction(1, 2), int],
        pytest.param(Mock(spec=str), id="looks like text"),
        pytest.param(Mock(spec=Decimal), id="looks like a Decimal"),
    ],
)
def test_what_is_not_a_plain_number_is_refused(value: object) -> None:
    with pytest.raises(AmountError) as caught:
        parse_amount(value, decimals=2, minimum=-MAX_MONEY)
    assert caught.value.code == "not_a_number"
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ("-1", "too_small", "This must be at least 0.00."),
        ("-0.01", "too_small", "This must be at least 0.00."),
        (-1, "too_small", "This must be at least 0.00."),
        ("1.505", "too_precise", "Use no more than 2 digits after the decimal point."),
        ("0.0000001", "too_precise", "Use no more than 2 digits after the decimal point."),
        ("1000000000", "too_large", "This must be at most 999999999.99."),
        ("9" * 30, "too_large", "This must be at most 999999999.99."),
        (Decimal("1E+400"), "too_large", "This must be at most 999999999.99."),
        (Decimal("-1E+400"), "too_small", "This must be at least 0.00."),
        (Decimal("1E-400"), "too_precise", "Use no more than 2 digits after the decimal point."),
        (0.1, "not_a_number", "Send this number as text, such as “10.50”."),
        ("1,50", "not_a_number", "Use a point for decimals and no commas: 1000.50."),
        ("", "not_a_number", "Enter a number."),
        (None, "not_a_number", "Enter a number, such as 10.50."),
        ("ten", "not_a_number", "Enter digits only, such as 10.50."),
        ("-0", "not_a_number", "Zero has no minus sign."),
        ("1" * 31, "not_a_number", "Enter a shorter number."),
    ],
)
def test_a_refusal_says_what_to_do(value: object, code: str, message: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_amount(value, decimals=2)
    assert (caught.value.code, str(caught.value)) == (code, message)


def test_a_currency_without_decimals_takes_whole_numbers() -> None:
    assert str(parse_amount("110.00", decimals=0)) == "110"
    with pytest.raises(AmountError, match=r"^Enter a whole number\.$"):
        parse_amount("110.5", decimals=0)


def test_limits_are_part_of_the_range() -> None:
    limits = {"minimum": Decimal(-5), "maximum": Decimal(5)}
    assert parse_amount("-5", decimals=2, **limits) == -5
    assert parse_amount("5", decimals=2, **limits) == 5
    with pytest.raises(AmountError, match=r"at least -5\.00"):
        parse_amount("-5.01", decimals=2, **limits)


class Coin(IntEnum):
    DIME = 10

    def __str__(self) -> str:
        raise RuntimeError


class Liar(str):
    __slots__ = ()

    def strip(self, _characters: str | None = None) -> str:
        raise RuntimeError


class Impostor:
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise RuntimeError


def test_objects_which_misbehave_cannot_crash_the_parser() -> None:
    assert parse_amount(Coin.DIME, decimals=2) == 10
    assert parse_amount(Liar(" 2.5 "), decimals=2) == Decimal("2.50")
    with pytest.raises(AmountError):
        parse_amount(Impostor(), decimals=2)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2", "2.000"), ("0.684", "0.684"), ("0.001", "0.001"), ("999999.999", "999999.999")],
)
def test_a_quantity_has_three_decimals(value: str, expected: str) -> None:
    assert str(parse_quantity(value)) == expected


@pytest.mark.parametrize(
    ("value", "places", "code", "message"),
    [
        ("0", 3, "too_small", "This must be at least 0.001."),
        ("0", 0, "too_small", "This must be at least 1."),
        ("-1", 3, "too_small", "This must be at least 0.001."),
        ("1.5", 0, "too_precise", "Enter a whole number."),
        ("0.0015", 3, "too_precise", "Use no more than 3 digits after the decimal point."),
        ("1000000", 3, "too_large", "This must be at most 999999.999."),
        ("4006381333931", 0, "too_large", "This must be at most 999999."),
    ],
)
def test_a_senseless_quantity_is_refused(value: str, places: int, code: str, message: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_quantity(value, decimals=places)
    assert (caught.value.code, str(caught.value)) == (code, message)


def test_a_percentage_is_from_nothing_to_everything() -> None:
    assert [str(parse_percent(text)) for text in ("0", "12.5", "100")] == [
        "0.00",
        "12.50",
        "100.00",
    ]
    assert str(parse_percent("8.875", decimals=3)) == "8.875"
    codes = []
    for text in ("100.01", "-1", "8.875", "5%"):
        with pytest.raises(AmountError) as caught:
            parse_percent(text)
        codes.append(caught.value.code)
    assert codes == ["too_large", "too_small", "too_precise", "not_a_number"]


def test_an_amount_is_written_with_fixed_decimals() -> None:
    written = [
        amount_text(Decimal(text), 2) for text in ("10.5", "-0.001", "1E+3", "-2.345", "0E-9")
    ]
    assert written == ["10.50", "0.00", "1000.00", "-2.35", "0.00"]
    assert amount_text(Decimal("0.0000001"), 7) == "0.0000001"
    assert amount_text(Decimal(110), 0) == "110"


def test_a_quantity_is_written_without_needless_zeros() -> None:
    texts = ["2.000", "0.684", "0.500", "10", "100.00", "1E+2", "-0.000", "0E-9", "-1.50"]
    written = [quantity_text(Decimal(text)) for text in texts]
    assert written == ["2", "0.684", "0.5", "10", "100", "100", "0", "0", "-1.5"]


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "expected"),
    [
        ("1234.5", "USD", "en", "$1,234.50"),
        ("1234.5", "EUR", "de", "1.234,50\u00a0€"),
        ("1234.5", "EUR", "de-at", "€\u00a01.234,50"),
        ("1234.5", "EUR", "de_AT", "€\u00a01.234,50"),
        ("1234.5", "JPY", "en", "¥1,235"),
        ("1.5", "KWD", "en", "KWD\u00a01.500"),
        ("-0.001", "USD", "en", "$0.00"),
        ("0.125", "USD", "en", "$0.13"),
        ("1", "EUR", "de-xx", "1,00\u00a0€"),
        ("1", "EUR", "xx-yy", "€1.00"),
        ("1", "EUR", "../../etc", "€1.00"),
    ],
)
def test_money_is_shown_as_people_write_it(
    amount: str, currency: str, locale: str, expected: str
) -> None:
    assert format_money(Decimal(amount), currency, locale) == expected


def test_money_is_shown_in_the_active_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money, "get_language", lambda: "pt-br")
    assert format_money(Decimal("1234.5"), "BRL") == "R$\u00a01.234,50"
    monkeypatch.setattr(money, "get_language", lambda: None)
    assert format_money(Decimal("1234.5"), "USD") == "$1,234.50"


def test_an_amount_error_survives_another_process() -> None:
    twin = copy(AmountError("Enter a number.", "too_small"))
    assert (str(twin), twin.code) == ("Enter a number.", "too_small")
