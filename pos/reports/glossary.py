"""What the words of every report mean. One definition each, shown beside the figures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# term -> (word, what it means). The formulas are those of reports.facts.
GLOSSARY: dict[str, tuple[Any, Any]] = {
    "orders": (_("Orders"), _("Completed sales. Parked and discarded ones do not count.")),
    "subtotal": (_("Before discounts"), _("Price × quantity of everything sold.")),
    "discount": (
        _("Discounts"),
        _("Taken off by hand, by a customer's level or on the whole order."),
    ),
    "gross": (_("Gross"), _("Net and tax together, after discounts.")),
    "net": (_("Net"), _("Without tax, after discounts.")),
    "tax": (_("Tax"), _("What was charged for the tax office, by the rates on each line.")),
    "rounding": (_("Cash rounding"), _("Added or taken off to fit the smallest coin.")),
    "total": (_("Total"), _("Gross and cash rounding: what customers were charged.")),
    "refund": (
        _("Refunds"),
        _(
            "Charged earlier and given back, voided sales among them. They count on the day they came back."
        ),
    ),
    "sales": (_("Sales"), _("Total less refunds.")),
    "net_sales": (_("Net sales"), _("Net less the net of refunds.")),
    "cost": (
        _("Cost"),
        _("What the goods sold had cost at that time, less what went back on the shelf."),
    ),
    "profit": (_("Profit"), _("Net sales less cost.")),
    "margin": (_("Margin"), _("Profit as a part of net sales.")),
    "average": (_("Average order"), _("Total of all orders by their number.")),
    "quantity": (_("Quantity"), _("Pieces, or kilograms of what is sold by weight.")),
    "received": (_("Received"), _("Money that came in, change already taken off.")),
    "given_back": (_("Given back"), _("Money that went back to customers.")),
    "due": (_("Due"), _("Charged, not refunded, and not yet paid.")),
    "hour": (_("Hour"), _("Of the store's clock: 14:00 is until 14:59.")),
    "day": (
        _("Day"),
        _("The business day of the store, by its clock. It may start after midnight."),
    ),
}
