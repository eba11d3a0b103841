"""Approvals: another person's one-time yes to something the seller may not do alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import OwnQuerySet
from .fields import MoneyField
from .store import Register, Store

if TYPE_CHECKING:
    from .people import User


class ApprovalQuerySet(OwnQuerySet):
    owner_path = "requested_by"

    def visible_to(self, user: User) -> ApprovalQuerySet:
        """Who may approve sees what is asked in their stores; others what a list of theirs shows.

        A cash difference is a secret to those who do not see what was expected: whoever approves it
        reads the others', and nobody of these their own.
        """
        if any(user.has_perm(f"pos.{right}") for right in set(Approval.RIGHTS.values())):
            stores = user.store_ids()
            rows = self.all() if stores is None else self.filter(store_id__in=stores)
        else:
            rows = super().visible_to(user)
        if user.has_perm("pos.view_expected_cash"):
            return rows
        secret = Q(kind=Approval.Kind.CASH_DIFFERENCE)
        if user.has_perm("pos.approve_cash"):
            secret &= Q(requested_by=user.pk)
        return rows.exclude(secret)

    def waiting(self) -> ApprovalQuerySet:
        """Asked for, not decided, not yet expired."""
        return self.filter(status=Approval.Status.PENDING, expires_at__gt=timezone.now())


class Approval(models.Model):
    """Bound to a kind, a person, an amount and a fingerprint of what it is for; used once.

    Changed by services.approvals only.
    """

    class Kind(models.TextChoices):
        DISCOUNT = "discount", _("Discount")
        PRICE_CHANGE = "price_change", _("Price change")
        REFUND = "refund", _("Refund")
        VOID = "void", _("Void")
        NO_SALE = "no_sale", _("Open the drawer without a sale")
        CASH_DIFFERENCE = "cash_difference", _("Cash difference")
        CREDIT = "credit", _("Sale on account")

    # kind -> the right that another person needs to say yes
    RIGHTS: dict[str, str] = {
        Kind.DISCOUNT: "approve_discount",
        Kind.PRICE_CHANGE: "approve_discount",
        Kind.REFUND: "approve_refund",
        Kind.VOID: "approve_refund",
        Kind.NO_SALE: "approve_cash",
        Kind.CASH_DIFFERENCE: "approve_cash",
        Kind.CREDIT: "approve_credit",
    }

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        DENIED = "denied", _("Denied")
        USED = "used", _("Used")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    store = models.ForeignKey(
        Store, models.PROTECT, verbose_name=_("store"), related_name="approvals"
    )
    register = models.ForeignKey(
        Register, models.PROTECT, verbose_name=_("register"), related_name="+", null=True
    )
    order = models.ForeignKey(
        "pos.Order", models.PROTECT, verbose_name=_("order"), related_name="approvals", null=True
    )
    fingerprint = models.CharField(
        max_length=64, editable=False, help_text=_("Of exactly what was asked for.")
    )
    amount = MoneyField(_("amount"), help_text=_("The money it is about; the yes covers no more."))
    summary = models.CharField(
        _("what for"), max_length=300, help_text=_("In the words the approver reads.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("asked by"), related_name="+"
    )
    requested_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField(_("expires"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("decided by"),
        related_name="+",
        null=True,
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-requested_at", "-id"]
        permissions = [
            ("approve_discount", _("Can approve discounts and price changes")),
            ("approve_refund", _("Can approve refunds and voids")),
            ("approve_cash", _("Can approve no-sales and cash differences")),
            ("approve_credit", _("Can approve sales on account")),
        ]
        indexes = [
            # The list of approvals, newest first.
            models.Index(fields=["-requested_at", "-id"], name="approval_newest"),
            # What waits in a store, oldest first: few rows.
            models.Index(
                fields=["store", "requested_at"],
                name="approval_waiting",
                condition=Q(status="pending"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="approval_by_another_person",
                violation_error_message=_("Nobody approves their own request."),
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_by=None, decided_at=None, used_at=None)
                | Q(
                    status__in=("approved", "denied"),
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    used_at=None,
                )
                | Q(
                    status="used",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    used_at__isnull=False,
                ),
                name="approval_decided_then_used",
                violation_error_message=_("An approval is asked for, decided, then used once."),
            ),
        ]

    def __str__(self) -> str:
        # Titles and the audit trail are read by people who do not see what was expected.
        is_secret = self.kind == self.Kind.CASH_DIFFERENCE
        text = (self.register or self.store) if is_secret else self.summary
        return f"{self.get_kind_display()}: {text}"

    @property
    def is_expired(self) -> bool:
        return self.status != self.Status.USED and self.expires_at <= timezone.now()
