"""Form fields that read amounts as the register does, and dialogs that call one service."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from pos import money
from pos.services.errors import PosError
from pos.text import has_unseen_signs
from pos.views.shop import note_refusal


class NumberWidget(UnfoldAdminTextInputWidget):
    """A number typed as text: no wheel changes it, and telephones show digits."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "class": "pos-number", **(attrs or {})}
        )


class NumberField(forms.DecimalField):
    """A decimal read by money's one parser: finite, plain digits, no more decimals than fit."""

    widget = NumberWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = NumberWidget
        super().__init__(**kwargs)

    def parse(self, value: object) -> Decimal:
        decimals = 3 if self.decimal_places is None else self.decimal_places
        return money.parse_percent(value, decimals=decimals)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        try:
            return self.parse(value.strip() if isinstance(value, str) else value)
        except money.AmountError as error:
            raise ValidationError(str(error), code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        return money.quantity_text(value) if isinstance(value, Decimal) else value


class AmountField(NumberField):
    """An amount of money, zero or more unless `minimum` says otherwise."""

    def __init__(self, *, minimum: Decimal = money.ZERO, **kwargs: Any) -> None:
        self.minimum = minimum
        kwargs.setdefault("decimal_places", money.currency_decimals(settings.POS_CURRENCY))
        super().__init__(**kwargs)

    def parse(self, value: object) -> Decimal:
        return money.parse_amount(value, decimals=self.decimal_places, minimum=self.minimum)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal) and self.decimal_places is not None:
            return money.amount_text(value, self.decimal_places)
        return value


class QuantityAmountField(NumberField):
    """Pieces or kilograms; below zero only where the shop can owe goods."""

    def __init__(self, *, minimum: Decimal = money.ZERO, **kwargs: Any) -> None:
        self.minimum = minimum
        kwargs.setdefault("decimal_places", money.QUANTITY_PLACES)
        super().__init__(**kwargs)

    def parse(self, value: object) -> Decimal:
        return money.parse_amount(
            value, decimals=money.QUANTITY_PLACES, minimum=self.minimum, maximum=money.MAX_QUANTITY
        )


class PlainTextField(forms.CharField):
    """A text as the register takes it: nothing unseen in it. `lines`: with line breaks."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_unseen_signs(value or "", lines=self.lines):
            message = _("There are invisible signs in it. Type it again.")
            raise ValidationError(message, code="unseen_signs")


class PlainLinesField(PlainTextField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(lines=True, **kwargs)


def reason_field() -> forms.CharField:
    """Why a record changes; kept in its history."""
    return PlainTextField(
        label=_("Reason for the change"),
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Optional. Kept in the history, so that you still know next year."),
    )


class ReasonForm(forms.ModelForm):
    """A form that asks why, for the history."""

    change_reason = reason_field()


class ServiceDialogForm(BaseDialogForm):
    """A dialog whose answer is one service call: a refusal is shown in the dialog, nothing changes."""

    # Unfold's dialog shows the errors of fields only.
    form_before_template = "admin/includes/dialog_errors.html"

    def get_before_template_context(
        self, request: HttpRequest, object_id: int | str | None = None
    ) -> dict[str, Any]:
        return {"errors": self.non_field_errors()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.result = self.call_service(cleaned)
            except PosError as error:
                note_refusal(self.request, error)
                raise ValidationError(error.message, code=error.code) from error
        return cleaned

    def call_service(self, cleaned: dict[str, Any]) -> object:
        raise NotImplementedError
