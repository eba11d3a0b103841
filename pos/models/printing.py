"""What waits for a printer. A sale stands whatever the printer does."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .accounts import AccountPayment
from .base import ScopedQuerySet
from .cash import CashSession
from .refunds import Refund
from .sales import Order
from .store import Register


class PrintJobQuerySet(ScopedQuerySet):
    store_path = "register__store_id"

    def waiting(self) -> PrintJobQuerySet:
        return self.filter(status=PrintJob.Status.WAITING)


class PrintJob(models.Model):
    """One document for one register's printer. Changed by services.printing only."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt")
        GIFT_RECEIPT = "gift_receipt", _("Gift receipt")
        REFUND = "refund", _("Refund")
        ACCOUNT_PAYMENT = "account_payment", _("Account payment")
        REPORT = "report", _("X or Z report")
        SLIP = "slip", _("Delivery slip")
        DRAWER = "drawer", _("Open the drawer")
        TEST = "test", _("Test page")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Printed")
        FAILED = "failed", _("Given up")

    register = models.ForeignKey(
        Register, models.PROTECT, verbose_name=_("register"), related_name="print_jobs"
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=_("order"), related_name="print_jobs", null=True
    )
    refund = models.ForeignKey(
        Refund, models.PROTECT, verbose_name=_("refund"), related_name="print_jobs", null=True
    )
    account_payment = models.ForeignKey(
        AccountPayment,
        models.PROTECT,
        verbose_name=_("account payment"),
        related_name="print_jobs",
        null=True,
    )
    session = models.ForeignKey(
        CashSession,
        models.PROTECT,
        verbose_name=_("cash session"),
        related_name="print_jobs",
        null=True,
    )
    print_number = models.PositiveIntegerField(
        _("print"), default=1, help_text=_("1 is the original, later ones are copies.")
    )
    opens_drawer = models.BooleanField(_("opens the drawer"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    # Set while somebody sends it, so that two tries at once do not print it twice.
    sending_at = models.DateTimeField(_("being sent since"), null=True, editable=False)
    error = models.CharField(_("trouble"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    created_at = models.DateTimeField(_("at"))
    printed_at = models.DateTimeField(_("printed"), null=True)

    objects = PrintJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("print job")
        verbose_name_plural = _("print jobs")
        ordering = ["-created_at", "-id"]
        permissions = [("manage_printjob", _("Can print waiting jobs again or give them up"))]
        indexes = [
            # The list, newest first.
            models.Index(fields=["-created_at", "-id"], name="printjob_newest"),
            # What waits for one printer, oldest first: few rows.
            models.Index(
                fields=["register", "created_at"],
                name="printjob_waiting",
                condition=Q(status="waiting"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="done", printed_at__isnull=False)
                | (~Q(status="done") & Q(printed_at=None)),
                name="printjob_printed_when_done",
                violation_error_message=_("A print job is done once it is printed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"
