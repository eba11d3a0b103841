"""What every kind of import is made of: rows are judged without writing, and the good ones written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol, TypeVar

from django.db.models import Model

from pos.models.history import Change

from ..import_rows import RowError, is_blank

CHUNK = 3000
ASKED_AT_ONCE = 5000  # values in one question; SQLite takes 32,766
FIRST_ROW = 2  # as a spreadsheet counts: the heading is row 1

Cells = Mapping[str, str]
Row = TypeVar("Row")


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(slots=True)
class Verdict:
    """What one row would do. `changes`: [label, before, after]; `plan` is the kind's own."""

    number: int
    title: str
    outcome: Outcome
    changes: list[Change] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    plan: Any = None


class Importer(Protocol):
    """Lives as long as one check or one import; chunks come in the order of the file."""

    def judge(self, rows: Sequence[tuple[int, Cells]]) -> list[Verdict]:
        """One verdict per (row number, cells), without writing anything."""

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Write what was just judged new or changed, inside the caller's transaction."""

    def undo(self) -> None:
        """Take back what no transaction takes back, after it was rolled back."""


def outcome_of(*, is_new: bool, is_changed: bool) -> Outcome:
    if is_new:
        return Outcome.NEW
    return Outcome.CHANGED if is_changed else Outcome.SAME


def refused(number: int, title: str, errors: list[RowError]) -> Verdict:
    return Verdict(number, title, Outcome.REFUSED, errors=errors)


def numbered_chunks(
    rows: Iterable[Row], size: int | None = None
) -> Iterator[list[tuple[int, Row]]]:
    """At most `size` rows at a time with their numbers; blank ones are counted and left in."""
    source = iter(enumerate(rows, start=FIRST_ROW))
    while chunk := list(islice(source, size or CHUNK)):
        yield chunk


def filled(chunk: Sequence[tuple[int, Cells]]) -> list[tuple[int, Cells]]:
    return [(number, cells) for number, cells in chunk if not is_blank(cells)]


def pairs(
    model: type[Model], key: str, value: str, wanted: Iterable[Any]
) -> Iterator[tuple[Any, Any]]:
    """(key, value) of the rows whose key is wanted."""
    keys = sorted(wanted)
    for start in range(0, len(keys), ASKED_AT_ONCE):
        asked = {f"{key}__in": keys[start : start + ASKED_AT_ONCE]}
        yield from model._default_manager.filter(**asked).order_by("pk").values_list(key, value)
