"""The demo shop."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from pos.services.demo.shop import has_stores, seed_master_data
from pos.services.demo.trade import DAYS, seed_trade


class Command(BaseCommand):
    help = (
        "Fill an empty demo database with a shop to look around in. Does nothing when there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=DAYS, help="days of sales up to today")

    def handle(self, *, days: int, **options: Any) -> None:
        if not settings.POS_DEMO:
            self.stdout.write("This is no demo shop (POS_DEMO is not set): nothing was made up.")
            return
        if has_stores():
            self.stdout.write("There is a shop already: the demo data stay as they are.")
            return
        if days < 1:
            raise CommandError("--days must be at least 1.")
        started = time.monotonic()
        with transaction.atomic():
            seed_master_data(say=self.stdout.write)
            orders = seed_trade(days=days)
        self.stdout.write(f"{orders:,} orders of {days} days are there.")
        self.stdout.write(f"The demo shop is ready ({time.monotonic() - started:.1f} s).")
