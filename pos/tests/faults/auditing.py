"""Looks into a shop's books after a fault, run in its environment: prints them as JSON."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.db.models import Sum  # noqa: E402

from pos.models import Order, Register, StockLevel, StockMovement  # noqa: E402
from pos.services.verification import verify  # noqa: E402


def main() -> None:
    orders = Order.objects.order_by("register_id", "sequence")
    books = {
        "orders": [
            [
                str(order.key),
                order.number,
                f"{order.total_amount:.2f}",
                order.register_id,
                order.sequence,
            ]
            for order in orders
        ],
        "last_numbers": dict(Register.objects.values_list("pk", "last_number")),
        "lines": sum(order.lines.count() for order in orders),
        "payments": sum(order.payments.count() for order in orders),
        "on_hand": str(StockLevel.objects.aggregate(all=Sum("on_hand"))["all"]),
        "moved": str(StockMovement.objects.aggregate(all=Sum("quantity"))["all"]),
        "problems": [str(problem) for problem in verify()],
    }
    json.dump(books, sys.stdout)


main()
