"""Over a limit at the till: Max types his PIN, or answers from his own device, and the sale goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pos.models import Approval, AuditEntry, Order, OrderLine, Product
from pos.services.pins import set_pin

from .test_register_access import DEVICES, RULES, findings

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified", "cash", "on_account")]
SHIRT = "4006381333931"


@pytest.fixture
def screen(sit_down: Any, ana: Any, max_: Any, session: Any, shirt: Product, scarf: Product) -> Any:
    """Ana at her till; Max has a PIN."""
    set_pin(user=max_, pin="4711")
    seat = sit_down(ana)
    seat.open()
    seat.ready()
    return seat


def found_in(page: Page, part: str) -> list[str]:
    """What axe finds in our part of a page of the admin; landmarks around it are the admin's."""
    rules = {"runOnly": [tag for tag in RULES["runOnly"] if tag != "best-practice"]}
    found = Axe().run(page, context=part, options=rules).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def give(screen: Any, percent: str) -> None:
    screen.press("F6")
    expect(screen.dialog("Discount")).to_be_visible()
    screen.page.keyboard.type(percent)
    screen.press("Enter")
    expect(screen.dialog("Discount")).to_be_hidden()


def type_pin(screen: Any, pin: str) -> None:
    screen.page.get_by_label("Their PIN").fill(pin)
    screen.press("Enter")


def test_thirty_percent_off_with_max_at_the_till(screen: Any, ana: Any, max_: Any) -> None:
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    give(screen, "30")
    screen.shows_total("€13.93")
    screen.shows("30 % off is over your limit of 10 %. Ask for an approval.")
    screen.press("F9")
    dialog = screen.dialog("Needs approval")
    expect(dialog).to_contain_text("€5.97 off €19.90 (30 %)")
    expect(dialog.get_by_role("button", name="Max")).to_have_attribute("aria-pressed", "true")
    type_pin(screen, "0815")
    screen.shows("The PIN is not right. Try again.")
    assert Order.objects.count() == 0
    type_pin(screen, "4711")
    screen.shows_done("MAIN-R1-000001", "€0.00")

    order, approval = Order.objects.get(), Approval.objects.get()
    assert (order.total_amount, order.seller) == (Decimal("13.93"), ana)
    assert (approval.status, approval.order, approval.decided_by) == ("used", order, max_)


def test_keyboard_alone_chooses_between_two_who_could_say_yes(screen: Any, root: Any) -> None:
    set_pin(user=root, pin="1357")
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    give(screen, "30")
    screen.press("F9")
    dialog = screen.dialog("Needs approval")
    expect(dialog.get_by_role("button", name="Max")).to_be_focused()
    screen.press("Tab")
    expect(dialog.get_by_role("button", name="Root")).to_be_focused()
    screen.press("Enter")
    expect(screen.page.get_by_label("Their PIN")).to_be_focused()
    screen.press("1", "3", "5", "7", "Enter")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert Approval.objects.get().decided_by == root


def test_yes_from_another_device_lets_the_sale_go_on_by_itself(
    screen: Any, sit_down: Any, max_: Any
) -> None:
    office = sit_down(max_, elsewhere=True).page
    office.goto("/admin/approvals/")
    expect(office.get_by_text("Nobody waits for you.")).to_be_visible()

    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    give(screen, "30")
    screen.press("F9")
    expect(screen.page.get_by_label("Their PIN")).to_be_focused()  # what loads late takes the focus
    screen.page.get_by_label("Why? (optional)").fill("stained")
    screen.button("Ask from another device").click()
    screen.shows("Waiting for an answer.")

    # It comes by itself, and what is being typed stays.
    card = office.get_by_role("listitem").filter(has_text="€5.97 off €19.90 (30 %)").first
    expect(card).to_contain_text("“stained”", timeout=10_000)
    expect(card).to_contain_text("Ana")
    card.get_by_label("Note (optional)").fill("fine")
    office.wait_for_timeout(3500)
    expect(card.get_by_label("Note (optional)")).to_have_value("fine")
    card.get_by_role("button", name="Approve").click()
    expect(office.get_by_text("Approved: €5.97 off €19.90 (30 %)")).to_be_visible()

    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert Approval.objects.get().status == "used"
    assert AuditEntry.objects.get(kind="approval_given").reason == "fine"


def test_no_is_told_and_nothing_is_sold(screen: Any, sit_down: Any, max_: Any) -> None:
    from pos.services.approvals import decide

    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    give(screen, "30")
    screen.press("F8")
    screen.button("Ask from another device").click()
    screen.shows("Waiting for an answer.")
    decide(user=max_, approval=Approval.objects.get(), approve=False)
    screen.shows("Max said no.")
    screen.press("Escape")
    screen.ready()
    assert Order.objects.count() == 0
    give(screen, "5")
    screen.shows_total("€18.90")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")


