"""A customer's statement on paper (PDF) and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.documents import draw_invoice
from pos.models import Store
from pos.money import format_money
from pos.receipts import (
    Block,
    Facts,
    Header,
    Receipt,
    Row,
    Rule,
    Sums,
    TaxTable,
    Total,
    amount,
    store_header,
    text_lines,
)

from .customer_accounts import AGE_NAMES, Statement
from .sheets import Column, write_xlsx


def draw_statement(statement: Statement, *, store: Store | None) -> bytes:
    """The A4 PDF; `store`: whose letter it is."""
    receipt = Receipt(str(statement.customer), tuple(_blocks(statement, store)))
    return draw_invoice(receipt, title=_("Statement"))


def _blocks(statement: Statement, store: Store | None) -> Iterator[Block]:
    yield store_header(store) if store else Header("", ())
    yield Facts(tuple(_facts(statement)))
    yield Rule()
    yield Sums((Row(_("Owed before"), amount(statement.opening)),))
    yield Rule()
    headings = (_("Document"), _("Debit"), _("Credit"), _("Balance"))
    yield TaxTable(headings, tuple(_table(statement)))
    yield Rule()
    total = format_money(statement.closing, settings.POS_CURRENCY)
    yield Total(Row(_("Owed at the end"), total))
    yield Rule()
    ages = statement.ages.items()
    yield Sums(tuple(Row(str(AGE_NAMES[age]), amount(due)) for age, due in ages))


def _facts(statement: Statement) -> Iterator[tuple[str, str]]:
    customer = statement.customer
    yield _("Customer"), customer.name
    if customer.address:
        yield _("Address"), "\n".join(text_lines(customer.address))
    yield _("Period"), f"{_day(statement.first)} – {_day(statement.last)}"


def _table(statement: Statement) -> Iterator[tuple[str, str, str, str]]:
    for line in statement.lines:
        yield (
            f"{_day(line.day)}  {line.what} {line.document}",
            amount(line.debit) if line.debit else "",
            amount(line.credit) if line.credit else "",
            amount(line.balance),
        )


def _day(day: date) -> str:
    return date_format(day, _("j M Y"))


def write_statement(statement: Statement) -> IO[bytes]:
    """The spreadsheet, a temporary file at its beginning. Raises OSError without disk."""
    columns = [
        Column("day", _("Day"), "date"),
        Column("what", _("What"), "text", 18),
        Column("document", _("Document"), "text", 24),
        Column("debit", _("Debit"), "money"),
        Column("credit", _("Credit"), "money"),
        Column("balance", _("Balance"), "money"),
    ]
    return write_xlsx(title=_("Statement"), columns=columns, rows=_rows(statement))


def _rows(statement: Statement) -> Iterator[list[Any]]:
    customer = str(statement.customer)
    yield [statement.first, _("Owed before"), customer, None, None, statement.opening]
    for line in statement.lines:
        yield [
            line.day,
            line.what,
            str(line.document),
            line.debit or None,
            line.credit or None,
            line.balance,
        ]
    yield [statement.last, _("Owed at the end"), None, None, None, statement.closing]
    for age, due in statement.ages.items():
        yield [None, str(AGE_NAMES[age]), None, None, None, due]
