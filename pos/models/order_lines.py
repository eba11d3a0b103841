"""What was sold on an order, line by line, and the tax per rate. Never changed once completed."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pos.money import ZERO

from .catalog import Product
from .fields import MoneyField, PercentField, QuantityField
from .sales import Order


class OrderLine(models.Model):
    """What was sold, as it was at that moment: name, price, cost and tax never follow the catalogue."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Product")
        DELIVERY = "delivery", _("Delivery fee")

    order = models.ForeignKey(Order, models.PROTECT, verbose_name=_("order"), related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRODUCT)
    product = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("product"), related_name="order_lines", null=True
    )
    code = models.CharField(_("code"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200)
    size = models.CharField(_("size"), max_length=40, blank=True)
    quantity = QuantityField(_("quantity"))
    list_price = MoneyField(_("list price"))
    unit_price = MoneyField(_("unit price"))
    unit_cost = MoneyField(_("unit cost"), default=ZERO)
    subtotal_amount = MoneyField(_("subtotal"))
    discount_percent = PercentField(_("discount percent"), null=True)
    discount_amount = MoneyField(_("discount"), default=ZERO)
    order_discount_amount = MoneyField(_("share of the order discount"), default=ZERO)
    net_amount = MoneyField(_("net"))
    tax_amount = MoneyField(_("tax"))
    gross_amount = MoneyField(_("gross"))
    taxes = models.JSONField(
        _("taxes"), default=list, help_text=_("[name, percent, tax] of each rate, as text.")
    )
    has_own_discount = models.BooleanField(
        _("own discount"),
        default=False,
        help_text=_("Given at the register, not by the customer's level."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    refunded_quantity = QuantityField(_("came back"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orderline_position_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="orderline_quantity_positive",
                violation_error_message=_("A quantity is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")),
                name="orderline_net_plus_tax_is_gross",
                violation_error_message=_("Net and tax must add up to gross."),
            ),
            models.CheckConstraint(
                condition=Q(
                    discount_amount__gte=0, order_discount_amount__gte=0, net_amount__gte=0
                ),
                name="orderline_not_below_zero",
                violation_error_message=_("A discount cannot exceed the price."),
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity__gte=0, refunded_quantity__lte=F("quantity")),
                name="orderline_refunded_within_sold",
                violation_error_message=_("No more comes back than was sold."),
            ),
            models.CheckConstraint(
                condition=Q(kind="product", product__isnull=False)
                | (~Q(kind="product") & Q(product=None)),
                name="orderline_product_line_has_product",
                violation_error_message=_("A product line names its product."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.size}".strip()

    @property
    def total_amount(self) -> Decimal:
        """What the cashier sees on the line: before the order discount, tax as the prices have it."""
        return self.subtotal_amount - self.discount_amount


class OrderTax(models.Model):
    """One tax rate's sum on an order, as printed on the receipt."""

    order = models.ForeignKey(Order, models.PROTECT, verbose_name=_("order"), related_name="taxes")
    name = models.CharField(_("tax"), max_length=60)
    percent = PercentField(_("percent"))
    net_amount = MoneyField(_("net"))
    tax_amount = MoneyField(_("tax amount"))

    class Meta:
        verbose_name = _("tax on an order")
        verbose_name_plural = _("taxes on orders")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "name", "percent"], name="ordertax_rate_once"),
        ]

    def __str__(self) -> str:
        return self.name
