"""What a text may hold: no sign that nobody sees and that changes what everybody reads.

A right-to-left override in a product's name turns the price behind it around. Marks that only join
or part letters (ZWJ, LRM …) stay: Persian, Hindi and every family emoji need them.
"""

from __future__ import annotations

import unicodedata

# Embeddings, overrides and isolates: they turn the direction of whatever follows.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BREAKS = frozenset("\t\n\r\u2028\u2029")
# Controls, halves of surrogate pairs, which no database stores, line and paragraph separators.
UNSEEN = frozenset(("Cc", "Cs", "Zl", "Zp"))
REPLACEMENT = "\ufffd"


def is_unseen(sign: str) -> bool:
    return sign in TURNING or unicodedata.category(sign) in UNSEEN


def has_unseen_signs(text: str, *, lines: bool = False) -> bool:
    """Whether `text` holds a sign that nobody can type on purpose; `lines` may have breaks and tabs."""
    return any(is_unseen(sign) and not (lines and sign in BREAKS) for sign in text)


def with_signs_seen(text: str) -> str:
    """The same text with a visible sign for each unseen one; for records of what was sent."""
    if text.isprintable():
        return text
    return "".join(REPLACEMENT if is_unseen(sign) and sign not in BREAKS else sign for sign in text)
