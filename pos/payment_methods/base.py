"""What a payment method's kind decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """`is_cash`: counts in the drawer, may be rounded. `allows_change`: more than due may be given.
    `is_money`: makes a payment; otherwise the amount stays due on the customer's account.
    `balance`: the kind of balance it spends, if any.
    `is_offered`: a cashier may choose it; otherwise only the program writes such payments."""

    kind: str
    name: object
    is_cash: bool = False
    allows_change: bool = False
    is_money: bool = True
    needs_customer: bool = False
    is_offered: bool = True
    balance: str = ""
