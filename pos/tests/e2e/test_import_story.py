"""A newcomer brings in ten products from the template, one of them wrong, mends it and goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from pos.models import Product, User
from pos.tests.e2e.screen import Screen
from pos.tests.importing import let_children_see

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds for a process of its own on a busy machine


def choose(page: Page, file: Path) -> None:
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Go on").click()
    check = page.get_by_role("button", name="Check all rows")
    check.click(timeout=PATIENCE)
    expect(page.get_by_role("navigation", name="Results")).to_be_visible(timeout=PATIENCE)


def test_ten_products_from_the_template_with_one_error(
    max_: User,
    page: Page,
    sit_down: Callable[..., Screen],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_children_see(monkeypatch)
    sit_down(max_)
    page.goto("/admin/imports/")
    page.get_by_role("link", name="New import").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel template for Products").click()
    template, errors = tmp_path / "template.xlsx", tmp_path / "errors.xlsx"
    download.value.save_as(template)
    fill(template)

    page.locator("[value=products]").check(force=True)
    choose(page, template)
    expect(page.get_by_text("9 New")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("dear")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download these rows").click()
    download.value.save_as(errors)
    page.get_by_label("Good rows only").check()
    page.get_by_role("button", name="Import 9 rows").dblclick()
    expect(page.get_by_text("9 new, 0 changed")).to_be_visible(timeout=PATIENCE)

    mend(errors)
    page.get_by_role("link", name="New import").click()
    page.locator("[value=products]").check(force=True)
    choose(page, errors)
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("1 new, 0 changed")).to_be_visible(timeout=PATIENCE)

    assert Product.objects.count() == 10
    assert Product.history.count() == 10


def fill(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for number in range(10):
        row = {"Code": f"00{number}", "Name": f"Tea {number}", "Price": 1.5}
        if number == 4:
            row["Price"] = "dear"
        sheet.append([row.get(heading) for heading in headings])
    book.save(path)


def mend(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.active
    place = [cell.value for cell in sheet[1]].index("Price") + 1
    assert sheet.cell(2, place).value == "dear"
    sheet.cell(2, place).value = "2.50"
    book.save(path)
