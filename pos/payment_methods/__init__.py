"""How a payment method behaves. A new behaviour is one module and one line here."""

from __future__ import annotations

from .base import Behaviour
from .card import CARD
from .cash import CASH
from .exchange import EXCHANGE
from .gift_card import GIFT_CARD
from .imported import IMPORTED
from .on_account import ON_ACCOUNT
from .store_credit import STORE_CREDIT
from .transfer import TRANSFER
from .wallet import WALLET

__all__ = ["BEHAVIOURS", "Behaviour", "behaviour", "cash_kinds", "choices", "is_offered"]

BEHAVIOURS: tuple[Behaviour, ...] = (
    CASH,
    CARD,
    TRANSFER,
    WALLET,
    ON_ACCOUNT,
    STORE_CREDIT,
    GIFT_CARD,
    EXCHANGE,
    IMPORTED,
)


def behaviour(kind: str) -> Behaviour:
    """The behaviour of a method's kind. KeyError for one that was never on offer."""
    return {each.kind: each for each in BEHAVIOURS}[kind]


def is_offered(kind: str) -> bool:
    """Whether a cashier may choose methods of this kind; not one whose behaviour is gone."""
    return any(each.kind == kind and each.is_offered for each in BEHAVIOURS)


def choices() -> list[tuple[str, object]]:
    return [(each.kind, each.name) for each in BEHAVIOURS]


def cash_kinds() -> list[str]:
    """Kinds whose money lies in the drawer."""
    return [each.kind for each in BEHAVIOURS if each.is_cash]
