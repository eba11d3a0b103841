"""A child process reads the files: whatever is in them, the server goes on serving.

The child inherits a locked file. The system lets go of the lock when the child ends, however it
ends, so nobody has to guess from process ids or clocks whether it still works.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .errors import Conflict
from .import_files import JobFiles, private

TRIES, PAUSE = 100, 0.05  # somebody's glance at the lock is over by then


def hold(key: UUID) -> int:
    """Take the job's lock before its status changes. Raises Conflict while a child still has it."""
    return _locked(JobFiles(key).lock)


def launch(key: UUID, step: str, lock: int) -> None:
    """Start the step in a process of its own, which gets the lock."""
    files = JobFiles(key)
    try:
        with open(files.log, "ab", opener=private) as log:
            subprocess.Popen(  # noqa: S603  our own command, and a key we made
                [
                    *(sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_import"),
                    *(str(key), step, "--lock", str(lock)),
                    *("--language", get_language() or settings.LANGUAGE_CODE),
                ],
                pass_fds=(lock,),
                start_new_session=True,
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
    finally:
        os.close(lock)


def is_running(key: UUID) -> bool:
    """Whether a child works on this job right now."""
    path = JobFiles(key).lock
    if not path.exists():
        return False
    lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _locked(path: Path) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _try in range(TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        else:
            return lock
    os.close(lock)
    raise Conflict("still_running", _("This import is still being worked on. Wait a moment."))
