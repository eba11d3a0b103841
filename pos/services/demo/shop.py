"""The demo shop's master data from `fixtures/`: stores, tax rates, payment methods, and the whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from pos.models import PaymentMethod, Register, Store, TaxRate, User
from pos.money import currency_decimals, quantise, round_to_increment

Say = Callable[[str], None]


def fixture(name: str) -> Any:
    return json.loads((settings.BASE_DIR / "fixtures" / name).read_text(encoding="utf-8"))


def amount(text: str) -> Decimal:
    """A price of the fixtures in the shop's currency: 39.90 in euros is 3990 in yen."""
    decimals = currency_decimals(settings.POS_CURRENCY)
    value = Decimal(text)
    return quantise(value, decimals) if decimals >= 2 else quantise(value * 100, decimals)


def rounded(value: Decimal) -> Decimal:
    """In the shop's currency, to its smallest coin."""
    return quantise(value, currency_decimals(settings.POS_CURRENCY))


def shelf_price(price: Decimal) -> Decimal:
    """As prices stand on shelves: rounded to 0.05, and never nothing."""
    step = amount("0.05")
    return max(step, rounded(round_to_increment(price, step)))


def has_stores() -> bool:
    return Store.objects.exists()


@transaction.atomic
def seed_master_data(*, say: Say = print) -> User:
    """Stores, people, catalogue and opening stock. Returns the administrator."""
    from .catalogue import seed_catalogue
    from .people import seed_people

    rates = seed_tax_rates()
    seed_stores(rates)
    seed_payment_methods()
    say("Stores, registers, tax rates and payment methods are there.")
    administrator = seed_people()
    say("People are there.")
    products = seed_catalogue(user=administrator, rates=rates)
    say(f"{products} products are there.")
    return administrator


def seed_tax_rates() -> dict[str, TaxRate]:
    """The rates by their percentage as the fixtures write it."""
    return {
        row["percent"]: TaxRate.objects.create(name=row["name"], percent=Decimal(row["percent"]))
        for row in fixture("tax_rates.json")
    }


def seed_stores(rates: dict[str, TaxRate]) -> None:
    for row in fixture("stores.json"):
        registers = row.pop("registers")
        store = Store.objects.create(
            **row, time_zone="Europe/Paris", prices_include_tax=True, delivery_tax_rate=rates["20"]
        )
        for register in registers:
            Register.objects.create(store=store, **register)


def seed_payment_methods() -> None:
    for position, row in enumerate(fixture("payment_methods.json")):
        PaymentMethod.objects.create(**row, position=position)
