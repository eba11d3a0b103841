"""Hostile texts in every field, on every page: they show as they were typed, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from pos.models import Order, Product, User

from ..hostile import (
    MARKUP,
    OTHER_BARCODE,
    OVERRIDE,
    TEMPLATES,
    HostileShop,
    open_hostile_shop,
)
from ..test_url_matrix import routes
from ..url_table import expected
from .screen import Screen
from .watch import Watch

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]
# Typed in this test: ~1~ to ~9~.
TYPED = {number: f"~{number}~{MARKUP}{TEMPLATES}" for number in range(1, 10)}
SEARCHED = ("product", "customer", "order", "auditentry", "seller", "stocklevel", "approval")


@pytest.fixture
def shop(transactional_db: None) -> HostileShop:
    return open_hostile_shop()


@pytest.fixture
def watch(chromium: Browser, live_server: Any, shop: HostileShop) -> Iterator[Watch]:
    """An own browser session, at a desk; whatever happens in it that should not fails the test."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, base_url=live_server.url, reduced_motion="reduce"
    )
    watch = Watch(context.new_page(), {**shop.cores, **TYPED})
    yield watch
    context.close()
    assert not watch.wrong, "\n".join(watch.wrong)


@pytest.fixture
def enter(watch: Watch, live_server: Any, signed_in: Callable[[User], Any]) -> Callable[..., Page]:
    def enter(user: User) -> Page:
        cookies = signed_in(user).cookies.items()
        watch.page.context.add_cookies(
            [{"name": name, "value": each.value, "url": live_server.url} for name, each in cookies]
        )
        return watch.page

    return enter


def addresses(shop: HostileShop) -> list[str]:
    """Every page that root can open, from the resolver; the register's answers are no pages."""
    world = shop.world
    found = []
    for route in routes():
        is_page = expected()[route.name].answer("root", "main", "GET") == "y"
        is_answer = route.name.startswith("pos_register_") or route.name in NO_PAGES
        is_answer = is_answer or route.name.endswith(FILES)
        if is_page and not is_answer:
            found.append(route.address(world.main, world))
    first = world.product.history.earliest().history_id
    found.append(f"/admin/pos/product/{world.product.pk}/history/{first}/revert/")
    found.append(f"/admin/register/close/{shop.closed.pk}/")
    found.append(f"/admin/sessions/{shop.closed.pk}/report/")
    found.append(f"/admin/receipts/{shop.delivery.pk}/?print=0")
    found += [f"/admin/pos/order/{each.pk}/change/" for each in Order.objects.all()]
    return list(dict.fromkeys(found))


NO_PAGES = {"search", "jsi18n", "autocomplete", "health", "pos_display_state"}
NO_PAGES |= {"pos_import_progress", "pos_start_cards"}  # parts of pages that are visited
FILES = ("_pdf", "_xlsx", "_invoice", "_template")


def asked_addresses() -> list[str]:
    """Pages that show what was asked for: searches, filters that are none, addresses that are none."""
    hostile = TYPED[1]
    lists = [f"/admin/pos/{model}/?{urlencode({'q': hostile})}" for model in SEARCHED]
    query = urlencode({"from": hostile, "q": hostile, "person": hostile, "object": hostile})
    pages = ("audit/unusual", "why", "preview", "approvals", "stores/1/people")
    return [
        *lists,
        *(f"/admin/{page}/?{query}" for page in pages),
        f"/admin/pos/product/?{urlencode({'name__regex': hostile, hostile: hostile, 'o': hostile})}",
        f"/admin/pos/auditentry/?{urlencode({'kind': hostile, 'p': hostile, 'actor__id__exact': hostile})}",
    ]


def test_on_every_page_there_is(
    watch: Watch, shop: HostileShop, enter: Callable[[User], Page]
) -> None:
    enter(shop.world.people["root"])
    for address in addresses(shop):
        watch.visit(address)
    assert len(shop.cores) > 45
    assert {shop.names[mark] for mark in shop.cores.keys() - watch.seen} == set()
    for address in asked_addresses():
        watch.visit(address)


