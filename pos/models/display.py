"""What the customer sees at a register right now: one row each, written over and over."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .store import Register


class RegisterDisplay(models.Model):
    """The second screen's picture. `state` as services.displays makes it; `version` rises with it."""

    register = models.OneToOneField(
        Register,
        models.CASCADE,
        verbose_name=_("register"),
        related_name="display",
        primary_key=True,
    )
    state = models.JSONField(_("what is shown"), default=dict)
    version = models.PositiveBigIntegerField(_("version"), default=1)
    updated_at = models.DateTimeField(_("shown at"))

    class Meta:
        verbose_name = _("second screen")
        verbose_name_plural = _("second screens")
        ordering = ["register"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.register)
