"""A spreadsheet of a test, brought in as the pages do it; the child's work is done here and now."""

from __future__ import annotations

import csv
import io
import os
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from pos.models import ImportJob, Store, User
from pos.services import import_jobs
from pos.services.import_files import JobFiles, all_result_rows
from pos.services.import_running import STEPS


def run_here(key: uuid.UUID, step: str, lock: int) -> None:
    """Instead of a process of its own: the same function, in the test's own transaction."""
    try:
        STEPS[step](ImportJob.objects.select_related("store", "created_by").get(key=key))
    finally:
        os.close(lock)


def sheet(*rows: Sequence[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def upload(
    user: User, kind: str, *rows: Sequence[object], store: Store | None = None, **more: Any
) -> ImportJob:
    job = import_jobs.create_job(
        user=user, kind=kind, upload=[sheet(*rows)], file_name="shop.csv", store=store, **more
    )
    job.refresh_from_db()
    return job


def checked(
    user: User, kind: str, *rows: Sequence[object], store: Store | None = None, **more: Any
) -> ImportJob:
    """Uploaded, its columns as guessed, and judged."""
    job = upload(user, kind, *rows, store=store, **more)
    import_jobs.set_columns(user=user, job=job, columns=job.columns)
    import_jobs.start_check(user=user, job=job)
    job.refresh_from_db()
    return job


def imported(
    user: User,
    kind: str,
    *rows: Sequence[object],
    store: Store | None = None,
    good_rows_only: bool = False,
    **more: Any,
) -> ImportJob:
    job = checked(user, kind, *rows, store=store, **more)
    import_jobs.start_import(user=user, job=job, good_rows_only=good_rows_only)
    job.refresh_from_db()
    return job


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    """New, changed, same, with errors."""
    return job.created, job.updated, job.unchanged, job.refused


def results(job: ImportJob, outcome: str) -> list[dict[str, Any]]:
    return list(all_result_rows(JobFiles(job.key), outcome))


def let_children_see(monkeypatch: Any) -> None:
    """A process started from here works on the test's own database."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        person = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
        place = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
        url = f"postgres://{person}@{place}/{database['NAME']}"
    monkeypatch.setenv("DATABASE_URL", url)
