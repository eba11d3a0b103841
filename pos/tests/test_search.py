"""Finding products by part of a word, on both databases, however they were written."""

from __future__ import annotations

import pytest
from django.db import connection

from pos.models import Product
from pos.models.catalog import size_key
from pos.models.search import PRODUCTS, build_search_index

from . import factories

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return [product.name for product in Product.objects.matching(text).order_by("name")]


@pytest.fixture
def shelf() -> None:
    factories.make_product("Crème brûlée", code="0042", barcodes=["4006381333931"])
    factories.make_product("Milk", size="1 l")
    factories.make_product("Oat milk", size="0.5 l")
    factories.make_product('6" pan "Pro"', code="PAN-6")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("milk", ["Milk", "Oat milk"]),
        ("MILK oat", ["Oat milk"]),
        ("oat lk", ["Oat milk"]),
        ("brulee", ["Crème brûlée"]),
        ("CRÈME", ["Crème brûlée"]),
        ("0042", ["Crème brûlée"]),
        ("63813339", ["Crème brûlée"]),
        ("0.5", ["Oat milk"]),
        ('"pro"', ['6" pan "Pro"']),
        ("%%%", []),
        ("___", []),
        ("milk AND oat*", []),
        ("nothing", []),
    ],
)
def test_every_word_occurs_somewhere_in_name_size_code_or_barcode(shelf, text, names):
    assert found(text) == names


def test_a_renamed_product_is_found_by_its_new_name_only(shelf):
    product = Product.objects.get(name="Milk")
    product.name = "Buttermilk"
    product.save()
    assert found("buttermilk") == ["Buttermilk"]
    Product.objects.filter(name="Oat milk").update(search_text="soya drink")
    assert found("oat") == []
    assert found("soya") == ["Oat milk"]


def test_common_and_rare_words_give_the_same_hits(shelf, monkeypatch):
    by_index = found("milk")
    monkeypatch.setattr("pos.models.catalog.FEW", 1)
    assert found("milk") == by_index == ["Milk", "Oat milk"]


def test_an_index_that_a_table_rebuild_lost_is_made_again(shelf):
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {PRODUCTS.table}_insert")
    factories.make_product("Late arrival")
    build_search_index("default")
    assert found("late arr") == ["Late arrival"]
    factories.make_product("Latest arrival")
    assert found("late arr") == ["Late arrival", "Latest arrival"]


def test_sizes_stand_in_the_order_people_expect():
    mixed = [
        "White",
        "1 kg",
        "L",
        "42",
        "250 g",
        "S",
        "36",
        "0.5 l",
        "XXL",
        "33 cl",
        "M",
        "Blue",
        "1 l",
    ]
    assert sorted(mixed, key=size_key) == [
        *["S", "M", "L", "XXL"],
        *["36", "42", "250 g", "33 cl", "0.5 l", "1 kg", "1 l"],
        *["Blue", "White"],
    ]
