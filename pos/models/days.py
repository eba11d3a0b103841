"""Figures of finished business days, summed once: what reports and the start page read.

Made by services.days from the documents themselves, provable by `verify`, and made anew at any time.
A day that has no FinishedDay is read from its documents instead, so nothing depends on these rows
but speed. Amounts of sales are as sold; what came back counts on the day it came back.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pos.money import ZERO

from .base import OwnQuerySet, ScopedQuerySet
from .catalog import Product
from .fields import MoneySumField, PercentField, QuantityField
from .payments import PaymentMethod
from .people import Customer
from .store import Register, Store


class SellerDayQuerySet(OwnQuerySet):
    owner_path = "seller_id"


def link(model: object, title: object, **options: object) -> models.ForeignKey:
    # The roll-up follows its documents: what it points at is there as long as they are.
    return models.ForeignKey(
        model, models.DO_NOTHING, verbose_name=title, related_name="+", **options
    )


def amount(title: object) -> MoneySumField:
    return MoneySumField(title, default=ZERO)


def count(title: object) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(title, default=0)


class FinishedDay(models.Model):
    """A store's business day whose roll-ups are whole."""

    day = models.DateField(_("business day"))
    store = link(Store, _("store"))
    rolled_at = models.DateTimeField(_("summed"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("finished day")
        verbose_name_plural = _("finished days")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["day", "store"], name="finishedday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.day}"


class DayRow(models.Model):
    """One row of a roll-up: a store's business day, and what else tells rows apart."""

    day = models.DateField(_("business day"))
    store = link(Store, _("store"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.store} {self.day}"


class SalesDay(DayRow):
    """Completed orders and refunds of one seller at one register on one day.

    net + tax = gross; gross + rounding = total, for orders and (`refund_…`) for refunds. Voids are
    refunds, too: `void_total` is the part of `refund_total` that they are. Cost is of goods sold,
    `refund_cost` of goods that went back on the shelf.
    """

    register = link(Register, _("register"))
    seller = link(settings.AUTH_USER_MODEL, _("seller"))
    orders = count(_("orders"))
    quantity = QuantityField(_("items"), default=0)
    subtotal = amount(_("subtotal"))
    discount = amount(_("discounts"))
    net = amount(_("net"))
    tax = amount(_("tax"))
    gross = amount(_("gross"))
    rounding = amount(_("cash rounding"))
    total = amount(_("total"))
    cost = amount(_("cost"))
    refunds = count(_("refunds"))
    voids = count(_("voids"))
    refund_quantity = QuantityField(_("items that came back"), default=0)
    refund_net = amount(_("refunded net"))
    refund_tax = amount(_("refunded tax"))
    refund_gross = amount(_("refunded gross"))
    refund_rounding = amount(_("refunded cash rounding"))
    refund_total = amount(_("refunded"))
    refund_cost = amount(_("cost of what came back"))
    void_total = amount(_("voided"))

    objects = SellerDayQuerySet.as_manager()

    class Meta(DayRow.Meta):
        verbose_name = _("sales of a day")
        verbose_name_plural = _("sales by day")
        constraints = [
            # Also the index for a period, and for a store in it.
            models.UniqueConstraint(
                fields=["day", "store", "register", "seller"], name="salesday_once"
            ),
        ]


class SalesHour(DayRow):
    """Orders and refunds of one seller in one hour (0 to 23) of a store's clock."""

    seller = link(settings.AUTH_USER_MODEL, _("seller"))
    hour = models.PositiveSmallIntegerField(_("hour"))
    orders = count(_("orders"))
    total = amount(_("total"))
    refund_total = amount(_("refunded"))

    objects = SellerDayQuerySet.as_manager()

    class Meta(DayRow.Meta):
        verbose_name = _("sales of an hour")
        verbose_name_plural = _("sales by hour")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "store", "hour", "seller"], name="saleshour_once"
            ),
        ]


class ProductDay(DayRow):
    """One product on one day. Without a product: delivery fees. Discounts with the order's share."""

    product = link(Product, _("product"), null=True)
    orders = count(_("orders"))
    quantity = QuantityField(_("quantity"), default=0)
    discount = amount(_("discounts"))
    net = amount(_("net"))
    tax = amount(_("tax"))
    gross = amount(_("gross"))
    cost = amount(_("cost"))
    refund_quantity = QuantityField(_("came back"), default=0)
    refund_net = amount(_("refunded net"))
    refund_tax = amount(_("refunded tax"))
    refund_gross = amount(_("refunded gross"))
    refund_cost = amount(_("cost of what came back"))

    class Meta(DayRow.Meta):
        verbose_name = _("product's day")
        verbose_name_plural = _("products by day")
        constraints = [
            models.UniqueConstraint(fields=["day", "store", "product"], name="productday_once"),
            models.UniqueConstraint(
                fields=["day", "store"],
                condition=models.Q(product=None),
                name="productday_fees_once",
            ),
        ]
        indexes = [
            # One product over time.
            models.Index(fields=["product", "day"], name="productday_product"),
        ]


class PaymentDay(DayRow):
    """What one person received and gave back by one method on one day. Both are positive."""

    seller = link(settings.AUTH_USER_MODEL, _("received by"))
    method = link(PaymentMethod, _("method"))
    payments = count(_("payments"))
    received = amount(_("received"))
    given_back = amount(_("given back"))

    objects = SellerDayQuerySet.as_manager()

    class Meta(DayRow.Meta):
        verbose_name = _("payments of a day")
        verbose_name_plural = _("payments by day")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "store", "method", "seller"], name="paymentday_once"
            ),
        ]


class TaxDay(DayRow):
    """One tax rate on one day: what was taxed, and the tax. Without a name: what bears no tax."""

    name = models.CharField(_("tax"), max_length=60, blank=True)
    percent = PercentField(_("percent"), default=0)
    net = amount(_("net"))
    tax = amount(_("tax"))
    refund_net = amount(_("refunded net"))
    refund_tax = amount(_("refunded tax"))

    class Meta(DayRow.Meta):
        verbose_name = _("tax of a day")
        verbose_name_plural = _("taxes by day")
        constraints = [
            models.UniqueConstraint(fields=["day", "store", "name", "percent"], name="taxday_once"),
        ]


class CustomerDay(DayRow):
    """What one customer bought and gave back on one day."""

    customer = link(Customer, _("customer"))
    orders = count(_("orders"))
    discount = amount(_("discounts"))
    net = amount(_("net"))
    total = amount(_("total"))
    cost = amount(_("cost"))
    refunds = count(_("refunds"))
    refund_net = amount(_("refunded net"))
    refund_total = amount(_("refunded"))
    refund_cost = amount(_("cost of what came back"))

    class Meta(DayRow.Meta):
        verbose_name = _("customer's day")
        verbose_name_plural = _("customers by day")
        constraints = [
            models.UniqueConstraint(fields=["day", "store", "customer"], name="customerday_once"),
        ]
        indexes = [
            # One customer over time; first and last visit.
            models.Index(fields=["customer", "day"], name="customerday_customer"),
        ]
