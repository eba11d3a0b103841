"""The owner's first day: makes a manager and two sellers, grants a store, looks at what they may do."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pos.models import Store, User

pytestmark = pytest.mark.e2e

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


def test_the_owner_makes_a_team_and_sees_what_it_may_do(
    sit_down, root: User, main: Store, other: Store
) -> None:
    page = sit_down(root).page
    for username, first_name, role in (
        ("mona", "Mona", "Manager"),
        ("noor", "Noor", "Seller"),
        ("omar", "Omar", "Seller"),
    ):
        password = hire(page, username, first_name, role, "Main Street")
        assert User.objects.get(username=username).check_password(password)

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
        f"/admin/stores/{main.pk}/people/",
        f"/admin/people/{ana.pk}/",
        f"/admin/people/{ana.pk}/stores/",
        f"/admin/auth/group/{role}/change/",
        f"/admin/why/?person={ana.pk}&right=sell_order&store={main.pk}",
        f"/admin/preview/?role={role}",
    ):
        page.goto(address)
        assert findings(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
