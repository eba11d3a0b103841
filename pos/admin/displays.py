"""The register's page gives its second screen another address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from pos.services.displays import renew_display

from .base import whole_number
from .forms import ServiceDialogForm


class RenewDisplayForm(ServiceDialogForm):
    def call_service(self, cleaned: dict[str, Any]) -> str:
        register_id = whole_number(str(self.object_id))
        return renew_display(user=self.request.user, register_id=register_id)


class RenewDisplayAction:
    """Whoever has the old address sees nothing any more."""

    def has_renew_display_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if object_id is None:
            return request.user.has_perm("pos.change_register")
        register = self.get_object(request, unquote(str(object_id)))  # type: ignore[attr-defined]
        return register is not None and self.has_change_permission(request, register)  # type: ignore[attr-defined]

    @action(
        description=_("Renew the second screen"),
        icon="monitor",
        permissions=["renew_display"],
        dialog={
            "title": _("Renew the second screen"),
            "description": _(
                "The customer's screen gets another address; the old one shows nothing any more."
                " Open it again from the register's menu."
            ),
            "form_class": RenewDisplayForm,
            "form_submit_text": _("Renew"),
        },
    )
    def renew_display(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        text = _("The second screen has another address now.")
        messages.success(request, text)
        page = reverse("admin:pos_register_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": page})
