"""The start page: figures of a period, exactly; whose they are; where they lead; and which cards are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pos import roles
from pos.models import (
    Order,
    Payment,
    PaymentMethod,
    Product,
    Refund,
    Register,
    Seller,
    StartPage,
    Store,
    User,
)
from pos.services.cash import open_session
from pos.services.days.rolling import keep_up

from . import factories
from .returns import refund
from .tills import item, sell

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
YESTERDAY = datetime(2026, 11, 19, 12, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    """Time that goes on by a second whenever somebody looks."""

    now = TODAY

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def trade(
    clock: Clock, no_limits: None, verified: None, root: User, max_: User, ana: User, eve: User,
    other: Store, till_one: Register, till_two: Register, other_till: Register, shirt: Product,
    scarf: Product, cash: PaymentMethod, card: PaymentMethod, on_account: PaymentMethod,
) -> None:  # fmt: skip
    """19.90 yesterday. Today 39.80 and 12.50 in Main Street, 19.90 in Harbour, and 19.90 come back.

    Ana and Max sell in Main Street, Eve in Harbour. On the 12.50 of Lea, 2.50 are due.
    """
    factories.put_in_stock(shirt, other, "50", by=root)
    clock.now = YESTERDAY
    for person, till in ((ana, till_one), (max_, till_two), (eve, other_till)):
        open_session(user=person, register=till, opening_float=Decimal(100))
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 19.90")
    clock.now = TODAY
    two = sell(ana, till_one, item(shirt, "2"), total="39.80", pay="card 39.80").order
    lea = factories.make_customer("Lea Brook")
    sell(max_, till_two, item(scarf), total="12.50", pay="cash 10.00", customer=lea)
    sell(eve, other_till, item(shirt), total="19.90", pay="cash 20.00")
    refund(max_, till_two, two, "1 x 1", total="19.90", back="cash")


@pytest.fixture
def many(
    trade: None, root: User, eve: User, other: Store, other_till: Register, cash: PaymentMethod
) -> Callable[[int], None]:
    """As many more products, customers, stores, registers and sales."""

    def make(count: int) -> None:
        for number in range(count):
            factories.make_register(
                factories.make_store(f"Kiosk {count}-{number}", f"K{count}{number}")
            )
            product = factories.make_product(f"Soap {count}-{number}", stock={other: "5"}, by=root)
            buyer = factories.make_customer(f"Buyer {count}-{number}")
            sell(eve, other_till, item(product), total="10.00", pay="cash 10.00", customer=buyer)

    return make


def page(client: Client, query: str = "period=today") -> Any:
    answer = client.get(f"{reverse('admin:index')}?{query}")
    assert answer.status_code == 200
    return answer


def cards(client: Client, query: str = "period=today") -> dict[str, dict[str, Any]]:
    return {each["card"].name: each for each in page(client, query).context["pos_cards"]}


def figures(client: Client, query: str = "period=today") -> dict[str, str]:
    found = cards(client, query)
    return {name: each["figure"] for name, each in found.items() if "figure" in each}


def bars(card: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(bar.title, bar.figure, bar.percent) for bar in card["bars"]]


# --- Figures --------------------------------------------------------------------------------


def test_figures_of_a_day_are_exactly_what_was_sold_and_came_back(
    signed_in: SignIn, root: User, trade: None
) -> None:
    found = figures(signed_in(root))
    assert {name: found[name] for name in ("sales", "orders", "average", "refunds", "dues")} == {
        "sales": "€52.30",
        "orders": "3",
        "average": "€24.07",
        "refunds": "€19.90",
        "dues": "€2.50",
    }


def test_profit_is_net_sales_less_cost_and_only_for_who_may_see_cost(
    signed_in: SignIn, root: User, ana: User, trade: None
) -> None:
    lines = [line for order in Order.objects.all() for line in order.lines.all()][-4:]
    today = [line for line in lines if line.order.sold_on.isoformat() == "2026-11-20"]
    net = sum(line.net_amount for line in today) - Refund.objects.get().net_amount
    # Two shirts and one more at 8.00, a scarf at 5.00; one shirt went back on the shelf.
    assert figures(signed_in(root))["profit"] == f"€{net - Decimal('21.00'):.2f}"
    assert "profit" not in cards(signed_in(ana))


def test_a_change_is_measured_against_as_many_days_before(
    signed_in: SignIn, root: User, trade: None
) -> None:
    found = cards(signed_in(root))
    assert (found["sales"]["change"].text, found["sales"]["change"].kind) == ("+162.8 %", "good")
    assert found["sales"]["compared"] == "than the day before"
    assert found["orders"]["change"].text == "+200.0 %"


def test_where_nothing_was_sold_before_it_says_so_instead_of_a_percentage(
    signed_in: SignIn, root: User, trade: None
) -> None:
    sales = cards(signed_in(root), "period=last_30")["sales"]
    assert (sales["figure"], sales["change"], sales["compared"]) == (
        "€72.20",
        None,
        "no sales before",
    )


def test_more_refunds_are_bad_and_fewer_sales_too(
    signed_in: SignIn, root: User, eve: User, other_till: Register, clock: Clock, trade: None
) -> None:
    clock.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    [order] = Order.objects.filter(seller=eve)
    refund(eve, other_till, order, "1 x 1", total="19.90", back="cash")
    found = cards(signed_in(root))
    assert (found["sales"]["figure"], found["sales"]["change"].text) == ("-€19.90", "−138.0 %")
    assert found["sales"]["change"].kind == "bad"
    assert found["refunds"]["change"].arrow == "level"
    assert figures(signed_in(root), "period=last_7")["refunds"] == "€39.80"


def test_counts_say_how_many_had_a_part_in_the_sales(
    signed_in: SignIn, root: User, trade: None
) -> None:
    found = cards(signed_in(root))
    told = {name: (found[name]["figure"], found[name]["below"]) for name in ("products", "customers", "sellers")}  # fmt: skip
    assert told == {
        "products": ("2", "2 were sold"),
        "customers": ("1", "1 bought something"),
        "sellers": (str(Seller.objects.count()), "3 sold something"),
    }


def test_charts_and_bars_show_the_same_sales(signed_in: SignIn, root: User, trade: None) -> None:
    found = cards(signed_in(root))
    hours = [point.value for point in found["sales_by_hour"]["points"]]
    assert sum(hours) == Decimal("52.30")
    assert bars(found["top_sellers"]) == [
        ("Ana", "€39.80", 100),
        ("Eve", "€19.90", 50),
    ]
    assert bars(found["top_products"]) == [("Linen shirt M", "€39.80", 100), ("Wool scarf", "€12.50", 31)]  # fmt: skip
    assert bars(found["top_customers"]) == [("Lea Brook", "€12.50", 100)]
    assert bars(found["payment_methods"]) == [("Card", "€39.80", 100), ("Cash", "€10.00", 25)]
    assert found["payment_methods"]["total"] == "€49.80"
    days = cards(signed_in(root), "period=last_7")["sales_over_time"]["points"]
    assert [str(point.value) for point in days[-2:]] == ["19.9000", "52.3000"]


# --- Whose figures --------------------------------------------------------------------------


def test_a_seller_sees_their_own_sales_only_and_reads_that_they_are(
    signed_in: SignIn, ana: User, trade: None
) -> None:
    found = cards(signed_in(ana))
    assert found["sales"]["figure"] == "€39.80"
    assert found["sales"]["card"].shown_title == "My sales"
    assert found["refunds"]["figure"] == "€0.00"
    assert found["dues"]["figure"] == "€0.00"
    assert bars(found["top_products"]) == [("Linen shirt M", "€39.80", 100)]
    assert "top_sellers" not in found


def test_a_manager_sees_their_store_and_no_other_even_when_asked_for(
    signed_in: SignIn, max_: User, other: Store, trade: None
) -> None:
    assert figures(signed_in(max_))["sales"] == "€32.40"
    assert figures(signed_in(max_), f"period=today&store={other.pk}")["sales"] == "€32.40"


def test_store_and_period_are_switched_and_remembered(
    signed_in: SignIn, root: User, other: Store, trade: None
) -> None:
    client = signed_in(root)
    assert figures(client, f"period=today&store={other.pk}")["sales"] == "€19.90"
    answer = page(client, "")
    assert {each["card"].name: each for each in answer.context["pos_cards"]}["sales"]["figure"] == "€19.90"  # fmt: skip
    assert f"?period=yesterday&store={other.pk}" in [each["url"] for each in answer.context["pos_periods"]]  # fmt: skip
    assert figures(client, "period=today&store=")["sales"] == "€52.30"


@pytest.mark.parametrize(
    "query", ["period=x", "store=abc", "store=99999999999999999999", "period=&store=%00", "part=1"]
)
def test_nonsense_in_the_address_shows_the_usual_page(
    signed_in: SignIn, root: User, trade: None, query: str
) -> None:
    assert figures(signed_in(root), query)["sales"] == "€72.20"


def test_whoever_keeps_the_stock_has_their_card_and_no_figures(
    signed_in: SignIn, sam: User, trade: None
) -> None:
    assert list(cards(signed_in(sam))) == ["low_stock"]


def test_without_any_right_there_is_a_hint(signed_in: SignIn, trade: None) -> None:
    nobody = User.objects.create_user("new", is_staff=True)
    assert "You have no rights in this shop yet" in page(signed_in(nobody)).content.decode()


# --- Where figures lead -----------------------------------------------------------------------


def rows_behind(client: Client, url: str) -> list[Any]:
    answer = client.get(url)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def test_figures_lead_to_lists_whose_rows_make_them_up(
    signed_in: SignIn, root: User, other: Store, trade: None
) -> None:
    client = signed_in(root)
    for query, total in (("period=today", "72.20"), (f"period=today&store={other.pk}", "19.90")):
        orders = rows_behind(client, cards(client, query)["orders"]["url"])
        assert sum(order.total_amount for order in orders) == Decimal(total)
    found = cards(client, "period=today&store=")
    assert len(rows_behind(client, found["orders"]["url"])) == 3
    [due] = rows_behind(client, found["dues"]["url"])
    assert due.due_amount == Decimal("2.50")
    for bar, kept in zip(found["payment_methods"]["bars"], ("39.80", "10.00"), strict=True):
        payments: list[Payment] = rows_behind(client, bar.url)
        assert sum(payment.amount for payment in payments) == Decimal(kept)
    [ana, _eve] = found["top_sellers"]["bars"]
    assert [str(order.total_amount) for order in rows_behind(client, ana.url)] == ["39.8000"]
    [_shirt, scarf] = found["top_products"]["bars"]
    assert [str(order.total_amount) for order in rows_behind(client, scarf.url)] == ["12.5000"]


def test_every_link_of_the_page_opens_for_who_sees_it(
    signed_in: SignIn, root: User, max_: User, ana: User, ada: User, trade: None
) -> None:
    for person in (root, max_, ana, ada):
        client = signed_in(person)
        for name, card in cards(client).items():
            links = [card["url"], *(bar.url for bar in card.get("bars", ()))]
            links += [line.url for line in card.get("lines", ())]
            for link in filter(None, links):
                assert client.get(link).status_code == 200, (person, name, link)


# --- The first day -----------------------------------------------------------------------------


def steps(client: Client) -> dict[str, bool]:
    return {str(step.title): step.is_done for step in page(client).context["pos_steps"]}


def test_before_the_first_sale_a_guide_ticks_off_what_is_done(
    signed_in: SignIn, root: User
) -> None:
    client = signed_in(root)
    assert steps(client) == {
        "Name your store": False,
        "Set up a register": False,
        "Add a product": False,
        "Add a seller": False,
        "Open a register": False,
        "Make your first sale": False,
    }
    store = factories.make_store(address="1 Main Street")
    till = factories.make_register(store)
    factories.make_product("Soap", stock={store: "5"}, by=root)
    factories.make_user("ana", roles.SELLER, [store])
    open_session(user=root, register=till, opening_float=Decimal(0))
    assert [name for name, is_done in steps(client).items() if not is_done] == ["Make your first sale"]  # fmt: skip
    assert page(client).context["pos_cards"] == []


def test_every_step_of_the_guide_opens(signed_in: SignIn, root: User, main: Store) -> None:
    client = signed_in(root)
    for step in page(client).context["pos_steps"]:
        assert client.get(step.url).status_code == 200


def test_with_the_first_sale_the_cards_take_the_guides_place(
    signed_in: SignIn, root: User, trade: None
) -> None:
    assert page(signed_in(root)).context["pos_steps"] == []


# --- The choice of cards -----------------------------------------------------------------------


def choose(client: Client, *names: str, **more: str) -> Any:
    return client.post(reverse("admin:pos_start_customise"), {"card": names, **more})


def test_cards_are_shown_as_chosen_until_the_choice_is_reset(
    signed_in: SignIn, root: User, trade: None
) -> None:
    client = signed_in(root)
    every = list(cards(client))
    assert choose(client, "low_stock", "sales").url == reverse("admin:index")
    assert list(cards(client)) == ["low_stock", "sales"]
    choose(client, reset="1")
    assert list(cards(client)) == every


def test_only_what_a_person_may_see_is_offered_and_shown(
    signed_in: SignIn, ana: User, trade: None
) -> None:
    client = signed_in(ana)
    choose(client, "profit", "orders", "no_such_card")
    assert list(cards(client)) == ["orders"]
    offered = client.get(reverse("admin:pos_start_customise")).context["offers"]
    names = [offer.card.name for offer in offered]
    assert names[0] == "orders"
    assert "profit" not in names
    assert [offer.card.name for offer in offered if offer.is_shown] == ["orders"]


def test_who_wants_no_cards_finds_the_way_back(signed_in: SignIn, root: User, trade: None) -> None:
    client = signed_in(root)
    choose(client)
    assert reverse("admin:pos_start_customise") in page(client).content.decode()
    assert "You chose no cards" in page(client).content.decode()


def test_what_is_no_card_at_all_is_refused(signed_in: SignIn, root: User, trade: None) -> None:
    client = signed_in(root)
    assert choose(client, "<b>").url == reverse("admin:pos_start_customise")
    assert not StartPage.objects.exists()


# --- The page that stays open -------------------------------------------------------------------


def test_the_open_page_gets_the_cards_alone_and_nobody_was_here(
    signed_in: SignIn, root: User, clock: Clock, trade: None
) -> None:
    client = signed_in(root)
    page(client)
    seen = User.objects.get(pk=root.pk).last_seen_at
    before = dict(client.session.items())
    clock.now = datetime(2026, 11, 20, 20, tzinfo=UTC)
    answer = client.get(reverse("admin:pos_start_cards"), {"period": "yesterday", "part": "1"})
    text = answer.content.decode()
    assert "€19.90" in text
    assert "<html" not in text
    assert User.objects.get(pk=root.pk).last_seen_at == seen
    assert dict(client.session.items()) == before


def test_whoever_is_signed_out_gets_no_cards(client: Client, trade: None) -> None:
    answer = client.get(reverse("admin:pos_start_cards"), {"part": "1"})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("admin:login"))


# --- Speed ---------------------------------------------------------------------------------------


def test_many_rows_and_stores_take_no_more_statements_than_few(
    signed_in: SignIn, root: User, many: Callable[[int], None]
) -> None:
    client = signed_in(root)

    def statements() -> int:
        while keep_up():
            pass  # whole days are summed once, a few at a time
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("admin:pos_start_cards"), {"period": "today", "part": "1"})
        return len(asked)

    many(2)
    few = statements()
    many(12)
    assert statements() == few
