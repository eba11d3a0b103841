"""Ada looks into it: who lowered a price, sold, and raised it again; and she changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from pos.models import AuditEntry, Order, Product, Register, User
from pos.services.audit import record

from ..test_admin_products import address, form
from ..test_audit_page import rows_of
from ..tills import item, sell
from .screen import Screen
from .test_register_access import DEVICES, RULES

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]
SignIn = Callable[[User], Client]
TIMELINE = "/admin/pos/auditentry/"


@pytest.fixture
def dip(
    signed_in: SignIn, max_: User, ana: User, till_one: Register, session: Any, cash: Any,
    shirt: Product,
) -> Order:  # fmt: skip
    """Max makes the shirt cheap, Ana sells two of them, Max makes it dear again."""
    office = signed_in(max_)

    def reprice(price: str, reason: str) -> None:
        data = form(shirt, price=price, change_reason=reason)
        answer = office.post(address(shirt), data, REMOTE_ADDR="10.0.0.7")
        assert answer.status_code == 302
        shirt.refresh_from_db()

    reprice("9.90", "Window display")
    order = sell(ana, till_one, item(shirt, "2"), total="19.80", pay="cash 20.00").order
    reprice("19.90", "Display is over")
    return order


@pytest.fixture
def desk(sit_down: Callable[..., Screen], ada: User, dip: Order) -> Page:
    """Ada at her own device, looking at what Max and Ana did."""
    return sit_down(ada).page


def entry(page: Page, text: str) -> Any:
    return page.locator("#result_list tbody tr").filter(has_text=text)


def findings(page: Page) -> list[str]:
    """What axe finds; landmarks and headings around our parts are the admin's."""
    page.evaluate(
        "Promise.allSettled(document.getAnimations().map((each) => each.finished)).then(() => null)"
    )
    rules = {"runOnly": [tag for tag in RULES["runOnly"] if tag != "best-practice"]}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def test_ada_finds_who_lowered_a_price_sold_and_raised_it_again(
    desk: Page, dip: Order, shirt: Product, ada: User
) -> None:
    desk.goto("/admin/")
    desk.get_by_role("link", name="Unusual activity").first.click()
    found = desk.get_by_role("region", name="Lowered, sold, raised again").get_by_role("row")
    row = found.filter(has_text="Linen shirt M")
    expect(row).to_contain_text("2 in 1 order")
    expect(row).to_contain_text("Ana")
    expect(row).to_contain_text("€20.00")
    expect(row.locator("del")).to_have_text("19.90")
    expect(row.locator("ins")).to_have_text("9.90")
    expect(row.get_by_text("Max")).to_have_count(2)

    # The sale behind it, and back.
    row.get_by_role("link", name="2 in 1 order").click()
    expect(desk.get_by_role("link", name=dip.number)).to_be_visible()
    desk.go_back()

    # From there into the timeline: the differences, who, why and where from.
    row.get_by_role("link", name="Linen shirt M").click()
    lowered, raised = entry(desk, "Window display"), entry(desk, "Display is over")
    expect(lowered.locator("del")).to_have_text("19.90")
    expect(lowered.locator("ins")).to_have_text("9.90")
    expect(raised.locator("ins")).to_have_text("19.90")
    for line in (lowered, raised):
        expect(line).to_contain_text("Max")
        expect(line).to_contain_text("10.0.0.7")

    # The old price, searched for.
    desk.goto(TIMELINE)
    desk.get_by_role("textbox", name="search").or_(desk.locator("#searchbar")).first.fill("9.90")
    desk.keyboard.press("Enter")
    expect(entry(desk, "Window display")).to_be_visible()
    expect(entry(desk, "Signed in")).to_have_count(0)

    # The product itself, and its history.
    entry(desk, "Window display").get_by_role("link", name="Linen shirt M").click()
    expect(desk.get_by_role("button", name="Save")).to_have_count(0)
    desk.locator(f"a[href='{address(shirt, 'history')}']").filter(visible=True).click()
    version = desk.locator(".pos-history-item").filter(has_text="Window display")
    expect(version.locator("del")).to_have_text("19.90")
    expect(version.locator("ins")).to_have_text("9.90")
    expect(version).to_contain_text("Max")
    expect(desk.get_by_role("link", name="Go back to it")).to_have_count(0)


