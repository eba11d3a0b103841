"""Money of customers: payments on what they owe, store credit and gift cards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pos.money import ZERO, format_money

from .base import OwnQuerySet, ScopedQuerySet
from .cash import CashSession
from .fields import MoneyField
from .people import Customer
from .refunds import Refund
from .sales import Order
from .store import Register, Store


class AccountPaymentQuerySet(OwnQuerySet):
    owner_path = "received_by"


class AccountPayment(models.Model):
    """Money that came without goods: dues paid, store credit or a gift card loaded.

    Its payments (`payments`) say what went to which order; what went to none is `credited_amount`,
    on `balance`. amount = Σ payments.
    """

    class Kind(models.TextChoices):
        DUES = "dues", _("Dues paid")
        STORE_CREDIT = "store_credit", _("Store credit loaded")
        GIFT_CARD = "gift_card", _("Gift card loaded")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    request_hash = models.CharField(max_length=64, blank=True, editable=False)
    number = models.CharField(_("number"), max_length=40, unique=True)
    sequence = models.PositiveBigIntegerField(editable=False)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("customer"),
        related_name="account_payments",
        null=True,
    )
    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("store"), related_name="account_payments"
    )
    register = models.ForeignKey(
        Register, models.PROTECT, verbose_name=_("register"), related_name="account_payments"
    )
    session = models.ForeignKey(
        CashSession,
        models.PROTECT,
        verbose_name=_("cash session"),
        related_name="account_payments",
    )
    amount = MoneyField(_("amount"))
    credited_amount = MoneyField(_("to the balance"), default=ZERO)
    balance = models.ForeignKey(
        "pos.Balance",
        models.PROTECT,
        verbose_name=_("balance"),
        related_name="account_payments",
        null=True,
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("received by"), related_name="+"
    )
    received_at = models.DateTimeField(_("received"))
    received_on = models.DateField(_("business day"))
    print_count = models.PositiveIntegerField(_("times printed"), default=0)

    objects = AccountPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("account payment")
        verbose_name_plural = _("account payments")
        ordering = ["-received_at", "-id"]
        permissions = [
            ("receive_payment", _("Can take payments on what customers owe")),
            ("load_balance", _("Can load store credit and gift cards")),
        ]
        indexes = [
            # The list, newest first; a store's; one person's own.
            models.Index(fields=["-received_at", "-id"], name="accountpayment_newest"),
            models.Index(
                fields=["store", "-received_at", "-id"], name="accountpayment_store_newest"
            ),
            models.Index(
                fields=["received_by", "-received_at", "-id"], name="accountpayment_own_newest"
            ),
            # A customer's statement.
            models.Index(fields=["customer", "-received_at"], name="accountpayment_customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "sequence"],
                name="accountpayment_sequence_once",
                violation_error_message=_("This number is already taken."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="accountpayment_amount_positive",
                violation_error_message=_("Enter an amount above zero."),
            ),
            models.CheckConstraint(
                condition=Q(credited_amount=0, balance=None)
                | Q(
                    credited_amount__gt=0,
                    credited_amount__lte=F("amount"),
                    balance__isnull=False,
                ),
                name="accountpayment_credit_has_balance",
                violation_error_message=_("What is left over goes to a balance."),
            ),
            models.CheckConstraint(
                condition=Q(kind="gift_card") | Q(customer__isnull=False),
                name="accountpayment_has_customer",
                violation_error_message=_("Choose whose account it is."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Balance(models.Model):
    """Money the shop owes: a customer's store credit, or a gift card. Σ of its entries, never below 0."""

    class Kind(models.TextChoices):
        STORE_CREDIT = "store_credit", _("Store credit")
        GIFT_CARD = "gift_card", _("Gift card")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # NULL for store credit: a unique column holds any number of balances without a card.
    code = models.CharField(  # noqa: DJ001
        _("card number"), max_length=30, null=True, unique=True
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), related_name="balances", null=True
    )
    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("issued in"), related_name="balances"
    )
    amount = MoneyField(_("balance"), default=ZERO)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switched off, it pays nothing: a lost card.")
    )
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("issued by"), related_name="+"
    )
    created_at = models.DateTimeField(_("issued"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("store credit or gift card")
        verbose_name_plural = _("store credit and gift cards")
        ordering = ["-created_at", "-id"]
        permissions = [("adjust_balance", _("Can correct and block store credit and gift cards"))]
        indexes = [
            # The list, newest first.
            models.Index(fields=["-created_at", "-id"], name="balance_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="balance_not_below_zero",
                violation_error_message=_("There is not that much on it."),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(kind="store_credit"),
                name="balance_one_store_credit_per_customer",
                violation_error_message=_("This customer already has store credit."),
            ),
            models.CheckConstraint(
                condition=Q(kind="store_credit", customer__isnull=False, code=None)
                | Q(kind="gift_card", code__isnull=False),
                name="balance_of_a_customer_or_a_card",
                violation_error_message=_("Store credit has a customer, a gift card a number."),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.STORE_CREDIT:
            return _("Store credit of %(customer)s") % {"customer": self.customer}
        return _("Gift card %(code)s") % {"code": f"…{(self.code or '')[-4:]}"}


class BalanceEntryQuerySet(ScopedQuerySet):
    store_path = "store_id"


class BalanceEntry(models.Model):
    """Why a balance changed, once and for ever."""

    class Kind(models.TextChoices):
        LOADED = "loaded", _("Loaded")
        OVERPAID = "overpaid", _("Paid too much")
        SPENT = "spent", _("Spent")
        REFUNDED = "refunded", _("Refunded")
        ADJUSTED = "adjusted", _("Adjusted")

    balance = models.ForeignKey(
        Balance, models.PROTECT, verbose_name=_("balance"), related_name="entries"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = MoneyField(_("amount"), help_text=_("Added (+) or taken (−)."))
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="+")
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        verbose_name=_("order"),
        related_name="balance_entries",
        null=True,
    )
    refund = models.ForeignKey(
        Refund,
        models.PROTECT,
        verbose_name=_("refund"),
        related_name="balance_entries",
        null=True,
    )
    account_payment = models.ForeignKey(
        AccountPayment,
        models.PROTECT,
        verbose_name=_("account payment"),
        related_name="balance_entries",
        null=True,
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    created_at = models.DateTimeField(_("at"))

    objects = BalanceEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a balance")
        verbose_name_plural = _("changes of balances")
        ordering = ["-created_at", "-id"]
        indexes = [
            # One balance's changes, newest first, and the sum that verify checks.
            models.Index(fields=["balance", "-created_at"], name="balanceentry_balance"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="balanceentry_not_zero",
                violation_error_message=_("Enter an amount other than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {format_money(self.amount, settings.POS_CURRENCY)}"
