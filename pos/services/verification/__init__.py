"""The shop's own audit: every stored figure follows from the rows behind it.

Each check compares inside single statements, so it may run while tills sell: a statement sees a
sale whole or not at all. Nothing is locked and nothing is changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from . import (
    accounts,
    closes,
    days,
    deliveries,
    numbers,
    orders,
    past_orders,
    payments,
    printing,
    refunds,
    sessions,
    stock,
)
from .problem import Check, Problem, Scope

__all__ = ["CHECKS", "Problem", "Result", "Scope", "run", "verify"]

# At most this many are named per check.
LIMIT = 20

CHECKS: tuple[Check, ...] = (
    stock.stock_levels,
    stock.stock_movements,
    stock.sale_movements,
    stock.movement_stores,
    orders.order_lines,
    orders.empty_orders,
    orders.order_totals,
    orders.line_subtotals,
    orders.line_amounts,
    orders.line_taxes,
    orders.order_taxes,
    payments.paid_amounts,
    payments.payment_statuses,
    payments.payment_amounts,
    payments.payment_changes,
    accounts.account_payments,
    accounts.account_credits,
    accounts.balances,
    accounts.spent_balances,
    sessions.session_cash,
    sessions.open_sessions,
    sessions.payment_sessions,
    sessions.order_sessions,
    closes.z_numbers,
    closes.session_figures,
    closes.cash_counts,
    numbers.receipt_numbers,
    numbers.parked_orders,
    numbers.business_days,
    deliveries.delivery_statuses,
    deliveries.delivery_steps,
    printing.print_numbers,
    printing.drawer_jobs,
    printing.print_documents,
    refunds.refund_sums,
    refunds.refund_line_taxes,
    refunds.refunded_quantities,
    refunds.refunded_lines,
    refunds.refunded_amounts,
    refunds.refund_money,
    refunds.refund_movements,
    refunds.refund_numbers,
    refunds.refund_sessions,
    past_orders.imported_orders,
    past_orders.order_batches,
    days.day_rows,
    days.day_sums,
)


@dataclass(frozen=True)
class Result:
    """One check's outcome; `has_more`: further problems are not listed. `seconds` on the clock."""

    name: str
    problems: tuple[Problem, ...]
    has_more: bool
    seconds: float


def run(scope: Scope | None = None, *, only: str | None = None) -> Iterator[Result]:
    """Run the checks (or the one named `only`) one by one, reporting as each ends."""
    for check in CHECKS:
        if only in (None, check.__name__):
            start = time.monotonic()
            found = tuple(islice(check(scope or Scope()), LIMIT + 1))
            seconds = time.monotonic() - start
            yield Result(check.__name__, found[:LIMIT], len(found) > LIMIT, seconds)


def verify(scope: Scope | None = None) -> list[Problem]:
    """Everything that is wrong, at most LIMIT problems per check; empty for a sound shop."""
    return [problem for result in run(scope) for problem in result.problems]
