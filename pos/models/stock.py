"""What is on hand in each store, and the append-only ledger behind it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pos.money import quantity_text

from .base import ScopedQuerySet
from .catalog import Product
from .fields import MoneyField, QuantityField
from .store import Store


class StockLevelQuerySet(ScopedQuerySet):
    def low(self) -> StockLevelQuerySet:
        """At or below the product's reorder point."""
        return self.filter(
            product__is_active=True,
            product__reorder_point__gt=0,
            on_hand__lte=F("product__reorder_point"),
        )


class StockLevel(models.Model):
    """On hand of one product in one store. Written by services.stock only."""

    product = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("product"), related_name="stock_levels"
    )
    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("store"), related_name="stock_levels"
    )
    on_hand = QuantityField(_("on hand"), default=0)

    objects = StockLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock on hand")
        ordering = ["product", "store"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "store"], name="stocklevel_once_per_product_and_store"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.store}"


class StockMovement(models.Model):
    """Why on hand changed, once and for ever."""

    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")
        RETURN = "return", _("Return")
        RECEIVING = "receiving", _("Receiving")
        ADJUSTMENT = "adjustment", _("Adjustment")
        COUNT = "count", _("Count")
        TRANSFER = "transfer", _("Transfer")
        WASTE = "waste", _("Waste")

    class Reason(models.TextChoices):
        NONE = "", _("—")
        OPENING = "opening", _("Opening stock")
        FOUND = "found", _("Found")
        LOST = "lost", _("Lost or stolen")
        DAMAGED = "damaged", _("Damaged")
        EXPIRED = "expired", _("Expired")
        OWN_USE = "own_use", _("Own use")
        CORRECTION = "correction", _("Correction of a mistake")

    product = models.ForeignKey(
        Product, models.PROTECT, verbose_name=_("product"), related_name="stock_movements"
    )
    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("store"), related_name="stock_movements"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    quantity = QuantityField(_("quantity"), help_text=_("Added (+) or taken (−)."))
    order = models.ForeignKey(
        "pos.Order",
        models.PROTECT,
        verbose_name=_("order"),
        related_name="stock_movements",
        null=True,
        blank=True,
    )
    refund = models.ForeignKey(
        "pos.Refund",
        models.PROTECT,
        verbose_name=_("refund"),
        related_name="stock_movements",
        null=True,
        blank=True,
    )
    unit_cost = MoneyField(_("unit cost"), default=0)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    created_at = models.DateTimeField(_("at"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-created_at", "-id"]
        permissions = [("adjust_stock", _("Can adjust stock and record waste"))]
        indexes = [
            # The ledger, newest first.
            models.Index(fields=["-created_at", "-id"], name="stockmovement_newest"),
            # One store's ledger, newest first.
            models.Index(fields=["store", "-created_at", "-id"], name="stockmovement_store_newest"),
            # One product's ledger in one store, and the sum that verify checks.
            models.Index(fields=["product", "store", "-created_at"], name="stockmovement_product"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(quantity=0),
                name="stockmovement_not_zero",
                violation_error_message=_("A movement of nothing is no movement."),
            ),
            models.CheckConstraint(
                condition=Q(kind="sale", order__isnull=False) | (~Q(kind="sale") & Q(order=None)),
                name="stockmovement_sale_has_order",
                violation_error_message=_("Only a sale belongs to an order."),
            ),
            models.CheckConstraint(
                condition=Q(kind="return", refund__isnull=False)
                | Q(kind="waste")
                | (~Q(kind__in=("return", "waste")) & Q(refund=None)),
                name="stockmovement_return_has_refund",
                violation_error_message=_("Only goods that come back belong to a refund."),
            ),
            models.UniqueConstraint(
                fields=["refund", "product", "kind"],
                condition=Q(refund__isnull=False),
                name="stockmovement_refund_once",
                violation_error_message=_("This refund already put its goods back."),
            ),
            models.UniqueConstraint(
                fields=["order", "product"],
                condition=Q(kind="sale"),
                name="stockmovement_sale_once",
                violation_error_message=_("This order already took its goods from stock."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {quantity_text(self.quantity)}"
