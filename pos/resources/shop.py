"""Columns of stores and registers, drawers, printing and approvals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pos.models import (
    Approval,
    CashCount,
    CashMovement,
    CashSession,
    PaymentMethod,
    PrintJob,
    Register,
    Store,
)

from .base import ListResource, SheetField


class CashSessionResource(ListResource):
    number = SheetField("pk", _("session"), kind="count")
    store = SheetField("register__store")
    register = SheetField("register")
    opened_by = SheetField("opened_by")
    opened_at = SheetField("opened_at")
    closed_by = SheetField("closed_by")
    closed_at = SheetField("closed_at")
    z_number = SheetField("z_number")
    orders = SheetField("order_count", _("orders"), kind="count")
    opening_float = SheetField("opening_float")
    counted_cash = SheetField("counted_cash")
    expected_cash = SheetField("expected_cash", right="view_expected_cash")
    difference = SheetField("difference", right="view_expected_cash")
    note = SheetField("note")

    class Meta:
        model = CashSession


def others_of(count: CashCount) -> str:
    return ", ".join(f"{code} {amount}" for code, amount in count.amounts.items())


def pieces_of(count: CashCount) -> str:
    return ", ".join(f"{number} × {piece}" for piece, number in count.denominations.items())


class CashCountResource(ListResource):
    """Only for those who may know what was expected: the counts tell how it was found."""

    parent = "session"
    order = ("position",)
    needed = "view_expected_cash"
    session = SheetField("session_id", _("session"), kind="count", right=needed)
    register = SheetField("session__register", right=needed)
    position = SheetField("position", right=needed)
    cash_amount = SheetField("cash_amount", right=needed)
    others = SheetField(title=_("slips and vouchers"), read=others_of, right=needed)
    pieces = SheetField(title=_("coins and notes"), read=pieces_of, right=needed)
    counted_by = SheetField("counted_by", right=needed)
    counted_at = SheetField("counted_at", right=needed)

    class Meta:
        model = CashCount
        name = _("counts of the drawers")


class CashMovementResource(ListResource):
    created_at = SheetField("created_at")
    kind = SheetField("kind")
    amount = SheetField("amount")
    reason = SheetField("reason")
    session = SheetField("session_id", _("session"), kind="count")
    register = SheetField("session__register")
    store = SheetField("session__register__store")
    created_by = SheetField("created_by")

    class Meta:
        model = CashMovement


class StoreResource(ListResource):
    name = SheetField("name")
    code = SheetField("code", kind="code")
    address = SheetField("address")
    phone = SheetField("phone", kind="code")
    email = SheetField("email")
    tax_number = SheetField("tax_number", kind="code")
    prices_include_tax = SheetField("prices_include_tax")
    rounding_level = SheetField("rounding_level")
    delivery_tax_rate = SheetField("delivery_tax_rate")
    stock_policy = SheetField("stock_policy")
    time_zone = SheetField("time_zone")
    day_starts_at_hour = SheetField("day_starts_at_hour")
    shared_drawer = SheetField("shared_drawer")
    receipt_header = SheetField("receipt_header")
    receipt_footer = SheetField("receipt_footer")
    is_active = SheetField("is_active")

    class Meta:
        model = Store


class RegisterResource(ListResource):
    """Without the display's address: whoever knows it watches the till."""

    store = SheetField("store")
    name = SheetField("name")
    code = SheetField("code", kind="code")
    paper_width = SheetField("paper_width")
    printer_kind = SheetField("printer_kind")
    has_drawer_kick = SheetField("has_drawer_kick")
    last_number = SheetField("last_number")
    is_active = SheetField("is_active")

    class Meta:
        model = Register


class PaymentMethodResource(ListResource):
    name = SheetField("name")
    code = SheetField("code", kind="code")
    kind = SheetField("kind")
    needs_reference = SheetField("needs_reference")
    opens_drawer = SheetField("opens_drawer")
    cash_rounding = SheetField("cash_rounding")
    position = SheetField("position")
    is_active = SheetField("is_active")

    class Meta:
        model = PaymentMethod


class PrintJobResource(ListResource):
    created_at = SheetField("created_at")
    kind = SheetField("kind")
    status = SheetField("status")
    register = SheetField("register")
    store = SheetField("register__store")
    sold = SheetField("order")
    refund = SheetField("refund")
    account_payment = SheetField("account_payment")
    session = SheetField("session_id", _("session"), kind="count")
    print_number = SheetField("print_number")
    attempts = SheetField("attempts")
    error = SheetField("error")
    printed_at = SheetField("printed_at")
    created_by = SheetField("created_by")

    class Meta:
        model = PrintJob


class ApprovalResource(ListResource):
    requested_at = SheetField("requested_at")
    kind = SheetField("kind")
    status = SheetField("status")
    summary = SheetField("summary")
    amount = SheetField("amount")
    reason = SheetField("reason")
    store = SheetField("store")
    register = SheetField("register")
    requested_by = SheetField("requested_by")
    decided_by = SheetField("decided_by")
    decided_at = SheetField("decided_at")
    sold = SheetField("order")
    used_at = SheetField("used_at")

    class Meta:
        model = Approval
