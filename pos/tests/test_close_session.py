"""Closing the drawer at the screen: blind for sellers, compared for managers, final for all."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pos.models import CashSession, PaymentMethod, Product, Register, User
from pos.services.cash import close_session, expected_cash, move_cash
from pos.services.errors import Conflict
from pos.services.parking import park_order
from pos.views import close_session as view
from pos.views.close_session import denominations

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


# --- The count --------------------------------------------------------------------------------


def test_ana_counts_blind_and_closes(taken: CashSession, ana: User, signed_in: SignIn) -> None:
    client = signed_in(ana)
    page = client.get(page_of(taken)).content.decode()
    assert "Counting blind" in page
    for figure in ("97.40", "€19.90", "€100.00"):
        assert figure not in page
    response = client.post(page_of(taken), {"counted_cash": "95.00", "note": "  Two\r\nlines "})
    assert response.headers["Location"] == page_of(taken)
    session = closed(taken)
    assert (session.closed_by, session.counted_cash) == (ana, Decimal("95.00"))
    assert (session.expected_cash, session.difference) == (Decimal("97.40"), Decimal("-2.40"))
    assert session.note == "Two\nlines"
    result = client.get(page_of(taken)).content.decode()
    assert "€95.00" in result
    assert "Your count is saved" in result
    for figure in ("97.40", "2.40", "missing"):
        assert figure not in result


def test_max_sees_how_the_expected_cash_comes_about(
    taken: CashSession, max_: User, signed_in: SignIn
) -> None:
    response = signed_in(max_).get(page_of(taken))
    figures = response.context_data["figures"]
    assert figures.methods == [("Cash", 1, "€19.90"), ("Card", 1, "€19.90")]
    assert figures.drawer == [
        ("Opening float", "€100.00"),
        ("Cash sales", "€19.90"),
        ("Paid in", "€5.00"),
        ("Paid out", "-€7.50"),
        ("Dropped to the safe", "-€20.00"),
    ]
    assert figures.expected == expected_cash(taken) == Decimal("97.40")
    assert 'data-expected="97.40"' in response.content.decode()


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
    client.post(page_of(taken), {"counted_cash": counted})
    assert verdict in client.get(page_of(taken)).content.decode()


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
    ],
)
def test_a_senseless_count_is_refused_and_kept(
    taken: CashSession, ana: User, signed_in: SignIn, counted: str, words: str
) -> None:
    form = {"counted_cash": counted, "note": "Kept", "count_50": "3"}
    with nothing_changes():
        response = signed_in(ana).post(page_of(taken), form)
    page = response.content.decode()
    assert response.status_code == 400
    assert words in page
    assert "Kept" in page
    assert 'name="count_50" value="3"' in page


def test_invisible_signs_in_the_note_are_refused(
    taken: CashSession, ana: User, signed_in: SignIn
) -> None:
    with nothing_changes():
        response = signed_in(ana).post(page_of(taken), {"counted_cash": "1", "note": "a\u202eb"})
    assert response.status_code == 400
    assert "invisible signs" in response.content.decode()


def test_what_the_service_refuses_is_shown(
    taken: CashSession, ana: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**asked: Any) -> None:
        raise Conflict("session_closed", "This cash session is closed already.")

    monkeypatch.setattr(view.cash, "close_session", refuse)
    with nothing_changes():
        response = signed_in(ana).post(page_of(taken), {"counted_cash": "95.00"})
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
    signed_in(ana).post(page_of(session), {"counted_cash": "0"})
    assert closed(session).difference == Decimal("-100.00")


def test_parked_orders_are_mentioned_and_stay(
    taken: CashSession, ana: User, till_one: Register, shirt: Product, signed_in: SignIn
) -> None:
    parked = park_order(user=ana, register=till_one, cart=cart(item(shirt)))
    client = signed_in(ana)
    assert "1 parked order stays" in client.get(page_of(taken)).content.decode()
    client.post(page_of(taken), {"counted_cash": "97.40"})
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


# --- Notes and coins --------------------------------------------------------------------------


def test_denominations_follow_the_currency(settings: Any) -> None:
    assert denominations("EUR")[-3:] == ["0.05", "0.02", "0.01"]
    settings.POS_CURRENCY = "JPY"
    assert denominations("JPY")[-2:] == ["5", "1"]
    settings.POS_CURRENCY = "KWD"
    assert denominations("KWD")[-1] == "0.005"
    settings.POS_CURRENCY = "ISK"
    assert denominations("ISK") == ["500", "200", "100", "50", "20", "10", "5", "2", "1"]


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
    assert page.text_content("#pos-difference") == "Exactly what is expected"
    page.fill("[name=counted_cash]", "97.39")
    assert page.text_content("#pos-difference") == "0.01 missing"
    page.get_by_role("button", name="Close the session").click()
    page.wait_for_selector(".pos-verdict")
    assert page.text_content(".pos-verdict") == "€0.01 is missing."
    assert closed(taken).counted_cash == Decimal("97.39")
    page.context.close()
