"""Documents drawn by the shop: what an A4 invoice and a slip say, in any script and on any number of pages."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from pos.documents import draw_invoice, draw_slip
from pos.documents.fonts import FALLBACKS, drawable, fallbacks_for, signs_of
from pos.models import CashSession, Order, Product, Register, Store, User
from pos.receipts import Item, Items, Receipt, Row, Total, build_gift_receipt, build_receipt

from .factories import make_product
from .hostile import MARKUP, MORE, SCRIPTS
from .tills import item, sell

POINTS = 72 / 25.4


def pages(pdf: bytes) -> list[str]:
    """The text of each page; the reader leaves the length of some texts before them."""
    found = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return [re.sub(r"[\x00-\x09\x0b-\x1f]", "", text) for text in found]


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in mm."""
    return [
        (round(float(page.mediabox.width) / POINTS), round(float(page.mediabox.height) / POINTS))
        for page in PdfReader(io.BytesIO(pdf)).pages
    ]


def of(*names: str, figure: str = "19.90") -> Receipt:
    return Receipt(
        "MAIN-R1-000001", (Items(tuple(Item(name, f"1 × {figure}", figure) for name in names)),)
    )


# --- A4 -----------------------------------------------------------------------------------------


def test_a_long_invoice_repeats_its_heads_and_counts_its_pages() -> None:
    pdf = draw_invoice(of(*(f"Article {number}" for number in range(1, 121))), title="Invoice")
    texts = pages(pdf)
    assert len(texts) == 4 and set(sizes(pdf)) == {(210, 297)}
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of 4" in text
        assert "Item" in text and "Quantity" in text and "Amount" in text
    assert "Invoice MAIN-R1-000001" in texts[1]
    found = "\n".join(texts)
    assert [found.count(f"Article {number} 1 ×") for number in range(1, 121)] == [1] * 120


def test_a_name_without_spaces_is_broken_and_whole() -> None:
    (text,) = pages(draw_invoice(of("X" * 200), title="Invoice"))
    assert text.count("X") == 200
    assert max(len(line) for line in text.splitlines()) < 80


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Crème brûlée Žluťoučký", "Crème brûlée Žluťoučký"),
        ("Ψωμί Сметана", "Ψωμί Сметана"),
        ("手工編織羊毛圍巾 红色", "手工編織羊毛圍巾"),
        ("日本語 シャツ", "日本語 シャツ"),
        ("한국어 셔츠", "한국어 셔츠"),
    ],
)
def test_every_script_has_its_letters(name: str, shown: str) -> None:
    text = pages(draw_invoice(of(name), title="Invoice"))[0]
    assert shown in text
    assert "1 × 19.90 19.90" in text  # in their own font again
    assert shown in pages(draw_slip(of(name), width=58))[0]


@pytest.mark.parametrize("name", ["قميص كتان", "חולצת פשתן"])
def test_what_is_read_from_right_to_left_is_drawn_with_its_own_font(name: str) -> None:
    behind = fallbacks_for([name])
    assert [font.name for font in behind] in (["arabic"], ["hebrew"])
    names = str(
        PdfReader(io.BytesIO(draw_invoice(of(name), title="Invoice"))).pages[0]["/Resources"]
    )
    assert "F3" in names  # regular, bold, and that one


def test_no_font_is_read_for_nothing() -> None:
    assert fallbacks_for(["Linen shirt €19.90 × 2 – “Crème”"]) == ()


def test_what_nobody_can_draw_or_see_is_shown_as_such() -> None:
    assert drawable("a\u202eb\x07c") == "a\ufffdb\ufffdc"
    assert drawable("gift 🎁") == "gift ?"
    assert 0xFFFD in signs_of(FALLBACKS[0])
    assert {font.name for font in FALLBACKS} == {"noto", "arabic", "hebrew", "cjk"}


