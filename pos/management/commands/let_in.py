"""`manage.py let_in NAME`: open a locked account from the server, the way back that is always there."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pos.models import User
from pos.services.accounts import let_in


class Command(BaseCommand):
    help = "Forget the wrong tries of an account; with --second-factor take its second factor away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name used to sign in")
        parser.add_argument("--second-factor", action="store_true", help="telephone lost")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["name"]).first()
        if person is None:
            raise CommandError(f"There is no account {options['name']}.")
        let_in(person=person, second_factor=options["second_factor"])
        self.stdout.write(f"{person} can sign in again.")
