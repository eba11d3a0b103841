"""Documents drawn by the shop itself: any receipt's blocks as a PDF, on A4 or as a narrow slip."""

from __future__ import annotations

from .invoice import draw_invoice
from .slip import draw_slip

__all__ = ["draw_invoice", "draw_slip"]
