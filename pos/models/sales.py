"""Orders. A completed one is never changed or deleted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pos.money import ZERO

from .base import OwnQuerySet
from .cash import CashSession
from .fields import MoneyField, PercentField
from .imports import OrderBatch
from .people import Customer
from .store import Register, RoundingLevel, Store

if TYPE_CHECKING:
    from .people import User

MOST_NUMBERED = 500


class OrderQuerySet(OwnQuerySet):
    owner_path = "seller"

    def completed(self) -> OrderQuerySet:
        return self.filter(status=Order.Status.COMPLETED)

    def parked(self) -> OrderQuerySet:
        return self.filter(status=Order.Status.PARKED)

    def deliverable_by(self, user: User) -> OrderQuerySet:
        """Sales with a delivery, of every seller, in the stores where this person works."""
        stores = user.store_ids("work_in_store", "manage_store")
        orders = self.completed().exclude(delivery_status=Order.DeliveryStatus.NONE)
        return orders if stores is None else orders.filter(store_id__in=stores)

    def numbered(self, text: str) -> OrderQuerySet:
        """The order with this number, or whose number starts so; “123” is the 123rd of a register.

        Each way uses an index, whatever else narrows these orders: a million are no slower than
        ten. Of a short beginning only the latest MOST_NUMBERED are looked at.
        """
        text = text.strip().upper()
        exact = self.filter(number=text)
        if text.isascii() and text.isdigit() and len(text) <= 6:
            exact = self.filter(register__in=Register.objects.all(), sequence=int(text))
        if exact.exists():
            return exact
        orders = self.model._base_manager.using(self.db)
        if connections[self.db].vendor == "sqlite":  # whose LIKE reads every row
            begun = orders.filter(number__gte=text, number__lt=f"{text}\uffff")
        else:
            begun = orders.filter(number__startswith=text)
        latest = begun.order_by("-number").values_list("pk", flat=True)[:MOST_NUMBERED]
        return self.filter(pk__in=list(latest))

    def matching(self, text: str) -> OrderQuerySet:
        """Found by number first; else by customer (name, phone) or by a parked order's label."""
        numbered = self.numbered(text)
        if numbered.exists():
            return numbered
        customers = list(Customer.objects.matching(text).values_list("pk", flat=True)[:200])
        # Unordered: asked for an order, SQLite would walk through every sale to find the parked few.
        parked = self.parked().filter(label__icontains=text).order_by()
        labelled = list(parked.values_list("pk", flat=True)[:200])
        return self.filter(Q(customer_id__in=customers) | Q(pk__in=labelled))


