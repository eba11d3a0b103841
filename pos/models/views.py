"""How each person likes to look at figures: saved reports, reports by mail, cards of the start page."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedReport(models.Model):
    """A report with its filters under a name, one person's own; sent by mail where it says so."""

    class Every(models.TextChoices):
        NEVER = "", _("Never")
        DAY = "day", _("Every day")
        WEEK = "week", _("Every Monday")
        MONTH = "month", _("On the first of a month")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("owner"),
        related_name="saved_reports",
    )
    report = models.CharField(_("report"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(
        _("filters"), max_length=1000, blank=True, help_text=_("As in the page's address.")
    )
    every = models.CharField(
        _("send by mail"), max_length=5, choices=Every, default=Every.NEVER, blank=True
    )
    address = models.EmailField(_("to"), blank=True)
    sent_on = models.DateField(_("last sent for"), null=True)
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")
        ordering = ["name", "id"]
        default_permissions = ()
        permissions = [("mail_report", _("Can have reports sent by mail"))]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "report", "name"],
                name="savedreport_name_once",
                violation_error_message=_("You have a saved report of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StartPage(models.Model):
    """Which cards one person wants on the start page, in which order. No row: all that suit."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("owner"),
        related_name="start_page",
        primary_key=True,
    )
    cards = models.JSONField(_("cards"), default=list, help_text=_("Names, in order."))

    class Meta:
        verbose_name = _("start page")
        verbose_name_plural = _("start pages")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.owner)
