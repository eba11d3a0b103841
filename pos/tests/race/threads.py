"""Several people at the same moment: real threads, each with its own database connection."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connections

from pos.services.errors import PosError

PATIENCE = 120  # seconds; a race that takes longer is stuck


def race(
    workers: int,
    rounds: int,
    job: Callable[[int, int], Any],
    *,
    before: Callable[[int], Any] = lambda number: None,
) -> list[list[Any]]:
    """Each round `before(round)` once, then `job(worker, round)` of all workers at one barrier.

    Returns what the jobs gave, by round and worker; an exception is what a job gave, too.
    """
    given: list[list[Any]] = [[None] * workers for _ in range(rounds)]
    numbers = iter(range(rounds))
    start = threading.Barrier(workers, action=lambda: before(next(numbers)), timeout=PATIENCE)

    def work(worker: int) -> None:
        try:
            for number in range(rounds):
                start.wait()
                try:
                    given[number][worker] = job(worker, number)
                except Exception as error:  # noqa: BLE001  whatever it is, the test judges it
                    given[number][worker] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=work, args=(worker,), daemon=True) for worker in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a worker is stuck"
    return given


def outcomes(round_: list[Any]) -> Counter[str]:
    """How often what happened: `sold`, a refusal's code, or the name of an error nobody expects."""
    return Counter(outcome(each) for each in round_)


def outcome(each: Any) -> str:
    if isinstance(each, PosError):
        return each.code
    return type(each).__name__ if isinstance(each, Exception) else "done"
