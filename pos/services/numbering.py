"""Receipt numbers: one gap-free series per register, given last, inside the sale's transaction."""

from __future__ import annotations

from pos.models import Register


def receipt_number(register: Register, sequence: int) -> str:
    """MAIN-R1-000123: store, register, place in the register's series."""
    return f"{register.store.code}-{register.code}-{sequence:06d}"


def next_sequence(register: Register) -> int:
    """The next place in the series. The register's row must be locked (services.locks)."""
    register.last_number += 1
    Register.objects.filter(pk=register.pk).update(last_number=register.last_number)
    return register.last_number
