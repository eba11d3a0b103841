"""What a kind of printer decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Printer:
    """`is_network`: the shop's server sends to it; otherwise the browser prints."""

    kind: str
    name: object
    is_network: bool = False
