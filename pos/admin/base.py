"""What every screen of the admin shares: scope, safe filters, lists that never count a million rows."""

from __future__ import annotations

import logging
import re
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import (
    RangeDateFilter,
    RangeDateTimeFilter,
    RangeNumericFilter,
)
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminTextInputWidget

from pos.models.fields import MoneyField, PercentField, QuantityField
from pos.services.errors import PosError
from pos.views.shop import note_refusal

from .exports import ExportMixin
from .forms import (
    AmountField,
    NumberField,
    PlainLinesField,
    PlainTextField,
    QuantityAmountField,
)
from .history import ReadableHistory

logger = logging.getLogger(__name__)
STRICT_FIELDS = {
    MoneyField: {"form_class": AmountField},
    QuantityField: {"form_class": QuantityAmountField},
    PercentField: {"form_class": NumberField},
    models.CharField: {"form_class": PlainTextField},
    models.SlugField: {"widget": UnfoldAdminTextInputWidget},  # its own form field is stricter
    models.TextField: {"form_class": PlainLinesField},
}
TOO_LARGE = re.compile(r"[0-9]{19}")
RANGES = (RangeDateFilter, RangeDateTimeFilter, RangeNumericFilter)
RANGE_SUFFIXES = ("_from", "_to", "_from_0", "_from_1", "_to_0", "_to_1")
FIELD_SUFFIXES = ("", "__exact", "__id__exact", "__isnull")


class CappedPaginator(Paginator):
    """Page numbers for the first MOST rows; nobody turns the pages beyond, they search."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            # Without the annotations, which a count of a slice would work out for every row.
            return self.object_list.order_by().values("pk")[: self.MOST].count()
        return len(self.object_list)


class PosChangeList(ChangeList):
    """Knows when there are more rows than it counts."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.has_active_filters or self.query):
            self.full_result_count = self.result_count
        self.result_list = self.page_rows(self.result_list)

    def page_rows(self, page: QuerySet) -> list[Any]:
        """The page's ids first, then its rows: joined to small tables, SQLite would sort them all."""
        ids = list(page.values_list("pk", flat=True))
        rows = self.apply_select_related(self.root_queryset.filter(pk__in=ids)).order_by()
        by_id = {row.pk: row for row in rows}
        return [by_id[pk] for pk in ids if pk in by_id]

    @property
    def is_capped(self) -> bool:
        return self.result_count >= CappedPaginator.MOST


class ScopedAdmin(ExportMixin, ModelAdmin):
    """A list and a form, narrowed to what the signed-in person may see."""

    list_per_page = 50
    list_max_show_all = 200
    list_fullwidth = True
    list_filter_submit = True
    list_after_template = "admin/includes/capped.html"
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = CappedPaginator
    formfield_overrides = STRICT_FIELDS
    # What an empty list tells: how something gets into it.
    empty_hint: Any = ""
    # Lookups a link of ours may use although no filter shows them.
    linked_lookups: tuple[str, ...] = ()

    # --- lists ---------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PosChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return visible(super().get_queryset(request), request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        # PostgreSQL refuses NUL in any text; no name holds one.
        text = search_term.replace("\x00", "").strip()
        return self.search(request, queryset, text) if text else (queryset, False)

    def search(self, request: HttpRequest, queryset: QuerySet, text: str) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, text)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # Neither NUL nor an id beyond 64 bits can be asked of a database.
        is_askable = "\x00" not in str(value) and not TOO_LARGE.search(str(value))
        return is_askable and lookup in self.allowed_lookups(request)

    def allowed_lookups(self, request: HttpRequest | None) -> set[str]:
        """Only what the filters of this list ask for; Django's own rule lets any local field through."""
        allowed = set(self.linked_lookups)
        for each in self.get_list_filter(request):
            if isinstance(each, (str, tuple, list)):
                field = each if isinstance(each, str) else each[0]
                is_range = not isinstance(each, str) and issubclass(each[1], RANGES)
                suffixes = RANGE_SUFFIXES if is_range else FIELD_SUFFIXES
                allowed |= {f"{field}{suffix}" for suffix in suffixes}
            else:
                allowed.add(each.parameter_name)
        return allowed

    # --- rights --------------------------------------------------------------------------

    @property
    def is_scoped(self) -> bool:
        """Whether people see different rows of this list."""
        return hasattr(self.model._default_manager, "visible_to")

    def in_scope(self, request: HttpRequest, obj: Any) -> bool:
        """Whether `obj` (row, or its id from the address) is one this person may see. Asked once."""
        pk = getattr(obj, "pk", obj)
        if pk is None or not self.is_scoped:
            return True
        known: dict[tuple[str, str], bool] = request.__dict__.setdefault("_pos_in_scope", {})
        key = (self.opts.label, str(pk))
        if key not in known:
            try:
                known[key] = self.get_queryset(request).filter(pk=pk).exists()
            except (ValueError, TypeError):
                known[key] = False
        return known[key]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self.in_scope(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.in_scope(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Whatever was sold, paid or counted keeps what it points at: switch off instead.
        return False

    def loaded(self, request: HttpRequest, object_id: str) -> Any:
        """The row behind an action's address, through the scope. Raises Http404."""
        row = self.get_object(request, unquote(str(object_id)))
        if row is None:
            raise Http404
        return row

    # --- forms ---------------------------------------------------------------------------

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        manager = db_field.remote_field.model._default_manager
        if "queryset" not in kwargs and hasattr(manager, "visible_to"):
            kwargs["queryset"] = visible(manager.all(), request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal that no form foresaw arrives here with everything rolled back: say it."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except PosError as error:
            note_refusal(request, error)
            messages.error(request, error.message)
        except IntegrityError:
            logger.exception("Refused by the database: %s", request.path)
            messages.error(
                request,
                _(
                    "Somebody saved something similar at the same moment. Nothing was changed: check and save again."
                ),
            )
        return HttpResponseRedirect(request.get_full_path())


class PosModelAdmin(ReadableHistory, ScopedAdmin):
    """Something the owner edits, with its history."""

    warn_unsaved_form = True
    change_form_show_cancel_button = True

    def has_view_history_or_change_history_permission(
        self, request: HttpRequest, obj: Any = None
    ) -> bool:
        # The package shows old versions of what the list hides; the row itself is asked.
        return self.has_view_permission(request, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        whole_number(unquote(object_id))
        return super().history_view(request, object_id, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        names = {field.name for field in self.opts.concrete_fields}
        if change and not names & set(form.changed_data):
            obj.skip_history_when_saving = True  # nothing of the row itself has changed
        if reason := form.cleaned_data.get("change_reason"):
            obj._change_reason = reason
        super().save_model(request, obj, form, change)


class DocumentAdmin(ScopedAdmin):
    """What happened: to read, for everybody, whatever rights they have. Corrected by new documents."""

    actions = None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # It never changes, so it has no history.
        extra = {"show_history": False, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WithoutTitle:
    """An inline whose rows have no heading of their own."""

    show_title = False
    if not hasattr(TabularInline, "show_title"):
        hide_title = True  # as older Unfold calls it


class DocumentInline(WithoutTitle, TabularInline):
    """Rows of a document, to read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def visible(rows: QuerySet, request: HttpRequest) -> QuerySet:
    """`rows` narrowed to the signed-in person, where the rows know a scope."""
    return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows


def whole_number(text: str) -> int:
    """An id out of an address. Raises Http404 for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)
