"""What commands that read a file share: whose act it is, progress, and the wrong cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pos.models import User
from pos.services.import_rows import RowError

SHOWN_ERRORS = 20
STEP = 10_000


class FileCommand(BaseCommand):
    shown = 0  # steps of the progress that were told

    def check_file(self, file: Path) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")

    def find_user(self, username: str | None) -> User:
        users = User.objects.filter(is_active=True)
        if username:
            user = users.filter(username=username).first()
            missing = f"There is no active user {username}."
        else:
            user = users.filter(is_superuser=True).order_by("pk").first()
            missing = "Nobody could import yet: run manage.py createsuperuser first."
        if user is None:
            raise CommandError(missing)
        return user

    def show_progress(self, rows: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{rows:,} rows", ending="")
            self.stdout.flush()
        elif rows // STEP > self.shown:
            self.shown = rows // STEP
            self.stdout.write(f"{rows:,} rows")

    def end_progress(self) -> None:
        if self.stdout.isatty():
            self.stdout.write("\r", ending="")

    def list_cells(self, errors: Sequence[RowError]) -> None:
        for error in errors[:SHOWN_ERRORS]:
            place = f"row {error.row}, {error.column or 'extra cells'}"
            self.stderr.write(f"{place}: “{error.value}” {error.message}")
        if len(errors) > SHOWN_ERRORS:
            self.stderr.write(f"… and {len(errors) - SHOWN_ERRORS:,} more")
