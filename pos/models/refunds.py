"""Refunds: goods and money that come back, linked to the lines sold, never an edit of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pos.money import ZERO

from .base import OwnQuerySet
from .cash import CashSession
from .catalog import Product
from .fields import MoneyField, QuantityField
from .order_lines import OrderLine
from .people import Customer
from .sales import Order
from .store import Register, Store


class RefundQuerySet(OwnQuerySet):
    owner_path = "seller"


class Refund(models.Model):
    """The document of a return or of a sale taken back. Amounts are positive; money goes back.

    net + tax = gross; gross + rounding = total. Counts on its own day, in the session that paid it.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", _("Refund")
        VOID = "void", _("Sale voided")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REFUND)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    request_hash = models.CharField(max_length=64, blank=True, editable=False)
    number = models.CharField(_("number"), max_length=40, unique=True)
    sequence = models.PositiveBigIntegerField(editable=False)
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        verbose_name=_("order"),
        related_name="refunds",
        null=True,
        help_text=_("The sale it takes back; empty for goods without a receipt."),
    )
    exchange_order = models.ForeignKey(
        Order,
        models.PROTECT,
        verbose_name=_("exchanged for"),
        related_name="exchanged_refunds",
        null=True,
        help_text=_("What was sold in the same ticket."),
    )
    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("store"), related_name="refunds"
    )
    register = models.ForeignKey(
        Register, models.PROTECT, verbose_name=_("register"), related_name="refunds"
    )
    session = models.ForeignKey(
        CashSession, models.PROTECT, verbose_name=_("cash session"), related_name="refunds"
    )
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("refunded by"),
        related_name="refunds",
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="refunds", null=True
    )
    reason = models.CharField(_("reason"), max_length=200)
    prices_include_tax = models.BooleanField(_("prices include tax"))
    net_amount = MoneyField(_("net"), default=ZERO)
    tax_amount = MoneyField(_("tax"), default=ZERO)
    gross_amount = MoneyField(_("gross"), default=ZERO)
    rounding_amount = MoneyField(_("cash rounding"), default=ZERO)
    total_amount = MoneyField(_("total"), default=ZERO)
    refunded_at = models.DateTimeField(_("refunded"))
    refunded_on = models.DateField(_("business day"))
    print_count = models.PositiveIntegerField(_("times printed"), default=0)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-refunded_at", "-id"]
        permissions = [
            ("refund_order", _("Can take goods back and give money back")),
            ("refund_without_receipt", _("Can refund without a receipt")),
            ("void_sale", _("Can void a sale of an open cash session")),
        ]
        indexes = [
            # The list of refunds, newest first.
            models.Index(fields=["-refunded_at", "-id"], name="refund_newest"),
            # A store's refunds, newest first.
            models.Index(fields=["store", "-refunded_at", "-id"], name="refund_store_newest"),
            # A seller's own refunds, newest first.
            models.Index(fields=["seller", "-refunded_at", "-id"], name="refund_seller_newest"),
            # Figures by business day.
            models.Index(fields=["refunded_on", "store"], name="refund_refunded_on"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "sequence"],
                name="refund_sequence_once_per_register",
                violation_error_message=_("This refund number is already taken."),
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")),
                name="refund_net_plus_tax_is_gross",
                violation_error_message=_("Net and tax must add up to gross."),
            ),
            models.CheckConstraint(
                condition=Q(total_amount=F("gross_amount") + F("rounding_amount")),
                name="refund_gross_plus_rounding_is_total",
                violation_error_message=_("Gross and cash rounding must add up to the total."),
            ),
            models.CheckConstraint(
                condition=Q(net_amount__gte=0, tax_amount__gte=0, total_amount__gte=0),
                name="refund_not_below_zero",
                violation_error_message=_("A refund gives money back; it cannot be negative."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="refund_has_reason",
                violation_error_message=_("Say why it comes back."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RefundLine(models.Model):
    """What came back of one line sold, with its part of what was paid for it."""

    refund = models.ForeignKey(
        Refund, models.PROTECT, verbose_name=_("refund"), related_name="lines"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    order_line = models.ForeignKey(
        OrderLine,
        models.PROTECT,
        verbose_name=_("line sold"),
        related_name="refund_lines",
        null=True,
        help_text=_("Empty without a receipt."),
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=OrderLine.Kind, default=OrderLine.Kind.PRODUCT
    )
    product = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("product"), related_name="refund_lines", null=True
    )
    code = models.CharField(_("code"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200)
    size = models.CharField(_("size"), max_length=40, blank=True)
    quantity = QuantityField(_("quantity"))
    unit_price = MoneyField(_("unit price"))
    unit_cost = MoneyField(_("unit cost"), default=ZERO)
    net_amount = MoneyField(_("net"))
    tax_amount = MoneyField(_("tax"))
    gross_amount = MoneyField(_("gross"))
    taxes = models.JSONField(
        _("taxes"), default=list, help_text=_("[name, percent, tax] of each rate, as text.")
    )
    is_restocked = models.BooleanField(
        _("back on the shelf"), default=True, help_text=_("Off: the goods were thrown away.")
    )

    class Meta:
        verbose_name = _("refund line")
        verbose_name_plural = _("refund lines")
        ordering = ["refund", "position"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "position"], name="refundline_position_once"),
            models.UniqueConstraint(
                fields=["refund", "order_line"],
                name="refundline_order_line_once",
                violation_error_message=_("A line comes back once in a refund."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0),
                name="refundline_quantity_positive",
                violation_error_message=_("A quantity is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount"))
                & Q(net_amount__gte=0, tax_amount__gte=0),
                name="refundline_net_plus_tax_is_gross",
                violation_error_message=_("Net and tax must add up to gross."),
            ),
            models.CheckConstraint(
                condition=Q(kind="product", product__isnull=False)
                | (~Q(kind="product") & Q(product=None)),
                name="refundline_product_line_has_product",
                violation_error_message=_("A product line names its product."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.size}".strip()
