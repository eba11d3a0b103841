"""The process that does the work: it may die at any moment, and what is told is what was written."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from pos.models import AuditEntry, ImportJob, Product, User
from pos.services import import_jobs, import_runner
from pos.services.import_files import JobFiles

from .importing import checked, let_children_see, run_here, sheet

Status = ImportJob.Status
ROWS = 3000
PATIENCE = 120  # seconds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Those started from now on, the newest last."""
    let_children_see(monkeypatch)
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noting(*arguments: Any, **named: Any) -> subprocess.Popen[bytes]:
        started.append(start(*arguments, **named))
        return started[-1]

    monkeypatch.setattr(import_runner.subprocess, "Popen", noting)
    return started


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "still waiting"
        time.sleep(0.02)


def now(user: User, job: ImportJob) -> ImportJob:
    return import_jobs.own_job(user=user, key=job.key)


def rows() -> list[tuple[str, str, str]]:
    return [("code", "name", "price"), *((f"C{n:05}", f"Tea {n}", "1.00") for n in range(ROWS))]


def checked_here(user: User) -> ImportJob:
    """Ready to be imported by a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_runner, "launch", run_here)
        return checked(user, "products", *rows())


def test_a_process_reads_checks_and_imports(
    root: User, children: list[subprocess.Popen[bytes]]
) -> None:
    job = import_jobs.create_job(
        user=root, kind="products", upload=[sheet(*rows())], file_name="tea.csv"
    )
    until(lambda: bool(JobFiles(job.key).read("head")))
    job = now(root, job)
    import_jobs.set_columns(user=root, job=job, columns=job.columns)
    import_jobs.start_check(user=root, job=job)
    until(lambda: now(root, job).status != Status.CHECKING)
    job = now(root, job)
    assert (job.status, job.created) == (Status.CHECKED, ROWS), job.message

    import_jobs.start_import(user=root, job=job)
    until(lambda: now(root, job).status != Status.IMPORTING)

    job = now(root, job)
    assert (job.status, job.created, job.message) == (Status.DONE, ROWS, "")
    assert Product.objects.count() == ROWS
    assert len(children) == 3


@pytest.mark.parametrize("rows_done", [None, 1000, 3000])
def test_a_killed_import_has_written_what_it_tells(
    root: User, children: list[subprocess.Popen[bytes]], rows_done: int | None
) -> None:
    job = checked_here(root)
    import_jobs.start_import(user=root, job=job)
    files = JobFiles(job.key)
    if rows_done is not None:
        until(lambda: files.read("progress").get("done", -1) >= rows_done)

    os.killpg(children[-1].pid, signal.SIGKILL)
    children[-1].wait()

    job = now(root, job)
    entries = AuditEntry.objects.filter(kind="import").count()
    if job.status == Status.DONE:
        assert (Product.objects.count(), job.created, entries) == (ROWS, ROWS, 1)
    else:
        assert job.status == Status.FAILED
        assert "Nothing was imported" in job.message
        assert (Product.objects.count(), entries) == (0, 0)


def test_a_killed_check_is_told_and_may_be_tried_with_another_file(
    root: User, children: list[subprocess.Popen[bytes]]
) -> None:
    job = checked_here(root)
    import_jobs.start_check(user=root, job=job)

    os.killpg(children[-1].pid, signal.SIGKILL)
    children[-1].wait()

    assert now(root, job).status == Status.FAILED
