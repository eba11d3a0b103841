"""Max reads what was sold, looks at the orders behind it, and takes the figures to Excel."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from pos.models import CashSession, Order, Product, Register, SavedReport, User

from ..tills import item, sell
from .screen import Screen
from .test_auditor import findings
from .test_register_access import DEVICES

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


@pytest.fixture
def order(ana: User, till_one: Register, session: CashSession, cash: Any, shirt: Product) -> Order:
    return sell(ana, till_one, item(shirt, "2"), total="39.80", pay="cash 40.00").order


@pytest.fixture
def desk(sit_down: Callable[..., Screen], max_: User, order: Order) -> Page:
    return sit_down(max_).page


def test_max_reads_compares_saves_and_takes_the_sales_away(
    desk: Page, order: Order, max_: User, tmp_path: Path
) -> None:
    desk.goto("/admin/")
    desk.locator("a[href='/admin/reports/']").first.click()
    desk.get_by_role("searchbox", name="Find a report").fill("by day")
    expect(desk.get_by_role("link", name="Largest discounts")).to_be_hidden()
    desk.get_by_role("link", name="Sales by day").click()

    # This month, compared, by month.
    desk.get_by_role("link", name="This month", exact=True).click()
    desk.get_by_label("Compare with").select_option(label="The period before")
    desk.get_by_role("button", name="Show", exact=True).click()
    desk.get_by_role("link", name="Month", exact=True).click()
    expect(desk.locator(".pos-reports-big").first).to_have_text("€39.80")
    table = desk.get_by_role("region", name="Table: Sales by day")
    table.get_by_role("link", name="Orders").click()
    expect(table.get_by_role("columnheader", name="Orders")).to_have_attribute(
        "aria-sort", "descending"
    )

    # The orders behind it, and back.
    table.locator("tbody th a").first.click()
    expect(desk.get_by_role("link", name=order.number)).to_be_visible()
    desk.go_back()

    # Saved under a name, with its filters.
    desk.locator(".pos-reports-menu > summary").click()
    desk.get_by_label("Name").fill("Month by month")
    desk.get_by_role("button", name="Save this view").click()
    expect(desk.get_by_text("You find it above all reports, and here.")).to_be_visible()
    saved = SavedReport.objects.get()
    assert (saved.owner, saved.query) == (
        max_,
        "period=this_month&compare=previous&by=month&o=-orders",
    )

    # And taken to Excel.
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="Excel").click()
    file = tmp_path / "report.xlsx"
    waiting.value.save_as(file)
    head, row, *_others = load_workbook(file).worksheets[0].values
    cells = dict(zip(head, row, strict=True))
    assert (cells["Orders"], Decimal(str(cells["Sales"]))) == (1, Decimal("39.80"))


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("device", ["till", "telephone"])
def test_reports_are_accessible(desk: Page, look: str, device: str) -> None:
    desk.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    width, height = DEVICES[device]
    desk.set_viewport_size({"width": width, "height": height})
    for address in ("", "sales-by-day/?compare=previous", "sales-by-hour/", "sales-by-product/"):
        desk.goto(f"/admin/reports/{address}")
        assert findings(desk) == [], address
        wide = desk.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, address
