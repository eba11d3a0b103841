"""The cash drawer: sessions from float to count, and money in or out without a sale."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pos.money import format_money

from .base import OwnQuerySet, non_negative
from .fields import MoneyField
from .store import Register


class CashSessionQuerySet(OwnQuerySet):
    store_path = "register__store_id"
    owner_path = "opened_by"

    def open(self) -> CashSessionQuerySet:
        return self.filter(closed_at=None)


class CashSession(models.Model):
    """One register from the opening float to the counted close. Changed by services.cash only."""

    register = models.ForeignKey(
        Register, models.PROTECT, verbose_name=_("register"), related_name="sessions"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("opened by"),
        related_name="opened_sessions",
    )
    opened_at = models.DateTimeField(_("opened"))
    opening_float = MoneyField(
        _("opening float"), help_text=_("Cash in the drawer before the first sale.")
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("closed by"),
        related_name="closed_sessions",
        null=True,
    )
    closed_at = models.DateTimeField(_("closed"), null=True)
    counted_cash = MoneyField(_("counted cash"), null=True)
    expected_cash = MoneyField(_("expected cash"), null=True)
    difference = MoneyField(_("difference"), null=True)
    note = models.TextField(_("note"), blank=True)
    z_number = models.PositiveBigIntegerField(
        _("Z report"),
        null=True,
        editable=False,
        help_text=_("Place in the register's gap-free series of closes."),
    )
    figures = models.JSONField(
        _("figures"),
        null=True,
        editable=False,
        help_text=_("What the Z report says, frozen at the close. Amounts as text."),
    )

    objects = CashSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash session")
        verbose_name_plural = _("cash sessions")
        ordering = ["-opened_at", "-id"]
        permissions = [
            ("open_cashsession", _("Can open a cash session")),
            ("close_cashsession", _("Can close their own cash session")),
            ("close_any_cashsession", _("Can close everybody's cash sessions")),
            ("view_expected_cash", _("Can see expected cash and difference")),
            ("move_cash", _("Can put cash in and take cash out")),
        ]
        indexes = [
            # The list of sessions: newest first.
            models.Index(fields=["-opened_at", "-id"], name="cashsession_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register"],
                condition=Q(closed_at=None),
                name="cashsession_one_open_per_register",
                violation_error_message=_("This register already has an open cash session."),
            ),
            models.UniqueConstraint(
                fields=["opened_by"],
                condition=Q(closed_at=None),
                name="cashsession_one_open_per_seller",
                violation_error_message=_("You have another register open. Close it first."),
            ),
            models.UniqueConstraint(
                fields=["register", "z_number"],
                name="cashsession_z_number_once_per_register",
                violation_error_message=_("This Z number is already taken."),
            ),
            non_negative(
                "opening_float",
                "cashsession_float_not_negative",
                _("The float cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(
                    closed_at=None,
                    closed_by=None,
                    counted_cash=None,
                    expected_cash=None,
                    difference=None,
                )
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    counted_cash__gte=0,
                    expected_cash__isnull=False,
                    difference=F("counted_cash") - F("expected_cash"),
                ),
                name="cashsession_closed_with_count",
                violation_error_message=_(
                    "A closed session has a count, and the difference follows from it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Session #%(id)s") % {"id": self.pk}

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CashCountQuerySet(OwnQuerySet):
    store_path = "session__register__store_id"
    owner_path = "counted_by"


class CashCount(models.Model):
    """One count of a drawer; a recount stands beside the first. Never changed afterwards.

    `denominations`: coin or note as text -> pieces. `amounts`: payment method code -> counted
    amount as text, for every method that is counted.
    """

    session = models.ForeignKey(
        CashSession, models.PROTECT, verbose_name=_("session"), related_name="counts"
    )
    position = models.PositiveSmallIntegerField(_("count"))
    cash_amount = MoneyField(_("counted cash"))
    denominations = models.JSONField(_("coins and notes"), default=dict)
    amounts = models.JSONField(_("by payment method"), default=dict)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("counted by"), related_name="+"
    )
    counted_at = models.DateTimeField(_("counted"))

    objects = CashCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of a drawer")
        verbose_name_plural = _("counts of drawers")
        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], name="cashcount_position_once_per_session"
            ),
            non_negative("cash_amount", "cashcount_not_negative", _("A count cannot be negative.")),
        ]

    def __str__(self) -> str:
        return _("Count %(number)s of %(session)s") % {
            "number": self.position,
            "session": self.session,
        }


class CashMovementQuerySet(OwnQuerySet):
    store_path = "session__register__store_id"
    owner_path = "created_by"


class CashMovement(models.Model):
    """Cash put into or taken out of the drawer without a sale. Never changed afterwards."""

    class Kind(models.TextChoices):
        PAY_IN = "pay_in", _("Pay in")
        PAY_OUT = "pay_out", _("Pay out")
        DROP = "drop", _("Drop to safe")

    session = models.ForeignKey(
        CashSession, models.PROTECT, verbose_name=_("session"), related_name="movements"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = MoneyField(_("amount"), help_text=_("Always positive; the kind says the direction."))
    reason = models.CharField(_("reason"), max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    created_at = models.DateTimeField(_("at"))

    objects = CashMovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash movement")
        verbose_name_plural = _("cash movements")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="cashmovement_amount_positive",
                violation_error_message=_("Enter an amount above zero."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="cashmovement_has_reason",
                violation_error_message=_("Say why the cash moved."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {format_money(self.amount, settings.POS_CURRENCY)}"
