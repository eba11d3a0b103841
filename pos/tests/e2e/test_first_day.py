"""The owner's first day: makes a manager and two sellers, grants a store, and watches what they did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pos.models import Product, Store, User

from .conftest import AT_THE_TILL
from .screen import Screen

pytestmark = pytest.mark.e2e

SHIRT = "4006381333931"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def hire(page: Page, username: str, first_name: str, role: str, store: str) -> str:
    """Make an account with the keyboard's form; the first password it is given."""
    page.goto("/admin/pos/seller/add/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("First name").fill(first_name)
    page.get_by_label("Role", exact=False).first.select_option(label=role)
    page.get_by_label(store).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=f"{first_name} can sign in now.")).to_be_visible()
    return page.locator("code").nth(1).inner_text()


def findings(page: Page) -> list[str]:
    page.evaluate(
        "Promise.allSettled(document.getAnimations().map((each) => each.finished)).then(() => null)"
    )
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.fixture
def another_device(chromium: Browser, live_server: Any) -> Iterator[Callable[[], Page]]:
    """A browser that nobody has signed in to."""
    contexts: list[Any] = []

    def unpack() -> Page:
        contexts.append(
            chromium.new_context(
                viewport=AT_THE_TILL, base_url=live_server.url, reduced_motion="reduce"
            )
        )
        return contexts[-1].new_page()

    yield unpack
    for context in contexts:
        context.close()


