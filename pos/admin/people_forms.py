"""Accounts: a form never holds superuser, groups or permissions; the service decides on roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password as hash_password
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordToggleWidget,
    UnfoldAdminSelectWidget,
)

from pos.models import Store, User
from pos.roles import ADMINISTRATOR
from pos.services.errors import NotFound, PosError
from pos.services.grants import stores_of
from pos.services.people import (
    assignable_roles,
    check_administrator,
    check_seller,
    make_administrator,
    make_password,
    make_seller,
    set_password,
)

from .forms import ServiceDialogForm, reason_field


def password_field(label: Any, help_text: Any = "", *, is_required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=is_required,
        strip=False,
        help_text=help_text,
        widget=UnfoldAdminPasswordToggleWidget(attrs={"autocomplete": "new-password"}),
    )


@dataclass(frozen=True)
class FirstPassword:
    """Of a new account, typed or made. Hashed before the form is read: that takes a while, and saving
    a form locks the whole database where it is one file."""

    text: str
    hashed: str
    is_made: bool

    @classmethod
    def of(cls, typed: str) -> FirstPassword:
        text = typed or make_password()
        return cls(text, hash_password(text), is_made=not typed)


HELP = {
    "username": _("What they type to sign in. Letters, digits and @ . + - _ without blanks."),
    "first_name": _("Shown at the register and on receipts."),
    "is_active": _(
        "Off: signed out at once, and cannot sign in. For whoever leaves; what they sold stays theirs."
    ),
    "email": _("For your own overview: the shop sends nothing there."),
    "level": _("How long somebody has sold, for your own overview. Rights come from the role."),
    "picture": _("Shown in lists instead of the initials."),
}


class AccountForm(forms.ModelForm):
    """Name, contact and, for a new account, the first password."""

    user: User
    first_password: FirstPassword | None = None
    change_reason = reason_field()
    password1 = password_field(
        _("First password"),
        _("Leave it empty: we make one and show it once. They choose their own when they sign in."),
        is_required=False,
    )
    password2 = password_field(
        _("First password again"), _("Only if you typed one."), is_required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in HELP.keys() & self.fields.keys():
            self.fields[name].help_text = HELP[name]
        if self.instance.pk:  # later there is a dialog of its own for it
            del self.fields["password1"], self.fields["password2"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if "password1" in self.fields and not self.errors and first != second:
            self.add_error("password2", _("The two passwords differ."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.first_password and "password1" in self.fields:
            try:
                validate_password(self.first_password.text, self.instance)
            except ValidationError as error:
                self.add_error("password1", error)
            else:
                self.instance.password = self.first_password.hashed
        if not self.errors:
            try:
                self.check()
            except PosError as error:
                self.add_error(None, error.message)

    def check(self) -> None:
        raise NotImplementedError


class SellerForm(AccountForm):
    role = forms.ModelChoiceField(
        Group.objects.none(),
        label=_("Role"),
        widget=UnfoldAdminSelectWidget,
        empty_label=_("Choose a role"),
        help_text=_(
            "What this person can do. You can give roles with no more rights than your own."
        ),
    )
    stores = forms.ModelMultipleChoiceField(
        Store.objects.none(),
        label=_("Stores"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_(
            "Where this person works, with the usual rights of the role. Fine-tune it under Stores."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.instance if self.instance.pk else None
        current = person.groups.first() if person else None
        roles = {group.pk for group in assignable_roles(self.user)} | (
            {current.pk} if current else set()
        )
        given = {store.pk for store in stores_of(person)} if person else set()
        managed = self.user.store_ids("manage_store")
        stores = (
            Store.objects.all() if managed is None else Store.objects.filter(pk__in=managed | given)
        )
        if "role" in self.fields:
            self.fields["role"].queryset = Group.objects.filter(pk__in=roles).order_by("name")
            self.fields["role"].initial = current.pk if current else None
        if "stores" in self.fields:
            self.fields["stores"].queryset = stores
            self.fields["stores"].initial = sorted(given)

    def check(self) -> None:
        check_seller(user=self.user, person=self.instance, **self.rights())

    def rights(self) -> dict[str, Any]:
        return {"role": self.cleaned_data["role"], "stores": list(self.cleaned_data["stores"])}


class AdministratorForm(AccountForm):
    def check(self) -> None:
        check_administrator(user=self.user, person=self.instance)


class PasswordForm(ServiceDialogForm):
    password1 = password_field(
        _("New password"), _("At least 8 characters; not only digits and not a common word.")
    )
    password2 = password_field(_("New password again"))

    def call_service(self, cleaned: dict[str, Any]) -> None:
        if cleaned["password1"] != cleaned["password2"]:
            raise ValidationError({"password2": _now("The two passwords differ.")})
        person = account(self.object_id)
        set_password(user=self.request.user, person=person, password=cleaned["password1"])


SET_PASSWORD = {
    "title": _("Set a new password"),
    "description": _(
        "The person is signed out everywhere, signs in with this password and then chooses their own."
    ),
    "form_class": PasswordForm,
    "form_submit_text": _("Set password"),
}


class PromoteForm(ServiceDialogForm):
    change_reason = reason_field()

    def call_service(self, cleaned: dict[str, Any]) -> None:
        make_administrator(
            user=self.request.user, person=account(self.object_id), reason=cleaned["change_reason"]
        )


class DemoteForm(ServiceDialogForm):
    role = forms.ModelChoiceField(
        Group.objects.exclude(name=ADMINISTRATOR).order_by("name"),
        label=_("New role"),
        widget=UnfoldAdminSelectWidget,
        empty_label=_("Choose a role"),
    )
    change_reason = reason_field()

    def call_service(self, cleaned: dict[str, Any]) -> None:
        make_seller(
            user=self.request.user,
            person=account(self.object_id),
            role=cleaned["role"],
            reason=cleaned["change_reason"],
        )


def account(person_id: Any) -> User:
    """Whom a dialog is about. Raises NotFound."""
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound("not_found", _now("This account is gone. Reload the page."))
    return person


PROMOTE = {
    "title": _("Make administrator"),
    "description": _(
        "Administrators can do everything in every store, and make other administrators."
    ),
    "form_class": PromoteForm,
    "form_submit_text": _("Make administrator"),
}
DEMOTE = {
    "title": _("Make seller"),
    "description": _(
        "The person loses every right of an administrator and gets the role you choose."
    ),
    "form_class": DemoteForm,
    "form_submit_text": _("Make seller"),
}
