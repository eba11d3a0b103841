"""Closing the drawer at the screen: blind for sellers, compared for managers, final for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pos.models import CashCount, CashSession, PaymentMethod, Product, Register, User
from pos.services.cash import close_session, count_session, move_cash, open_drawer
from pos.services.errors import Conflict
from pos.services.parking import park_order
from pos.views import close_session as view

from .books import nothing_changes
from .tills import cart, item, sell

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def taken(
    ana: User,
    max_: User,
    session: CashSession,
    till_one: Register,
    shirt: Product,
    cash: PaymentMethod,
    card: PaymentMethod,
) -> CashSession:
    """100.00 float + 19.90 cash + 5.00 in − 7.50 out − 20.00 to the safe = 97.40; 19.90 by card."""
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20")
    sell(ana, till_one, item(shirt), total="19.90", pay="card 19.90")
    for kind, amount in (("pay_in", "5.00"), ("pay_out", "7.50"), ("drop", "20.00")):
        move_cash(user=max_, session=session, kind=kind, amount=Decimal(amount), reason="Because")
    return session


def page_of(session: CashSession) -> str:
    return reverse("admin:pos_close_session", args=[session.pk])


def closed(session: CashSession) -> CashSession:
    return CashSession.objects.get(pk=session.pk)


def counts(client: Client, session: CashSession, counted: str, **more: str) -> Any:
    return client.post(page_of(session), {"step": "count", "counted_cash": counted, **more})


def closes(client: Client, session: CashSession, **more: str) -> Any:
    """Close with the last count."""
    number = str(session.counts.count())
    return client.post(page_of(session), {"step": "close", "count": number, "note": "", **more})


# --- The count --------------------------------------------------------------------------------


def test_ana_counts_blind_and_closes(taken: CashSession, ana: User, signed_in: SignIn) -> None:
    client = signed_in(ana)
    page = client.get(page_of(taken)).content.decode()
    assert "Counting blind" in page and "Your manager sees what was expected." in page
    answered = counts(client, taken, "95.00", amount_card="19.90")
    assert answered.headers["Location"] == page_of(taken)
    review = client.get(page_of(taken)).content.decode()
    assert "€95.00" in review and "€19.90" in review and "Recount" in review
    response = closes(client, taken, note="  Two\r\nlines ")
    assert response.headers["Location"] == page_of(taken)
    session = closed(taken)
    assert (session.closed_by, session.counted_cash) == (ana, Decimal("95.00"))
    assert (session.expected_cash, session.difference) == (Decimal("97.40"), Decimal("-2.40"))
    assert session.note == "Two\nlines"
    result = client.get(page_of(taken)).content.decode()
    assert "€95.00" in result and "Z report 1" in result
    assert "Your count is saved" in result
    for text in (page, review, result):
        for figure in ("97.40", "2.40", "missing", "Expected", "€100.00"):
            assert figure not in text


def test_max_sees_what_was_expected_only_after_counting(
    taken: CashSession, max_: User, signed_in: SignIn
) -> None:
    client = signed_in(max_)
    page = client.get(page_of(taken)).content.decode()
    assert "97.40" not in page and "What was expected is shown when you have counted." in page
    counts(client, taken, "97.00", amount_card="20.00")
    response = client.get(page_of(taken))
    assert response.context_data["differences"] == [
        ("Cash", "€97.40", "€97.00", "-€0.40"),
        ("Card", "€19.90", "€20.00", "+€0.10"),
    ]
    page = response.content.decode()
    assert "€0.40 is missing." in page and "€0.10 of Card too much." in page


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        ("97.40", "The drawer is exactly right."),
        ("97.00", "€0.40 is missing."),
        ("99", "€1.60 too much."),
    ],
)
def test_the_result_says_what_is_off(
    taken: CashSession, max_: User, signed_in: SignIn, counted: str, verdict: str
) -> None:
    client = signed_in(max_)
    counts(client, taken, counted)
    closes(client, taken)
    assert verdict in client.get(page_of(taken)).content.decode()


def test_notes_and_coins_need_no_sum_of_their_own(
    taken: CashSession, ana: User, signed_in: SignIn
) -> None:
    counts(signed_in(ana), taken, "", count_50="1", **{"count_20": "2", "count_0.10": "74"})
    count = CashCount.objects.get()
    assert (count.cash_amount, count.denominations) == (
        Decimal("97.40"), {"50": 1, "20": 2, "0.10": 74},
    )  # fmt: skip


def test_recount_is_kept_beside_the_first_and_the_last_one_closes(
    taken: CashSession, ana: User, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    counts(client, taken, "50.00")
    form = client.get(page_of(taken) + "?recount").content.decode()
    assert "Keep this count" in form and "50.00" not in form
    counts(client, taken, "97.40")
    page = client.get(page_of(taken)).content.decode()
    assert "Count 2 is kept" in page and "All counts" in page and "€50.00" in page
    closes(client, taken)
    assert closed(taken).counted_cash == Decimal("97.40")
    assert [row.cash_amount for row in taken.counts.all()] == [Decimal("50.00"), Decimal("97.40")]


def test_count_that_somebody_replaced_does_not_close(
    taken: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    counts(client, taken, "97.40")
    count_session(user=max_, session=taken, cash_amount=Decimal("90.00"))
    answered = client.post(page_of(taken), {"step": "close", "count": "1"}, follow=True)
    assert "Somebody has counted again meanwhile." in answered.content.decode()
    assert closed(taken).is_open


def test_sale_after_the_count_asks_for_another(
    taken: CashSession, ana: User, till_one: Register, shirt: Product, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    counts(client, taken, "97.40")
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20")
    for answered in (closes(client, taken), client.get(page_of(taken))):
        assert answered.status_code in (200, 302)
        assert closed(taken).is_open
    page = client.get(page_of(taken)).content.decode()
    assert "Money came or went after this count." in page and "Keep this count" in page


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ("", "Count the drawer and enter the sum. Empty drawer: 0."),
        ("ten", "Enter digits only, such as 10.50."),
        ("-1", "This must be at least 0.00."),
        ("1.005", "Use no more than 2 digits after the decimal point."),
        ("1e5", "Enter digits only, such as 10.50."),
        ("NaN", "Enter digits only, such as 10.50."),
        ("1,50", "Use a point for decimals and no commas"),
        ("9" * 20, "This must be at most"),
        ("50.00", "Notes and coins come to €150.00, but €50.00 is entered as their sum."),
    ],
)
def test_a_senseless_count_is_refused_and_kept(
    taken: CashSession, ana: User, signed_in: SignIn, counted: str, words: str
) -> None:
    form = {"step": "count", "counted_cash": counted, "amount_card": "7.5", "count_50": "3"}
    if not counted:
        del form["count_50"]
    with nothing_changes():
        response = signed_in(ana).post(page_of(taken), form)
    page = response.content.decode()
    assert response.status_code == 400
    assert words in page
    assert 'value="7.5"' in page
    assert not counted or 'name="count_50" value="3"' in page
    assert not CashCount.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("count_50", "x", "Enter how many pieces of 50 there are, in digits."),
        ("count_50", "-1", "Enter how many pieces of 50 there are, in digits."),
        ("count_50", "٣", "Enter how many pieces of 50 there are, in digits."),
        ("amount_card", "1,5", "Use a point for decimals and no commas"),
        ("amount_card", "-1", "This must be at least 0.00."),
    ],
)
def test_senseless_pieces_and_slips_are_refused(
    taken: CashSession, ana: User, signed_in: SignIn, field: str, value: str, words: str
) -> None:
    with nothing_changes():
        response = counts(signed_in(ana), taken, "97.40", **{field: value})
    assert response.status_code == 400
    assert words in response.content.decode()


def test_invisible_signs_in_the_note_are_refused(
    taken: CashSession, ana: User, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    counts(client, taken, "97.40")
    with nothing_changes():
        response = closes(client, taken, note="a\u202eb")
    assert response.status_code == 400
    assert "invisible signs" in response.content.decode()


def test_what_the_service_refuses_is_shown(
    taken: CashSession, ana: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**asked: Any) -> None:
        raise Conflict("session_closed", "This cash session is closed already.")

    client = signed_in(ana)
    counts(client, taken, "95.00")
    monkeypatch.setattr(view.cash, "close_session", refuse)
    with nothing_changes():
        response = closes(client, taken)
    assert response.status_code == 400
    assert "This cash session is closed already." in response.content.decode()


def test_a_session_closes_once(
    taken: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    close_session(user=max_, session=taken, counted_cash=Decimal("97.40"))
    client = signed_in(ana)
    with nothing_changes():
        response = client.post(page_of(taken), {"counted_cash": "5.00"}, follow=True)
    page = response.content.decode()
    assert "Your count was not saved." in page
    assert "€97.40" in page
    assert "Your count is saved" not in page


def test_an_empty_drawer_may_be_counted(
    no_limits: None, session: CashSession, ana: User, signed_in: SignIn
) -> None:
    client = signed_in(ana)
    counts(client, session, "0")
    closes(client, session)
    assert closed(session).difference == Decimal("-100.00")


def test_parked_orders_are_mentioned_and_stay(
    taken: CashSession, ana: User, till_one: Register, shirt: Product, signed_in: SignIn
) -> None:
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt)))
    client = signed_in(ana)
    assert "1 parked order stays" in client.get(page_of(taken)).content.decode()
    counts(client, taken, "97.40")
    closes(client, taken)
    parked.refresh_from_db()
    assert parked.status == "parked"


# --- Who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "open_status", "closed_status"),
    [
        ("ana", 200, 200),
        ("max_", 200, 200),
        ("root", 200, 200),
        ("ada", 403, 200),
        ("sam", 403, 403),
        ("eve", 404, 404),
    ],
)
def test_who_closes_and_who_reads_the_result(
    taken: CashSession,
    request: Any,
    signed_in: SignIn,
    who: str,
    open_status: int,
    closed_status: int,
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(page_of(taken)).status_code == open_status
    if open_status != 200:
        with nothing_changes():
            response = client.post(page_of(taken), {"counted_cash": "1.00"})
        assert response.status_code == open_status
    close_session(user=taken.opened_by, session=taken, counted_cash=Decimal("97.40"))
    assert client.get(page_of(taken)).status_code == closed_status


def test_a_colleague_cannot_close_anas_session(
    taken: CashSession, main: Any, signed_in: SignIn
) -> None:
    from .factories import make_user

    client = signed_in(make_user("ben", "Seller", [main]))
    with nothing_changes():
        assert client.post(page_of(taken), {"counted_cash": "1.00"}).status_code == 403
    close_session(user=taken.opened_by, session=taken, counted_cash=Decimal("97.40"))
    assert client.get(page_of(taken)).status_code == 403


def test_strangers_sign_in_first(taken: CashSession, client: Client) -> None:
    with nothing_changes():
        assert client.post(page_of(taken), {"counted_cash": "1.00"}).status_code == 302


def test_there_is_no_such_session(ana: User, signed_in: SignIn) -> None:
    url = reverse("admin:pos_close_session", args=[999_999])
    assert signed_in(ana).get(url).status_code == 404


# --- The report -------------------------------------------------------------------------------


def report_of(session: CashSession) -> str:
    return reverse("admin:pos_session_report", args=[session.pk])


def slip(client: Client, session: CashSession) -> str:
    page = client.get(report_of(session)).content.decode()
    article = page[page.index('id="pos-slip"') : page.index("</article>")]
    return " ".join(re.sub(r"<[^>]+>", " ", article).split())


@pytest.mark.parametrize(
    ("who", "open_status", "closed_status"),
    [("ana", 403, 200), ("max_", 200, 200), ("root", 200, 200), ("ada", 200, 200), ("sam", 403, 403), ("eve", 404, 404)],
)  # fmt: skip
def test_who_reads_a_report(
    taken: CashSession, request: Any, signed_in: SignIn, who: str, open_status: int, closed_status: int
) -> None:  # fmt: skip
    client = signed_in(request.getfixturevalue(who))
    assert client.get(report_of(taken)).status_code == open_status
    close_session(user=taken.opened_by, session=taken, counted_cash=Decimal("97.40"))
    assert client.get(report_of(taken)).status_code == closed_status


def test_x_report_sums_and_changes_nothing(
    taken: CashSession, max_: User, till_one: Register, signed_in: SignIn
) -> None:
    open_drawer(user=max_, register=till_one, reason="change")
    client = signed_in(max_)
    with nothing_changes():
        text = slip(client, taken)
    for words in (
        "X REPORT", "Number of sales 2", "Last receipt MAIN-R1-000002", "Net 33.16", "Tax 6.64",
        "Sold €39.80", "Cash (1) 19.90", "Card (1) 19.90", "Opening float 100.00", "Pay in (1) 5.00",
        "Pay out (1) -7.50", "Drop to safe (1) -20.00", "Expected €97.40", "Opened without a sale 1",
    ):  # fmt: skip
        assert words in text, words


def test_z_report_says_the_same_for_ever(
    taken: CashSession, ana: User, max_: User, card: PaymentMethod, signed_in: SignIn
) -> None:
    count_session(
        user=ana, session=taken, cash_amount=Decimal("95.00"), denominations={"50": 1, "20": 2, "5": 1},
        amounts={"card": Decimal("19.90")},
    )  # fmt: skip
    close_session(user=ana, session=taken, note="Two short")
    client = signed_in(max_)
    before = slip(client, taken)
    for words in (
        "Z REPORT 1", "Sold €39.80", "Expected €97.40", "2 × 20 40.00", "Cash, difference -2.40",
        "Card, expected 19.90", "Card, difference 0.00", "Counted by Ana", "Two short",
    ):  # fmt: skip
        assert words in before, words
    card.name = "Terminal"
    card.save()
    assert slip(client, taken) == before


def test_blind_seller_prints_the_count_and_nothing_else(
    taken: CashSession, ana: User, signed_in: SignIn
) -> None:
    close_session(user=ana, session=taken, counted_cash=Decimal("95.00"))
    text = slip(signed_in(ana), taken)
    assert "Z REPORT 1" in text and "Cash €95.00" in text
    for figure in ("97.40", "2.40", "39.80", "19.90", "100.00", "difference", "Expected"):
        assert figure not in text


def test_old_close_without_z_report_is_still_read(
    taken: CashSession, ana: User, max_: User, signed_in: SignIn
) -> None:
    close_session(user=ana, session=taken, counted_cash=Decimal("95.00"))
    CashCount.objects.all().delete()
    CashSession.objects.update(z_number=None, figures=None)
    client = signed_in(max_)
    assert "REPORT OF A CLOSE" in slip(client, taken)
    assert "€2.40 is missing." in client.get(page_of(taken)).content.decode()
    assert "€95.00" in signed_in(ana).get(page_of(taken)).content.decode()


# --- Notes and coins --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_notes_and_coins_add_up_to_the_cent(
    live_server: Any, chromium: Any, taken: CashSession, max_: User, signed_in: SignIn
) -> None:
    page = chromium.new_context().new_page()
    cookie = signed_in(max_).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + page_of(taken))
    page.fill("[data-value='50']", "1")
    page.fill("[data-value='20']", "2")
    page.fill("[data-value='0.10']", "73")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.value") == "0.05"
    page.keyboard.type("2")
    assert page.input_value("[name=counted_cash]") == "97.40"
    page.fill("[data-value='0.01']", "5")
    page.fill("[data-value='0.10']", "72")
    assert page.input_value("[name=counted_cash]") == "97.35"
    page.get_by_role("button", name="Keep this count").click()
    page.wait_for_selector(".pos-verdict")
    assert page.text_content(".pos-verdict") == "€0.05 is missing."
    page.get_by_role("button", name="Close the session").click()
    page.wait_for_selector("text=Register 1 is closed")
    assert closed(taken).counted_cash == Decimal("97.35")
    page.context.close()