@pytest.mark.parametrize(
    "text", [MARKUP, MORE, SCRIPTS, "{nb}", "**bold** __x__", "\\", "(", "%s", "\n\n", ""]
)
def test_hostile_texts_are_text(text: str) -> None:
    for pdf in (
        draw_invoice(of(text, "Shirt"), title="Invoice"),
        draw_slip(of(text, "Shirt"), width=80),
    ):
        (found,) = pages(pdf)
        assert "Shirt" in found
        assert b"/JavaScript" not in pdf and b"/URI" not in pdf and b"/Launch" not in pdf
    if text.isprintable() and text.isascii() and len(text) < 30 and text:
        assert text in pages(draw_invoice(of(text), title="Invoice"))[0]


def test_large_figures_without_decimals_stand_in_their_column() -> None:
    receipt = Receipt(
        "M", (*of("Shirt", figure="1234567890").blocks, Total(Row("Total", "¥1,234,567,890")))
    )
    (text,) = pages(draw_invoice(receipt, title="Invoice"))
    assert "¥1,234,567,890" in text and "1 × 1234567890" in text


# --- Slips --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 58])
def test_a_slip_is_one_page_as_long_as_it_needs(width: int) -> None:
    short, long = (sizes(draw_slip(of(*["Shirt"] * number), width=width)) for number in (1, 60))
    assert len(short) == len(long) == 1
    assert short[0][0] == long[0][0] == width
    assert short[0][1] < 25 and 400 < long[0][1] < 800


# --- Of a sale ----------------------------------------------------------------------------------


@pytest.fixture
def order(
    ana: User, session: CashSession, till_one: Register, main: Store, root: User, card: Any
) -> Order:
    goods = make_product("Shirt", "1.00", stock={main: "100"}, by=root)
    lines = [item(goods, note=f"Note {place}") for place in range(60)]
    return sell(ana, till_one, *lines, total="60.00", pay="card 60").order


@pytest.mark.django_db
def test_sixty_lines_of_a_sale(order: Order) -> None:
    texts = pages(draw_invoice(build_receipt(order), title="Invoice"))
    assert len(texts) == 3
    assert "€60.00" in texts[-1] and "VAT" not in texts[0]
    assert sum(text.count("1 × 1.00") for text in texts) == 60


@pytest.mark.django_db
def test_a_gift_receipt_says_no_price(order: Order) -> None:
    text = "".join(pages(draw_slip(build_gift_receipt(order), width=80)))
    assert text.count("Shirt") == 60 and "Gift receipt" in text and order.number in text
    assert "1.00" not in text and "60.00" not in text and "Card" not in text


@pytest.mark.django_db
def test_a_pdf_that_is_taken_counts_one_that_is_looked_at_says_copy(
    order: Order, ana: User, signed_in: Any
) -> None:
    client: Client = signed_in(ana)
    address = reverse("admin:pos_receipt_invoice", args=[order.pk])
    looked = client.get(address)
    assert (looked["Content-Type"], looked["Content-Disposition"]) == (
        "application/pdf", 'attachment; filename="MAIN-R1-000001.pdf"',
    )  # fmt: skip
    assert "COPY" in pages(looked.content)[0]
    assert Order.objects.get(pk=order.pk).print_count == 0
    assert "COPY" not in pages(client.post(address).content)[0]
    assert "COPY 2" in pages(client.post(address).content)[0]
    assert Order.objects.get(pk=order.pk).print_count == 2


@pytest.mark.django_db
def test_the_page_offers_what_one_may(
    order: Order, ana: User, ada: User, signed_in: Any, settings: Any
) -> None:
    address = reverse("admin:pos_receipt", args=[order.pk])
    seller, auditor = (signed_in(user).get(address).content.decode() for user in (ana, ada))
    assert 'id="pos-mail"' in seller and "set EMAIL_URL" in seller
    assert 'id="pos-mail"' not in auditor
    settings.CAN_MAIL = True
    assert "set EMAIL_URL" not in signed_in(ana).get(address).content.decode()
    gift = signed_in(ana).get(f"{address}?gift=1").content.decode()
    assert "Gift receipt" in gift and "60.00" not in gift and 'data-printed-url=""' in gift


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_lines(
    order: Order, ana: User, till_one: Register, shirt: Product, card: Any,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    small = sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90").order
    for each in (small, order):
        loaded = Order.objects.select_related("store", "register", "seller", "customer").get(
            pk=each.pk
        )
        with django_assert_num_queries(3):
            draw_invoice(build_receipt(loaded), title="Invoice")
