"""Signing in and out: the password, then the code of those who have a second factor."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, authenticate
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.models import AuditEntry, User
from pos.services.audit import record
from pos.services.errors import PosError
from pos.services.second_factor import check_code, has_second_factor
from pos.services.sign_in import locked_message, locked_until, record_failure

from .sessions import enter

# Who has given the right password, and for how long the code may follow.
PENDING = "pos_waits_for_code"
PATIENCE = 300


class SignInForm(AuthenticationForm):
    """Says when to try again, once too many tries were wrong."""

    def clean(self) -> dict[str, Any]:
        if len(self.cleaned_data.get("username") or "") > self.username_field.max_length:
            raise self.get_invalid_login_error()  # nobody's name; too long to be counted, too
        try:
            return super().clean()
        except ValidationError:
            if getattr(self.request, "axes_locked_out", False):
                name = self.cleaned_data.get("username") or ""
                raise ValidationError(locked_message(self.request, name), code="locked") from None
            raise


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from your authenticator application, or one of your backup codes."),
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": "", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            is_right = check_code(person=self.person, code=code)
        except PosError as error:
            raise ValidationError(error.message, code=error.code) from error
        if not is_right:
            raise ValidationError(_("This code is not right, or was used already."), code="wrong")
        return code


class SignInView(LoginView):
    """Django's, which leads to the code where one is needed."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person: User = form.get_user()
        target = self.get_success_url()
        if not has_second_factor(person):
            return signed_in(self.request, person, target)
        self.request.session.cycle_key()  # half signed in is worth more than nothing, too
        self.request.session[PENDING] = {
            "person": person.pk,
            "hash": person.get_session_auth_hash(),
            "at": time.time(),
            "next": target,
        }
        return HttpResponseRedirect(reverse("admin:pos_sign_in_code"))


def sign_in(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    extra = {
        **context,
        "title": _now("Log in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
    }
    if REDIRECT_FIELD_NAME not in {*request.GET, *request.POST}:
        extra[REDIRECT_FIELD_NAME] = reverse("admin:index")
    view = SignInView.as_view(
        extra_context=extra, authentication_form=SignInForm, template_name="admin/login.html"
    )
    return view(request)


@never_cache
@csrf_protect
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: who has not given the password a moment ago starts again."""
    pending = request.session.get(PENDING)
    person = waiting_person(pending)
    if pending is None or person is None:
        request.session.pop(PENDING, None)
        return HttpResponseRedirect(reverse("admin:login"))
    form = CodeForm(request.POST or None, person=person)
    if request.method == "POST":
        if form.is_valid():
            return signed_in(request, person, pending["next"])
        if form.has_error("code", "wrong"):  # tries while it waits are not looked at: no floods
            record_failure(request, name=person.username, reason=_now("Wrong code"))
    context = {**admin.site.each_context(request), "title": _now("Log in"), "form": form}
    return TemplateResponse(request, "admin/sign_in/code.html", context)


def waiting_person(pending: dict[str, Any] | None) -> User | None:
    """Whoever gave the right password within the last minutes, if it is still the right one."""
    if pending is None or not 0 <= time.time() - pending["at"] < PATIENCE:
        return None
    person = User.objects.filter(pk=pending["person"], is_active=True).first()
    if person and constant_time_compare(person.get_session_auth_hash(), pending["hash"]):
        return person
    return None


def signed_in(request: HttpRequest, person: User, target: str) -> HttpResponse:
    request.session.pop(PENDING, None)
    enter(request, person)
    record(AuditEntry.Kind.SIGN_IN, user=person, obj=person)
    return HttpResponseRedirect(target)


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page that the view has made, which says when to try again; with the status that says so, too."""
    name = (credentials or {}).get("username") or ""
    until = locked_until(request, name)
    if until is not None:
        response["Retry-After"] = str(max(1, round(until.timestamp() - time.time())))
    if response.status_code == 200:
        response.status_code = 429
    return response


def confirm_password(request: HttpRequest, password: str) -> None:
    """Whoever is signed in proves it again; wrong ones count as at the sign-in page.

    Raises ValidationError.
    """
    person = authenticate(request, username=request.user.get_username(), password=password)
    if person is not None and person.pk == request.user.pk:
        return
    if getattr(request, "axes_locked_out", False):
        raise ValidationError(locked_message(request, request.user.get_username()), code="locked")
    raise ValidationError(_now("This is not your password."), code="wrong")
