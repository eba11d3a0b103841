"""Eight sellers, each with an open register of their own, in one store."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from pos import roles
from pos.models import PaymentMethod, Register, Store, User
from pos.services.cash import open_session
from pos.tests import factories

SELLERS = 8


@dataclass(frozen=True)
class Till:
    user: User
    register: Register


@pytest.fixture
def tills(verified: None, main: Store, cash: PaymentMethod) -> list[Till]:
    """Every race ends with the shop's own audit."""
    found = []
    for number in range(SELLERS):
        user = factories.make_user(f"seller{number}", roles.SELLER, [main])
        register = factories.make_register(main, f"Register {number}", f"R{number}")
        open_session(user=user, register=register, opening_float=Decimal(100))
        found.append(Till(user, register))
    return found
