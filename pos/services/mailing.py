"""Receipts by email, with the invoice as PDF, through Django's mail settings."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pos.documents import draw_invoice
from pos.models import AuditEntry, Order, User
from pos.money import format_money
from pos.receipts import build_receipt, local_time
from pos.text import has_unseen_signs

from .audit import record
from .errors import Conflict, Invalid, PosError
from .locks import lock_orders, lock_person
from .receipts import find_receipt, link_of
from .rights import require

logger = logging.getLogger(__name__)
MOST_MAILS = 30  # of one person within an hour, sent or refused by the mail server
HOUR = timedelta(hours=1)


class NotSent(PosError):
    """The mail server did not take it. Try again, or hand over paper."""

    status = 503


def can_mail() -> bool:
    """Whether the shop's mail settings say where to."""
    return bool(settings.CAN_MAIL)


def how_to_mail() -> str:
    return _("This shop sends no mail yet: set EMAIL_URL and DEFAULT_FROM_EMAIL.")


def send_receipt(*, user: User, order: Order, address: str, base: str = "") -> str:
    """Mail the receipt with its invoice as PDF; returns the address as it was used.

    Counted as a print and recorded. Must not be called inside a transaction: a mail server may be
    slow. Raises Forbidden, NotFound, Invalid (`bad_address`), Conflict (`no_mail`, `too_many`) and
    NotSent, after which nothing has changed but the record of the try.
    """
    require(user, "send_receipt")
    order = find_receipt(user=user, order_id=order.pk)
    if not can_mail():
        raise Conflict("no_mail", how_to_mail())
    address = checked_address(address)
    print_number = _count(user, order)
    try:
        # Outside of any transaction.
        _message(order, address, print_number, base).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        logger.warning("Receipt %s was not sent: %s", order.number, error)
        _take_back(user, order, address, print_number)
        raise NotSent("not_sent", _trouble(error)) from error
    _record(user, order, address, [_("times printed"), print_number - 1, print_number])
    return address


def checked_address(text: str) -> str:
    """One address that a mail can go to. Raises Invalid."""
    address = text.strip()
    try:
        if has_unseen_signs(address) or len(address) > 254:
            raise ValidationError("unseen")
        validate_email(address)
    except ValidationError:
        raise Invalid(
            "bad_address", _("Type one email address, for example rosa@example.org.")
        ) from None
    return address


def _count(user: User, order: Order) -> int:
    """The number of this print, taken before the mail leaves so that two never have the same."""
    with transaction.atomic(durable=True):
        locked = lock_orders(Order.objects.filter(pk=order.pk)).get()
        lock_person(user.pk)
        sent = AuditEntry.objects.filter(
            kind=AuditEntry.Kind.RECEIPT_SENT, actor=user, at__gte=timezone.now() - HOUR
        )
        if sent.count() >= MOST_MAILS:
            raise Conflict(
                "too_many", _("You have sent many receipts in the last hour. Try again later.")
            )
        before = int(locked.print_count)
        Order.objects.filter(pk=order.pk).update(print_count=before + 1)
        return before + 1


def _take_back(user: User, order: Order, address: str, print_number: int) -> None:
    """It never left: the number is free again, unless somebody printed meanwhile."""
    with transaction.atomic():
        unchanged = Order.objects.filter(pk=order.pk, print_count=print_number)
        unchanged.update(print_count=print_number - 1)
        _record(user, order, address, [_("answer"), "", _("not sent")])


def _record(user: User, order: Order, address: str, change: list[object]) -> None:
    record(
        AuditEntry.Kind.RECEIPT_SENT,
        user=user,
        obj=order,
        changes=[[_("email"), "", address], change],
        amount=order.total_amount,
    )


def _message(order: Order, address: str, print_number: int, base: str) -> EmailMessage:
    store, link = order.store, link_of(order, base)
    names = {
        "store": _one_line(store.name),
        "number": order.number,
        "total": format_money(order.total_amount, settings.POS_CURRENCY),
        "when": local_time(order.completed_at or order.created_at, store),
        "link": link,
    }
    lines = [
        _("Thank you for your purchase at %(store)s on %(when)s.") % names,
        _("Receipt %(number)s, total %(total)s. The invoice is attached.") % names,
    ]
    if link:
        lines.append(_("You also find it here: %(link)s") % names)
    receipt = build_receipt(order, print_number=print_number, link=link)
    message = EmailMessage(
        subject=_("Your receipt %(number)s from %(store)s") % names,
        body="\n\n".join(lines) + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        reply_to=[store.email] if store.email else [],
    )
    message.attach(
        f"{order.number}.pdf", draw_invoice(receipt, title=_("Invoice")), "application/pdf"
    )
    return message


def _one_line(text: str) -> str:
    """A subject is one line; who adds a second one writes headers."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _trouble(error: Exception) -> str:
    """What went wrong in words, and what to do."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _("The mail server refuses this address. Check it with the customer.")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server does not know the shop's password. Tell whoever runs the shop.")
    # smtplib tells a timeout in the middle as a closed connection.
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return _("The mail server does not answer. Nothing was sent; try again later.")
    return _("The mail server did not take the mail. Nothing was sent; try again later.")
