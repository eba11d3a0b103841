"""Every report: what it says of a shop whose days are known to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pos.models import User
from pos.reports.base import PREVIOUS, Asked, Report
from pos.reports.facts import Span
from pos.reports.registry import REPORTS

from .two_stores import TwoStores, add_refunds, open_two_stores

pytestmark = pytest.mark.django_db
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


def asked_of(report: Report, user: User, **changes: Any) -> list[Asked]:
    """The report by each of its choices."""
    asked = Asked(user=user, span=YEAR, **changes)
    return [replace(asked, by=by) for by in report.choices] or [asked]


@pytest.fixture
def world() -> TwoStores:
    found = open_two_stores()
    add_refunds(found)
    return found


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_every_report_answers_everybody(report: Report, world: TwoStores) -> None:
    for user in world.people.values():
        for asked in asked_of(report, user, compare=PREVIOUS):
            columns = {column.name for column in report.columns_for(user, asked)}
            rows = report.rows(asked)
            assert all(columns <= set(row.cells) for row in rows)
            report.totals(asked, rows)
            report.notes(asked)
