"""A customer's statement on paper (PDF) and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.documents import draw_invoice
from pos.models import Store
from pos.money import currency_decimals, format_money
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

from .audit_sheet import OPTIONS
from .customer_accounts import AGE_NAMES, Statement

WIDTHS = (12, 14, 24, 14, 14, 14)


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
    file = TemporaryFile()  # noqa: SIM115  the answer closes it
    book = xlsxwriter.Workbook(file, OPTIONS)
    sheet = book.add_worksheet(_("Statement"))
    decimals = currency_decimals(settings.POS_CURRENCY)
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format(
            {"num_format": f"#,##0.{'0' * decimals}" if decimals else "#,##0"}
        ),
    }
    for column, (title, width) in enumerate(zip(_titles(), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats["head"])
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(_rows(statement), start=1):
        for column, value in enumerate(row):
            _write(sheet, place, column, value, formats)
    book.close()
    file.seek(0)
    return file


def _titles() -> list[str]:
    return [_("Day"), _("What"), _("Document"), _("Debit"), _("Credit"), _("Balance")]


def _rows(statement: Statement) -> Iterator[list[Any]]:
    yield [statement.first, _("Owed before"), str(statement.customer), "", "", statement.opening]
    for line in statement.lines:
        yield [
            line.day,
            line.what,
            str(line.document),
            line.debit or "",
            line.credit or "",
            line.balance,
        ]
    yield [statement.last, _("Owed at the end"), "", "", "", statement.closing]
    for age, due in statement.ages.items():
        yield ["", str(AGE_NAMES[age]), "", "", "", due]


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, value, formats["money"])
    elif value:
        sheet.write_string(row, column, value)
