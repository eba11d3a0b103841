"""A button on lists: bring in such records from a spreadsheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from pos.services.import_jobs import allowed_kinds


class BringInMixin:
    """`import_kind` is what the page has chosen when it opens."""

    import_kind = ""
    actions_list = ("bring_in",)

    def has_bring_in_permission(self, request: HttpRequest) -> bool:
        return self.import_kind in {kind.name for kind in allowed_kinds(request.user)}

    @action(description=_("Import"), icon="upload_file", permissions=["bring_in"])
    def bring_in(self, request: HttpRequest) -> HttpResponse:
        page = reverse("admin:pos_import_new")
        return HttpResponseRedirect(f"{page}?kind={self.import_kind}")