def sign_in_for_the_first_time(page: Page, username: str, first: str, own: str) -> None:
    """With the password that was handed over, which is changed before anything else opens."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(first)
    page.keyboard.press("Enter")
    title = page.get_by_role("heading", name="Your first password was given to you")
    expect(title).to_be_visible()
    page.goto("/admin/register/")
    expect(title).to_be_visible()
    page.get_by_label("The password you were given").fill(first)
    page.get_by_label("New password", exact=False).first.fill(own)
    page.get_by_label("New password again").fill(own)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your new password is set.")).to_be_visible()


def sell_and_ask(seat: Screen, office: Page) -> None:
    """One shirt for cash; then one with more off than a seller may give, which the owner allows."""
    seat.open_register("Register 1", "100")
    seat.scan(SHIRT)
    seat.shows_total("€19.90")
    seat.press("F9")
    seat.shows_done("MAIN-R1-000001", "€0.00")
    seat.scan(SHIRT)
    seat.shows_total("€19.90")
    seat.press("F6")
    expect(seat.dialog("Discount")).to_be_visible()
    seat.page.keyboard.type("30")
    seat.press("Enter")
    seat.shows_total("€13.93")
    seat.press("F9")
    seat.page.get_by_label("Why? (optional)").fill("stained")
    seat.button("Ask from another device").click()
    seat.shows("Waiting for an answer.")
    office.goto("/admin/approvals/")
    card = office.get_by_role("listitem").filter(has_text="€5.97 off €19.90 (30 %)").first
    expect(card).to_contain_text("“stained”")
    expect(card).to_contain_text("Noor")
    card.get_by_role("button", name="Approve").click()
    expect(office.get_by_text("Approved: €5.97 off €19.90 (30 %)")).to_be_visible()
    seat.shows_done("MAIN-R1-000002", "€0.00")


def timeline(page: Page) -> list[str]:
    """What happened, newest first, as the audit trail tells it."""
    rows = page.locator("#result_list .data-row")
    expect(rows.first).to_be_visible()
    return [
        " · ".join(
            row.locator(f".field-{cell}_cell").inner_text().split("\n")[0]
            for cell in ("who", "kind", "amount")
        )
        for row in rows.all()
    ]


@pytest.mark.usefixtures("verified", "till_one", "till_two", "cash")
def test_the_owner_makes_a_team_and_watches_what_it_did(
    sit_down, another_device, root: User, main: Store, other: Store, shirt: Product
) -> None:
    page = sit_down(root).page
    passwords = {}
    for username, first_name, role in (
        ("mona", "Mona", "Manager"),
        ("noor", "Noor", "Seller"),
        ("omar", "Omar", "Seller"),
    ):
        passwords[username] = hire(page, username, first_name, role, "Main Street")
        assert User.objects.get(username=username).check_password(passwords[username])

    # The second store, from the store's own page.
    page.goto(f"/admin/pos/store/{other.pk}/change/")
    page.locator("a[href*=show_people]").filter(visible=True).first.click()
    page.get_by_label("Work: Noor").check()
    page.get_by_label("Reason for the change").fill("Saturdays")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 right changed.")).to_be_visible()
    expect(page.get_by_label("Work: Noor")).to_be_checked()
    expect(page.get_by_label("Work: Omar")).not_to_be_checked()

    # The same from the other side, and why.
    noor = User.objects.get(username="noor")
    page.get_by_role("link", name="Noor").click()
    expect(page.get_by_label("Work: Harbour")).to_be_checked()
    page.goto(f"/admin/why/?person={noor.pk}&right=sell_order&store={other.pk}")
    expect(page.get_by_role("heading", name="Yes, Noor may.")).to_be_visible()
    expect(page.get_by_text("“Work” in Harbour was given by Root")).to_be_visible()
    page.get_by_role("link", name="See everything this person sees").click()
    menu = page.get_by_role("region", name="Menu")
    expect(menu.get_by_text("Register", exact=True)).to_be_visible()
    expect(menu.get_by_text("Roles", exact=True)).to_be_hidden()

    # Noor's first morning, on a device of her own.
    till = another_device()
    sign_in_for_the_first_time(till, "noor", passwords["noor"], "harbour-lamp-92")
    sell_and_ask(Screen(till), page)

    # What the owner reads in the evening: the list, her page, and all that she did.
    page.goto("/admin/pos/seller/?o=-8")
    best = page.locator("#result_list .data-row").first
    expect(best.locator(".field-person_cell")).to_contain_text("Noor")
    expect(best.locator(".field-orders_cell")).to_contain_text("2")
    expect(best.locator(".field-sales_cell")).to_contain_text("€33.83")
    expect(best.locator(".field-seen_cell")).not_to_contain_text("never")
    best.locator(".field-orders_cell a").click()
    expect(page.get_by_role("link", name="Discounts given today")).to_contain_text("€5.97")
    page.get_by_role("link", name="What they did").click()
    assert timeline(page) == [
        "Noor · DISCOUNT GIVEN · €5.97",
        "Noor · SALE · €13.93",
        "Noor · APPROVAL USED · €5.97",
        "Noor · APPROVAL ASKED · €5.97",
        "Noor · SALE · €19.90",
        "Noor · CASH SESSION OPENED · €100.00",
        "Noor · CHANGED · –",  # the first password is done with
        "Noor · SIGNED IN · –",
    ]
    page.get_by_role("link", name="MAIN-R1-000002").first.click()
    expect(page.get_by_text("€13.93").first).to_be_visible()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages_of_people_are_accessible(
    sit_down, root: User, ana: User, main: Store, width: int, look: str
) -> None:
    page = sit_down(root).page
    page.add_init_script(f"localStorage.setItem('adminTheme', '\"{look}\"')")
    page.set_viewport_size({"width": width, "height": 3200})  # nothing under the sticky foot
    role = ana.groups.get().pk
    for address in (
        "/admin/pos/seller/",
        "/admin/pos/seller/add/",
        f"/admin/pos/seller/{ana.pk}/change/",
        "/admin/pos/administrator/",
        "/admin/security/",
        "/admin/security/second-factor/",
        "/admin/password_change/",
        "/admin/auth/group/",
        f"/admin/stores/{main.pk}/people/",
        f"/admin/people/{ana.pk}/",
        f"/admin/people/{ana.pk}/stores/",
        f"/admin/auth/group/{role}/change/",
        f"/admin/why/?person={ana.pk}&right=sell_order&store={main.pk}",
        "/admin/why/",
        f"/admin/preview/?role={role}",
        f"/admin/preview/?person={ana.pk}",
    ):
        page.goto(address)
        assert findings(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_persons_menus_open_by_keyboard(sit_down, root: User, ana: User) -> None:
    """Unfold draws them as links without an address, which no key would reach."""
    page = sit_down(root).page
    page.goto(f"/admin/pos/seller/{ana.pk}/change/")
    for menu, item in (("Rights", "Why can they?"), ("Sign-in", "New password")):
        opener = page.get_by_role("button", name=menu).filter(visible=True)
        opener.focus()
        page.keyboard.press("Enter")
        first = page.get_by_role("link", name=item)
        expect(first).to_be_focused()
        page.keyboard.press("Escape")
        expect(first).to_be_hidden()
        expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="New password")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign out everywhere")).to_be_visible()
    page.goto("/admin/pos/seller/")
    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Space")
    expect(page.locator("#changelist-filter input:focus")).to_be_visible()
