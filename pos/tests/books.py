"""The shop's books, row by row: for tests that say a refusal has changed nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pos.models import (
    Balance,
    CashMovement,
    CashSession,
    Customer,
    Order,
    OrderLine,
    OrderTax,
    Payment,
    Refund,
    RefundLine,
    Register,
    StockLevel,
    StockMovement,
)
from pos.services.errors import PosError

BOOKS = (
    Order,
    OrderLine,
    OrderTax,
    Payment,
    StockLevel,
    StockMovement,
    CashSession,
    CashMovement,
    Customer,
    Refund,
    RefundLine,
    Balance,
)


def books() -> dict[str, list[Any]]:
    """Every row of every book, and the last receipt number of every register."""
    rows = {model.__name__: list(model.objects.order_by("pk").values_list()) for model in BOOKS}
    rows["last numbers"] = list(Register.objects.order_by("pk").values_list("pk", "last_number"))
    return rows


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = books()
    yield
    assert books() == before


@contextmanager
def refused(error: type[PosError], code: str) -> Iterator[pytest.ExceptionInfo[PosError]]:
    """The block is refused with exactly this kind of error and code, and the books stay as they were."""
    with nothing_changes(), pytest.raises(error) as caught:
        yield caught
    assert (caught.type, caught.value.code) == (error, code)
    assert caught.value.message.strip()
