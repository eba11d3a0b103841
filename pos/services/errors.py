"""Refusals. Each says in the cashier's words what is wrong; nothing has changed when one is raised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class PosError(Exception):
    """`code` is stable, `message` is translated, `lines` are places in the cart, `data` goes along."""

    status = 409

    def __init__(
        self, code: str, message: object, *, lines: Sequence[int] = (), **data: Any
    ) -> None:
        super().__init__(message)
        self.code = code
        self.lines = list(lines)
        self.data = data

    @property
    def message(self) -> str:
        return str(self.args[0])

    def __str__(self) -> str:
        return self.message


class Invalid(PosError):
    """Nobody could mean this: a malformed value."""

    status = 400


class Forbidden(PosError):
    """This person may not."""

    status = 403


class NotFound(PosError):
    """There is no such thing, or it is not this person's to see."""

    status = 404


class Conflict(PosError):
    """The shop has changed meanwhile: price, stock, session."""

    status = 409


class ApprovalNeeded(Conflict):
    """Over a limit, or without the right: somebody else has to say yes. `needs` says to what.

    403 where the right itself is missing, 409 over a limit of somebody who has it.
    """


class KeyReused(PosError):
    """The same key came with something else."""

    status = 422
