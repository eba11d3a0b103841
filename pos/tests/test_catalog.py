"""Barcodes, and what the register's search finds."""

from __future__ import annotations

import pytest

from pos.models import Barcode, Product, User
from pos.services.catalog import (
    add_barcode,
    barcode_problem,
    check_digit,
    colour_of,
    refresh_search_text,
)
from pos.services.errors import Conflict, Forbidden, Invalid


@pytest.mark.parametrize("code", ["4006381333931", "96385074", "036000291452", "5901234123457"])
def test_the_check_digit_is_the_one_on_real_packets(code: str) -> None:
    assert check_digit(code[:-1]) == code[-1]
    assert barcode_problem(code) is None


@pytest.mark.parametrize("code", ["A-1", "1234567", "12345678901234", "Ä1", "٤٠٠٦٣٨١٣٣٣٩٣٢"])
def test_codes_that_are_no_ean_have_no_check_digit(code: str) -> None:
    assert barcode_problem(code) is None


@pytest.mark.parametrize("code", ["", "4006381333932", "A B", "A\x00", "A\u00a0B", "9" * 61])
def test_codes_that_cannot_be_scanned_are_refused(code: str) -> None:
    assert barcode_problem(code)


def test_a_barcode_is_found_as_soon_as_it_is_added(root: User, shirt: Product) -> None:
    add_barcode(user=root, product=shirt, code=" 0012345678905 ")

    assert Product.objects.matching("0012345678905").get() == shirt
    assert Product.objects.matching("linen 4006381333931").get() == shirt
    record = Barcode.history.get(code="0012345678905")
    assert (record.history_type, record.history_user) == ("+", root)


def test_search_text_follows_barcodes_that_were_removed(shirt: Product) -> None:
    shirt.barcodes.all().delete()

    refresh_search_text(product=shirt)

    assert Product.objects.get(pk=shirt.pk).search_text == "linen shirt m shirt-m"
    assert not Product.objects.matching("4006381333931").exists()


def test_a_barcode_of_another_product_is_refused(
    root: User, shirt: Product, scarf: Product
) -> None:
    for code in ("4006381333931", "SHIRT-M"):
        with pytest.raises(Conflict, match="Linen shirt M"):
            add_barcode(user=root, product=scarf, code=code)
    assert scarf.barcodes.count() == 1


def test_a_bad_barcode_is_refused(root: User, shirt: Product) -> None:
    with pytest.raises(Invalid, match="should be 1"):
        add_barcode(user=root, product=shirt, code="4006381333932")
    assert shirt.barcodes.count() == 1


def test_a_seller_may_not_add_barcodes(ana: User, shirt: Product) -> None:
    with pytest.raises(Forbidden):
        add_barcode(user=ana, product=shirt, code="A-1")
    assert shirt.barcodes.count() == 1


def test_a_category_has_the_same_colour_everywhere() -> None:
    assert colour_of("Grocery") == colour_of("Grocery")
