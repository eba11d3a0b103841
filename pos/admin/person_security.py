"""What an administrator can do about a person's sign-in: end sessions, take a PIN or second factor away."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.models import User
from pos.services.accounts import sign_out_everywhere
from pos.services.errors import NotFound
from pos.services.pins import remove_pin
from pos.services.rights import is_administrator
from pos.services.second_factor import has_second_factor, turn_off_second_factor

from .forms import PlainTextField, ServiceDialogForm

# The package would show every secret key to whoever runs the shop.
for device in (TOTPDevice, StaticDevice):
    if admin.site.is_registered(device):
        admin.site.unregister(device)


class PersonDialog(ServiceDialogForm):
    """Asks why, and calls one service with the person of the page."""

    reason = PlainTextField(
        label=_("Reason"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("For example: telephone lost. Kept in the audit trail."),
    )

    @property
    def person(self) -> User:
        person = User.objects.filter(pk=self.object_id).first()
        if person is None:
            raise NotFound("not_found", _now("This account is gone. Reload the page."))
        return person


class SignOutForm(PersonDialog):
    def call_service(self, cleaned: dict[str, Any]) -> None:
        sign_out_everywhere(user=self.request.user, person=self.person, reason=cleaned["reason"])


class RemovePinForm(PersonDialog):
    def call_service(self, cleaned: dict[str, Any]) -> None:
        remove_pin(user=self.request.user, person=self.person, reason=cleaned["reason"])


class RemoveFactorForm(PersonDialog):
    def call_service(self, cleaned: dict[str, Any]) -> None:
        turn_off_second_factor(user=self.request.user, person=self.person, reason=cleaned["reason"])


class PersonSecurity:
    """Dialogs of a person's page; each asks the account's own service whether it may."""

    SECURITY_ACTIONS = (
        {
            "title": _("Sign-in"),
            "icon": "lock",
            "items": ["new_password", "sign_out_person", "remove_pin", "remove_second_factor"],
        },
    )

    def _person_to_change(self, request: HttpRequest, object_id: Any) -> User | None:
        person = self.get_object(request, unquote(str(object_id)))  # type: ignore[attr-defined]
        may = person is not None and self.has_change_permission(request, person)  # type: ignore[attr-defined]
        return person if may else None

    def has_sign_out_person_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._person_to_change(request, object_id) is not None

    def _other_to_change(self, request: HttpRequest, object_id: Any) -> User | None:
        """One's own PIN and second factor ask for the password first, under “Password and PIN”."""
        person = self._person_to_change(request, object_id)
        return None if person is None or person.pk == request.user.pk else person

    def has_remove_pin_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        person = self._other_to_change(request, object_id)
        return person is not None and bool(person.pin)

    def has_remove_second_factor_permission(
        self, request: HttpRequest, object_id: Any = None
    ) -> bool:
        if not is_administrator(request.user):
            return False
        person = self._other_to_change(request, object_id)
        return person is not None and has_second_factor(person)

    @action(
        description=_("Sign out everywhere"),
        icon="logout",
        permissions=["sign_out_person"],
        dialog={
            "title": _("Sign out everywhere"),
            "description": _(
                "Every device this person is signed in on asks for the password again."
            ),
            "form_class": SignOutForm,
            "form_submit_text": _("Sign out"),
        },
    )
    def sign_out_person(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._said(request, object_id, _("Signed out everywhere."))

    @action(
        description=_("Remove PIN"),
        icon="dialpad",
        permissions=["remove_pin"],
        dialog={
            "title": _("Remove the PIN"),
            "description": _(
                "Nobody can read it. The person sets a new one under “Password and PIN”."
            ),
            "form_class": RemovePinForm,
            "form_submit_text": _("Remove"),
        },
    )
    def remove_pin(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._said(request, object_id, _("The PIN is removed."))

    @action(
        description=_("Remove second factor"),
        icon="phonelink_lock",
        permissions=["remove_second_factor"],
        dialog={
            "title": _("Remove the second factor"),
            "description": _(
                "For a lost telephone. Make sure that it is really this person who asks you."
            ),
            "form_class": RemoveFactorForm,
            "form_submit_text": _("Remove"),
        },
    )
    def remove_second_factor(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._said(request, object_id, _("The second factor is removed."))

    def _said(self, request: HttpRequest, object_id: str, message: Any) -> HttpResponse:
        self.message_user(request, message, messages.SUCCESS)  # type: ignore[attr-defined]
        name = f"admin:pos_{self.opts.model_name}_change"  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": reverse(name, args=[object_id])})
