"""What is typed when a drawer is counted and closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from pos.denominations import pieces, worth
from pos.models import Approval, PaymentMethod
from pos.money import AmountError, currency_decimals, parse_amount
from pos.services.errors import PosError

from .parsing import read_text

NOTE_LENGTH = 1000
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


@dataclass(frozen=True)
class PieceRow:
    """One note or coin, and how many of it were typed: a refused form keeps them."""

    text: str
    typed: str
    is_note: bool


class CountForm(forms.Form):
    """Notes and coins, their sum, and for each of `methods` what its slips come to.

    The sum may be left out where notes and coins are counted. Adds `denominations` and `amounts`.
    """

    counted_cash = forms.CharField(
        label=gettext_lazy("Counted cash"),
        help_text=gettext_lazy(
            "All notes and coins in the drawer, the float included. Empty: the sum of the above."
        ),
        required=False,
        max_length=30,
        widget=UnfoldAdminTextInputWidget(attrs=AMOUNT),
    )

    def __init__(self, data: Any, *, methods: Sequence[PaymentMethod]) -> None:
        super().__init__(data)
        self.methods = methods
        for method in methods:
            self.fields[f"amount_{method.code}"] = forms.CharField(
                label=method.name,
                required=False,
                max_length=30,
                widget=UnfoldAdminTextInputWidget(attrs=AMOUNT),
            )

    @property
    def piece_rows(self) -> list[PieceRow]:
        return [
            PieceRow(piece.text, self._typed(piece.text)[:6], piece.is_note)
            for piece in pieces(settings.POS_CURRENCY)
        ]

    @property
    def tender_fields(self) -> list[forms.BoundField]:
        return [self[f"amount_{method.code}"] for method in self.methods]

    def _typed(self, text: str) -> str:
        return self.data.get(f"count_{text}", "").strip() if self.is_bound else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["denominations"] = self._pieces()
        typed = cleaned.get("counted_cash")
        if typed:
            cleaned["counted_cash"] = self._amount("counted_cash", typed)
        elif "counted_cash" not in self.errors:
            cleaned["counted_cash"] = self._sum(cleaned["denominations"])
        cleaned["amounts"] = {
            method.code: self._amount(f"amount_{method.code}", cleaned[f"amount_{method.code}"])
            for method in self.methods
            if cleaned.get(f"amount_{method.code}")
        }
        return cleaned

    def _pieces(self) -> dict[str, int]:
        found = {}
        for piece in pieces(settings.POS_CURRENCY):
            typed = self._typed(piece.text)
            if not typed:
                continue
            if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
                message = _("Enter how many pieces of %(value)s there are, in digits.")
                self.add_error(None, message % {"value": piece.text})
                continue
            found[piece.text] = int(typed)
        return found

    def _sum(self, counted: dict[str, int]) -> Decimal | None:
        if counted:
            return worth(counted, settings.POS_CURRENCY)
        if not self.errors:
            message = _("Count the drawer and enter the sum. Empty drawer: 0.")
            self.add_error("counted_cash", message)
        return None

    def _amount(self, field: str, typed: str) -> Decimal | None:
        try:
            return parse_amount(typed, decimals=currency_decimals(settings.POS_CURRENCY))
        except AmountError as error:
            self.add_error(field, ValidationError(str(error), code=error.code))
            return None


class CloseForm(forms.Form):
    """A word about the count. `approval`: the yes it waits for. `count`: which one was looked at."""

    approval: Approval | None = None

    count = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For whoever checks the cash: why it is short or over."),
        required=False,
        max_length=NOTE_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_note(self) -> str:
        try:
            return read_text(
                self.cleaned_data["note"].replace("\r\n", "\n"),
                _("Note"),
                limit=NOTE_LENGTH,
                lines=True,
            )
        except PosError as error:
            raise ValidationError(error.message, code=error.code) from error
