"""What every document of the shop says alike: its head, amounts, times, the word on a copy."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.models import OrderLine, Store
from pos.money import amount_text, currency_decimals, quantise, quantity_text

from .blocks import Header

UNIT_SPACE = "\N{NO-BREAK SPACE}"  # keeps a figure and its unit on one line


def copy_text(print_number: int) -> str:
    """The word on every print but the first; empty on the original."""
    return _("COPY %(number)s") % {"number": print_number} if print_number > 1 else ""


def store_header(store: Store) -> Header:
    lines = [*text_lines(store.address)]
    if store.phone:
        lines.append(_("Phone %(phone)s") % {"phone": store.phone})
    if store.tax_number:
        lines.append(_("Tax no. %(number)s") % {"number": store.tax_number})
    return Header(store.name, (*lines, *text_lines(store.receipt_header)))


def local_time(at: datetime, store: Store) -> str:
    """A moment by the store's clock, with the month as a word: 3/4 means two days in the world."""
    local = at.astimezone(zoneinfo.ZoneInfo(store.time_zone))
    return date_format(local, _("j M Y, H:i"))


def amount(figure: Decimal) -> str:
    return amount_text(figure, currency_decimals(settings.POS_CURRENCY))


def taken(figure: Decimal) -> str:
    """An amount that is taken off."""
    return amount(-figure)


def unit_price(price: Decimal) -> str:
    """A price finer than the smallest coin keeps its digits: 0.0375 per screw."""
    decimals = currency_decimals(settings.POS_CURRENCY)
    return amount(price) if quantise(price, decimals) == price else quantity_text(price)


def is_weighed(line: OrderLine) -> bool:
    return line.product is not None and line.product.is_weighed


def discount_label(label: str, percent: Decimal | None) -> str:
    return f"{label} {quantity_text(percent)}{UNIT_SPACE}%" if percent else label


def text_lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
