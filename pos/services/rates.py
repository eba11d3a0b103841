"""How often one address may ask for what needs no log-in.

Counted in the cache, which each process has for itself: with n processes up to n times as often.
"""

from __future__ import annotations

import ipaddress
import time

from django.core.cache import cache

MINUTE = 60


def is_within_rate(what: str, address: str, *, most: int) -> bool:
    """Count one request of `address` for `what`; whether it is among the first `most` this minute."""
    minute = int(time.time()) // MINUTE
    key = f"rate:{what}:{_of_one_line(address)}:{minute}"
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # thrown out in between: the cache is full
        return True


def _of_one_line(address: str) -> str:
    """An IPv6 line has 2⁶⁴ addresses; all of them are one."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if number.version == 4:
        return str(number)
    return str(ipaddress.ip_network(f"{number}/64", strict=False).network_address)
