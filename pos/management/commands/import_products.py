"""Products from a CSV file or a workbook."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from pos.management.files import FileCommand
from pos.models import Store
from pos.services.errors import PosError
from pos.services.import_rows import COLUMNS
from pos.services.importing import ImportResult, import_products
from pos.services.sheets import table_rows


class Command(FileCommand):
    help = (
        "Add and change products from a CSV file (also gzipped; comma or semicolon; UTF-8) or XLSX. "
        f"Columns: {', '.join(COLUMNS)}; only code is needed for a product that exists. "
        "One error anywhere and nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", help="code of the store that the quantities are for")
        parser.add_argument("--user", help="who imports; default: the first superuser")
        parser.add_argument(
            "--good-rows-only",
            action="store_true",
            help="write the good rows although others are wrong",
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        self.check_file(file)
        started = time.monotonic()
        try:
            result = import_products(
                user=self.find_user(options["user"]),
                rows=table_rows(file),
                store=self.find_store(options["store"]),
                good_rows_only=options["good_rows_only"],
                progress=self.show_progress,
                source=file.name,
            )
        except PosError as error:
            raise CommandError(str(error)) from error
        self.report(result, time.monotonic() - started)
        if result.errors:
            self.list_errors(result)
            raise SystemExit(1)

    def find_store(self, code: str | None) -> Store | None:
        """The store named, or the only one there is."""
        stores = list(
            Store.objects.filter(code=code) if code else Store.objects.filter(is_active=True)
        )
        if len(stores) == 1:
            return stores[0]
        known = ", ".join(Store.objects.values_list("code", flat=True))
        if code:
            raise CommandError(f"There is no store {code}. Stores: {known or 'none yet'}.")
        if stores:
            raise CommandError(
                f"Which store are the quantities for? Use --store with one of {known}."
            )
        return None

    def report(self, result: ImportResult, seconds: float) -> None:
        rows = result.created + result.updated + result.unchanged + result.refused
        self.end_progress()
        self.stdout.write(
            f"{result.created:,} new, {result.updated:,} changed, {result.unchanged:,} unchanged, "
            f"{result.refused:,} refused; {seconds:.1f} s, {rows / max(seconds, 0.001):,.0f} rows/s"
        )

    def list_errors(self, result: ImportResult) -> None:
        self.list_cells(result.errors)
        if not (result.created or result.updated or result.unchanged):
            self.stderr.write("Nothing was imported. Mend the file, or use --good-rows-only.")
