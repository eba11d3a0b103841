"""“Switch off” and “Switch on” for the ticked rows of a list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from pos.services.activation import set_active
from pos.services.errors import PosError


class ActivationMixin:
    """For lists of records with `is_active`. The ticked rows come by POST and through the scope."""

    actions = ("switch_on", "switch_off")

    @action(description=_("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.switch(request, queryset, is_active=True)

    @action(description=_("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.switch(request, queryset, is_active=False)

    def switch(self: Any, request: HttpRequest, queryset: QuerySet, *, is_active: bool) -> None:
        try:
            number = set_active(user=request.user, rows=queryset, is_active=is_active)
        except PosError as error:
            self.message_user(request, error.message, messages.ERROR)
            return
        text = ngettext("%(number)s record changed.", "%(number)s records changed.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)