def test_while_somebody_works_in_the_admin(
    watch: Watch, shop: HostileShop, enter: Callable[[User], Page]
) -> None:
    """The palette, choices that are looked up, refusals, and messages after saving."""
    page = enter(shop.world.people["root"])
    product = shop.world.product
    # The form takes nothing unseen, so whoever saves it cleans it up.
    typed = dict.fromkeys(("size", "style", "description"), TYPED[2])
    Product.objects.filter(pk=product.pk).update(**typed)
    watch.visit("/admin/")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Type to search").last.press_sequentially("onerror")
    for kind in ("Product ·", "Customer ·"):
        expect(page.get_by_text(kind).first).to_be_visible()
    watch.look("palette")

    watch.visit(f"/admin/pos/product/{product.pk}/change/")
    page.locator(".field-categories .select2-search__field").click()
    expect(page.locator(".select2-results__option").first).to_contain_text("onerror")
    watch.look("categories to choose from")
    page.keyboard.press("Escape")
    page.locator("#id_name").fill(TYPED[2])
    page.locator("#id_code").fill(OTHER_BARCODE)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This is already a barcode of")).to_be_visible()
    watch.look("refused product")
    page.locator("#id_code").fill("LINEN-M")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("changed successfully")).to_contain_text(TYPED[2])
    watch.look("saved product")

    watch.visit("/admin/approvals/")
    page.get_by_label("Note (optional)").first.fill(TYPED[3])
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_text("Approved: ")).to_be_visible()
    watch.look("approved")
    watch.visit("/admin/pos/auditentry/")
    page.get_by_role("button", name="Filters").or_(page.get_by_text("Filters")).first.click()
    page.locator(".select2-selection").first.click()
    expect(page.locator(".select2-results__option").first).to_contain_text("onerror")
    watch.look("people to filter by")
    assert {2, 3} <= watch.seen


def test_while_somebody_sells(
    watch: Watch, shop: HostileShop, enter: Callable[[User], Page]
) -> None:
    page = enter(shop.world.main.seller)
    screen = Screen(page)
    watch.visit("/admin/register/")
    choices = page.locator(".pos-choice-button")
    expect(choices).to_have_count(2)
    watch.look("registers")
    choices.filter(has=page.locator('[data-state="open"]')).click()
    screen.ready()
    tile = page.locator(".pos-tile").first
    expect(tile).to_contain_text("onerror")
    watch.look("tiles")
    screen.field.fill(TYPED[1])
    expect(page.get_by_text(f"Nothing found for “{TYPED[1]}”")).to_be_visible()
    screen.press("Enter")
    expect(page.locator("#pos-missed")).to_contain_text(TYPED[1])
    watch.look("nothing found")
    screen.field.fill("")
    fill_cart(watch, screen)
    take_customer(watch, screen)
    park_and_discard(watch, screen)
    pay(watch, screen)
    watch.visit(f"/admin/receipts/{Order.objects.latest('completed_at').pk}/")
    assert set(TYPED) - {2, 3} <= watch.seen


def fill_cart(watch: Watch, screen: Screen) -> None:
    """Two sizes of one style, the second with a note, a discount and another price."""
    page = screen.page
    for size in (0, 1):
        page.locator(".pos-tile").first.click()
        expect(screen.dialog("onerror")).to_be_visible()
        watch.look("sizes")
        page.locator(".pos-size").nth(size).click()
    line = page.locator(".pos-line").last
    line.locator(".pos-line-what").click()
    line.get_by_role("button", name="Note").click()
    page.locator("[data-dialog=note] input").fill(TYPED[4])
    watch.look("note")
    screen.press("Enter")
    expect(line).to_contain_text(TYPED[4])
    for key, dialog in (("F6", "Discount"), ("F7", "Price")):
        screen.press(key)
        expect(screen.dialog(dialog)).to_be_visible()
        watch.look(dialog)
        screen.press("Escape")
    watch.look("cart")


