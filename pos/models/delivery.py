"""Who moved a delivery on, and when. The order keeps where it stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .base import ScopedQuerySet
from .sales import Order


class DeliveryStepQuerySet(ScopedQuerySet):
    store_path = "order__store_id"


class DeliveryStep(models.Model):
    """One change of an order's delivery status. Never changed afterwards; undoing is a step, too."""

    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=_("order"), related_name="delivery_steps"
    )
    from_status = models.CharField(_("from"), max_length=10, choices=Order.DeliveryStatus)
    to_status = models.CharField(_("to"), max_length=10, choices=Order.DeliveryStatus)
    is_undo = models.BooleanField(_("taken back"), default=False)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("Who took it, or why it failed.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    created_at = models.DateTimeField(_("at"))

    objects = DeliveryStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery step")
        verbose_name_plural = _("delivery steps")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_status=F("to_status")),
                name="deliverystep_changes_something",
                violation_error_message=_("The delivery already stands there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"
