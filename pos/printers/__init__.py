"""How paper comes out. A new kind is one module and one line here."""

from __future__ import annotations

from .base import Printer
from .browser import BROWSER

__all__ = ["PRINTERS", "Printer", "choices"]

PRINTERS: tuple[Printer, ...] = (BROWSER,)


def choices() -> list[tuple[str, object]]:
    return [(each.kind, each.name) for each in PRINTERS]
