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


# --- Text in a file that a spreadsheet opens -----------------------------------------------------

# What makes a cell of a CSV file a formula; the wide ones are the same signs on East Asian keyboards.
FORMULA_SIGNS = frozenset("=+-@＝＋－＠")
_LEADING = frozenset("'\"\ufeff\u200b")
_BREAKING = frozenset("\t\r\n")


def is_like_formula(text: str) -> bool:
    """Whether a spreadsheet may calculate this text, also with blanks or quotes before it."""
    for sign in text:
        if sign in _BREAKING or sign in FORMULA_SIGNS:
            return True
        if not (sign.isspace() or sign in _LEADING):
            return False
    return False


def neutralised(text: str) -> str:
    """The text with an apostrophe before what would be a formula; `as_typed` takes it off again."""
    return f"'{text}" if is_like_formula(text) else text


def as_typed(text: str) -> str:
    """The opposite of `neutralised`, exactly: an apostrophe that guards a formula is none of the text."""
    return text[1:] if text.startswith("'") and is_like_formula(text) else text
