"""How far a role goes without asking: the owner edits these rows beside the role's rights."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .base import non_negative
from .fields import MoneyField, PercentField
from .history import AuditedRecords


class RoleLimit(models.Model):
    """The limits of one role. Empty: no limit. With several roles the widest limit counts."""

    role = models.OneToOneField(Group, models.CASCADE, verbose_name=_("role"), related_name="limit")
    discount_percent = PercentField(
        _("largest discount in percent"),
        null=True,
        blank=True,
        help_text=_(
            "Of the order's total before discounts. More needs an approval. Empty: no limit."
        ),
    )
    price_change_percent = PercentField(
        _("largest price cut in percent"),
        null=True,
        blank=True,
        help_text=_(
            "Below the catalogue price, on a line. More needs an approval. Empty: no limit."
        ),
    )
    refund_amount = MoneyField(
        _("largest refund"),
        null=True,
        blank=True,
        help_text=_("In one refund. More needs an approval. Empty: no limit."),
    )
    credit_amount = MoneyField(
        _("largest sale on account"),
        null=True,
        blank=True,
        help_text=_("What may stay unpaid on one order. More needs an approval. Empty: no limit."),
    )
    cash_difference = MoneyField(
        _("largest cash difference"),
        null=True,
        blank=True,
        help_text=_("Over or short at a close. More needs an approval. Empty: no limit."),
    )

    history = AuditedRecords(
        rights=[
            "discount_percent",
            "price_change_percent",
            "refund_amount",
            "credit_amount",
            "cash_difference",
        ]
    )

    class Meta:
        verbose_name = _("limits of a role")
        verbose_name_plural = _("limits of roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(discount_percent=None)
                | Q(discount_percent__gte=0, discount_percent__lte=100),
                name="rolelimit_discount_0_to_100",
                violation_error_message=_("A discount is between 0 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(price_change_percent=None)
                | Q(price_change_percent__gte=0, price_change_percent__lte=100),
                name="rolelimit_price_change_0_to_100",
                violation_error_message=_("A price cut is between 0 and 100 percent."),
            ),
            non_negative(
                "refund_amount", "rolelimit_refund_not_negative", _("A limit cannot be negative.")
            ),
            non_negative(
                "credit_amount", "rolelimit_credit_not_negative", _("A limit cannot be negative.")
            ),
            non_negative(
                "cash_difference",
                "rolelimit_difference_not_negative",
                _("A limit cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.role.name


class RoleSeed(models.Model):
    """What releases of the program have given a role, so that the owner's edits are told apart."""

    role = models.OneToOneField(Group, models.CASCADE, verbose_name=_("role"), related_name="seed")
    rights = models.JSONField(_("rights"), default=list)

    class Meta:
        verbose_name = _("rights of a role as delivered")
        verbose_name_plural = _("rights of roles as delivered")
        default_permissions = ()

    def __str__(self) -> str:
        return self.role.name