def test_another_price_for_a_line(screen: Any) -> None:
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.press("F7")
    expect(screen.dialog("Price")).to_contain_text("€19.90 in the catalogue")
    screen.page.keyboard.type("15")
    screen.press("Enter")
    screen.shows_total("€15.00")
    screen.shows("instead of 19.90")
    screen.press("F9")
    expect(screen.dialog("Needs approval")).to_contain_text(
        "Linen shirt M for €15.00 instead of €19.90"
    )
    type_pin(screen, "4711")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    line = OrderLine.objects.get()
    assert (line.list_price, line.unit_price) == (Decimal("19.90"), Decimal("15.00"))


def test_too_much_on_account_is_approved_at_the_payment(screen: Any, rosa: Any) -> None:
    screen.scan(f"6*{SHIRT}")
    screen.press("F3")
    screen.page.keyboard.type("rosa")
    screen.page.get_by_role("option", name="Rosa Lind").or_(
        screen.page.get_by_role("button", name="Rosa Lind")
    ).first.click()
    screen.shows_total("€113.43")
    screen.press("F8")
    screen.page.get_by_role("button", name="On account").click()
    screen.press("Enter")
    expect(screen.dialog("Needs approval")).to_contain_text("€113.43 on the account of Rosa Lind")
    type_pin(screen, "4711")
    expect(screen.page.locator("[data-done]")).to_contain_text("Sale complete")
    assert Order.objects.get().paid_amount == 0


def test_drawer_is_opened_without_a_sale(screen: Any) -> None:
    screen.press("Shift+F9")
    screen.page.keyboard.type("change for a customer")
    screen.press("Enter")
    expect(screen.dialog("Needs approval")).to_contain_text(
        "Open the drawer of Register 1: change for a customer"
    )
    type_pin(screen, "4711")
    screen.shows("Drawer opened. Without a sale in this session: 1")
    screen.ready()
    assert AuditEntry.objects.get(kind="no_sale").reason == "change for a customer"


def test_what_leaves_the_cart_is_told(screen: Any) -> None:
    screen.scan(f"3*{SHIRT}", "0012345678905")
    screen.shows_total("€72.20")
    screen.press("Delete")
    screen.shows_total("€59.70")
    screen.press("ArrowUp", "-")
    screen.shows_total("€39.80")
    screen.button("Clear").click()
    screen.shows_empty_cart()
    for _wait in range(40):
        if AuditEntry.objects.filter(kind="cart_cleared").exists():
            break
        screen.page.wait_for_timeout(100)
    told = AuditEntry.objects.filter(kind__in=("line_removed", "cart_cleared")).order_by("amount")
    assert [(each.kind, each.amount) for each in told] == [
        ("line_removed", Decimal("12.50")), ("line_removed", Decimal("19.90")), ("cart_cleared", Decimal("39.80")),
    ]  # fmt: skip


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
def test_approvals_are_for_everybody(
    screen: Any, sit_down: Any, max_: Any, look: str, device: str
) -> None:
    """axe finds nothing at the till and on the list, and nothing is wider than the screen."""
    page: Page = screen.page
    width, height = DEVICES[device]
    for each in (page.context,):
        each.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    page.set_viewport_size({"width": width, "height": height})
    screen.open()
    screen.ready()
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.press("F7")
    expect(screen.dialog("Price")).to_be_visible()
    assert findings(page) == []
    screen.press("Escape")
    give(screen, "30")
    screen.shows("is over your limit")
    assert findings(page) == []
    screen.press("F8")
    expect(page.get_by_label("Their PIN")).to_be_focused()
    assert findings(page) == []
    screen.button("Ask from another device").click()
    screen.shows("Waiting for an answer.")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    office = sit_down(max_, elsewhere=True).page
    office.context.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    office.set_viewport_size({"width": width, "height": height})
    office.goto("/admin/approvals/")
    expect(office.get_by_role("button", name="Approve")).to_be_visible()
    assert found_in(office, "#pos-approvals") == []
    assert office.evaluate("document.documentElement.scrollWidth") <= width


def test_count_that_is_off_is_closed_with_a_second_person(screen: Any, session: Any) -> None:
    page = screen.page
    page.goto(f"/admin/register/close/{session.pk}/")
    page.get_by_label("Counted cash").fill("80.00")
    page.get_by_role("button", name="Keep this count").click()
    page.get_by_role("button", name="Close the session").click()
    expect(page.get_by_text("This count needs a second person")).to_be_visible()
    expect(page.get_by_label("Their PIN")).to_be_focused()
    assert found_in(page, ".pos-close") == []
    page.keyboard.type("4711")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your count is saved.")).to_be_visible()
    assert Approval.objects.get().status == "used"
