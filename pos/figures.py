"""What happened in a cash session, in figures: as they are printed, and frozen as text at the close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings

from .money import MONEY_PLACES, ZERO, amount_text, currency_decimals, quantise

VERSION = 1
WORDS = frozenset({"name", "code", "first_number", "last_number"})


@dataclass(frozen=True)
class Tally:
    """How often, and how much together."""

    count: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Tax:
    """One rate: what it was charged on, and what it came to."""

    name: str
    percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Sales:
    """Completed orders. subtotal − discount is net or gross, as the store's prices are;
    gross + rounding = total; `on_account`: what of it was not paid at once."""

    count: int = 0
    subtotal: Decimal = ZERO
    discount: Decimal = ZERO
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    rounding: Decimal = ZERO
    total: Decimal = ZERO
    on_account: Decimal = ZERO
    first_number: str = ""
    last_number: str = ""


@dataclass(frozen=True)
class Returned:
    """Goods taken back, or sales voided: positive amounts."""

    count: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    rounding: Decimal = ZERO
    total: Decimal = ZERO
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True)
class Tender:
    """One way of paying. `code` and `name` as they were: the owner may call it something else later."""

    method: int
    code: str
    name: str
    is_cash: bool
    count: int
    received: Decimal
    given_back: Decimal
    change: Decimal

    @property
    def net(self) -> Decimal:
        return self.received - self.given_back


@dataclass(frozen=True)
class Figures:
    """`accounts`: AccountPayment.Kind -> what came in so; `movements`: CashMovement.Kind -> what moved."""

    opening_float: Decimal
    sales: Sales
    taxes: tuple[Tax, ...]
    refunds: Returned
    voids: Returned
    tenders: tuple[Tender, ...]
    accounts: dict[str, Tally]
    movements: dict[str, Tally]
    no_sales: int

    @property
    def expected_cash(self) -> Decimal:
        """Float + cash received − cash given back + paid in − paid out − dropped."""
        taken_out = self.movements["pay_out"].amount + self.movements["drop"].amount
        return (
            self.opening_float + self.cash_received - self.cash_given_back
            + self.movements["pay_in"].amount - taken_out
        )  # fmt: skip

    @property
    def cash_received(self) -> Decimal:
        return sum((tender.received for tender in self.tenders if tender.is_cash), ZERO)

    @property
    def cash_given_back(self) -> Decimal:
        return sum((tender.given_back for tender in self.tenders if tender.is_cash), ZERO)

    def as_json(self) -> dict[str, Any]:
        """For the column `figures`: amounts as text, so that no database makes floats of them."""
        content: dict[str, Any] = _plain(asdict(self))
        return {"version": VERSION, "expected_cash": _plain(self.expected_cash), **content}

    def agrees_with(self, other: Figures) -> bool:
        """Whether all amounts are the same; ways of paying may have other names by now."""
        return self.nameless() == other.nameless()

    def nameless(self) -> Figures:
        tenders = [replace(tender, code="", name="") for tender in self.tenders]
        return replace(self, tenders=tuple(sorted(tenders, key=lambda tender: tender.method)))


@dataclass(frozen=True)
class Difference:
    """One way of paying that was counted. `code` is empty for the drawer's cash."""

    code: str
    name: str
    expected: Decimal
    counted: Decimal

    @property
    def amount(self) -> Decimal:
        return self.counted - self.expected


# --- As text ----------------------------------------------------------------------------------


def read_figures(content: dict[str, Any]) -> Figures:
    """What `as_json` wrote."""
    return Figures(
        opening_float=Decimal(content["opening_float"]),
        sales=Sales(**_amounts(content["sales"])),
        taxes=_read_taxes(content["taxes"]),
        refunds=_read_returned(content["refunds"]),
        voids=_read_returned(content["voids"]),
        tenders=tuple(Tender(**_amounts(each)) for each in content["tenders"]),
        accounts={kind: Tally(**_amounts(each)) for kind, each in content["accounts"].items()},
        movements={kind: Tally(**_amounts(each)) for kind, each in content["movements"].items()},
        no_sales=content["no_sales"],
    )


def _read_returned(content: dict[str, Any]) -> Returned:
    return Returned(**{**_amounts(content), "taxes": _read_taxes(content["taxes"])})


def _read_taxes(content: list[dict[str, str]]) -> tuple[Tax, ...]:
    return tuple(Tax(**_amounts(each)) for each in content)


def _amounts(content: dict[str, Any]) -> dict[str, Any]:
    return dict(_each_amount(content))


def _each_amount(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        is_amount = isinstance(value, str) and name not in WORDS
        yield name, Decimal(value) if is_amount else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _amount_text(value)
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _amount_text(amount: Decimal) -> str:
    """With the currency's decimals; what is finer (a price of 0.0375, 12.5 %) keeps its digits."""
    decimals = currency_decimals(settings.POS_CURRENCY)
    is_plain = quantise(amount, decimals) == amount
    return amount_text(amount, decimals if is_plain else MONEY_PLACES)
