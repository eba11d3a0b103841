"""Numbers of gift cards: 16 digits with a check digit of our own.

The check digit is Luhn's plus five: it finds the same slips of the finger, and no gift card is ever
mistaken for a bank card, whose numbers are refused everywhere (services/payments.py).
"""

from __future__ import annotations

import re
import secrets

from django.utils.translation import gettext as _

from .errors import Invalid

LENGTH = 16
_GROUPS = re.compile(r"[0-9](?:[ -]?[0-9]){15}")


def new_card_number() -> str:
    """A number nobody can guess; that it is new is for the unique column to say."""
    digits = "".join(str(secrets.randbelow(10)) for _place in range(LENGTH - 1))
    return digits + str(check_digit(digits))


def check_digit(digits: str) -> int:
    """Of the digits before it."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        digit = int(sign) * (1 if place % 2 else 2)
        total += digit - 9 * (digit > 9)
    return (15 - total % 10) % 10


def read_card_number(text: str) -> str:
    """Its 16 digits, typed with or without groups. Raises Invalid("bad_card")."""
    number = re.sub(r"[ -]", "", text) if _GROUPS.fullmatch(text.strip()) else ""
    number = number.strip()
    if not number or int(number[-1]) != check_digit(number[:-1]):
        raise Invalid("bad_card", _("This is no number of a gift card. Check the digits."))
    return number


def last_digits(number: str) -> str:
    """All that is kept beside a payment."""
    return f"…{number[-4:]}"
