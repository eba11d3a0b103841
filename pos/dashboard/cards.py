"""Every card there is, in the order of who never chose; and the ones somebody sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos.models import User
from pos.services.start_page import chosen_cards

from .card import Card
from .charts import PaymentMethods, SalesByHour, SalesOverTime
from .figures import (
    Average,
    Categories,
    Customers,
    Dues,
    Orders,
    Products,
    Profit,
    Refunds,
    Sales,
    Sellers,
)
from .lists import DueDeliveries, LatestOrders, LowStock, OpenSessions
from .tops import TopCustomers, TopProducts, TopSellers

CARDS: tuple[type[Card], ...] = (
    *(Sales, Orders, Average, Profit, Refunds, Dues, Customers, Products, Categories, Sellers),
    *(SalesOverTime, SalesByHour),
    *(TopProducts, PaymentMethods, TopSellers, TopCustomers),
    *(LatestOrders, OpenSessions, DueDeliveries, LowStock),
)
BY_NAME = {card.name: card for card in CARDS}


@dataclass(frozen=True)
class Offer:
    """One card that somebody may have, and whether they have it."""

    card: type[Card]
    is_shown: bool


def allowed(user: User) -> list[type[Card]]:
    return [card for card in CARDS if card.is_allowed(user)]


def shown(user: User) -> list[type[Card]]:
    """The cards of this person, in their own order. Who never chose sees all that suit."""
    names, may = chosen_cards(user=user), allowed(user)
    if names is None:
        return may
    return [card for card in _in_order(names) if card in may]


def offers(user: User) -> list[Offer]:
    """All cards this person may have: theirs first, in their order, then the others."""
    mine = shown(user)
    others = [card for card in allowed(user) if card not in mine]
    return [Offer(card, card in mine) for card in (*mine, *others)]


def _in_order(names: Sequence[str]) -> list[type[Card]]:
    return [BY_NAME[name] for name in names if name in BY_NAME]
