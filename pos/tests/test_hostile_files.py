"""Files that want to fill the memory, reach out or look like something else: refused, fast, with a reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from .hostile_files import HOSTILE
from .read_limited import CPU_SECONDS, MEMORY


def test_hostile_files_are_refused_with_little_time_and_memory(tmp_path: Path) -> None:
    """One process for all: each file is read in a fork of it that is killed when it takes too much."""
    for name, (make, _code) in HOSTILE.items():
        (tmp_path / name).write_bytes(make())
    names = sorted(HOSTILE)

    done = subprocess.run(
        [sys.executable, "-m", "pos.tests.read_limited", *(str(tmp_path / name) for name in names)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert {found["name"]: found["code"] for found in outcomes} == {
        name: code for name, (_make, code) in HOSTILE.items()
    }
    assert [found["name"] for found in outcomes if not found["message"]] == []
    # Of the processor, however busy the machine is.
    assert [found for found in outcomes if found["cpu"] >= CPU_SECONDS] == []
    assert [found for found in outcomes if found["memory"] >= MEMORY] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == names  # nothing is left behind
