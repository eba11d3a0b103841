"""Money and quantities are exact on both databases, and out-of-bounds values never get in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Avg, F, Max, Min, Sum, Value

from pos.models import Product, StockLevel, Store, TaxRate
from pos.models.fields import MoneyField, PercentField, QuantityField
from pos.money import MAX_MONEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def thousand(db: None) -> None:
    """A thousand products at 0.10."""
    Product.objects.bulk_create(
        Product(name=f"Sweet {number}", code=f"S{number}", price=Decimal("0.10"))
        for number in range(1000)
    )


def stored(product: Product) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT price FROM pos_product WHERE id = %s", [product.pk])
        return cursor.fetchone()[0]


def test_a_thousand_times_ten_cents_is_a_hundred(thousand: None) -> None:
    found = Product.objects.aggregate(sum=Sum("price"), least=Min("price"), most=Max("price"))
    assert found == {"sum": Decimal("100.00"), "least": Decimal("0.10"), "most": Decimal("0.10")}
    assert {type(value) for value in found.values()} == {Decimal}


def test_the_sum_of_nothing_is_none() -> None:
    assert Product.objects.aggregate(sum=Sum("price")) == {"sum": None}


def test_quantities_add_up_to_the_gram(main: Store, thousand: None) -> None:
    StockLevel.objects.bulk_create(
        StockLevel(product=product, store=main, on_hand=Decimal("0.001"))
        for product in Product.objects.all()
    )
    total = StockLevel.objects.aggregate(sum=Sum("on_hand"))["sum"]
    assert (total, str(total)) == (Decimal(1), "1.000")


def test_average_is_a_decimal(thousand: None) -> None:
    assert Product.objects.aggregate(mean=Avg("price"))["mean"] == Decimal("0.10")


def test_money_is_a_whole_number_in_the_database(shirt: Product) -> None:
    assert stored(shirt) == 199000


def test_value_comes_back_with_its_places(shirt: Product) -> None:
    shirt.refresh_from_db()
    assert str(shirt.price) == "19.9000"
    assert list(Product.objects.values_list("price", flat=True)) == [Decimal("19.90")]


@pytest.mark.parametrize(
    "lookup",
    [
        {"price": Decimal("19.90")},
        {"price": "19.9"},
        {"price__gt": Decimal("19.89")},
        {"price__lte": Decimal("19.90")},
        {"price__range": (Decimal("19.90"), Decimal("20"))},
        {"price__in": [Decimal("1"), Decimal("19.90")]},
        {"price__gt": F("cost")},
    ],
)
def test_lookups_compare_amounts(shirt: Product, lookup: dict[str, Any]) -> None:
    assert list(Product.objects.filter(**lookup)) == [shirt]


def test_lookups_that_do_not_match(shirt: Product) -> None:
    assert not Product.objects.filter(price__gt=Decimal("19.90")).exists()
    assert not Product.objects.filter(price=Decimal("19.91")).exists()


def test_f_expressions_add_and_subtract(shirt: Product) -> None:
    Product.objects.update(price=F("price") + Value(Decimal("0.10"), MoneyField()))
    shirt.refresh_from_db()
    assert shirt.price == Decimal("20.00")
    profit = Product.objects.annotate(profit=F("price") - F("cost")).get().profit
    assert (profit, type(profit)) == (Decimal("12.00"), Decimal)


def test_grouped_sums_are_exact(thousand: None, vat20: TaxRate) -> None:
    Product.objects.filter(name__endswith="7").update(tax_rate=vat20)
    found = Product.objects.values_list("tax_rate").annotate(sum=Sum("price")).order_by("sum")
    assert list(found) == [(vat20.pk, Decimal("10.00")), (None, Decimal("90.00"))]


def test_half_a_ten_thousandth_rounds_up(shirt: Product) -> None:
    Product.objects.update(price=Decimal("1.00005"))
    assert stored(shirt) == 10001


@pytest.mark.parametrize(
    "price", [MAX_MONEY + Decimal("0.0001"), -MAX_MONEY - 1, Decimal("1e15"), Decimal("1e30")]
)
def test_the_database_refuses_what_is_out_of_bounds(shirt: Product, price: Decimal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=shirt.pk).update(price=price)
    assert stored(shirt) == 199000


def test_the_largest_amount_is_kept_exactly(shirt: Product) -> None:
    shirt.price = MAX_MONEY
    shirt.save()
    shirt.refresh_from_db()
    assert shirt.price == MAX_MONEY


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-Infinity", "ten", "1e400x", float("nan"), float("inf"), [], {}]
)
@pytest.mark.parametrize("field", [MoneyField(), QuantityField(), PercentField()])
def test_what_is_no_number_is_refused(field: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        field.to_python(value)
    assert refusal.value.messages == ["Enter a number."]


@pytest.mark.parametrize("field", [MoneyField(), QuantityField(), PercentField()])
@pytest.mark.parametrize("value", ["1e400", "-1e400", "1e19"])
def test_a_monstrous_number_is_refused_by_validation(field: Any, value: str) -> None:
    with pytest.raises(ValidationError):
        field.clean(value, None)


@pytest.mark.parametrize("value", [Decimal("1e400"), Decimal("-1e400"), Decimal("1e6000")])
def test_a_monstrous_number_never_reaches_the_database(shirt: Product, value: Decimal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=shirt.pk).update(price=value)
    assert stored(shirt) == 199000


def test_searching_for_a_monstrous_number_compares_it_as_what_it_is(shirt: Product) -> None:
    assert not Product.objects.filter(price=Decimal("1e400")).exists()
    assert not Product.objects.filter(price__gte="1e400").exists()
    assert list(Product.objects.filter(price__lt=Decimal("1e400"))) == [shirt]
    assert list(Product.objects.filter(price__gt=Decimal("-1e6000"))) == [shirt]


def test_too_many_decimals_are_refused_by_validation(shirt: Product) -> None:
    shirt.price = Decimal("1.00001")
    with pytest.raises(ValidationError) as refusal:
        shirt.full_clean()
    assert set(refusal.value.message_dict) == {"price"}


def test_form_asks_for_the_precision_of_the_currency(settings: Any) -> None:
    price = Product._meta.get_field("price")
    assert price.formfield().decimal_places == 2
    settings.POS_CURRENCY = "JPY"
    assert price.formfield().decimal_places == 0
    settings.POS_CURRENCY = "KWD"
    assert price.formfield().decimal_places == 3


def test_serialised_as_text(shirt: Product) -> None:
    shirt.refresh_from_db()
    price = Product._meta.get_field("price")
    assert price.to_python(price.value_to_string(shirt)) == Decimal("19.90")
