"""The audit trail: one timeline of who did what, over all records and security events."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections, models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from .base import OwnQuerySet
from .fields import MoneyField
from .search import AUDIT, listed, long_words, newest_matches
from .store import Register, Store

if TYPE_CHECKING:
    from .people import User


# What belongs to no store but to the shop: its changes concern everybody who answers for a store.
SHARED = (
    *("pos.product", "pos.barcode", "pos.category", "pos.taxrate"),
    *("pos.paymentmethod", "pos.customer", "pos.customerlevel"),
)
CHUNK = 5000  # matches of a search looked at at once
MOST_CHUNKS = 6
MOST_FOUND = 500
NEWEST = 2**63 - 1


class AuditEntryQuerySet(OwnQuerySet):
    owner_path = "actor"

    def visible_to(self, user: User) -> AuditEntryQuerySet:
        """Rows of the stores managed or audited, with the changes of what all stores share.

        Other rows without a store (sign-ins, accounts, roles, exports) are for people whose right
        is not bound to stores. Everybody else has their own rows.
        """
        managed = user.store_ids("manage_store", "view_store_reports")
        if managed is None:
            return self.all()
        own = Q(actor=user.pk) & (Q(store=None) | Q(store__in=user.store_ids() or ()))
        if not managed:
            return self.filter(own)
        seen = own | Q(store__in=managed) | Q(store=None, model__in=SHARED)
        return self.walking(seen)

    def walking(self, condition: Q) -> AuditEntryQuerySet:
        """As `filter`, where most rows pass.

        Hidden from the planner: SQLite would gather and sort all of them instead of walking the
        newest until the page is full.
        """
        name = f"passes_{len(self.query.annotations)}"
        passes = Case(When(condition, then=Value(1)), default=Value(0))
        return self.alias(**{name: passes}).filter(**{name: 1})

    def matching(self, text: str) -> tuple[AuditEntryQuerySet, bool]:
        """Rows where every word of three letters or more occurs, and whether these are all.

        Words occur in the record, a value, the person's name or the reason. On SQLite the newest
        MOST_FOUND: the index gives matches newest first, piece by piece, so that a common word
        costs no more than a rare one.
        """
        words = long_words(text)
        if not words:
            return self.none(), True
        if connections[self.db].vendor != "sqlite":
            return self.containing(words), True
        found: list[int] = []
        below = NEWEST
        for _piece in range(MOST_CHUNKS):
            ids = newest_matches(AUDIT, words, self.db, below=below, limit=CHUNK)
            rows = self.filter(pk__in=listed(ids)).order_by("-pk").values_list("pk", flat=True)
            found += rows[: MOST_FOUND - len(found)]
            if len(ids) < CHUNK:
                return self.filter(pk__in=found), len(found) < MOST_FOUND
            if len(found) >= MOST_FOUND:
                break
            below = ids[-1]
        return self.filter(pk__in=found), False

    def containing(self, words: Iterable[str]) -> AuditEntryQuerySet:
        """The same without an end, read row by row where there is no index: for exports."""
        found = self
        for word in words:
            found = found.filter(search_text__contains=word)
        return found


class AuditEntry(models.Model):
    """One thing somebody did or tried. Written once, never changed or deleted.

    `changes` is a list of [field label, before, after] as people read them.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        CHANGED = "changed", _("Changed")
        DELETED = "deleted", _("Deleted")
        REVERTED = "reverted", _("Reverted")
        RIGHTS = "rights", _("Rights changed")
        SIGN_IN = "sign_in", _("Signed in")
        SIGN_OUT = "sign_out", _("Signed out")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        LOCKED = "locked", _("Locked out")
        PIN_FAILED = "pin_failed", _("Wrong PIN")
        SWITCHED = "switched", _("Seller switched")
        REFUSED = "refused", _("Refused")
        IMPORT = "import", _("Import")
        EXPORT = "export", _("Export")
        APPROVAL_ASKED = "approval_asked", _("Approval asked")
        APPROVAL_GIVEN = "approval_given", _("Approval given")
        APPROVAL_DENIED = "approval_denied", _("Approval denied")
        APPROVAL_USED = "approval_used", _("Approval used")
        SALE = "sale", _("Sale")
        DISCOUNT = "discount", _("Discount given")
        PRICE_CHANGE = "price_change", _("Price changed at the register")
        PARKED = "parked", _("Order parked")
        TAKEN_OVER = "taken_over", _("Order taken over")
        VOID = "void", _("Order discarded")
        LINE_REMOVED = "line_removed", _("Line removed from a cart")
        CART_CLEARED = "cart_cleared", _("Cart cleared")
        NO_SALE = "no_sale", _("Drawer opened without a sale")
        REPRINT = "reprint", _("Receipt printed again")
        SESSION_OPENED = "session_opened", _("Cash session opened")
        SESSION_CLOSED = "session_closed", _("Cash session closed")
        CASH_MOVED = "cash_moved", _("Cash in or out")
        STOCK = "stock", _("Stock adjusted")
        REFUND = "refund", _("Refund")
        SALE_VOIDED = "sale_voided", _("Sale voided")
        ACCOUNT_PAYMENT = "account_payment", _("Payment on account")
        BALANCE = "balance", _("Store credit or gift card")
        DELIVERY = "delivery", _("Delivery moved on")
        RECEIPT_SENT = "receipt_sent", _("Receipt sent")
        COUNTED = "counted", _("Drawer counted")

    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("who"),
        related_name="+",
        null=True,
        db_index=False,  # auditentry_actor
        help_text=_("Empty for a command or somebody who is not signed in."),
    )
    actor_name = models.CharField(_("name used"), max_length=150, blank=True)
    store = models.ForeignKey(
        Store,
        models.PROTECT,
        verbose_name=_("store"),
        related_name="+",
        null=True,
        db_index=False,  # auditentry_store
    )
    register = models.ForeignKey(
        Register,
        models.PROTECT,
        verbose_name=_("register"),
        related_name="+",
        null=True,
        db_index=False,  # auditentry_register
    )
    address = models.GenericIPAddressField(_("address"), null=True)
    model = models.CharField(
        _("kind of record"), max_length=60, blank=True, help_text=_("For example pos.product.")
    )
    object_id = models.CharField(_("number of the record"), max_length=40, blank=True)
    object_text = models.CharField(_("record"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=list)
    amount = MoneyField(_("amount"), null=True, help_text=_("The money it was about."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    search_text = models.TextField(editable=False, default="")

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-id"]
        default_permissions = ("view",)
        permissions = [("export_auditentry", _("Can take the audit trail to Excel"))]
        # Each filter of the timeline has an index that ends with what the other filters ask for: a
        # second filter is then answered in the index, also where the two of them find next to nothing.
        indexes = [
            # The timeline, newest first.
            models.Index(fields=["-at", "-id"], name="auditentry_newest"),
            # What happened to one record.
            models.Index(fields=["object_id", "model", "-at", "-id"], name="auditentry_object"),
            # What one person did.
            models.Index(
                fields=["actor", "-at", "-id", "kind", "store", "register", "model"],
                name="auditentry_actor",
            ),
            # One kind of event; the figures of unusual activity, with the amount.
            models.Index(
                fields=["kind", "-at", "-id", "actor", "store", "register", "model", "amount"],
                name="auditentry_kind",
            ),
            # One kind of record.
            models.Index(
                fields=["model", "-at", "-id", "actor", "kind", "store", "register"],
                name="auditentry_model",
            ),
            # What happened in one store.
            models.Index(
                fields=["store", "-at", "-id", "actor", "kind", "register", "model"],
                name="auditentry_store",
            ),
            # What happened at one register.
            models.Index(
                fields=["register", "-at", "-id", "actor", "kind", "store", "model"],
                name="auditentry_register",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.object_text}".strip()

    @property
    def shown_amount(self) -> Decimal | None:
        """The money it was about; none for a price of the catalogue, whose difference says it."""
        is_price = self.kind in (self.Kind.CHANGED, self.Kind.REVERTED)
        return None if is_price else self.amount
