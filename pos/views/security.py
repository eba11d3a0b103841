"""One's own account: password, PIN and second factor. Everybody who signs in has this page."""

from __future__ import annotations

from base64 import b32encode
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pos.services.errors import PosError
from pos.services.second_factor import (
    backup_codes_left,
    begin_second_factor,
    has_second_factor,
    must_set_up,
)

from .receipts import qr_svg
from .security_forms import (
    BackupCodesForm,
    OwnForm,
    OwnPasswordForm,
    PinForm,
    RemovePinForm,
    SecondFactorForm,
    TurnOffForm,
)

FORMS: dict[str, type[OwnForm]] = {
    "pin": PinForm,
    "remove_pin": RemovePinForm,
    "codes": BackupCodesForm,
    "turn_off": TurnOffForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """What there is, and one small form for each change; a POST names its form in `do`."""
    chosen = request.POST.get("do", "")
    forms = {
        name: form(request.POST if name == chosen else None, request=request, prefix=name)
        for name, form in FORMS.items()
    }
    codes: list[str] = []
    if chosen in forms and forms[chosen].is_valid():
        if chosen != "codes":
            messages.success(request, done(chosen))
            return HttpResponseRedirect(reverse("admin:pos_security"))
        codes = forms[chosen].result
    return page(request, "security", _("Password and PIN"), forms=forms, chosen=chosen, codes=codes)


def done(name: str) -> str:
    return {
        "pin": _("Your PIN is set."),
        "remove_pin": _("Your PIN is removed."),
        "turn_off": _("Your second factor is turned off."),
    }[name]


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Setting it up: scan, type the code, keep the backup codes."""
    try:
        device = begin_second_factor(user=request.user)
    except PosError:
        return HttpResponseRedirect(reverse("admin:pos_security"))
    form = SecondFactorForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        return page(request, "backup_codes", _("Backup codes"), codes=form.result)
    key = b32encode(device.bin_key).decode()
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return page(
        request,
        "second_factor",
        _("Second factor"),
        form=form,
        qr=qr_svg(device.config_url),
        key=groups,
    )


def page(request: HttpRequest, template: str, title: str, **extra: Any) -> HttpResponse:
    person = request.user
    context = {
        **admin.site.each_context(request),
        "title": title,
        "has_second_factor": has_second_factor(person),
        "is_required": must_set_up(person),
        "is_always_required": settings.REQUIRE_SECOND_FACTOR,
        "codes_left": backup_codes_left(person),
        **extra,
    }
    return TemplateResponse(request, f"admin/security/{template}.html", context)


class PasswordView(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "admin/security/password.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_success_url(self) -> str:
        return reverse("admin:index")

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("Your new password is set."))
        return response


def password(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    extra = {
        **context,
        "title": _("Choose a new password"),
        "is_forced": request.user.must_change_password,
    }
    return PasswordView.as_view(extra_context=extra)(request)
