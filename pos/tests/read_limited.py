"""Reads spreadsheets, each in a process of its own that may use so much time and memory and no more.

python -m pos.tests.read_limited FILE…   one line of JSON for each: name, code, message, cpu, memory
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

CPU_SECONDS = 2
MEMORY = 256 * 1024 * 1024
_LARGER_THAN_NEEDED = 192 * 1024 * 1024  # of address space, on top of what Django has taken


def read(path: Path) -> dict[str, object]:
    from pos.services.errors import PosError
    from pos.services.sheets import open_sheet

    before = resource.getrusage(resource.RUSAGE_SELF)
    used = before.ru_utime + before.ru_stime
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    space = pages * resource.getpagesize() + _LARGER_THAN_NEEDED
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    seconds = int(used) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    found: dict[str, object] = {"name": path.name, "code": "", "message": "", "rows": 0}
    try:
        found["rows"] = sum(1 for _row in open_sheet(path, name=path.name).rows())
    except PosError as error:
        found |= {"code": error.code, "message": error.message}
    after = resource.getrusage(resource.RUSAGE_SELF)
    found["cpu"] = round(after.ru_utime + after.ru_stime - used, 2)
    found["memory"] = after.ru_maxrss * 1024
    return found


def main() -> None:
    import django

    django.setup()
    for name in sys.argv[1:]:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            try:
                sys.stdout.write(json.dumps(read(Path(name))) + "\n")
                sys.stdout.flush()
            finally:
                os._exit(0)
        _child, status = os.waitpid(child, 0)
        if status:
            sys.stdout.write(
                json.dumps({"name": Path(name).name, "code": f"died: {status}"}) + "\n"
            )


if __name__ == "__main__":
    main()
