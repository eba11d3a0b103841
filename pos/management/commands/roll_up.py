"""manage.py roll_up: sum the business days that are over, for reports and the start page."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pos.models import Store
from pos.services.days.rolling import rebuild, roll_missing


class Command(BaseCommand):
    help = (
        "Sum the business days that are over and not summed yet. Run it once an hour; reports are"
        " right without it, but slower. With --all, --from, --to or --store: sum them anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Every finished day anew.")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--store", metavar="CODE", help="Only the store with this code.")

    def handle(
        self, *, all: bool, first: date | None, last: date | None, store: str | None, **_more: Any
    ) -> None:
        if first and last and last < first:
            raise CommandError(_("The last day lies before the first."))
        started = time.monotonic()
        if all or first or last or store:
            done = rebuild(first=first, last=last, stores=self._stores(store))
        else:
            done = roll_missing()
        text = ngettext("%(count)s day summed", "%(count)s days summed", done) % {"count": done}
        self.stdout.write(self.style.SUCCESS(f"{text} ({time.monotonic() - started:.1f} s)."))

    def _stores(self, code: str | None) -> list[int] | None:
        if code is None:
            return None
        found = list(Store.objects.filter(code=code).values_list("pk", flat=True))
        if not found:
            raise CommandError(_("There is no store with the code %(code)s.") % {"code": code})
        return found
