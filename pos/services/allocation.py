"""Sharing an amount out over what is owed. Pure: no database."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pos.money import ZERO


def allocate_to_dues(amount: Decimal, dues: Sequence[Decimal]) -> tuple[list[Decimal], Decimal]:
    """What each due gets, in this order, and what is left over.

    Σ parts + left over = amount; no part is above its due; a due gets something only when every
    one before it is paid whole.
    """
    parts, left = [], amount
    for due in dues:
        part = min(left, max(due, ZERO))
        parts.append(part)
        left -= part
    return parts, left
