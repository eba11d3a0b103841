"""The receipt of money without goods: dues paid, store credit or a gift card loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pos.models import AccountPayment, Balance, Payment
from pos.money import ZERO, format_money

from .blocks import (
    Block,
    Codes,
    Facts,
    Footer,
    Header,
    Item,
    Items,
    Marker,
    Payments,
    Receipt,
    Row,
    Rule,
    Text,
    Total,
)
from .texts import amount, copy_text, local_time, store_header, text_lines


def build_account_receipt(
    received: AccountPayment, *, print_number: int | None = None, marker: str = ""
) -> Receipt:
    """What it says, in the active language. `print_number`, `marker`: as in build_receipt.

    A gift card's number stands on the original only.
    """
    number = received.print_count if print_number is None else print_number
    return Receipt(received.number, tuple(_blocks(received, marker or copy_text(number))))


def _blocks(received: AccountPayment, marker: str) -> Iterator[Block]:
    payments = list(received.payments.select_related("method", "order").order_by("id"))
    header: Header = store_header(received.store)
    yield header
    if marker:
        yield Marker(marker)
    yield Rule()
    yield Facts(tuple(_facts(received)))
    yield Rule()
    yield Items(tuple(_items(received, payments)))
    yield Rule()
    yield Total(Row(_("Received"), format_money(received.amount, settings.POS_CURRENCY)))
    yield _given(payments)
    if received.balance:
        yield Rule()
        yield _balance(received.balance, is_original=not marker)
    if received.note:
        yield Text(_("Note"), text_lines(received.note))
    yield Codes(received.number)
    if received.store.receipt_footer.strip():
        yield Footer(text_lines(received.store.receipt_footer))


def _facts(received: AccountPayment) -> Iterator[tuple[str, str]]:
    yield str(received.get_kind_display()), received.number
    yield _("Date"), local_time(received.received_at, received.store)
    yield _("Register"), received.register.name
    person = received.received_by
    yield _("Served by"), person.first_name or person.username
    if received.customer:
        yield _("Customer"), received.customer.name


def _items(received: AccountPayment, payments: Sequence[Payment]) -> Iterator[Item]:
    for payment in payments:
        order = payment.order
        if order is None:
            yield Item(str(received.balance or ""), _("Loaded"), amount(payment.amount))
            continue
        day = date_format(order.sold_on, _("j M Y")) if order.sold_on else ""
        left = _("Still due: %(due)s") % {"due": amount(order.due_amount)}
        detail = _("of %(day)s") % {"day": day}
        note = left if order.due_amount else ""
        yield Item(str(order), detail, amount(payment.amount), note=note)


def _given(payments: Sequence[Payment]) -> Payments:
    """One row per method, with all that was handed over."""
    rows: dict[str, list[Payment]] = {}
    for payment in payments:
        parts = (payment.method.name, payment.reference)
        rows.setdefault(" · ".join(part for part in parts if part), []).append(payment)
    given = tuple(
        Row(label, amount(sum((each.tendered_amount for each in group), ZERO)))
        for label, group in rows.items()
    )
    change = sum((payment.change_amount for payment in payments), ZERO)
    return Payments(given, (Row(_("Change"), amount(change)),) if change else ())


def _balance(balance: Balance, *, is_original: bool) -> Text:
    lines = []
    if balance.code:
        groups = [balance.code[place : place + 4] for place in range(0, len(balance.code), 4)]
        lines.append(" ".join(groups) if is_original else str(balance))
    lines.append(_("Now on it: %(amount)s") % {"amount": _money(balance)})
    if balance.expires_on:
        day = date_format(balance.expires_on, _("j M Y"))
        lines.append(_("Good until %(day)s") % {"day": day})
    return Text(str(balance.get_kind_display()), tuple(lines))


def _money(balance: Balance) -> str:
    return format_money(balance.amount, settings.POS_CURRENCY)
