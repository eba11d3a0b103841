"""The page that shows whether a printer does what it should."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from pos.models import Register

from .blocks import Codes, Facts, Item, Items, Marker, Receipt, Row, Rule, Total
from .texts import local_time, store_header


def build_test_page(register: Register, *, at: datetime) -> Receipt:
    """Widths, accents, a script that no code page has, the big line and the codes."""
    number = f"{register.store.code}-{register.code}-000000"
    item = Item("Crème brûlée, Žluťoučký kůň, ½ kg", "1 × 0.00", "0.00")
    blocks = (
        store_header(register.store),
        Marker(_("Test page")),
        Rule(),
        Facts(((_("Register"), register.name), (_("Date"), local_time(at, register.store)))),
        Rule(),
        Items((item, Item("日本語 中文 한국어", "", ""), Item("مرحبا שלום", "", ""))),
        Rule(),
        Total(Row(_("Total"), "0.00")),
        Codes(number),
    )
    return Receipt(number, blocks)
