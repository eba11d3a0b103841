"""What a person changes about their own account: each form asks for the password first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.widgets import UnfoldAdminPasswordToggleWidget, UnfoldAdminTextInputWidget

from pos.models import User
from pos.services.accounts import change_own_password
from pos.services.errors import PosError
from pos.services.pins import remove_pin, set_pin
from pos.services.second_factor import (
    check_code,
    confirm_second_factor,
    renew_backup_codes,
    turn_off_second_factor,
)

from .sign_in import confirm_password


def secret_field(label: Any, help_text: Any = "", autocomplete: str = "off") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=4096,
        help_text=help_text,
        widget=UnfoldAdminPasswordToggleWidget(attrs={"autocomplete": autocomplete}),
    )


def pin_field(label: Any, help_text: Any = "") -> forms.CharField:
    widget = UnfoldAdminPasswordToggleWidget(
        attrs={"autocomplete": "off", "inputmode": "numeric", "maxlength": "8"}
    )
    return forms.CharField(label=label, max_length=8, help_text=help_text, widget=widget)


def code_field(help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "spellcheck": "false"}
    widget = UnfoldAdminTextInputWidget(attrs=attrs)
    return forms.CharField(label=_("Code"), max_length=20, help_text=help_text, widget=widget)


class OwnForm(forms.Form):
    """Checks the password, then calls one service; `result` is what it gave."""

    current = secret_field(_("Your password"), autocomplete="current-password")
    result: Any = None

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.order_fields([name for name in self.fields if name != "current"] + ["current"])

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            self.check(cleaned)
            confirm_password(self.request, cleaned["current"])
        except ValidationError as error:
            self.add_error(None if hasattr(error, "error_dict") else "current", error)
            return cleaned
        try:
            self.result = self.call_service(cleaned)
        except PosError as error:
            raise ValidationError(error.message, code=error.code) from error
        return cleaned

    def check(self, cleaned: dict[str, Any]) -> None:
        """What can be said before the password is looked at. Raises ValidationError with fields."""

    def call_service(self, cleaned: dict[str, Any]) -> object:
        raise NotImplementedError


class PinForm(OwnForm):
    pin = pin_field(_("New PIN"), _("4 to 8 digits that nobody guesses: no birthday, no 1234."))
    again = pin_field(_("New PIN again"))

    def check(self, cleaned: dict[str, Any]) -> None:
        if cleaned["pin"] != cleaned["again"]:
            raise ValidationError({"again": _("The two PINs differ.")})

    def call_service(self, cleaned: dict[str, Any]) -> object:
        return set_pin(user=self.user, pin=cleaned["pin"])


class RemovePinForm(OwnForm):
    def call_service(self, cleaned: dict[str, Any]) -> object:
        return remove_pin(user=self.user, person=self.user)


class SecondFactorForm(OwnForm):
    code = code_field(_("The six digits that the application shows now."))

    def call_service(self, cleaned: dict[str, Any]) -> list[str]:
        return confirm_second_factor(user=self.user, code=cleaned["code"].replace(" ", ""))


class BackupCodesForm(OwnForm):
    def call_service(self, cleaned: dict[str, Any]) -> list[str]:
        return renew_backup_codes(user=self.user)


class TurnOffForm(OwnForm):
    code = code_field(_("From the application, or one of your backup codes."))

    def call_service(self, cleaned: dict[str, Any]) -> object:
        if not check_code(person=self.user, code=cleaned["code"]):
            raise ValidationError(_("This code is not right, or was used already."), code="wrong")
        return turn_off_second_factor(user=self.user, person=self.user)


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Django's, with the old password counted like a sign-in, and saved by the service."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        if self.user.must_change_password:
            self.fields["old_password"].label = _("The password you were given")
        self.fields["new_password1"].help_text = _(
            "At least 8 characters; not only digits, not a common word, and nothing like your name."
        )
        self.fields["new_password2"].label = _("New password again")
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        confirm_password(self.request, old)
        return old

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password1", _("This is your old password. Choose another one."))
        return cleaned

    def save(self, commit: bool = True) -> User:
        change_own_password(user=self.user, password=self.cleaned_data["new_password1"])
        return self.user
