"""Many tries to print one job at the same moment: it comes out once."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from pos.models import PrintJob, Register
from pos.services import printing
from pos.tests.printer import PrinterSimulator
from pos.tests.race.conftest import Till
from pos.tests.race.threads import race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 3


def came_out(tills: list[Till], settings: Any) -> int:
    """Drawer jobs, so that every connection with bytes is one that came out."""
    with PrinterSimulator() as printer:
        settings.PRINTER_PORTS = [printer.port]
        Register.objects.update(
            printer_kind="escpos", printer_host="127.0.0.1", printer_port=printer.port
        )
        jobs = [
            PrintJob.objects.create(
                register=tills[0].register, kind="test", created_by=tills[0].user,
                created_at=timezone.now(),
            )
            for _round in range(ROUNDS)
        ]  # fmt: skip
        race(len(tills), ROUNDS, lambda worker, number: printing.attempt(jobs[number]))
        return len(printer.papers())


def test_a_job_is_printed_once(tills: list[Till], settings: Any) -> None:
    assert came_out(tills, settings) == ROUNDS
    assert list(PrintJob.objects.values_list("status", "attempts")) == [("done", 1)] * ROUNDS


def test_control_without_the_claim_it_is_printed_more_often(
    tills: list[Till], settings: Any
) -> None:
    """Whoever only looks before printing prints twice: the race above does measure something."""

    def unclaimed(job: PrintJob, *, base: str = "") -> PrintJob:
        if PrintJob.objects.waiting().filter(pk=job.pk).exists():
            printing._send(printing._loaded(job), base)
            PrintJob.objects.filter(pk=job.pk).update(status="done", printed_at=timezone.now())
        return job

    with patch.object(printing, "attempt", unclaimed):
        assert came_out(tills, settings) > ROUNDS
