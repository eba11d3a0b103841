"""Prints are counted, and every receipt has its own address."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext as _

from pos.models import PrintJob

from .problem import Problem, Scope, as_problems, order_text


def print_numbers(scope: Scope) -> Iterator[Problem]:
    """No receipt was printed more often than it was counted."""
    jobs = PrintJob.objects.filter(
        kind=PrintJob.Kind.RECEIPT, order__isnull=False, print_number__gt=F("order__print_count")
    )
    found = scope.within(jobs.select_related("order"), "register__store_id")
    yield from as_problems(
        "print_numbers",
        found.iterator(),
        lambda job: (
            _("%(order)s, times printed") % {"order": order_text(job.order.number, job.order_id)},
            str(job.print_number),
            str(job.order.print_count),
        ),
    )


def drawer_jobs(scope: Scope) -> Iterator[Problem]:
    """A job that prints nothing is there to open the drawer."""
    jobs = PrintJob.objects.filter(kind=PrintJob.Kind.DRAWER, opens_drawer=False)
    yield from as_problems(
        "drawer_jobs",
        scope.within(jobs, "register__store_id").iterator(),
        lambda job: (str(job), _("opens the drawer"), _("does nothing")),
    )
