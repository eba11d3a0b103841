"""Several people at one till: switching by PIN, the cover after a pause, and a PIN that is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pos import roles
from pos.models import AuditEntry, CashSession, Order, PaymentMethod, Product, Store, User
from pos.services.pins import set_pin
from pos.tests.factories import PASSWORD, make_user

from .screen import Screen

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("verified")]
SHIRT = "4006381333931"
Sit = Callable[..., Screen]


@pytest.fixture
def ben(main: Store, ana: User) -> User:
    """Sells in the main store, too; both have a PIN and share a drawer."""
    Store.objects.filter(pk=main.pk).update(shared_drawer=True)
    ben = make_user("ben", roles.SELLER, [main])
    set_pin(user=ana, pin="2580")
    set_pin(user=ben, pin="8642")
    return ben


@pytest.fixture
def screen(
    sit_down: Sit, page: Page, ana: User, ben: User, session: CashSession, shirt: Product,
    cash: PaymentMethod,
) -> Screen:  # fmt: skip
    screen = sit_down(ana)
    screen.open()
    screen.ready()
    return screen


def sit(screen: Screen, name: str, pin: str) -> None:
    dialog = screen.page.locator("[data-dialog=people]")
    dialog.get_by_role("button", name=name).click()
    field = dialog.get_by_label("PIN", exact=True)
    expect(field).to_be_focused()
    screen.page.keyboard.type(pin)
    screen.press("Enter")


def cover(screen: Screen):
    return screen.dialog("The register is locked")


def test_seller_switches_by_pin_and_sells_in_their_own_name(
    screen: Screen, ana: User, ben: User
) -> None:
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.press("F10")
    expect(screen.dialog("Who sells now?")).to_be_visible()
    sit(screen, "Ben", "8642")
    expect(screen.page.get_by_role("button", name="Ben: menu")).to_be_visible()
    screen.ready()
    screen.shows_empty_cart()
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert Order.objects.get().seller == ben
    assert AuditEntry.objects.get(kind=AuditEntry.Kind.SWITCHED).actor == ben
    # Ana's cart waited for her.
    screen.press("F10")
    sit(screen, "Ana", "2580")
    expect(screen.page.get_by_role("button", name="Ana: menu")).to_be_visible()
    screen.shows_line("Linen shirt", "1", "19.90")


def test_keyboard_alone_switches_in_seven_keys(screen: Screen, ben: User) -> None:
    screen.press("F10")
    expect(screen.dialog("Who sells now?").get_by_role("button", name="Ben")).to_be_focused()
    screen.press("Enter")
    expect(screen.dialog("Who sells now?").get_by_label("PIN", exact=True)).to_be_focused()
    screen.press("8", "6", "4", "2", "Enter")
    expect(screen.page.get_by_role("button", name="Ben: menu")).to_be_visible()


def test_cart_goes_along_when_asked_for(screen: Screen, ben: User) -> None:
    screen.scan(f"2*{SHIRT}")
    screen.shows_total("€39.80")
    screen.press("F10")
    dialog = screen.dialog("Who sells now?")
    dialog.get_by_role("button", name="Ben").click()
    dialog.get_by_label("Take this cart along").check()
    dialog.get_by_label("PIN", exact=True).fill("8642")
    screen.press("Enter")
    expect(screen.page.get_by_role("button", name="Ben: menu")).to_be_visible()
    screen.shows_line("Linen shirt", "2", "39.80")
    screen.shows_total("€39.80")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")
    assert Order.objects.get().seller == ben


def test_untouched_register_covers_itself_and_a_pin_brings_the_cart_back(screen: Screen) -> None:
    screen.page.clock.install()
    screen.page.reload()
    screen.ready()
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    screen.page.clock.run_for(timedelta(minutes=4).total_seconds() * 1000)
    expect(cover(screen)).to_be_hidden()
    screen.page.clock.run_for(timedelta(minutes=1, seconds=10).total_seconds() * 1000)
    expect(cover(screen)).to_be_visible()
    screen.press("Escape", "Escape", "F9")
    expect(cover(screen)).to_be_visible()
    found = Axe().run(screen.page).response["violations"]
    assert [each["id"] for each in found if each["id"] != "region"] == []
    # Reloading is no way round it.
    with screen.page.expect_response("**/register/bootstrap/*") as answer:
        screen.page.reload()
    assert answer.value.status == 423
    expect(cover(screen)).to_be_visible()
    sit(screen, "Ana", "2580")
    expect(cover(screen)).to_be_hidden()
    screen.ready()
    screen.shows_line("Linen shirt", "1", "19.90")
    screen.press("F9")
    screen.shows_done("MAIN-R1-000001", "€0.00")


def test_wrong_pin_five_times_locks_it_and_the_password_still_helps(screen: Screen) -> None:
    screen.scan(SHIRT)
    screen.shows_total("€19.90")
    lock(screen)
    error = cover(screen).get_by_role("alert")
    field = cover(screen).get_by_label("PIN", exact=True)
    for _each in range(4):
        expect(field).to_be_focused()
        screen.page.keyboard.type("1111")
        screen.press("Enter")
        expect(error).to_have_text("This PIN is not right. Try again.")
        expect(field).to_have_value("")
    screen.page.keyboard.type("1111")
    screen.press("Enter")
    expect(error).to_contain_text("Too many wrong PINs for Ana. Try again in")
    screen.page.keyboard.type("2580")
    screen.press("Enter")
    expect(error).to_contain_text("Too many wrong PINs for Ana.")
    expect(cover(screen)).to_be_visible()
    cover(screen).get_by_role("button", name="Use my password").click()
    cover(screen).get_by_label("Your password").fill(PASSWORD)
    screen.press("Enter")
    expect(cover(screen)).to_be_hidden()
    screen.shows_line("Linen shirt", "1", "19.90")


def lock(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Ana: menu").click()
    screen.page.locator("#pos-menu-list").get_by_role("button", name="Lock the register").click()


def test_a_lock_that_the_shop_has_not_heard_of_outlives_a_reload(screen: Screen) -> None:
    screen.page.route("**/register/lock/", lambda route: route.abort("connectionfailed"))
    lock(screen)
    expect(cover(screen)).to_be_visible()
    screen.page.unroute("**/register/lock/")
    with screen.page.expect_response("**/register/bootstrap/*") as answer:
        screen.page.reload()
    assert answer.value.status == 423
    expect(cover(screen)).to_be_visible()
    sit(screen, "Ana", "2580")
    expect(cover(screen)).to_be_hidden()


def test_scanner_at_the_cover_is_no_try(screen: Screen, ana: User) -> None:
    lock(screen)
    expect(cover(screen).get_by_label("PIN", exact=True)).to_be_focused()
    screen.scan(SHIRT)
    expect(cover(screen).get_by_role("alert")).to_have_text("A PIN has 4 to 8 digits.")
    ana.refresh_from_db()
    assert ana.pin_failures == 0
    cover(screen).get_by_role("button", name="2", exact=True).click()
    cover(screen).get_by_role("button", name="5", exact=True).click()
    cover(screen).get_by_role("button", name="8", exact=True).click()
    cover(screen).get_by_role("button", name="0", exact=True).click()
    cover(screen).get_by_role("button", name="Go on").first.click()
    expect(cover(screen)).to_be_hidden()
