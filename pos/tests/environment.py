"""What the tests run under, set before Django reads its settings.

Loaded by `-p` in pyproject.toml. A developer's own .env never reaches the tests; only DATABASE_URL
given on the command line does.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_scratch = tempfile.TemporaryDirectory(prefix="tilldesk-tests-")  # removed when the tests end


def _data_dir() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return _scratch.name
    # A worker inherits the first process's directory, which is removed for all of them.
    directory = Path(os.environ["DATA_DIR"]) / worker
    directory.mkdir(exist_ok=True)
    return str(directory)


DATA_DIR = _data_dir()
# Stays empty: nothing is collected, static files come from their sources.
(Path(DATA_DIR) / "static").mkdir(exist_ok=True)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{DATA_DIR}/tilldesk.sqlite3")
os.environ |= {
    "SECRET_KEY": "only-for-tests",
    "POS_DEMO": "0",
    "POS_CURRENCY": "EUR",
    "LANGUAGE_CODE": "en",
    "TIME_ZONE": "UTC",
    "HTTPS": "0",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "DATA_DIR": DATA_DIR,
}
