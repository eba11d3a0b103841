"""Max takes a list to his own computer, from the list's own page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pos.models import Product, User

from .screen import Screen
from .test_auditor import findings

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_max_takes_the_products_he_searched_for(
    sit_down: Callable[..., Screen], max_: User, shirt: Product, width: int, tmp_path: Path
) -> None:
    page: Page = sit_down(max_).page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/admin/pos/product/?q={shirt.name.split()[0]}")
    page.get_by_role("link", name="Export").click()

    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
    choices = page.get_by_label("Format").locator("xpath=ancestor::form[1]").bounding_box()
    columns = page.get_by_role("group", name="Columns").first
    found, below = page.get_by_text("Back to the list").bounding_box(), columns.bounding_box()
    assert choices and found and below
    assert below["y"] > choices["y"] > found["y"]
    assert below["x"] + below["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert findings(page) == []

    page.get_by_label("Format").select_option(label="Text (CSV)")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "products.csv")
    heading, row = (tmp_path / "products.csv").read_text("utf-8-sig").splitlines()
    assert heading.startswith("code,barcode,name,")
    assert row.startswith(f"{shirt.code},")