class Order(models.Model):
    """The sale document.

    All amounts in the installation's currency: subtotal − discount = net or gross as
    `prices_include_tax` says; net + tax = gross; gross + rounding = total; total − paid = due.
    """

    class Status(models.TextChoices):
        PARKED = "parked", _("Parked")
        COMPLETED = "completed", _("Completed")
        VOIDED = "voided", _("Voided")

    class PaymentStatus(models.TextChoices):
        UNPAID = "unpaid", _("Unpaid")
        PARTIAL = "partial", _("Partly paid")
        PAID = "paid", _("Paid")
        REFUNDED = "refunded", _("Refunded")

    class DeliveryStatus(models.TextChoices):
        NONE = "none", _("No delivery")
        PENDING = "pending", _("To deliver")
        DISPATCHED = "dispatched", _("On the way")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    key = models.UUIDField(_("key"), null=True, unique=True, editable=False)
    request_hash = models.CharField(max_length=64, blank=True, editable=False)
    # NULL until completed: a unique column holds any number of orders without a number.
    number = models.CharField(  # noqa: DJ001
        _("number"),
        max_length=40,
        null=True,
        unique=True,
        help_text=_("Receipt number, given when the sale is completed."),
    )
    sequence = models.PositiveBigIntegerField(null=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    payment_status = models.CharField(
        _("payment"), max_length=10, choices=PaymentStatus, default=PaymentStatus.UNPAID
    )
    delivery_status = models.CharField(
        _("delivery"), max_length=10, choices=DeliveryStatus, default=DeliveryStatus.NONE
    )
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="orders")
    register = models.ForeignKey(
        Register, models.PROTECT, verbose_name=_("register"), related_name="orders"
    )
    session = models.ForeignKey(
        CashSession,
        models.PROTECT,
        verbose_name=_("cash session"),
        related_name="orders",
        null=True,
    )
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("seller"), related_name="orders"
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="orders", null=True
    )

    batch = models.ForeignKey(
        OrderBatch,
        models.PROTECT,
        verbose_name=_("imported with"),
        related_name="orders",
        null=True,
        editable=False,
        db_index=False,
        help_text=_("A past order of an earlier system: in reports, never in drawers or stock."),
    )

    label = models.CharField(
        _("label"),
        max_length=60,
        blank=True,
        help_text=_("What helps to find a parked order: “blue coat”, “table 4”."),
    )
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("being served by"),
        related_name="+",
        null=True,
    )
    held_at = models.DateTimeField(_("taken over"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    void_reason = models.CharField(_("void reason"), max_length=200, blank=True)

    prices_include_tax = models.BooleanField(_("prices include tax"))
    rounding_level = models.CharField(_("tax rounding"), max_length=10, choices=RoundingLevel)
    order_discount_percent = PercentField(_("order discount percent"), null=True)
    order_discount_amount = MoneyField(_("order discount"), default=ZERO)
    subtotal_amount = MoneyField(_("subtotal"), default=ZERO)
    discount_amount = MoneyField(_("discounts"), default=ZERO)
    net_amount = MoneyField(_("net"), default=ZERO)
    tax_amount = MoneyField(_("tax"), default=ZERO)
    gross_amount = MoneyField(_("gross"), default=ZERO)
    rounding_amount = MoneyField(_("cash rounding"), default=ZERO)
    total_amount = MoneyField(_("total"), default=ZERO)
    paid_amount = MoneyField(_("paid"), default=ZERO, help_text=_("Received less given back."))
    refunded_amount = MoneyField(
        _("refunded"), default=ZERO, help_text=_("Total of the goods taken back.")
    )

    delivery_address = models.TextField(_("delivery address"), blank=True)
    deliver_on = models.DateField(_("deliver on"), null=True)
    delivery_note = models.CharField(
        _("note for the delivery"),
        max_length=200,
        blank=True,
        help_text=_("Floor, door bell, when somebody is there."),
    )

    created_at = models.DateTimeField(_("created"))
    completed_at = models.DateTimeField(_("completed"), null=True)
    sold_on = models.DateField(_("business day"), null=True)
    print_count = models.PositiveIntegerField(_("times printed"), default=0)
    # NULL until completed. Whoever knows it sees this one receipt, so it is never shown in lists.
    public_token = models.CharField(  # noqa: DJ001
        max_length=43, null=True, unique=True, editable=False
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("sell_order", _("Can sell at the register")),
            ("sell_in_any_session", _("Can sell in somebody else's cash session")),
            ("give_discount", _("Can give discounts")),
            ("sell_on_account", _("Can sell on account")),
            ("take_over_order", _("Can take over parked orders of others")),
            ("void_order", _("Can discard parked orders of others")),
            ("change_price", _("Can change a price at the register")),
            ("open_drawer", _("Can open the drawer without a sale")),
            ("deliver_order", _("Can move deliveries on")),
            ("send_receipt", _("Can send receipts by email")),
        ]
        indexes = [
            # The list of orders, newest first.
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            # A store's orders, newest first, for everybody who does not see all stores.
            models.Index(fields=["store", "-created_at", "-id"], name="order_store_newest"),
            # A seller's own orders, newest first.
            models.Index(fields=["seller", "-created_at", "-id"], name="order_seller_newest"),
            # A customer's orders and what is due on them.
            models.Index(
                fields=["customer", "-created_at"],
                name="order_customer",
                condition=Q(customer__isnull=False),
            ),
            # The parked orders of a store: few, and asked for at every register.
            models.Index(
                fields=["store", "created_at"], name="order_parked", condition=Q(status="parked")
            ),
            # Orders on which something is due, newest first: few among the many that are paid.
            models.Index(
                fields=["payment_status", "-created_at", "-id"],
                name="order_due_newest",
                condition=Q(status="completed", payment_status__in=("unpaid", "partial")),
            ),
            # Deliveries by store and day: few among many orders.
            models.Index(
                fields=["store", "deliver_on"],
                name="order_delivery",
                condition=~Q(delivery_status="none"),
            ),
            # The orders of one import: few among the others, taken out together.
            models.Index(fields=["batch"], name="order_batch", condition=Q(batch__isnull=False)),
            # Figures by business day.
            models.Index(fields=["sold_on", "store"], name="order_sold_on"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "sequence"],
                name="order_sequence_once_per_register",
                violation_error_message=_("This receipt number is already taken."),
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("tax_amount")),
                name="order_net_plus_tax_is_gross",
                violation_error_message=_("Net and tax must add up to gross."),
            ),
            models.CheckConstraint(
                condition=Q(total_amount=F("gross_amount") + F("rounding_amount")),
                name="order_gross_plus_rounding_is_total",
                violation_error_message=_("Gross and cash rounding must add up to the total."),
            ),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0, refunded_amount__gte=0)
                & Q(paid_amount__lte=F("total_amount") - F("refunded_amount")),
                name="order_paid_within_total",
                violation_error_message=_(
                    "An order cannot be paid more than its total less what was refunded."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    status="completed",
                    number__isnull=False,
                    sequence__isnull=False,
                    completed_at__isnull=False,
                    sold_on__isnull=False,
                    held_by=None,
                )
                | (~Q(status="completed") & Q(number=None, sequence=None, completed_at=None)),
                name="order_number_only_when_completed",
                violation_error_message=_("Only a completed order has a receipt number."),
            ),
        ]

    def __str__(self) -> str:
        return self.number or _("Parked order %(id)s") % {"id": self.pk}

    @property
    def due_amount(self) -> Decimal:
        return self.total_amount - self.refunded_amount - self.paid_amount

    def settled_status(self) -> str:
        """The payment status that follows from total, refunds and payments."""
        states = self.PaymentStatus
        if self.refunded_amount and self.refunded_amount == self.total_amount:
            return states.REFUNDED
        if not self.due_amount:
            return states.PAID
        return states.PARTIAL if self.paid_amount else states.UNPAID
