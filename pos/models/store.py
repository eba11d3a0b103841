"""Shops and their checkout places."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from .base import ScopedQuerySet
from .history import AuditedRecords

short_code = RegexValidator(
    r"^[A-Z0-9]{1,8}$", _("Use 1 to 8 capital letters or digits, for example MAIN or 01.")
)


# Change with every document, so they have no history.
COUNTERS = ["last_number", "last_refund_number", "last_account_number", "last_z_number"]


def printer_kinds() -> list[tuple[str, object]]:
    """The printers on offer; asked late, so a new one needs no migration."""
    return import_string("pos.printers.choices")()


class StockPolicy(models.TextChoices):
    """What happens when more is sold than is on hand."""

    BLOCK = "block", _("Block the sale")
    WARN = "warn", _("Warn, then sell")
    ALLOW = "allow", _("Sell without a word")


class RoundingLevel(models.TextChoices):
    LINE = "line", _("On every line")
    DOCUMENT = "document", _("Once per tax rate on the whole order")


def valid_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Example: Europe/Paris."), params={"name": name}
        )


class StoreQuerySet(ScopedQuerySet):
    store_path = "id"


class Store(models.Model):
    """A shop: address and receipt texts, and the policy for taxes, rounding and stock."""

    name = models.CharField(
        _("name"), max_length=100, help_text=_("As customers know it; printed on receipts.")
    )
    code = models.CharField(
        _("code"),
        max_length=8,
        unique=True,
        validators=[short_code],
        help_text=_("Short code that starts every receipt number of this store, for example MAIN."),
        error_messages={"unique": _("Another store already has this code.")},
    )
    address = models.TextField(
        _("address"), blank=True, help_text=_("Printed at the top of the receipt.")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("email"), blank=True)
    tax_number = models.CharField(
        _("tax number"),
        max_length=40,
        blank=True,
        help_text=_("Your VAT or tax number, printed on receipts where the law asks for it."),
    )
    receipt_header = models.TextField(
        _("receipt header"),
        blank=True,
        help_text=_("Extra lines above the items, for example opening hours."),
    )
    receipt_footer = models.TextField(
        _("receipt footer"),
        blank=True,
        help_text=_("Lines below the total: thanks, return policy."),
    )
    prices_include_tax = models.BooleanField(
        _("prices include tax"),
        default=True,
        help_text=_(
            "On: the price on the shelf is what the customer pays. Off: tax is added at the till."
        ),
    )
    rounding_level = models.CharField(
        _("tax rounding"),
        max_length=10,
        choices=RoundingLevel,
        default=RoundingLevel.LINE,
        help_text=_(
            "Where cents are rounded. Copied on to every order, so old receipts never change."
        ),
    )
    delivery_tax_rate = models.ForeignKey(
        "pos.TaxRate",
        models.PROTECT,
        verbose_name=_("tax on delivery fees"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty if delivery is not taxed."),
    )
    stock_policy = models.CharField(
        _("when stock runs out"),
        max_length=10,
        choices=StockPolicy,
        default=StockPolicy.BLOCK,
        help_text=_(
            "What the register does when a customer wants more than the system believes is there. A product can have its own rule."
        ),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=50,
        default="UTC",
        validators=[valid_time_zone],
        help_text=_("For example Europe/Paris. Decides on which day a sale counts."),
    )
    day_starts_at_hour = models.PositiveSmallIntegerField(
        _("business day starts at"),
        default=0,
        validators=[MaxValueValidator(23)],
        help_text=_(
            "Hour, 0 to 23. A bar open past midnight sets 4: a sale at 01:30 then counts for the evening before."
        ),
    )
    shared_drawer = models.BooleanField(
        _("sellers share drawers"),
        default=False,
        help_text=_(
            "On: every seller of this store may sell in any open cash session here, for example after a quick switch by PIN. Off: only whoever opened it, or a manager."
        ),
    )
    register_idle_minutes = models.PositiveSmallIntegerField(
        _("lock the register after"),
        default=5,
        validators=[MaxValueValidator(240)],
        help_text=_(
            "Minutes without a touch, a key or a scan until the register asks for a PIN or password. 0: never."
        ),
    )
    receipt_link_days = models.PositiveSmallIntegerField(
        _("receipt link works for"),
        default=90,
        validators=[MaxValueValidator(3650)],
        help_text=_(
            "Days for which the code on a receipt shows it to the customer. 0: no such codes."
        ),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Switch off instead of deleting: past sales keep their store."),
    )

    objects = StoreQuerySet.as_manager()
    history = AuditedRecords()

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["name"]
        permissions = [
            ("work_in_store", _("Can work in this store")),
            ("manage_store", _("Can manage this store")),
            ("view_store_reports", _("Can see this store's reports")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(day_starts_at_hour__lte=23),
                name="store_day_starts_within_a_day",
                violation_error_message=_("The business day starts at an hour from 0 to 23."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def business_day(self, at: datetime | None = None) -> date:
        """The day on which a sale at `at` (default now) counts, by this store's clock and cut-over."""
        local = (at or timezone.now()).astimezone(zoneinfo.ZoneInfo(self.time_zone))
        return (local - timedelta(hours=self.day_starts_at_hour)).date()


class Register(models.Model):
    """A checkout place with a drawer and a printer."""

    class PaperWidth(models.IntegerChoices):
        MM80 = 80, _("80 mm")
        MM58 = 58, _("58 mm")

    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("store"), related_name="registers"
    )
    name = models.CharField(
        _("name"),
        max_length=60,
        help_text=_("What sellers call it, for example Register 1 or Bakery counter."),
    )
    code = models.CharField(
        _("code"),
        max_length=8,
        validators=[short_code],
        help_text=_("Part of the receipt number, for example R1. Unique within the store."),
    )
    paper_width = models.PositiveSmallIntegerField(
        _("receipt paper"), choices=PaperWidth, default=PaperWidth.MM80
    )
    printer_kind = models.CharField(
        _("printer"),
        max_length=20,
        choices=printer_kinds,
        default="browser",
        help_text=_("How receipts are printed: by the browser, or straight to a network printer."),
    )
    printer_host = models.CharField(
        _("printer address"),
        max_length=120,
        blank=True,
        help_text=_("Of a network printer, for example 192.168.1.50."),
    )
    printer_port = models.PositiveIntegerField(
        _("printer port"), default=9100, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    has_drawer_kick = models.BooleanField(
        _("printer opens the drawer"),
        default=True,
        help_text=_("The drawer hangs on the network printer and opens for cash."),
    )
    # Whoever knows it sees what the customer sees at this register, and nothing else.
    display_token = models.CharField(  # noqa: DJ001
        max_length=43, null=True, unique=True, editable=False
    )
    last_number = models.PositiveBigIntegerField(
        _("last receipt number"), default=0, editable=False
    )
    last_refund_number = models.PositiveBigIntegerField(
        _("last refund number"), default=0, editable=False
    )
    last_account_number = models.PositiveBigIntegerField(
        _("last account payment number"), default=0, editable=False
    )
    last_z_number = models.PositiveBigIntegerField(_("last Z report"), default=0, editable=False)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off a register that is no longer used.")
    )

    objects = ScopedQuerySet.as_manager()
    history = AuditedRecords(excluded_fields=[*COUNTERS, "display_token"])

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["store__name", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "code"],
                name="register_code_once_per_store",
                violation_error_message=_("This store already has a register with this code."),
            )
        ]

    def __str__(self) -> str:
        return self.name
