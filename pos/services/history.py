"""Who changed a record and why, where no web request says so by itself."""

from __future__ import annotations

from typing import Any

from pos.models import User


def sign(record: Any, *, user: User | None, reason: str = "") -> None:
    """The next save of `record` writes its history in this person's name."""
    record._history_user = user
    if reason:
        record._change_reason = reason