def take_customer(watch: Watch, screen: Screen) -> None:
    """A new one, and then the one who was there."""
    page = screen.page
    screen.press("F3")
    screen.button("New customer").click()
    page.locator("[data-new-name]").fill(TYPED[5])
    screen.press("Enter")
    expect(page.locator(".pos-customer")).to_contain_text(TYPED[5])
    watch.look("new customer")
    screen.press("F3")
    expect(page.locator("[data-dialog=customers] [data-focus]")).to_be_focused()
    with page.expect_response(lambda answer: "q=onerror" in answer.url):
        page.keyboard.type("onerror")
    expect(page.get_by_role("option")).to_have_count(2)
    watch.look("customers")
    page.get_by_role("option").filter(has_not_text=TYPED[5]).click()
    expect(page.locator(".pos-customer")).not_to_contain_text(TYPED[5])
    watch.look("customer")


def park_and_discard(watch: Watch, screen: Screen) -> None:
    page = screen.page
    screen.press("F4")
    page.locator("[data-dialog=park] input").fill(TYPED[6])
    watch.look("parking")
    screen.press("Enter")
    screen.shows_empty_cart()
    screen.press("Shift+F4")
    parked = page.locator(".pos-waiting-order")
    expect(parked).to_have_count(2)
    watch.look("parked")
    parked.filter(has_not_text=TYPED[6]).locator(".pos-icon-button").click()
    page.locator("[data-dialog=discard] input").fill(TYPED[7])
    watch.look("discarding")
    screen.press("Enter")
    expect(parked).to_have_count(1)
    parked.get_by_role("button", name="Resume").click()
    expect(page.locator(".pos-resumed").first).to_contain_text(TYPED[6])
    watch.look("resumed")


def pay(watch: Watch, screen: Screen) -> None:
    """With a discount that Max has to approve, by bank transfer with a reference."""
    page = screen.page
    screen.press("F6")
    page.keyboard.type("30")
    screen.press("Enter")
    screen.shows("is over your limit")
    screen.press("F8")
    dialog = screen.dialog("Needs approval")
    dialog.get_by_label("Why? (optional)").fill(TYPED[8])
    watch.look("asking")
    dialog.locator(".pos-seat").first.click()
    page.get_by_label("Their PIN").fill("4711")
    screen.press("Enter")
    expect(screen.dialog("Take payment")).to_be_visible()
    watch.look("approved")
    page.locator("[data-pay-method]").last.click()
    page.locator("[data-pay-reference]").fill(TYPED[9])
    watch.look("paying")
    screen.press("Enter")
    expect(page.locator("[data-done]")).to_contain_text("Sale complete")
    watch.look("sold")
    screen.press("F10")
    expect(screen.dialog("Who sells now?")).to_be_visible()
    watch.look("sellers")


def test_watching_hears_what_it_is_there_for(watch: Watch) -> None:
    """The control: with nothing escaped, every kind of trouble is noted."""
    page = watch.page
    page.goto("about:blank")
    watch.where = "control"
    page.set_content(
        f"{TYPED[1]} ~2~<i>49</i> <p><b>~1~ {OVERRIDE}</b> 12.50</p>"
        f"<p x-text=\"'{TYPED[2]}'\"></p><script>'~2~'</script>"
    )
    page.wait_for_timeout(200)
    watch.look("control")
    heard = "\n".join(watch.wrong)
    watch.wrong.clear()
    for what in (
        "A script of a hostile text ran",
        "alive: <img",
        "not as it was typed: ~1~",
        "not as it was typed: ~2~",
        "turned: ",
        "evaluated: x-text",
        "evaluated: script",
    ):
        assert what in heard
