"""What people bring in from files: spreadsheets, and orders of an earlier system."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .store import Store


class ImportJobQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> ImportJobQuerySet:
        """Own imports; administrators see all."""
        return self.all() if user.is_superuser else self.filter(created_by=user.pk)  # type: ignore[attr-defined]


class ImportJob(models.Model):
    """One spreadsheet from upload to import. Changed by services.import_jobs only.

    The files lie below DATA_DIR/imports, by the job's key, until it is over; progress of a running
    job is written beside them, because its transaction keeps the database to itself.
    """

    class Kind(models.TextChoices):
        PRODUCTS = "products", _("Products")
        CATEGORIES = "categories", _("Categories")
        CUSTOMERS = "customers", _("Customers")
        PRICES = "prices", _("Prices")
        OPENING_STOCK = "opening_stock", _("Opening stock")
        STOCK_COUNT = "stock_count", _("Stock count")

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to check")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waiting for your yes")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Given up")

    key = models.UUIDField(_("key"), unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UPLOADED)
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64, editable=False)
    pictures_name = models.CharField(_("pictures"), max_length=200, blank=True)
    store = models.ForeignKey(
        Store,
        models.PROTECT,
        verbose_name=_("store"),
        related_name="+",
        null=True,
        help_text=_("Where the quantities are."),
    )
    columns = models.JSONField(
        _("columns"),
        default=dict,
        help_text=_("Heading in the file → column of ours; empty: left out."),
    )
    good_rows_only = models.BooleanField(
        _("good rows only"),
        default=False,
        help_text=_("Import the good rows and leave out those with errors. Off: all rows or none."),
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("same"), default=0)
    refused = models.PositiveIntegerField(_("with errors"), default=0)
    message = models.CharField(_("message"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("import_spreadsheet", _("Can import spreadsheets")),
            ("export_list", _("Can take lists and reports to Excel")),
        ]
        indexes = [
            # One person's imports, newest first.
            models.Index(fields=["created_by", "-created_at", "-id"], name="importjob_own_newest"),
        ]

    def __str__(self) -> str:
        return self.file_name


class OrderBatchQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> OrderBatchQuerySet:
        """Whoever sees a store's figures sees what was brought into it; who sees all stores, all."""
        stores = user.store_ids("manage_store", "view_store_reports")  # type: ignore[attr-defined]
        if stores is None:
            return self.all()
        orders = self.model._meta.get_field("orders").related_model._base_manager
        return self.filter(Exists(orders.filter(batch=OuterRef("pk"), store_id__in=stores)))


class OrderBatch(models.Model):
    """Past orders brought in together, to be taken out together. See services.past_orders."""

    source = models.CharField(_("file"), max_length=200)
    digest = models.CharField(
        max_length=64, editable=False, help_text=_("SHA-256 of the file: it comes in once.")
    )
    orders_count = models.PositiveIntegerField(_("orders"), default=0)
    lines_count = models.PositiveIntegerField(_("lines"), default=0)
    first_on = models.DateField(_("first day"), null=True)
    last_on = models.DateField(_("last day"), null=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("imported by"), related_name="+"
    )
    imported_at = models.DateTimeField(_("imported"))
    taken_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("taken out by"),
        related_name="+",
        null=True,
    )
    taken_out_at = models.DateTimeField(_("taken out"), null=True)

    objects = OrderBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported past orders")
        verbose_name_plural = _("imported past orders")
        ordering = ["-imported_at", "-id"]
        permissions = [("import_order", _("Can bring in past orders and take them out again"))]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(taken_out_at=None),
                name="orderbatch_file_once",
                violation_error_message=_("This file has been imported already."),
            ),
        ]

    def __str__(self) -> str:
        return self.source
