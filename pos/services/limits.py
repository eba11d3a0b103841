"""How far a person goes without asking: the widest limit among their roles."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings

from pos.models import RoleLimit, User
from pos.money import currency_decimals

PERCENTAGES = ("discount_percent", "price_change_percent")
AMOUNTS = ("refund_amount", "credit_amount", "cash_difference")


def limit_of(user: User, name: str) -> Decimal | None:
    """Percent or amount up to which `user` needs no approval; None: without limit.

    A role without limits neither widens nor narrows; without any the person's rights alone count.
    Asked once per person object.
    """
    if user.is_superuser:
        return None
    limits: dict[str, Decimal | None] | None = user.__dict__.get("_limits")
    if limits is None:
        rows = list(RoleLimit.objects.filter(role__user=user).values(*PERCENTAGES, *AMOUNTS))
        limits = {each: _widest([row[each] for row in rows]) for each in (*PERCENTAGES, *AMOUNTS)}
        user.__dict__["_limits"] = limits
    return limits[name]


def _widest(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None


def limits_in_currency(limits: Mapping[str, int | None]) -> dict[str, Decimal | None]:
    """The table's limits as stored: where a currency has no cents, its amounts are a hundredfold."""
    factor = 1 if currency_decimals(settings.POS_CURRENCY) else 100
    return {
        name: None if value is None else Decimal(value) * (factor if name in AMOUNTS else 1)
        for name, value in limits.items()
    }
