"""Columns of sales, payments and refunds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pos.models import (
    AccountPayment,
    Balance,
    BalanceEntry,
    Order,
    OrderLine,
    Payment,
    Refund,
    RefundLine,
)

from .base import ListResource, SheetField


class OrderResource(ListResource):
    number = SheetField("number")
    label = SheetField("label")
    status = SheetField("status")
    sold_on = SheetField("sold_on")
    completed_at = SheetField("completed_at", _("completed at"))
    store = SheetField("store")
    register = SheetField("register")
    seller = SheetField("seller")
    customer = SheetField("customer")
    items = SheetField("item_count", _("items"), kind="quantity")
    subtotal = SheetField("subtotal_amount")
    discount = SheetField("discount_amount")
    net = SheetField("net_amount")
    tax = SheetField("tax_amount")
    gross = SheetField("gross_amount")
    rounding = SheetField("rounding_amount")
    total = SheetField("total_amount")
    paid = SheetField("paid_amount")
    refunded = SheetField("refunded_amount")
    due = SheetField("due_amount", _("due"), kind="money")
    payment_status = SheetField("payment_status")
    delivery_status = SheetField("delivery_status")
    deliver_on = SheetField("deliver_on")
    delivery_address = SheetField("delivery_address")
    delivery_note = SheetField("delivery_note")
    note = SheetField("note")
    void_reason = SheetField("void_reason")
    created_at = SheetField("created_at")

    class Meta:
        model = Order


class OrderLineResource(ListResource):
    parent = "order"
    order = ("position", "id")
    number = SheetField("order__number", _("order"))
    status = SheetField("order__status")
    sold_on = SheetField("order__sold_on")
    completed_at = SheetField("order__completed_at", _("completed at"))
    store = SheetField("order__store")
    register = SheetField("order__register")
    seller = SheetField("order__seller")
    customer = SheetField("order__customer")
    position = SheetField("position")
    kind = SheetField("kind")
    code = SheetField("code", kind="code")
    name = SheetField("name")
    size = SheetField("size")
    quantity = SheetField("quantity")
    list_price = SheetField("list_price")
    unit_price = SheetField("unit_price")
    unit_cost = SheetField("unit_cost", right="view_cost")
    subtotal = SheetField("subtotal_amount")
    discount_percent = SheetField("discount_percent")
    discount = SheetField("discount_amount")
    order_discount = SheetField("order_discount_amount")
    net = SheetField("net_amount")
    tax = SheetField("tax_amount")
    gross = SheetField("gross_amount")
    came_back = SheetField("refunded_quantity")
    note = SheetField("note")

    class Meta:
        model = OrderLine
        name = _("what was sold, line by line")


class PaymentResource(ListResource):
    received_at = SheetField("received_at", _("received at"))
    received_on = SheetField("received_on")
    order = SheetField("order")
    refund = SheetField("refund")
    account_payment = SheetField("account_payment")
    method = SheetField("method")
    amount = SheetField("amount")
    tendered = SheetField("tendered_amount")
    change = SheetField("change_amount")
    reference = SheetField("reference")
    store = SheetField("store")
    session = SheetField("session", needs=("session__register",))
    received_by = SheetField("received_by")

    class Meta:
        model = Payment


class RefundResource(ListResource):
    number = SheetField("number")
    kind = SheetField("kind")
    refunded_at = SheetField("refunded_at", _("refunded at"))
    refunded_on = SheetField("refunded_on")
    order = SheetField("order")
    exchange_order = SheetField("exchange_order")
    store = SheetField("store")
    register = SheetField("register")
    seller = SheetField("seller")
    customer = SheetField("customer")
    reason = SheetField("reason")
    net = SheetField("net_amount")
    tax = SheetField("tax_amount")
    gross = SheetField("gross_amount")
    rounding = SheetField("rounding_amount")
    total = SheetField("total_amount")

    class Meta:
        model = Refund


class RefundLineResource(ListResource):
    parent = "refund"
    order = ("position", "id")
    number = SheetField("refund__number", _("refund"))
    sold_as = SheetField("refund__order", _("order"))
    refunded_at = SheetField("refund__refunded_at", _("refunded at"))
    refunded_on = SheetField("refund__refunded_on")
    store = SheetField("refund__store")
    seller = SheetField("refund__seller")
    kind = SheetField("kind")
    code = SheetField("code", kind="code")
    name = SheetField("name")
    size = SheetField("size")
    quantity = SheetField("quantity")
    unit_price = SheetField("unit_price")
    unit_cost = SheetField("unit_cost", right="view_cost")
    net = SheetField("net_amount")
    tax = SheetField("tax_amount")
    gross = SheetField("gross_amount")
    is_restocked = SheetField("is_restocked")

    class Meta:
        model = RefundLine
        name = _("what came back, line by line")


class AccountPaymentResource(ListResource):
    number = SheetField("number")
    kind = SheetField("kind")
    received_at = SheetField("received_at", _("received at"))
    received_on = SheetField("received_on")
    customer = SheetField("customer")
    amount = SheetField("amount")
    credited = SheetField("credited_amount")
    balance = SheetField("balance", needs=("balance__customer",))
    store = SheetField("store")
    register = SheetField("register")
    received_by = SheetField("received_by")
    note = SheetField("note")

    class Meta:
        model = AccountPayment


class BalanceResource(ListResource):
    """A gift card by its last digits only, as everywhere: who knows the whole number can spend it."""

    card = SheetField(title=_("balance"), read=str, needs=("customer",))
    kind = SheetField("kind")
    customer = SheetField("customer")
    amount = SheetField("amount", _("amount"))
    is_active = SheetField("is_active")
    expires_on = SheetField("expires_on")
    store = SheetField("store")
    created_by = SheetField("created_by")
    created_at = SheetField("created_at")

    class Meta:
        model = Balance


class BalanceEntryResource(ListResource):
    parent = "balance"
    order = ("created_at", "id")
    balance = SheetField("balance", needs=("balance__customer",))
    created_at = SheetField("created_at")
    kind = SheetField("kind")
    amount = SheetField("amount")
    store = SheetField("store")
    sold = SheetField("order")
    refund = SheetField("refund")
    account_payment = SheetField("account_payment")
    reason = SheetField("reason")
    created_by = SheetField("created_by")

    class Meta:
        model = BalanceEntry
        name = _("what came and went, entry by entry")
