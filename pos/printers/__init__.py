"""How paper comes out. A new kind is one module and one line here."""

from __future__ import annotations

from .base import Printer
from .browser import BROWSER
from .escpos import ESCPOS

__all__ = ["PRINTERS", "Printer", "choices", "is_network"]

PRINTERS: tuple[Printer, ...] = (BROWSER, ESCPOS)


def choices() -> list[tuple[str, object]]:
    return [(each.kind, each.name) for each in PRINTERS]


def is_network(kind: str) -> bool:
    """Whether the shop's server prints for a register with this kind of printer."""
    return any(each.kind == kind and each.is_network for each in PRINTERS)
