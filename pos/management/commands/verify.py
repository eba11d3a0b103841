"""manage.py verify: does every figure follow from the rows behind it?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pos.models import Store
from pos.services.verification import CHECKS, Result, Scope, run


class Command(BaseCommand):
    help = "Check that stock, orders, payments, sessions and numbers agree. Exit code 1 when not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = sorted(check.__name__ for check in CHECKS)
        parser.add_argument(
            "--check", choices=names, metavar="NAME", help=f"Only one of: {', '.join(names)}."
        )
        parser.add_argument("--store", metavar="CODE", help="Only the store with this code.")

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        for result in run(self._scope(options["store"]), only=options["check"]):
            self._report(result)
            problems += len(result.problems)
        if problems:
            raise CommandError(_("The shop's figures do not agree. Nothing was changed."))
        self.stdout.write(self.style.SUCCESS(_("All figures agree.")))

    def _scope(self, code: str | None) -> Scope:
        if code is None:
            return Scope()
        store = Store.objects.filter(code=code).first()
        if store is None:
            raise CommandError(_("There is no store with the code %(code)s.") % {"code": code})
        return Scope(store.pk)

    def _report(self, result: Result) -> None:
        count = len(result.problems)
        words = (
            ngettext("%(count)s problem", "%(count)s problems", count) % {"count": count}
            if count
            else _("ok")
        )
        style = self.style.ERROR if count else self.style.SUCCESS
        self.stdout.write(f"{result.name:<20} {result.seconds:8.2f} s  {style(words)}")
        for problem in result.problems:
            self.stdout.write(f"    {problem}")
        if result.has_more:
            self.stdout.write("    " + _("… and more"))
