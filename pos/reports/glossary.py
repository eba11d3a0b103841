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
    "gross_sales": (_("With tax"), _("Gross less the gross of refunds, before cash rounding.")),
    "tax_due": (_("Tax to pay"), _("Tax charged less the tax of refunds.")),
    "kept": (_("Kept"), _("Received less given back.")),
    "returned": (_("Refunded"), _("Given back for goods, without voided sales.")),
    "refunds": (
        _("Refunds, number"),
        _("How often goods came back. Voided sales are counted apart."),
    ),
    "voids": (_("Voided"), _("Sales taken back whole while their cash session was open.")),
    "refund_rate": (
        _("Refund rate"),
        _("Refunds and voids as a part of the total sold in the same days."),
    ),
    "refund_of_order": (
        _("Refunds of the order"),
        _("What has been refunded of this order so far, whenever it was."),
    ),
    "discount_rate": (_("Discount rate"), _("Discounts as a part of prices before discounts.")),
    "items": (
        _("Items"),
        _(
            "Pieces; what is weighed is one item, whatever it weighs, in baskets, and its kilograms elsewhere."
        ),
    ),
    "orders_with": (
        _("Orders with it"),
        _("Orders in which it was sold. An order with two products counts for both."),
    ),
    "support": (_("Of all orders"), _("Which part of all orders has both products.")),
    "confidence": (
        _("Of orders with the first"),
        _("Of those who buy the first, which part also buys the second."),
    ),
    "lift": (
        _("Likelier than by chance"),
        _("How many times more often both are in one basket than if nobody cared. 1 is chance."),
    ),
    "per_day": (
        _("A day"),
        _(
            "Sold and not come back, by the days looked at; days on which the shop was closed count, too."
        ),
    ),
    "days_left": (
        _("Lasts for days"),
        _("Whole days until nothing is on hand, if as much is sold a day as lately."),
    ),
    "class": (
        _("Class"),
        _(
            "Products by net sales, the best first: A until 80 % of all is reached, B until 95 %, C the rest."
        ),
    ),
    "on_hand": (_("On hand"), _("What the system believes is there now.")),
    "reorder_point": (
        _("Reorder point"),
        _("At or below it a product is low. Each product has its own."),
    ),
    "suggestion": (
        _("Order"),
        _("Reorder point and what is sold in 30 days, less what is on hand; whole pieces."),
    ),
    "stock_value": (_("Value at cost"), _("On hand times the cost that the product has now.")),
    "retail_value": (_("Value at price"), _("On hand times the price that the product has now.")),
    "recency": (
        _("Recency"),
        _("How lately somebody bought: days ago, or 1 (longest ago) to 5 points."),
    ),
    "frequency": (
        _("Frequency"),
        _(
            "How often somebody bought in these days: 1 (the fifth that bought least often) to 5 points."
        ),
    ),
    "value": (
        _("Value"),
        _("For how much somebody bought in these days, less refunds: 1 to 5 points."),
    ),
    "new_customer": (_("New"), _("Bought for the first time in this month.")),
    "returning_customer": (_("Returning"), _("Bought in this month, and before it.")),
    "ageing": (_("Age"), _("Days from the business day of the sale until today.")),
    "difference": (_("Difference"), _("Counted less expected: below zero when cash is missing.")),
    "hours": (
        _("Hours with sales"),
        _("Hours of the clock in which somebody sold something: 10:05 and 10:50 are one."),
    ),
    "products_sold": (_("Products"), _("Different products sold on the day.")),
    "customers_served": (_("Customers"), _("Different known customers served on the day.")),
    "delivery_open": (_("Open"), _("To deliver, or on the way.")),
    "in_time": (_("In time"), _("Delivered on the promised day or before, by the store's clock.")),
    "late": (_("Late"), _("Delivered after the promised day, or still open after it.")),
    "fees": (_("Fees"), _("Delivery fees, without tax.")),
}
