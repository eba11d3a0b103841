"""Mail the saved reports that are due: for cron, every morning. Running it again sends nothing twice."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pos.reports.sending import send_due
from pos.services.mailing import can_mail, how_to_mail


class Command(BaseCommand):
    help = (
        "Mail the saved reports that are due today. Run it once a day, for example by cron at six: "
        "0 6 * * * manage.py send_reports. Running it again sends nothing twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not can_mail():
            raise CommandError(how_to_mail())
        done = send_due(today=timezone.localdate())
        for each in done:
            name = f"“{each.saved.name}” ({each.saved.owner})"
            if each.trouble:
                self.stderr.write(f"{name}: not sent. {each.trouble}")
            else:
                self.stdout.write(f"{name}: sent to {each.saved.address}.")
        sent = sum(1 for each in done if not each.trouble)
        self.stdout.write(f"{sent} sent, {len(done) - sent} not.")
