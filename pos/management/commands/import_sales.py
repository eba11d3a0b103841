"""Past orders from a CSV file."""

from __future__ import annotations

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from pos.management.files import FileCommand
from pos.models import Store
from pos.services.errors import PosError
from pos.services.past_orders import (
    NEEDED,
    Outcome,
    StoreChoice,
    Wishes,
    file_digest,
    import_sales,
)
from pos.services.sheets import text_rows

HELP = """\
Bring in past orders of an earlier system from a CSV file (also gzipped; comma or semicolon; UTF-8).
They count in reports; they lie in no drawer, move no stock, and are marked as imported.

Columns, one row per line of an order, the rows of an order together:
  basket_id              the order's number there: letters, digits, . _ -
  store_id               the store's name there, see --store
  transaction_timestamp  2017-01-31 14:05:00 by the store's clock; the hour that a clock shows twice
                         is its first, the hour that it skips is one later
  code                   the product's code, or one of its barcodes
  quantity               pieces; whole numbers from 100 on at less than the smallest coin each are
                         thousandths, as fuel has them: 8725 is 8.725
  sales_value            what the shop received for the line after its own discount, tax inside,
                         coupons that a manufacturer pays included
  household_id           optional: the customer
  retail_disc            optional: what the shop took off; subtotal = sales_value + retail_disc
  coupon_disc            optional: the part of sales_value that coupons paid; a payment of its own

A quantity of 0 with a value counts as 1. A row with quantity and value 0 is left out and counted, and
so is an order of only such rows. An order's total is the sum of its sales_value, to the cent. Tax is
split out by the product's rate of today, cost is the product's of today.

A wrong row refuses its order, and with it the file, unless --good-orders-only. A file comes in once,
and so does an order. Take them out again under Imported past orders in the admin. On SQLite no till
can save a sale meanwhile."""


class Command(FileCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--store",
            action="append",
            default=[],
            metavar="CODE | ID=CODE",
            help="the store of all orders, or of those with this store_id; may be repeated. "
            "Default: the store whose code is the store_id",
        )
        parser.add_argument(
            "--make-stores", action="store_true", help="make the stores that are missing"
        )
        parser.add_argument(
            "--make-missing",
            action="store_true",
            help="make products that are missing, switched off, instead of refusing their orders",
        )
        parser.add_argument(
            "--tax",
            choices=("product", "none"),
            default="product",
            help="split the tax out by each product's rate of today (default), or none",
        )
        parser.add_argument(
            "--no-customers",
            action="store_true",
            help="make no customers; else household 900 becomes “Household 900”",
        )
        parser.add_argument(
            "--good-orders-only",
            action="store_true",
            help="bring in the good orders although others are wrong",
        )
        parser.add_argument("--seller", help="whose sales they were; default: who imports")
        parser.add_argument("--user", help="who imports; default: the first superuser")

    def handle(self, *, file: Path, **options: Any) -> None:
        self.check_file(file)
        started = time.monotonic()
        wishes = Wishes(
            stores=self.find_stores(options["store"], options["make_stores"]),
            seller=self.find_user(options["seller"]) if options["seller"] else None,
            with_tax=options["tax"] == "product",
            with_customers=not options["no_customers"],
            make_products=options["make_missing"],
            good_orders_only=options["good_orders_only"],
        )
        try:
            outcome = import_sales(
                user=self.find_user(options["user"]),
                rows=text_rows(file, needs=NEEDED),
                source=file.name,
                digest=file_digest(file),
                wishes=wishes,
                progress=self.show_progress,
            )
        except PosError as error:
            raise CommandError(str(error)) from error
        self.report(outcome, time.monotonic() - started)
        if outcome.errors:
            self.list_errors(outcome)
            raise SystemExit(1)

    def find_stores(self, texts: list[str], make_missing: bool) -> StoreChoice:
        by_id: dict[str, Store] = {}
        for_all = None
        for text in texts:
            store_id, is_mapped, code = text.rpartition("=")
            if is_mapped:
                by_id[store_id.strip()] = self.find_store(code.strip())
            elif for_all is not None:
                raise CommandError("Name one store for all orders, or several as ID=CODE.")
            else:
                for_all = self.find_store(code.strip())
        return StoreChoice(by_id=by_id, for_all=for_all, make_missing=make_missing)

    def find_store(self, code: str) -> Store:
        store: Store | None = Store.objects.filter(code=code).first()
        if store is None:
            known = ", ".join(Store.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no store {code}. Stores: {known}.")
        return store

    def report(self, outcome: Outcome, seconds: float) -> None:
        self.end_progress()
        self.stdout.write(
            f"{outcome.orders:,} orders with {outcome.lines:,} lines, sales_value {outcome.value:,}, "
            f"of it coupons {outcome.coupons:,}; {seconds:.1f} s, "
            f"{outcome.lines / max(seconds, 0.001):,.0f} lines/s"
        )
        notes = (
            (outcome.refused, "orders with errors"),
            (outcome.empty_rows, "rows left out: nothing sold, nothing paid"),
            (outcome.empty_orders, "orders left out: only such rows"),
            (outcome.counted_as_one, "lines with a value but no quantity: counted as 1"),
            (outcome.counted_in_thousandths, "lines read as thousandths, as fuel is"),
            (outcome.free_lines, "lines for nothing"),
            (outcome.customers, "new customers"),
            (outcome.products, "new products, switched off"),
            (outcome.stores, "new stores"),
        )
        for count, text in notes:
            if count:
                self.stdout.write(f"{count:>9,} {text}")

    def list_errors(self, outcome: Outcome) -> None:
        self.list_cells(outcome.errors)
        if outcome.batch is None:
            self.stderr.write("Nothing was imported. Mend the file, or use --good-orders-only.")
