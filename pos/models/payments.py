"""Ways of paying, and the money that was applied to orders."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from pos.money import ZERO, format_money

from .accounts import AccountPayment
from .base import OwnQuerySet, non_negative
from .cash import CashSession
from .fields import MoneyField
from .history import AuditedRecords
from .refunds import Refund
from .sales import Order
from .store import Store


def payment_method_kinds() -> list[tuple[str, object]]:
    """The behaviours on offer; asked late, so a new one needs no migration."""
    return import_string("pos.payment_methods.choices")()


class PaymentMethod(models.Model):
    """A way of paying, as the owner names it."""

    name = models.CharField(
        _("name"), max_length=60, help_text=_("On the payment screen and on receipts.")
    )
    code = models.SlugField(
        _("code"),
        max_length=30,
        unique=True,
        help_text=_("Short and unique, for example cash or card."),
        error_messages={"unique": _("Another payment method already has this code.")},
    )
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=payment_method_kinds,
        help_text=_("How it behaves: only cash gives change, on account leaves a debt."),
    )
    needs_reference = models.BooleanField(
        _("needs a reference"),
        default=False,
        help_text=_("The seller must type the slip or transfer number."),
    )
    opens_drawer = models.BooleanField(_("opens the drawer"), default=False)
    cash_rounding = MoneyField(
        _("round to"),
        default=ZERO,
        help_text=_(
            "Smallest coin, for example 0.05, when the whole order is paid this way. 0: no rounding."
        ),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    history = AuditedRecords()

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        ordering = ["position", "name"]
        constraints = [
            non_negative(
                "cash_rounding",
                "paymentmethod_rounding_not_negative",
                _("The smallest coin cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PaymentQuerySet(OwnQuerySet):
    owner_path = "received_by"


class Payment(models.Model):
    """Money that came (or, negative, went back), for an order or an account.

    amount = tendered − change. Of an order, of an account payment, or of a refund without receipt.
    """

    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=_("order"), related_name="payments", null=True
    )
    refund = models.ForeignKey(
        Refund, models.PROTECT, verbose_name=_("refund"), related_name="payments", null=True
    )
    account_payment = models.ForeignKey(
        AccountPayment,
        models.PROTECT,
        verbose_name=_("account payment"),
        related_name="payments",
        null=True,
    )
    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("store"), related_name="payments"
    )
    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, verbose_name=_("method"), related_name="payments"
    )
    session = models.ForeignKey(
        CashSession,
        models.PROTECT,
        verbose_name=_("cash session"),
        related_name="payments",
        null=True,
    )
    amount = MoneyField(_("amount"))
    tendered_amount = MoneyField(_("tendered"))
    change_amount = MoneyField(_("change"), default=ZERO)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("received by"), related_name="+"
    )
    received_at = models.DateTimeField(_("received"))
    received_on = models.DateField(_("business day"))

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-received_at", "-id"]
        indexes = [
            # The list of payments, newest first.
            models.Index(fields=["-received_at", "-id"], name="payment_newest"),
            # A store's payments, newest first.
            models.Index(fields=["store", "-received_at", "-id"], name="payment_store_newest"),
            # The list narrowed to one method, and to what one person received, newest first.
            models.Index(fields=["method", "-received_at", "-id"], name="payment_method_newest"),
            models.Index(
                fields=["received_by", "-received_at", "-id"], name="payment_received_by_newest"
            ),
            # Figures by business day.
            models.Index(fields=["received_on", "store"], name="payment_received_on"),
            # The sums of one cash session by method, at its close.
            models.Index(fields=["session", "method"], name="payment_session_method"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="payment_not_zero",
                violation_error_message=_("Enter an amount above zero."),
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=False)
                | Q(account_payment__isnull=False)
                | Q(refund__isnull=False),
                name="payment_belongs_to_something",
                violation_error_message=_("A payment belongs to an order, an account or a refund."),
            ),
            models.CheckConstraint(
                condition=Q(change_amount__gte=0, amount=F("tendered_amount") - F("change_amount")),
                name="payment_tendered_less_change_is_amount",
                violation_error_message=_("Tendered less change must be the amount paid."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {format_money(self.amount, settings.POS_CURRENCY)}"
