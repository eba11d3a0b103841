"""What a person chooses before a list is taken away: columns, format, how many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.contrib.import_export.forms import SelectableFieldsExportForm
from unfold.widgets import UnfoldAdminSelectWidget

from pos.resources import ListResource


class Xlsx:
    """A format as the package's forms know it."""

    extension = "xlsx"

    def get_title(self) -> str:
        return str(_("Excel (XLSX)"))


class Csv:
    extension = "csv"

    def get_title(self) -> str:
        return str(_("Text (CSV)"))


FORMATS = (Xlsx, Csv)
MOST_ROWS = 1_000_000
ROWS = ((100, "100"), (1_000, "1,000"), (10_000, "10,000"), (100_000, "100,000"))


class ExportForm(SelectableFieldsExportForm):
    """`remembered`: the columns chosen last time, by the name of the resource."""

    most_rows = forms.TypedChoiceField(label=_("Rows"), coerce=int, required=False, empty_value=0)
    store = forms.ModelChoiceField(
        label=_("Stock of"), queryset=None, required=False, empty_label=_("all stores together")
    )

    def __init__(
        self,
        resources: Sequence[type[ListResource]],
        *,
        stores: QuerySet | None,
        remembered: dict[str, list[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(FORMATS, resources, **kwargs)
        self.fields["resource"].label = _("What")
        self.fields["format"].choices = [
            (str(place), each().get_title()) for place, each in enumerate(FORMATS)
        ]
        self.fields["format"].widget = UnfoldAdminSelectWidget(
            choices=self.fields["format"].choices
        )
        self.initial.setdefault("format", "0")
        choices = [("", _("all that match")), *((n, _("the first %s") % text) for n, text in ROWS)]
        self.fields["most_rows"].choices = choices
        self.fields["most_rows"].widget = UnfoldAdminSelectWidget(choices=choices)
        self._offer_stores(stores)
        for resource in resources:
            names = remembered.get(resource.__name__)
            for name in resource.fields if names else ():
                self.fields[self.create_boolean_field_name(resource, name)].initial = name in names

    def _offer_stores(self, stores: QuerySet | None) -> None:
        if stores is None:
            del self.fields["store"]
            return
        field = self.fields["store"]
        field.queryset = stores
        field.widget = UnfoldAdminSelectWidget()
        field.widget.choices = field.choices
        if len(stores) == 1:
            field.initial = stores[0]

    def _get_field_label(self, resource: type[ListResource], field_name: str) -> str:
        return resource.fields[field_name].title_in(resource.model())

    def column_groups(self) -> list[tuple[str, list[Any]]]:
        """The tick boxes of each choice: (its place, fields)."""
        return [
            (str(place), [self[name] for name in self.resource_fields[resource.__name__]])
            for place, resource in enumerate(self.resources)
        ]

    @property
    def extension(self) -> str:
        return FORMATS[int(self.cleaned_data["format"])].extension
