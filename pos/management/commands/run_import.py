"""One step of an import, in a process of its own. Started by the server, not by people."""

from __future__ import annotations

import os
import resource
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from pos.models import ImportJob
from pos.services.import_running import STEPS

MEMORY = 2_000_000_000  # bytes of address space; a shop's largest catalogue takes a tenth
SECONDS = 1800  # of the processor


class Command(BaseCommand):
    help = "One step of an import. The server starts it in the background."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", type=UUID)
        parser.add_argument("step", choices=list(STEPS))
        parser.add_argument("--lock", type=int, help="let go of when the step is done")
        parser.add_argument("--language", default="")

    def handle(
        self, *, key: UUID, step: str, language: str, lock: int | None, **options: Any
    ) -> None:
        for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
            hard = resource.getrlimit(kind)[1]
            most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (most, hard))
        job = ImportJob.objects.select_related("store", "created_by").filter(key=key).first()
        if job is None:
            raise CommandError(f"There is no import {key}.")
        with translation.override(language or translation.get_language()):
            STEPS[step](job)
        if lock is not None:
            os.close(lock)  # the next step need not wait until this process has put away its things
