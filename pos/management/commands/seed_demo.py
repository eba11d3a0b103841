"""The demo shop."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from pos.services.days.rolling import roll_missing
from pos.services.demo.indexes import in_one_piece
from pos.services.demo.large import seed_large
from pos.services.demo.shop import has_stores, seed_master_data
from pos.services.demo.trade import DAYS, seed_trade


class Command(BaseCommand):
    help = (
        "Fill an empty demo database with a shop to look around in. Does nothing when there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help=f"days of sales up to today; default {DAYS}")
        parser.add_argument(
            "--products", type=int, help="a large shop for measuring, with so many products"
        )
        parser.add_argument("--orders", type=int, help="a large shop with so many orders")

    def handle(
        self, *, days: int | None, products: int | None, orders: int | None, **_: Any
    ) -> None:
        if not settings.POS_DEMO:
            self.stdout.write("This is no demo shop (POS_DEMO is not set): nothing was made up.")
            return
        if has_stores():
            self.stdout.write("There is a shop already: the demo data stay as they are.")
            return
        if any(number is not None and number < 1 for number in (days, products, orders)):
            raise CommandError("Give numbers above zero.")
        started = time.monotonic()
        if products or orders:
            with in_one_piece():
                seed_master_data(say=self.stdout.write)
                seed_large(products=products or 0, orders=orders or 0, days=days, say=self.say_now)
        else:
            with transaction.atomic():
                seed_master_data(say=self.stdout.write)
                made = seed_trade(days=days or DAYS)
            self.stdout.write(f"{made:,} orders of {days or DAYS} days are there.")
        roll_missing()
        self.stdout.write(f"The demo shop is ready ({time.monotonic() - started:.1f} s).")

    def say_now(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
