"""Records that are saved one by one, so that their own history and audit trail are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from pos.models import User
from pos.models.history import Change, label_of, text_of

from ..history import sign
from ..import_rows import SHOWN, RowError
from .base import Cells, Outcome, Verdict, outcome_of, refused


@dataclass(slots=True)
class RecordPlan:
    """A record with the values it is to get; `finish` sets what is only known when it is written."""

    record: Model
    values: dict[str, Any] = field(default_factory=dict)
    finish: Callable[[Any], None] | None = None


class RowRefused(Exception):
    """This row cannot be used: the column, what stands there, and why."""

    def __init__(self, column: str, value: str, message: object) -> None:
        super().__init__(column, value, message)
        self.column, self.value, self.message = column, value[:SHOWN], str(message)

    def in_row(self, number: int) -> RowError:
        return RowError(number, self.column, self.value, self.message)


class RecordImporter:
    """Subclasses say in `plan` which record a row is about and what it gets."""

    def __init__(self, *, user: User) -> None:
        self.user = user
        self.reason = _("Imported from a file")

    def judge(self, rows: Sequence[tuple[int, Cells]]) -> list[Verdict]:
        return [self._verdict(number, cells) for number, cells in rows]

    def plan(self, number: int, cells: Cells) -> tuple[RecordPlan, list[Change]]:
        """The plan, and changes beyond those of its values. Raises RowRefused."""
        raise NotImplementedError

    def _verdict(self, number: int, cells: Cells) -> Verdict:
        title = cells.get("name") or cells.get("path") or ""
        try:
            plan, changes = self.plan(number, cells)
        except RowRefused as error:
            return refused(number, title, [error.in_row(number)])
        record, is_new = plan.record, plan.record.pk is None
        found = [] if is_new else differences(record, plan.values)
        errors = problems(number, record, plan.values, cells)
        if errors:
            return refused(number, title, errors)
        if is_new:
            found = news(plan.values, record)
        outcome = outcome_of(is_new=is_new, is_changed=bool(found or changes))
        return Verdict(number, title, outcome, [*found, *changes], plan=plan)

    def write(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            if verdict.outcome == Outcome.SAME:
                continue
            plan: RecordPlan = verdict.plan
            for name, value in plan.values.items():
                setattr(plan.record, name, value)
            if plan.finish:
                plan.finish(plan.record)
            sign(plan.record, user=self.user, reason=self.reason)
            plan.record.save()

    def undo(self) -> None:
        """All of it is in the transaction."""


def differences(record: Model, values: dict[str, Any]) -> list[Change]:
    found = []
    for name, value in values.items():
        column: Any = record._meta.get_field(name)
        if getattr(record, name) != value:
            before = text_of(column, getattr(record, column.attname))
            found.append([label_of(column), before, _text(column, value)])
    return found


def news(values: dict[str, Any], record: Model) -> list[Change]:
    fields = [(record._meta.get_field(name), value) for name, value in values.items()]
    return [
        [label_of(column), "", _text(column, value)]
        for column, value in fields
        if value not in ("", None)
    ]


def _text(column: Any, value: Any) -> str:
    return str(value) if isinstance(value, Model) else text_of(column, value)


def problems(number: int, record: Model, values: dict[str, Any], cells: Cells) -> list[RowError]:
    """What the model's fields say about the values, by column."""
    found = []
    for name, value in values.items():
        column: Any = record._meta.get_field(name)
        if isinstance(value, Model):
            continue
        try:
            column.clean(value, record)
        except ValidationError as error:
            shown = cells.get(name, "")[:SHOWN]
            found.append(RowError(number, name, shown, " ".join(error.messages)))
    return found
