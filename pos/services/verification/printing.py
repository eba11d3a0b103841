"""Prints are counted, and every receipt has its own address."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import F, Q
from django.utils.translation import gettext as _

from pos.models import PrintJob

from ..print_documents import DOCUMENTS
from .problem import Problem, Scope, as_problems, order_text

COUNTED = [kind for kind, document in DOCUMENTS.items() if document.is_counted]


def print_numbers(scope: Scope) -> Iterator[Problem]:
    """No receipt was printed more often than it was counted."""
    for of in (each.of for each in DOCUMENTS.values() if each.is_counted):
        counted = F(f"{of}__print_count")
        jobs = PrintJob.objects.filter(kind__in=COUNTED, print_number__gt=counted)
        found = scope.within(jobs.select_related(of), "register__store_id")
        yield from as_problems("print_numbers", found.iterator(), partial(_uncounted, of=of))


def _uncounted(job: PrintJob, *, of: str) -> tuple[str, str, str]:
    document = getattr(job, of)
    name = order_text(document.number, document.pk)
    what = _("%(order)s, times printed") % {"order": name}
    return what, str(job.print_number), str(document.print_count)


def drawer_jobs(scope: Scope) -> Iterator[Problem]:
    """A job that prints nothing is there to open the drawer."""
    jobs = PrintJob.objects.filter(kind=PrintJob.Kind.DRAWER, opens_drawer=False)
    yield from as_problems(
        "drawer_jobs",
        scope.within(jobs, "register__store_id").iterator(),
        lambda job: (str(job), _("opens the drawer"), _("does nothing")),
    )


def print_documents(scope: Scope) -> Iterator[Problem]:
    """A job prints what its kind is of, and nothing beside it."""
    fields = ("order", "refund", "account_payment", "session")
    right = Q(pk__in=[])
    for kind in PrintJob.Kind:
        of = DOCUMENTS[kind].of if kind in DOCUMENTS else ""
        right |= Q(kind=kind, **{f"{field}__isnull": field != of for field in fields})
    jobs = PrintJob.objects.exclude(right)
    yield from as_problems(
        "print_documents",
        scope.within(jobs, "register__store_id").iterator(),
        lambda job: (str(job), _("a document of its kind"), _("another or none")),
    )
