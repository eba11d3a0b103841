"""The bar above a report: periods, groups, and what it is narrowed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest
from django.utils.translation import gettext as _

from pos.models import Order, OrderLine
from pos.reports.asking import (
    COMPARED,
    FILTERS,
    SEARCHED,
    Question,
    can_compare,
    options_of,
    rows_of,
)
from pos.reports.base import CUSTOMER, PRODUCT, STORE
from pos.reports.periods import PERIODS

MODELS = {CUSTOMER: Order, PRODUCT: OrderLine}
RIGHTS = {CUSTOMER: "pos.view_customer", PRODUCT: "pos.view_product"}


class Searched(AutocompleteSelect):
    """Says “Any” while nothing is chosen; without a word it has no name for screen readers."""

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(*args, **kwargs)
        return {**attrs, "data-placeholder": _("Any")}


def filters_of(question: Question, request: HttpRequest) -> dict[str, Any]:
    report = question.report
    searched = search_form(question, request)
    return {
        "periods": [
            {
                "title": title,
                "query": question.query(period=name, **{"from": None, "to": None}),
                "is_chosen": name == question.period,
            }
            for name, title in PERIODS.items()
        ]
        if report.has_period
        else [],
        "groups": [
            {
                "title": title,
                "query": question.query(by=name, o=None),
                "is_chosen": name == question.asked.by,
            }
            for name, title in report.choices.items()
        ],
        "compared": [
            (name, title, name == question.asked.compare) for name, title in COMPARED.items()
        ]
        if can_compare(report)
        else [],
        "lists": lists_of(question),
        "searched": searched,
        "media": searched.media if searched else "",
        # What the form does not ask for itself and must not lose.
        "kept": [
            (name, value)
            for name, value in {"period": question.period, **question.parameters}.items()
            if name in ("by", "o") or (name == "period" and report.has_period)
        ],
        "reset": bool(question.chosen or question.asked.compare),
        "reset_query": question.query(compare=None, **dict.fromkeys(FILTERS)),
        "year_query": question.query(period="this_year", **{"from": None, "to": None}),
    }


def lists_of(question: Question) -> list[dict[str, Any]]:
    """Selects of the filters with few choices; one choice is none."""
    found = []
    for name in question.report.filters:
        if name in SEARCHED or name not in FILTERS:
            continue
        options = options_of(name, question.asked.user)
        chosen = question.chosen.get(name)
        if len(options) > 1 or chosen is not None:
            title = FILTERS[name][0]
            found.append(
                {
                    "name": name,
                    "title": title,
                    "any": _("All stores") if name == STORE else _("Any"),
                    "options": [
                        (pk, label, chosen is not None and pk == chosen.pk) for pk, label in options
                    ],
                }
            )
    return found


def search_form(question: Question, request: HttpRequest) -> forms.Form | None:
    """Selects that ask the server as one types, for customers and products."""
    names = [
        name
        for name in question.report.filters
        if name in SEARCHED and request.user.has_perm(RIGHTS[name])
    ]
    if not names:
        return None
    initial = {name: question.chosen[name].pk for name in names if name in question.chosen}
    form = forms.Form(initial=initial)
    for name in names:
        field: Any = MODELS[name]._meta.get_field(name)
        form.fields[name] = forms.ModelChoiceField(
            queryset=rows_of(name, request.user),
            label=FILTERS[name][0],
            required=False,
            widget=Searched(field, admin.site, attrs={"class": "unfold-filter-autocomplete"}),
        )
    return form
