"""Exact columns: money, quantities and percentages as scaled integers.

SQLite keeps a DecimalField as a float, so sums drift and an oversized value breaks every later
read. An integer is exact on both engines, and the database refuses what is out of bounds.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields
from django.utils.translation import gettext_lazy as _

from pos import money

OUT_OF_BOUNDS = Decimal(10) ** 12
LARGEST = 2**63 - 1


class ScaledField(models.Field):
    """A Decimal in Python, an integer of 10^-places in the database. Subclasses set the bounds."""

    empty_strings_allowed = False
    places: int
    maximum: Decimal

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def db_check(self, connection: Any) -> str:
        column = connection.ops.quote_name(self.column)
        bound = self.to_integer(self.maximum)
        return f"{column} BETWEEN -{bound} AND {bound}"

    def to_integer(self, value: Decimal) -> int:
        if not -OUT_OF_BOUNDS < value < OUT_OF_BOUNDS:
            # Still compares as what it is; no column takes it, and no driver chokes on it.
            return LARGEST if value > 0 else -LARGEST
        return int(value.scaleb(self.places).to_integral_value(ROUND_HALF_UP))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, float):
            value = str(value)
        try:
            decimal = Decimal(value)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValidationError(_("Enter a number."), code="invalid") from error
        if not decimal.is_finite():
            raise ValidationError(_("Enter a number."), code="invalid")
        return decimal

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        # Sum() of integers arrives as Decimal on PostgreSQL, Avg() as a float.
        if value is None:
            return None
        return Decimal(value).scaleb(-self.places)

    def get_prep_value(self, value: Any) -> int | None:
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        decimal = self.to_python(value)
        return None if decimal is None else self.to_integer(decimal)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    @property
    def validators(self) -> list[Any]:  # type: ignore[override]
        return [
            *super().validators,
            validators.MinValueValidator(-self.maximum),
            validators.MaxValueValidator(self.maximum),
            validators.DecimalValidator(18, self.places),
        ]

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        defaults = {"form_class": forms.DecimalField, "decimal_places": self.form_places()}
        defaults |= {"max_digits": 18}
        return super().formfield(**{**defaults, **kwargs})

    def form_places(self) -> int:
        return self.places


class MoneyField(ScaledField):
    """An amount in the installation's currency, 10^-4."""

    description = _("Amount of money")
    places = money.MONEY_PLACES
    maximum = money.MAX_MONEY

    def form_places(self) -> int:
        from django.conf import settings

        return money.currency_decimals(settings.POS_CURRENCY)


class MoneySumField(MoneyField):
    """A sum of many amounts: a shop's day in dong is more than one document's largest amount."""

    maximum = money.MAX_MONEY * 1000


class QuantityField(ScaledField):
    """Pieces or kilograms, 10^-3."""

    description = _("Quantity")
    places = money.QUANTITY_PLACES
    maximum = Decimal("999999999.999")


class PercentField(ScaledField):
    """A percentage, 10^-3: 8.875 % is a real sales tax."""

    description = _("Percentage")
    places = 3
    maximum = Decimal(1000)


for field_class in (MoneyField, QuantityField):
    for connector in (Combinable.ADD, Combinable.SUB):
        register_combinable_fields(field_class, connector, field_class, field_class)
