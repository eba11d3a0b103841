"""The slip of a cash session: X report while it is open, Z report afterwards, or the bare count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from pos.denominations import pieces
from pos.figures import Difference, Figures, Returned, Tax
from pos.models import AccountPayment, CashCount, CashMovement, CashSession
from pos.money import ZERO, format_money, quantity_text

from .blocks import Block, Facts, Header, Marker, Receipt, Row, Rule, Sums, TaxTable, Text, Total
from .texts import UNIT_SPACE, amount, local_time


def build_session_slip(
    session: CashSession,
    *,
    figures: Figures | None = None,
    count: CashCount | None = None,
    differences: Sequence[Difference] = (),
) -> Receipt:
    """What the slip says, in the active language.

    Without `figures` only who counted what: for whoever may not know what was expected.
    """
    blocks = [*_head(session, has_figures=figures is not None)]
    if figures:
        blocks += [*_sales(figures), *_back(figures), *_money(figures), *_drawer(figures)]
    if count:
        blocks += _counted(count, differences if figures else ())
    if session.note:
        blocks += [Rule(), Text(_("Note"), tuple(session.note.splitlines()))]
    return Receipt(str(session.z_number or ""), tuple(blocks))


def report_title(session: CashSession) -> str:
    if session.is_open:
        return _("X report")
    if session.z_number is None:
        return _("Report of a close")
    return _("Z report %(number)s") % {"number": session.z_number}


def _head(session: CashSession, *, has_figures: bool) -> Iterator[Block]:
    store = session.register.store
    yield Header(store.name, tuple(line.strip() for line in store.address.splitlines() if line))
    title = report_title(session) if has_figures or session.z_number else _("Count")
    yield Marker(title.upper())
    yield Rule()
    facts = [
        (_("Register"), session.register.name),
        (_("Session"), f"#{session.pk}"),
        (_("Opened"), local_time(session.opened_at, store)),
        (_("By"), str(session.opened_by)),
    ]
    if session.closed_at:
        facts += [
            (_("Closed"), local_time(session.closed_at, store)),
            (_("By"), str(session.closed_by)),
        ]
    yield Facts(tuple(facts))


def _sales(figures: Figures) -> Iterator[Block]:
    sales = figures.sales
    yield Rule()
    yield Text(_("Sales"), ())
    rows = [Row(_("Number of sales"), str(sales.count))]
    if sales.count:
        rows.append(Row(_("First receipt"), sales.first_number))
        rows.append(Row(_("Last receipt"), sales.last_number))
    rows.append(Row(_("Before discounts"), amount(sales.subtotal)))
    rows += _rows((_("Discounts"), -sales.discount))
    rows += [Row(_("Net"), amount(sales.net)), Row(_("Tax"), amount(sales.tax))]
    rows += _rows((_("Cash rounding"), sales.rounding))
    yield Sums(tuple(rows))
    yield Total(Row(_("Sold"), format_money(sales.total, settings.POS_CURRENCY)))
    yield Sums(_rows((_("Of this on account"), sales.on_account)))
    if figures.taxes:
        yield _tax_table(figures.taxes)


def _back(figures: Figures) -> Iterator[Block]:
    for title, back in ((_("Refunds"), figures.refunds), (_("Voided sales"), figures.voids)):
        if back.count:
            yield Rule()
            yield from _returned(title, back)


def _returned(title: str, back: Returned) -> Iterator[Block]:
    yield Text(title, ())
    yield Sums(
        (
            Row(_("Number"), str(back.count)),
            Row(_("Net"), amount(-back.net)),
            Row(_("Tax"), amount(-back.tax)),
            *_rows((_("Cash rounding"), -back.rounding)),
            Row(_("Given back"), amount(-back.total)),
        )
    )
    if back.taxes:
        yield _tax_table(back.taxes)


def _money(figures: Figures) -> Iterator[Block]:
    yield Rule()
    yield Text(_("Payments"), ())
    rows = []
    for tender in figures.tenders:
        rows.append(Row(f"{tender.name} ({tender.count})", amount(tender.net)))
        if tender.given_back:
            rows += _rows((_("of this received"), tender.received))
            rows += _rows((_("given back"), -tender.given_back))
        rows += _rows((_("change given"), tender.change))
    if not rows:
        rows.append(Row(_("None"), amount(ZERO)))
    yield Sums(tuple(rows))
    accounts = [
        Row(f"{AccountPayment.Kind(kind).label} ({tally.count})", amount(tally.amount))
        for kind, tally in figures.accounts.items()
        if tally.count
    ]
    if accounts:
        yield Text(_("Of this without goods"), ())
        yield Sums(tuple(accounts))


def _drawer(figures: Figures) -> Iterator[Block]:
    yield Rule()
    yield Text(_("Cash in the drawer"), ())
    rows = [
        Row(_("Opening float"), amount(figures.opening_float)),
        Row(_("Cash received"), amount(figures.cash_received)),
        *_rows((_("Cash given back"), -figures.cash_given_back)),
    ]
    for kind, tally in figures.movements.items():
        if tally.count:
            sign = 1 if kind == CashMovement.Kind.PAY_IN else -1
            label = f"{CashMovement.Kind(kind).label} ({tally.count})"
            rows.append(Row(label, amount(sign * tally.amount)))
    yield Sums(tuple(rows))
    expected = format_money(figures.expected_cash, settings.POS_CURRENCY)
    yield Total(Row(_("Expected"), expected))
    if figures.no_sales:
        yield Sums((Row(_("Opened without a sale"), str(figures.no_sales)),))


def _counted(count: CashCount, differences: Sequence[Difference]) -> Iterator[Block]:
    yield Rule()
    yield Text(_("Counted"), ())
    values = {piece.text: piece.value for piece in pieces(settings.POS_CURRENCY)}
    rows = [
        Row(f"{number} × {text}", amount(number * values[text]))
        for text, number in sorted(
            count.denominations.items(), key=lambda pair: -values.get(pair[0], ZERO)
        )
        if text in values
    ]
    yield Sums(tuple(rows))
    yield Total(Row(_("Cash"), format_money(count.cash_amount, settings.POS_CURRENCY)))
    if differences:
        yield Sums(tuple(_difference_rows(differences)))
    else:
        yield Sums(tuple(Row(code, amount) for code, amount in count.amounts.items()))
    yield Sums((Row(_("Counted by"), str(count.counted_by)),))


def _difference_rows(differences: Sequence[Difference]) -> Iterator[Row]:
    for each in differences:
        if each.code:
            yield Row(_("%(tender)s, counted") % {"tender": each.name}, amount(each.counted))
            yield Row(_("%(tender)s, expected") % {"tender": each.name}, amount(each.expected))
        label = _("%(tender)s, difference") % {"tender": each.name}
        yield Row(label, f"{'+' if each.amount > 0 else ''}{amount(each.amount)}")


def _tax_table(taxes: Sequence[Tax]) -> TaxTable:
    rows = []
    for tax in taxes:
        percent = quantity_text(tax.percent)
        name = tax.name if percent in tax.name else f"{tax.name} {percent}{UNIT_SPACE}%"
        rows.append((name, amount(tax.net), amount(tax.tax), amount(tax.net + tax.tax)))
    return TaxTable((_("Rate"), _("Net"), _("Tax"), _("Gross")), tuple(rows))


def _rows(*pairs: tuple[str, Decimal]) -> tuple[Row, ...]:
    """Only what is not nothing."""
    return tuple(Row(label, amount(figure)) for label, figure in pairs if figure)
