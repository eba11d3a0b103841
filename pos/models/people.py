"""People: the ones who sell and run the shop, and the ones who buy."""

from __future__ import annotations

import re
from datetime import date

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin
from guardian.shortcuts import get_objects_for_user

from pos.roles import ADMINISTRATOR

from .catalog import fold
from .fields import MoneyField, PercentField
from .history import AuditedRecords
from .pictures import PictureField
from .store import Store


def today() -> date:
    return timezone.localdate()


class User(GuardianUserMixin, AbstractUser):
    """Everybody who signs in. Deactivate (is_active) instead of deleting."""

    STORE_RIGHTS = ("work_in_store", "manage_store", "view_store_reports")

    class Level(models.TextChoices):
        NEW = "new", _("New")
        LEVEL_1 = "level-1", _("Level 1")
        LEVEL_2 = "level-2", _("Level 2")
        LEVEL_3 = "level-3", _("Level 3")
        TOP = "top", _("Top rated")

    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.NEW)
    joined_on = models.DateField(_("joined"), default=today, help_text=_("First working day."))
    picture = PictureField(_("picture"), folder="people")
    must_change_password = models.BooleanField(
        _("must choose a new password"),
        default=False,
        help_text=_("Asked for at the next sign-in. Set for every first password."),
    )
    # Hashed like a password. For approvals and switching at the register, never for signing in.
    pin = models.CharField(_("PIN"), max_length=128, blank=True, editable=False)
    pin_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    pin_locked_until = models.DateTimeField(null=True, editable=False)
    # Noted at most once a minute; a sign-in alone is `last_login`.
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    # Part of what a session is signed with: counting on ends every session of this person.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()
    history = AuditedRecords(
        rights=["username", "is_active", "is_staff", "is_superuser"],
        excluded_fields=[
            "password",
            "last_login",
            "last_seen_at",
            "pin",
            "pin_failures",
            "pin_locked_until",
            "session_epoch",
        ],
    )

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["first_name", "last_name", "username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What Django signs a session with: ends with a new password, or a new epoch."""
        content = f"{self.password}/{self.session_epoch}"
        return salted_hmac("pos.session", content, secret=secret, algorithm="sha256").hexdigest()

    @property
    def initials(self) -> str:
        words = str(self).split()
        return "".join(word[0] for word in words[:2]).upper()

    def store_ids(self, *rights: str) -> frozenset[int] | None:
        """Stores where this person has one of `rights` (default: any); None means all of them.

        Asked once per person object, so once per request.
        """
        rights = rights or self.STORE_RIGHTS
        asked: dict[tuple[str, ...], frozenset[int] | None] = self.__dict__.setdefault(
            "_store_ids", {}
        )
        if rights not in asked:
            codes = [f"pos.{right}" for right in rights]
            if any(self.has_perm(code) for code in codes):
                asked[rights] = None
            else:
                granted = get_objects_for_user(
                    self,
                    codes,
                    Store,
                    any_perm=True,
                    accept_global_perms=False,
                    with_superuser=False,
                )
                asked[rights] = frozenset(granted.values_list("id", flat=True))
        return asked[rights]

    def may(self, right: str, store_id: int) -> bool:
        """Whether this person has a store right (work_in_store, manage_store, …) in this store."""
        ids = self.store_ids(right)
        return ids is None or store_id in ids


class AdministratorManager(UserManager):
    def get_queryset(self) -> models.QuerySet[User]:
        return (
            super()
            .get_queryset()
            .filter(
                Q(is_superuser=True)
                | Q(
                    pk__in=User.groups.through.objects.filter(group__name=ADMINISTRATOR).values(
                        "user_id"
                    )
                )
            )
        )


class SellerManager(UserManager):
    def get_queryset(self) -> models.QuerySet[User]:
        administrators = User.groups.through.objects.filter(group__name=ADMINISTRATOR)
        return (
            super()
            .get_queryset()
            .filter(is_superuser=False)
            .exclude(pk__in=administrators.values("user_id"))
        )


class Seller(User):
    """Everybody who works in the shop without running it."""

    objects = SellerManager()

    class Meta:
        proxy = True
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")


class Administrator(User):
    """Everybody who may do everything."""

    objects = AdministratorManager()

    class Meta:
        proxy = True
        verbose_name = _("administrator")
        verbose_name_plural = _("administrators")


class CustomerLevel(models.Model):
    """A tier of customers with its discount."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    discount_percent = PercentField(
        _("discount percent"),
        default=0,
        help_text=_("Given on every line that has no discount of its own."),
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    history = AuditedRecords()

    class Meta:
        verbose_name = _("customer level")
        verbose_name_plural = _("customer levels")
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="customer_level_discount_0_to_100",
                violation_error_message=_("A discount is between 0 and 100 percent."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet):
    def matching(self, text: str) -> CustomerQuerySet:
        """Every word of `text` begins a word of name or email; digits may be any part of a phone.

        Beginnings only: “am” means Amélie, not everybody at example.com.
        """
        digits = "".join(sign for sign in text if sign.isdigit())
        if len(digits) >= 4 and not any(sign.isalpha() for sign in text):
            return self.filter(search_text__contains=digits.lstrip("0"))
        found = self
        for word in fold(text).split():
            found = found.filter(search_text__contains=f" {word}")
        return found


class Customer(models.Model):
    """Somebody who buys."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status,
        default=Status.ACTIVE,
        help_text=_("Inactive customers are not offered at the register."),
    )
    level = models.ForeignKey(
        CustomerLevel,
        models.PROTECT,
        verbose_name=_("level"),
        related_name="customers",
        null=True,
        blank=True,
        help_text=_("Gives the level's discount at the register."),
    )
    credit_limit = MoneyField(
        _("credit limit"),
        null=True,
        blank=True,
        help_text=_(
            "The most this customer may owe. More needs an approval; empty: only the seller's limit."
        ),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For your staff; never printed."))
    search_text = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CustomerQuerySet.as_manager()
    history = AuditedRecords(excluded_fields=["search_text"])

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name", "id"]
        indexes = [
            # The customer list and the register's customer search: order by name.
            models.Index(fields=["name", "id"], name="customer_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_limit=None) | Q(credit_limit__gte=0),
                name="customer_credit_limit_not_negative",
                violation_error_message=_("A credit limit cannot be negative."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_text = self.searchable()
        super().save(*args, **kwargs)

    def searchable(self) -> str:
        digits = "".join(sign for sign in self.phone if sign.isdigit())
        name = re.sub(r"[-'’.]", " ", self.name)
        domain = self.email[self.email.find("@") :] if self.email else ""
        return fold(f" {self.name} {name} {self.email} {domain} {self.phone} {digits}")