def test_ada_takes_what_she_found_to_excel(
    desk: Page, ada: User, shirt: Product, tmp_path: Path
) -> None:
    desk.goto(f"{TIMELINE}?model=pos.product&object_id__exact={shirt.pk}&kind=changed")
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="Export to Excel").click()
    file = tmp_path / "audit.xlsx"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename.endswith(".xlsx")
    book = ZipFile(BytesIO(file.read_bytes()))
    head, raised, lowered = rows_of(book.read("xl/worksheets/sheet1.xml").decode())
    assert head[:6] == ["When", "Who", "What", "Kind of record", "Record", "Changes"]
    assert lowered[1:7] == [
        *("Max", "Changed", "product", "Linen shirt M"),
        *("price: 19.90 → 9.90", "Window display"),
    ]
    assert raised[5:7] == ["price: 9.90 → 19.90", "Display is over"]
    # That it was taken away is in the trail as well.
    told = AuditEntry.objects.get(kind="export")
    assert (told.actor, told.changes[0]) == (ada, ["rows", "", "2"])


def test_ada_changes_nothing(desk: Page, shirt: Product) -> None:
    count = AuditEntry.objects.exclude(kind="refused").count()
    for place in (
        address(shirt),
        f"{TIMELINE}{AuditEntry.objects.latest('pk').pk}/change/",
        f"/admin/pos/order/{Order.objects.get().pk}/change/",
    ):
        assert desk.goto(place).status == 200  # type: ignore[union-attr]
        for button in ("Save", "Delete", "Save and continue editing"):
            expect(desk.get_by_role("button", name=button)).to_have_count(0)
            expect(desk.get_by_role("link", name=button, exact=True)).to_have_count(0)
    token = {each["name"]: each["value"] for each in desk.context.cookies()}.get("csrftoken", "")
    for place, data in (
        (address(shirt), {"price": "0.01"}),
        (f"/admin/pos/product/{shirt.pk}/history/{shirt.history.last().pk}/revert/", {"reason": "x"}),
        (f"{TIMELINE}add/", {"reason": "x"}),
        ("/admin/register/", {}),
    ):  # fmt: skip
        sent = {**data, "csrfmiddlewaretoken": token}
        headers = {"Referer": desk.url}
        answer = desk.request.post(place, form=sent, headers=headers, max_redirects=0)
        assert answer.status in (403, 405), place
    shirt.refresh_from_db()
    assert shirt.price == Decimal("19.90")
    assert AuditEntry.objects.exclude(kind="refused").count() == count


def test_seller_reads_nothing_of_it(sit_down: Callable[..., Screen], ana: User, dip: Order) -> None:
    page = sit_down(ana).page
    page.goto("/admin/")
    expect(page.get_by_role("link", name="Unusual activity")).to_have_count(0)
    for place in (TIMELINE, "/admin/audit/unusual/", "/admin/approvals/"):
        assert page.goto(place).status == 403  # type: ignore[union-attr]


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("device", ["till", "telephone"])
def test_the_auditors_pages_are_for_everybody(
    desk: Page, shirt: Product, max_: User, ana: User, session: Any, sit_down: Any,
    look: str, device: str,
) -> None:  # fmt: skip
    """axe finds nothing, and nothing is wider than the screen."""
    for _ in range(4):
        record("no_sale", user=ana, store=session.register.store, register=session.register)
    width = DEVICES[device][0]
    desk.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    desk.set_viewport_size({"width": width, "height": 2400})  # nothing under the sticky foot
    changed = AuditEntry.objects.filter(kind="changed").latest("pk")
    first = shirt.history.last().pk
    pages = [
        *(TIMELINE, f"{TIMELINE}?q=9.90", f"{TIMELINE}?q=no", f"{TIMELINE}?q=nothing"),
        *(f"{TIMELINE}{changed.pk}/change/", "/admin/audit/unusual/", "/admin/pos/approval/"),
        f"/admin/pos/product/{shirt.pk}/history/",
        f"/admin/pos/product/{shirt.pk}/history/{first}/",
    ]
    for place in pages:
        desk.goto(place)
        assert findings(desk) == [], place
        assert desk.evaluate("document.documentElement.scrollWidth") <= width, place
    office = sit_down(max_).page
    office.goto(f"/admin/pos/product/{shirt.pk}/history/{first}/revert/")
    assert findings(office) == []
    assert office.evaluate("document.documentElement.scrollWidth") <= width
