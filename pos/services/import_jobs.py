"""An import from upload to done: every step once, by the person who sent the file."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pos.models import ImportJob, Store, User

from . import import_runner
from .errors import Conflict, Forbidden, Invalid, NotFound
from .import_files import JobFiles
from .imports.kinds import Kind, kind_of
from .rights import require

Status = ImportJob.Status
MAX_SHEET = 20_000_000  # bytes
MAX_PICTURES = 200_000_000
KEPT = timedelta(days=7)
RUNNING = (Status.CHECKING, Status.IMPORTING)
OPEN = (Status.UPLOADED, Status.CHECKED)


def allowed_kinds(user: User) -> list[Kind]:
    """What this person may import at all, in the order of the page."""
    if not user.has_perm("pos.import_spreadsheet"):
        return []
    kinds = [kind_of(name) for name in ImportJob.Kind.values]
    return [kind for kind in kinds if all(user.has_perm(f"pos.{right}") for right in kind.rights)]


def require_kind(user: User, kind: str, store: Store | None) -> Kind:
    """Raises Forbidden, and Invalid for no such kind or without the store it needs."""
    require(user, "import_spreadsheet")
    if kind not in ImportJob.Kind.values:
        raise Invalid("no_kind", _("Choose what you want to import."))
    found = kind_of(kind)
    for right in found.rights:
        require(user, right, store=store)
    if store is not None and not Store.objects.visible_to(user).filter(pk=store.pk).exists():
        raise Forbidden("wrong_store", _("You do not work in this store. Ask a manager."))
    if found.needs_store and store is None:
        raise Invalid("no_store", _("Choose the store that the quantities are for."))
    return found


def create_job(
    *,
    user: User,
    kind: str,
    upload: Iterable[bytes],
    file_name: str,
    store: Store | None = None,
    pictures: Iterable[bytes] | None = None,
    pictures_name: str = "",
) -> ImportJob:
    """Keep the file (chunks of bytes) and start to read its headings. Nothing of the shop changes.

    Raises Forbidden; Invalid for what is too large.
    """
    found = require_kind(user, kind, store)
    if pictures is not None and not found.takes_pictures:
        raise Invalid("no_pictures", _("Pictures come with products only."))
    clean_up()
    key = uuid.uuid4()
    files = JobFiles(key)
    files.make()
    try:
        digest = files.keep(upload, files.sheet, most=MAX_SHEET)
        if pictures is not None:
            files.keep(pictures, files.pictures, most=MAX_PICTURES)
        job = ImportJob.objects.create(
            key=key,
            kind=kind,
            file_name=file_name[:200],
            digest=digest,
            pictures_name=pictures_name[:200],
            store=store,
            created_by=user,
            created_at=timezone.now(),
        )
        import_runner.launch(key, "read", import_runner.hold(key))
    except Exception:
        files.remove()
        raise
    return job


def own_job(*, user: User, key: uuid.UUID) -> ImportJob:
    """The job, told to have failed if its process is gone. Raises NotFound, Forbidden."""
    require(user, "import_spreadsheet")
    job: ImportJob | None = (
        ImportJob.objects.visible_to(user)
        .select_related("store", "created_by")
        .filter(key=key)
        .first()
    )
    if job is None:
        raise NotFound("no_import", _("There is no such import."))
    return settle(job)


def settle(job: ImportJob) -> ImportJob:
    """A job whose process has died has failed: nothing of it was written, as it writes all at once.

    Only after the process is seen to be gone the status is looked at again, so that one which has
    just finished is not taken for dead.
    """
    is_reading = job.status == Status.UPLOADED and not JobFiles(job.key).read("head")
    if (job.status not in RUNNING and not is_reading) or import_runner.is_running(job.key):
        return job
    if is_reading and JobFiles(job.key).read("head"):
        return job
    message = _("It was stopped in the middle: the server was restarted or ran out of memory.")
    if job.status == Status.IMPORTING:
        message = f"{message} {_('Nothing was imported. Try again.')}"
    _finish(job, Status.FAILED, message)
    job.refresh_from_db()
    return job


def _finish(job: ImportJob, status: str, message: str) -> bool:
    """Whether this call ended the job: it is where it was seen to be."""
    here = ImportJob.objects.filter(pk=job.pk, status=job.status)
    now = timezone.now()
    return here.update(status=status, message=message[:500], finished_at=now) == 1


def set_columns(*, user: User, job: ImportJob, columns: Mapping[str, str]) -> None:
    """Which heading of the file is which column of ours; empty: left out.

    Raises Invalid for an unknown heading or column, one taken twice, or a needed one that is missing.
    """
    kind = _require_own(user, job)
    headings = JobFiles(job.key).read("head").get("headings", [])
    chosen = {heading: columns.get(heading, "") for heading in headings if heading}
    known = {spec.name: spec for spec in kind.columns}
    taken = [name for name in chosen.values() if name]
    unknown = [name for name in taken if name not in known]
    if unknown:
        raise Invalid("unknown_column", _("There is no column “%(name)s”.") % {"name": unknown[0]})
    for name in taken:
        if taken.count(name) > 1:
            message = _("“%(column)s” is chosen twice. Leave one of the two out.")
            raise Invalid("column_twice", message % {"column": known[name].title}, column=name)
    missing = [spec for spec in known.values() if spec.needed and spec.name not in taken]
    if missing:
        message = _("Choose which column of your file is “%(column)s”: it is needed.")
        raise Invalid("missing_column", message % {"column": missing[0].title})
    here = ImportJob.objects.filter(pk=job.pk, status__in=OPEN)
    if not here.update(columns=chosen, status=Status.UPLOADED):
        raise _elsewhere()
    job.columns, job.status = chosen, Status.UPLOADED


def start_check(*, user: User, job: ImportJob) -> None:
    """Judge every row, in the background. Raises Conflict when it is not its turn."""
    _require_own(user, job)
    _start(job, OPEN, Status.CHECKING, "check")


def start_import(*, user: User, job: ImportJob, good_rows_only: bool = False) -> None:
    """Write the rows, in the background; once, however often somebody says yes."""
    _require_own(user, job)
    if job.refused and not good_rows_only:
        message = _("Some rows have errors. Import the good rows only, or mend the file first.")
        raise Conflict("has_errors", message)
    _start(job, (Status.CHECKED,), Status.IMPORTING, "import", good_rows_only=good_rows_only)


def _start(job: ImportJob, before: Iterable[str], to: str, step: str, **values: Any) -> None:
    # Held first: a job that runs without a process behind it would be taken for dead.
    lock = import_runner.hold(job.key)
    try:
        here = ImportJob.objects.filter(pk=job.pk, status__in=list(before))
        if not here.update(status=to, message="", **values):
            raise _elsewhere()
    except Exception:
        os.close(lock)
        raise
    JobFiles(job.key).forget("progress")
    was, job.status = job.status, to
    try:
        import_runner.launch(job.key, step, lock)
    except OSError:
        ImportJob.objects.filter(pk=job.pk, status=to).update(status=was)
        job.status = was
        raise


def cancel(*, user: User, job: ImportJob) -> None:
    """Give it up and remove its files. Not while it is being imported."""
    _require_own(user, job)
    now = timezone.now()
    here = ImportJob.objects.filter(pk=job.pk, status__in=[*OPEN, Status.CHECKING])
    if not here.update(status=Status.CANCELLED, finished_at=now):
        raise _elsewhere()
    job.status = Status.CANCELLED
    JobFiles(job.key).remove()


def clean_up() -> int:
    """Remove the files of imports older than KEPT; how many. What was imported stays told."""
    old = ImportJob.objects.filter(created_at__lt=timezone.now() - KEPT)
    removed = 0
    for job in old.exclude(status__in=RUNNING).only("key"):
        files = JobFiles(job.key)
        if files.folder.exists() and not import_runner.is_running(job.key):
            files.remove()
            removed += 1
    forgotten = old.filter(status__in=OPEN)
    forgotten.update(status=Status.CANCELLED, finished_at=timezone.now())
    return removed


def _require_own(user: User, job: ImportJob) -> Kind:
    if job.created_by_id != user.pk:
        message = _("This is somebody else's import. Start one of your own.")
        raise Forbidden("not_yours", message)
    return require_kind(user, job.kind, job.store)


def _elsewhere() -> Conflict:
    message = _("This import has moved on meanwhile, perhaps in another window.")
    return Conflict("moved_on", message)
