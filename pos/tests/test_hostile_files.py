"""Files that want to fill the memory, reach out or look like something else: refused, fast, with a reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from .hostile_files import HOSTILE
from .read_limited import CPU_SECONDS, MEMORY


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What became of each file, read in a process that is killed when it takes too much."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (make, _code) in HOSTILE.items():
        (folder / name).write_bytes(make())
    names = sorted(HOSTILE)
    done = subprocess.run(
        [sys.executable, "-m", "pos.tests.read_limited", *(str(folder / name) for name in names)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(path.name for path in folder.iterdir()) == names, "something was left behind"
    for path in folder.iterdir():
        path.unlink()
    return {found["name"]: found for found in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_with_little_time_and_memory(
    outcomes: dict[str, dict[str, object]], name: str
) -> None:
    found = outcomes[name]

    assert found["code"] == HOSTILE[name][1]
    assert found["message"]
    assert found["cpu"] < CPU_SECONDS  # of the processor, however busy the machine is
    assert found["memory"] < MEMORY
