"""The product form: its codes, and its stock, which only the stock service writes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from pos.models import Barcode, Product, StockLevel, StockMovement, Store, User
from pos.money import MAX_QUANTITY, quantity_text
from pos.services.catalog import barcode_problem
from pos.services.errors import PosError
from pos.services.stock import set_stock

from .forms import PlainTextField, QuantityAmountField, reason_field

REASONS = [(value, label) for value, label in StockMovement.Reason.choices if value]


@dataclass(frozen=True)
class StockChange:
    """A quantity typed for one store."""

    field: str
    store: Store
    on_hand: Decimal
    reason: str
    note: str


class ProductForm(forms.ModelForm):
    """`for_person` adds a quantity per store, and one reason and note for what changes."""

    user: User
    stores: list[Store] = []
    change_reason = reason_field()

    class Meta:
        widgets = {"colour": UnfoldAdminColorInputWidget()}

    @classmethod
    def for_person(
        cls, user: User, stores: list[Store], product: Product | None
    ) -> type[ProductForm]:
        """The form class with the stock fields of `stores`, prefilled with what is on hand."""
        known = (
            StockLevel.objects.filter(product=product, store__in=stores)
            if product
            else StockLevel.objects.none()
        )
        levels = dict(known.values_list("store_id", "on_hand"))
        members: dict[str, Any] = {"user": user, "stores": stores, "levels": levels}
        for store in stores:
            members[f"stock_{store.pk}"] = quantity_field(store, levels.get(store.pk))
        if stores:
            members |= reason_fields(is_new=product is None)
        return type("ProductStockForm", (cls,), members)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        owner = Product.objects.filter(barcodes__code=code).exclude(pk=self.instance.pk).first()
        if owner:
            raise ValidationError(
                _("This is already a barcode of “%(product)s”.") % {"product": owner}
            )
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.stock_changes = [change for store in self.stores if (change := self.typed(store))]
        return cleaned

    def typed(self, store: Store) -> StockChange | None:
        """What was typed for a store; None when nothing, or when it cannot be used."""
        name = f"stock_{store.pk}"
        if name not in self.changed_data or name in self.errors:
            return None
        on_hand, now = self.cleaned_data.get(name), self.levels.get(store.pk)
        reason = self.cleaned_data.get("stock_reason") or ""
        if on_hand is None:
            self.add_error(
                name,
                _("Enter a quantity. To leave it as it is, put back %(now)s.")
                % {"now": quantity_text(now or Decimal(0))},
            )
        elif self.is_outdated(name, now):
            self.add_error(
                name,
                _("Meanwhile there are %(now)s on hand. Check the quantity and save again.")
                % {"now": quantity_text(now or Decimal(0))},
            )
        elif not reason:
            if "stock_reason" not in self.errors:
                self.add_error("stock_reason", _("Choose why the quantity changes."))
        else:
            return StockChange(
                name, store, on_hand, reason, self.cleaned_data.get("stock_note") or ""
            )
        return None

    def is_outdated(self, name: str, now: Decimal | None) -> bool:
        """Whether something was sold since the form was shown; the next save then knows it."""
        hidden = self.add_initial_prefix(name)
        try:
            seen = self.fields[name].to_python(self.data.get(hidden, ""))
        except ValidationError:
            seen = None
        if seen == now:
            return False
        self.data = self.data.copy()
        self.data[hidden] = "" if now is None else quantity_text(now)
        return True

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.instance.pk and not self.errors:
            for change in self.stock_changes:
                self.rehearse(change)

    def rehearse(self, change: StockChange) -> None:
        """Do it and take it back: a refusal of the service becomes an error of its field."""
        try:
            with transaction.atomic():
                self.apply(change)
                transaction.set_rollback(True)
        except PosError as error:
            self.add_error(change.field, error.message)

    def apply(self, change: StockChange) -> None:
        set_stock(
            user=self.user,
            product=self.instance,
            store=change.store,
            on_hand=change.on_hand,
            reason=change.reason,
            note=change.note,
        )

    def apply_stock(self) -> None:
        """After the product is saved. A refusal rolls back everything."""
        for change in self.stock_changes:
            self.apply(change)


def quantity_field(store: Store, on_hand: Decimal | None) -> forms.Field:
    return QuantityAmountField(
        label=_("On hand in %(store)s") % {"store": store},
        required=False,
        initial=on_hand,
        minimum=-MAX_QUANTITY,
        show_hidden_initial=True,
        help_text=""
        if on_hand is not None
        else _("Not kept here yet. Leave empty if it never is."),
    )


def reason_fields(*, is_new: bool) -> dict[str, forms.Field]:
    return {
        "stock_reason": forms.ChoiceField(
            label=_("Why the quantity changes"),
            required=False,
            choices=[("", _("Choose a reason")), *REASONS],
            initial=StockMovement.Reason.OPENING if is_new else "",
            widget=UnfoldAdminSelectWidget,
            help_text=_(
                "Needed when you type another quantity. Every change is kept with your name."
            ),
        ),
        "stock_note": PlainTextField(
            label=_("Note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget
        ),
    }


class BarcodeForm(forms.ModelForm):
    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if "code" not in self.changed_data:
            return code
        if problem := barcode_problem(code):
            raise ValidationError(problem)
        owner = Product.objects.filter(code=code).exclude(pk=self.instance.product_id).first()
        if owner:
            raise ValidationError(
                _("This is already the code of “%(product)s”.") % {"product": owner}
            )
        taken = (
            Barcode.objects.filter(code=code)
            .exclude(pk=self.instance.pk)
            .select_related("product")
            .first()
        )
        if taken and taken.product_id != self.instance.product_id:
            raise ValidationError(
                _("“%(product)s” already has this barcode.") % {"product": taken.product}
            )
        return code


def store_choices(user: User) -> list[Store]:
    """The open stores whose stock this person may change."""
    ids = user.store_ids("work_in_store", "manage_store")
    stores = Store.objects.filter(is_active=True)
    return list(stores if ids is None else stores.filter(pk__in=ids))
