"""What money came in by which way of paying, and the taxes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from .base import METHOD, SELLER, STORE, Asked, Behind, Chart, Column
from .behind import payments_behind
from .facts import Fact, Sums
from .grouped import Grouped, Key
from .names import method_names


class PaymentMethods(Grouped):
    name = "payment-methods"
    title = _("Payment methods")
    description = _("What was received and given back by each way of paying, dues and loads too.")
    group = "money"
    icon = "credit_card"
    rights = ("view_payment",)
    filters = (STORE, SELLER, METHOD)
    fact = Fact.PAYMENTS
    by = ("method",)
    columns = (
        Column("name", _("Payment method")),
        Column("payments", _("Payments"), "count", is_summed=True),
        Column("received", _("Received"), "money", term="received", is_summed=True),
        Column("given_back", _("Given back"), "money", term="given_back", is_summed=True),
        Column("kept", _("Kept"), "money", term="kept", is_summed=True),
    )
    chart = Chart("bar", "name", ("kept",), most=20)
    sort = "-kept"
    figures = ("kept", "received", "given_back", "payments")
    empty = _("No money came in or went out in these days.")

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        names = method_names([key[0] for key in keys])
        return {key: {"name": names[key[0]]} for key in keys}

    def behind(self, asked: Asked, key: Key) -> Behind | None:
        return payments_behind(asked, method=key[0])


class Taxes(Grouped):
    name = "taxes"
    title = _("Taxes")
    description = _("What was taxed at which rate, and the tax: for your tax return.")
    group = "money"
    icon = "account_balance"
    filters = (STORE,)
    fact = Fact.TAXES
    by = ("tax",)
    columns = (
        Column("name", _("Tax")),
        Column("rate", _("Rate"), "percent"),
        Column("net", _("Net sold"), "money", term="net", is_summed=True),
        Column("tax", _("Tax charged"), "money", term="tax", is_summed=True),
        Column("refund_net", _("Net given back"), "money", term="refund", is_summed=True),
        Column("refund_tax", _("Tax given back"), "money", term="refund", is_summed=True),
        Column("net_sales", _("Net sales"), "money", term="net_sales", is_summed=True),
        Column("tax_due", _("Tax to pay"), "money", term="tax_due", is_summed=True),
    )
    sort = "-tax_due"
    figures = ("tax_due", "net_sales", "tax", "refund_tax")
    empty = _("Nothing was sold in these days.")
    # Two rates on the same net amount count it twice.
    not_added = ("net", "refund_net", "net_sales", "rate")

    def figure(self, found: Sums, name: str) -> Any:
        return None if name == "rate" else super().figure(found, name)

    def labels(self, asked: Asked, keys: Collection[Key]) -> Mapping[Key, dict[str, Any]]:
        return {
            key: {"name": key[0][0] or now("Without tax"), "rate": key[0][1] if key[0][0] else None}
            for key in keys
        }

    def notes(self, asked: Asked) -> list[Any]:
        return [_("Two taxes on the same goods each show their net; so net has no total here.")]
