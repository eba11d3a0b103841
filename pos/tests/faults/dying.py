"""Dies in the middle of a sale, step by step, run in a shop's environment: prints what is left as JSON.

For every step a child process sells and ends itself without a word (as kill -9 does) when the step
is done. Then the same sale is sent again by the parent.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connections  # noqa: E402

from pos.models import Product, Register, User  # noqa: E402
from pos.services import orders  # noqa: E402
from pos.tests.books import books  # noqa: E402
from pos.tests.tills import item, sell  # noqa: E402

DEAD = 9
# In the order in which a sale does them; the last one is done when the transaction is over.
STEPS = (
    "take_stock",
    "next_sequence",
    "_write_order",
    "write_lines",
    "_write_payments",
    "record_sale_movements",
    "commit",
)


def die_after(step: str, attempt: Callable[[], Any]) -> None:
    """Never returns. Ends with DEAD when the step was done, with 1 when it never was."""
    done = getattr(orders, step, None)

    def do_and_die(*arguments: Any, **named: Any) -> None:
        assert done is not None
        done(*arguments, **named)
        os._exit(DEAD)

    try:
        if done is not None:
            setattr(orders, step, do_and_die)
        attempt()
        os._exit(DEAD if step == "commit" else 1)
    finally:
        os._exit(1)


def main() -> None:
    register = Register.objects.get(code="R0")
    seller, mug = User.objects.get(username="seller0"), Product.objects.get()
    told = {}
    for step in STEPS:
        key = uuid4()

        def attempt(key: Any = key) -> Any:
            return sell(seller, register, item(mug), total="8.00", pay="cash 10.00", key=key)

        before = books()
        connections.close_all()  # a connection cannot be shared with a child
        child = os.fork()
        if child == 0:
            die_after(step, attempt)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        is_changed = books() != before
        again = attempt()
        told[step] = [status, is_changed, again.is_replay, again.order.sequence]
    json.dump(told, sys.stdout)


main()
