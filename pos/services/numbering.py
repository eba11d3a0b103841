"""Numbers of documents: gap-free series per register, given last, inside the document's transaction."""

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


def next_refund_number(register: Register) -> tuple[int, str]:
    """MAIN-R1-R000012, with its place in the series. The register's row must be locked."""
    register.last_refund_number += 1
    register.save(update_fields=["last_refund_number"])
    return register.last_refund_number, _number(register, "R", register.last_refund_number)


def next_account_number(register: Register) -> tuple[int, str]:
    """MAIN-R1-A000012, with its place in the series. The register's row must be locked."""
    register.last_account_number += 1
    register.save(update_fields=["last_account_number"])
    return register.last_account_number, _number(register, "A", register.last_account_number)


def next_z_number(register: Register) -> int:
    """The next close of the register. Its row must be locked."""
    register.last_z_number += 1
    register.save(update_fields=["last_z_number"])
    return register.last_z_number


def _number(register: Register, series: str, sequence: int) -> str:
    return f"{register.store.code}-{register.code}-{series}{sequence:06d}"
