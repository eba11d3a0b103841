"""Figures by day: the same from roll-ups, from documents and counted by hand, for whoever may see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from guardian.shortcuts import assign_perm

from pos import roles
from pos.models import (
    CashSession,
    Category,
    Customer,
    FinishedDay,
    Order,
    PaymentMethod,
    Product,
    Register,
    SalesDay,
    Store,
    User,
)
from pos.reports.facts import Fact, Span, Sums, Where, sums
from pos.services.cash import close_session, open_session
from pos.services.days.rolling import (
    keep_up,
    last_finished,
    mark_stale,
    missing,
    rebuild,
    roll_missing,
    roll_up,
)
from pos.services.days.tables import TABLES
from pos.services.session_figures import figures_of
from pos.services.verification import verify

from . import factories, ledger
from .books import nothing_changes
from .returns import refund
from .test_shop_day import Shelf, Till, trade
from .tills import item, percent, sell

pytestmark = pytest.mark.django_db

SPAN = Span(date(2025, 10, 1), date(2026, 11, 30))
LATER = datetime(2026, 11, 20, 12, tzinfo=UTC)
# The long night of 2025, the short night of 2026 and the days beside them, by the world's clock.
MOMENTS = {
    "MAIN": ("2025-10-25T23:40", "2025-10-26T02:30", "2026-03-29T00:50"),
    "HARB": ("2025-12-31T23:30", "2026-03-08T06:40"),
}


class Clock:
    """Time that goes on by two minutes whenever somebody looks."""

    def __init__(self) -> None:
        self.now = LATER

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=2)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def bread(main: Store, other: Store, root: User) -> Product:
    """3.00 and without any tax."""
    return factories.make_product(
        "Bread", "3.00", cost=Decimal("1.2345"), stock={main: "90", other: "90"}, by=root
    )


@pytest.fixture
def trading(
    clock: Clock, no_limits: None, root: User, main: Store, other: Store, till_one: Register,
    other_till: Register, max_: User, ana: User, eve: User, rosa: Customer, shirt: Product,
    scarf: Product, tomatoes: Product, bread: Product, cash: PaymentMethod, card: PaymentMethod,
    on_account: PaymentMethod, store_credit: PaymentMethod, gift_card: PaymentMethod,
) -> Iterator[None]:  # fmt: skip
    """Whole days in two stores: Paris with a day that starts at four, and New York."""
    for store, zone, hour in ((main, "Europe/Paris", 4), (other, "America/New_York", 0)):
        Store.objects.filter(pk=store.pk).update(time_zone=zone, day_starts_at_hour=hour)
        for product in (shirt, scarf, tomatoes):
            factories.put_in_stock(product, store, "90", by=root)
    hugo = factories.make_user("hugo", roles.MANAGER, [other])
    tills = {
        "MAIN": (ana, max_, till_one),
        "HARB": (eve, hugo, other_till),
    }
    for code, moments in MOMENTS.items():
        seller, manager, register = tills[code]
        for moment in moments:
            clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            trade(Till(seller, manager, register, rosa, Shelf(shirt, scarf, tomatoes)))
            waste(manager, register, bread, shirt)
    clock.now = LATER
    yield
    assert [str(problem) for problem in verify()] == []


def waste(manager: User, register: Register, bread: Product, shirt: Product) -> None:
    """What bears no tax, at a fraction of a cent's cost; two pieces come back, one is thrown away."""
    session = open_session(user=manager, register=register, opening_float=Decimal(50))
    lines = (item(bread, "7", percent("10")), item(bread, "2"), item(shirt))
    order = sell(manager, register, *lines, total="44.80", pay="cash 44.80").order
    refund(manager, register, order, "1 x 2 waste", total="5.40")
    refund(manager, register, order, "2 x 1", "3 x 1", total="22.90")
    close_session(user=manager, session=session, counted_cash=Decimal("66.50"))


BY: list[tuple[Fact, tuple[str, ...]]] = [
    *((fact, by) for fact in Fact for by in ((), ("day",), ("store", "month"), ("week",))),
    *((fact, ("year", "weekday", "store")) for fact in Fact),
    (Fact.SALES, ("day", "store", "register", "seller")),
    (Fact.SALES, ("customer",)),
    (Fact.HOURS, ("weekday", "hour")),
    (Fact.HOURS, ("day", "store", "seller", "hour")),
    (Fact.HOURS, ("hour", "register")),
    (Fact.PRODUCTS, ("product",)),
    (Fact.PRODUCTS, ("product", "seller")),
    (Fact.PRODUCTS, ("customer",)),
    (Fact.PAYMENTS, ("day", "method", "seller")),
    (Fact.PAYMENTS, ("register",)),
    (Fact.TAXES, ("tax",)),
    (Fact.TAXES, ("day", "store", "tax")),
    (Fact.TAXES, ("seller", "tax")),
    (Fact.CUSTOMERS, ("customer",)),
    (Fact.CUSTOMERS, ("customer", "seller")),
]


def told(found: dict[Any, Sums]) -> dict[Any, dict[str, Any]]:
    """Measures that are not 0, by key."""
    plain = {}
    for key, each in found.items():
        values = {name: getattr(each, name) for name in each.measures}
        plain[key] = {name: value for name, value in values.items() if value}
    return {key: values for key, values in plain.items() if values}


def asked(user: User, **more: Any) -> list[Any]:
    return [told(sums(fact, user=user, span=SPAN, by=by, **more)) for fact, by in BY]


def by_hand(sees: Any = lambda document, seller: True) -> list[Any]:
    rows = {fact: list(ledger.FACTS[fact.name](sees)) for fact in Fact}
    return [ledger.added_up(rows[fact], SPAN.first, SPAN.last, by) for fact, by in BY]


# --- The same figures, wherever they are read from ---------------------------------------------


def test_roll_ups_and_documents_and_a_count_by_hand_agree(
    trading: None, root: User, main: Store
) -> None:
    expected = by_hand()
    assert all(expected)
    assert asked(root) == expected
    assert roll_missing() > 300
    assert asked(root) == expected
    # Two days of one store are to be read from documents again, in the middle of the rest.
    assert mark_stale(store_id=main.pk, first=date(2025, 10, 25), last=date(2025, 10, 26)) == 2
    assert asked(root) == expected
    assert roll_missing() == 2
    assert asked(root) == expected
    assert rebuild() == FinishedDay.objects.count()
    assert asked(root) == expected


def test_each_store_has_its_own_days_and_hours(trading: None, root: User, main: Store) -> None:
    roll_missing()
    mine = Where(stores=frozenset([main.pk]))
    found = sums(Fact.HOURS, user=root, span=SPAN, by=("day", "hour"), where=mine)
    # From two to three came twice in that night; at four a new business day began.
    hours = {(day.day, hour) for day, hour in found if day.month == 10}
    assert {hour for day, hour in hours if day == 25} == {1, 2, 3}
    assert {hour for day, hour in hours if day == 26} == {4, 5}
    assert sum(each.orders for each in found.values()) == 8 * len(MOMENTS["MAIN"])


def test_days_come_to_what_the_sessions_took(trading: None, root: User) -> None:
    roll_missing()
    sales = sums(Fact.SALES, user=root, span=SPAN)[()]
    sessions = list(figures_of(list(CashSession.objects.all())).values())
    assert sales.orders == sum(each.sales.count for each in sessions)
    assert sales.total == sum(each.sales.total for each in sessions)
    assert sales.refund_total == sum(each.refunds.total + each.voids.total for each in sessions)
    assert (sales.refunds, sales.voids) == (4 * 5, 5)
    methods = sums(Fact.PAYMENTS, user=root, span=SPAN, by=("method",))
    exchange = PaymentMethod.objects.get(kind="exchange")
    assert (exchange.pk,) not in methods
    for method in PaymentMethod.objects.exclude(pk=exchange.pk):
        tenders = [t for each in sessions for t in each.tenders if t.method == method.pk]
        assert methods[(method.pk,)].kept == sum(tender.net for tender in tenders)


def test_what_is_asked_decides_which_documents_count(
    trading: None, root: User, main: Store, ana: User, till_one: Register, rosa: Customer,
    shirt: Product, bread: Product, cash: PaymentMethod,
) -> None:  # fmt: skip
    clothes = Category.objects.create(name="Clothes", code="CLOTHES")
    shirts = Category.objects.create(name="Shirts", code="SHIRTS", parent=clothes)
    shirt.categories.add(shirts, clothes)
    cases: list[tuple[Fact, Sequence[str], Where, Any]] = [
        (Fact.SALES, ("day",), Where(stores=frozenset([main.pk])), ("store", main.pk)),
        (Fact.SALES, ("month",), Where(sellers=frozenset([ana.pk])), ("seller", ana.pk)),
        (Fact.SALES, (), Where(registers=frozenset([till_one.pk])), ("register", till_one.pk)),
        (Fact.SALES, ("week",), Where(customers=frozenset([rosa.pk])), ("customer", rosa.pk)),
        (Fact.PRODUCTS, ("day",), Where(products=frozenset([bread.pk])), ("product", bread.pk)),
        (Fact.PRODUCTS, (), Where(categories=frozenset([clothes.pk])), ("product", shirt.pk)),
        (Fact.PRODUCTS, ("product",), Where(sellers=frozenset([ana.pk])), ("seller", ana.pk)),
        (Fact.PAYMENTS, ("seller",), Where(methods=frozenset([cash.pk])), ("method", cash.pk)),
        (Fact.TAXES, ("tax",), Where(sellers=frozenset([ana.pk])), ("seller", ana.pk)),
        (Fact.CUSTOMERS, (), Where(customers=frozenset([rosa.pk])), ("customer", rosa.pk)),
    ]
    for turn in range(2):
        for fact, by, where, (name, pk) in cases:
            whole = ledger.figures(fact.name, SPAN.first, SPAN.last, (name, *by))
            expected = {key[1:]: values for key, values in whole.items() if key[0] == pk}
            assert expected, name
            assert told(sums(fact, user=root, span=SPAN, by=by, where=where)) == expected, turn
        roll_missing()


def test_nothing_is_found_where_nothing_can_be(trading: None, root: User) -> None:
    roll_missing()
    nowhere = Where(stores=frozenset())
    before = Span(date(2020, 1, 1), date(2020, 12, 31))
    for fact in Fact:
        for more in ({"span": SPAN, "where": nowhere}, {"span": before}):
            assert told(sums(fact, user=root, **more)) == {}  # type: ignore[arg-type]
            assert list(sums(fact, user=root, **more)) == [()]  # type: ignore[arg-type]
            assert sums(fact, user=root, by=("day",), **more) == {}  # type: ignore[arg-type]
    found = sums(Fact.SALES, user=root, span=SPAN, by=("day",))
    assert found[date(1999, 1, 1),].orders == 0
    for fact, by in ((Fact.SALES, "product"), (Fact.PAYMENTS, "product"), (Fact.TAXES, "hour")):
        with pytest.raises(ValueError, match=by):
            sums(fact, user=root, span=SPAN, by=(by,))


# --- Whose figures -----------------------------------------------------------------------------


def test_everybody_sees_the_figures_of_what_they_see(
    trading: None, main: Store, other: Store, max_: User, ana: User, eve: User, ada: User
) -> None:
    both = factories.make_user("nils", roles.MANAGER, [main])
    assign_perm("pos.work_in_store", both, other)
    people = {
        max_: lambda document, seller: document.store_id == main.pk,
        ada: lambda document, seller: document.store_id == main.pk,
        ana: lambda document, seller: seller == ana.pk,
        eve: lambda document, seller: seller == eve.pk,
        both: lambda document, seller: document.store_id == main.pk,
    }
    expected = {person: by_hand(sees) for person, sees in people.items()}
    for _turn in range(2):
        for person in people:
            assert asked(User.objects.get(pk=person.pk)) == expected[person], person
        roll_missing()


# --- Days that are over ------------------------------------------------------------------------


def test_a_day_is_over_an_hour_after_the_shops_clock_says_so(main: Store) -> None:
    main.time_zone, main.day_starts_at_hour = "Europe/Paris", 4
    for moment, day in (("2026-03-29T02:59", 27), ("2026-03-29T03:00", 28)):
        assert last_finished(main, datetime.fromisoformat(moment).replace(tzinfo=UTC)).day == day


def test_today_is_never_summed_before_it_is_over(
    clock: Clock, root: User, ana: User, session: CashSession, till_one: Register, main: Store,
    shirt: Product, cash: PaymentMethod,
) -> None:  # fmt: skip
    sell(ana, till_one, item(shirt), total="19.90", pay="cash 20")
    with nothing_changes(), pytest.raises(Exception, match="not over yet") as caught:
        roll_up(store=main, day=clock.now.date())
    assert caught.value.code == "day_not_over"  # type: ignore[attr-defined]
    assert (roll_missing(), keep_up(), FinishedDay.objects.count()) == (0, 0, 0)
    today = Span(clock.now.date(), clock.now.date())
    assert sums(Fact.SALES, user=root, span=today)[()].sales == Decimal("19.90")
    clock.now += timedelta(days=1)
    assert roll_up(store=main, day=today.first)
    assert not roll_up(store=main, day=today.first)
    assert sums(Fact.SALES, user=root, span=today)[()].sales == Decimal("19.90")
    assert SalesDay.objects.get().orders == 1


def test_a_page_sums_only_the_few_days_that_ended_since(trading: None, main: Store) -> None:
    assert keep_up() == 14
    newest = FinishedDay.objects.order_by("-day").first()
    assert newest is not None
    assert newest.day == date(2026, 11, 19)
    assert sum(keep_up() for _ in range(9)) == 2 * 35 - 14
    assert keep_up() == 0
    assert min(days.first for days in missing()) == date(2025, 10, 25)


def test_old_days_that_change_are_summed_anew(
    trading: None, root: User, main: Store, ana: User
) -> None:
    roll_missing()
    day = date(2025, 10, 25)
    span = Span(day, day)
    before = sums(Fact.SALES, user=root, span=span)[()]
    # As an import does: an old order appears, and the day's sums are forgotten with it.
    order = Order.objects.completed().filter(sold_on__gt=day, store=main).first()
    assert order is not None
    mark_stale(store_id=main.pk, first=order.sold_on, last=order.sold_on)
    mark_stale(store_id=main.pk, first=day, last=day)
    Order.objects.filter(pk=order.pk).update(sold_on=day)
    for _turn in range(2):
        after = sums(Fact.SALES, user=root, span=span)[()]
        assert (after - before).total == order.total_amount
        assert (after - before).orders == 1
        roll_missing()
    Order.objects.filter(pk=order.pk).update(sold_on=order.sold_on)
    rebuild(first=day, last=order.sold_on, stores=[main.pk])
    assert sums(Fact.SALES, user=root, span=span)[()] == before


def test_reading_takes_a_handful_of_statements(
    trading: None, root: User, django_assert_max_num_queries: Any
) -> None:
    roll_missing()
    for fact in Fact:
        with django_assert_max_num_queries(3):
            sums(fact, user=root, span=SPAN, by=("day", "store"))


def test_the_command_sums_what_is_missing_or_everything_anew(trading: None, main: Store) -> None:
    def run(**options: Any) -> str:
        out = StringIO()
        call_command("roll_up", stdout=out, **options)
        return out.getvalue().split(" (")[0]

    assert run() == f"{FinishedDay.objects.count()} days summed"
    assert run() == "0 days summed"
    SalesDay.objects.update(net=0)
    day = date(2025, 10, 25)
    assert run(first=day, last=day, store="MAIN") == "1 day summed"
    assert run(all=True) == f"{FinishedDay.objects.count()} days summed"
    for wrong in ({"store": "NONE"}, {"first": day, "last": day - timedelta(days=1)}):
        with pytest.raises(CommandError):
            run(**wrong)


def test_no_roll_up_is_left_without_its_day(trading: None) -> None:
    roll_missing()
    mark_stale(store_id=Store.objects.get(code="MAIN").pk, first=SPAN.first, last=SPAN.last)
    mark_stale(store_id=Store.objects.get(code="HARB").pk, first=SPAN.first, last=SPAN.last)
    assert [table.model._base_manager.count() for table in TABLES] == [0] * len(TABLES)


# --- What follows from the sums ----------------------------------------------------------------


def test_every_figure_has_its_one_definition(trading: None, root: User, settings: Any) -> None:
    found = sums(Fact.SALES, user=root, span=SPAN)[()]
    # Five days, each 166.15 in seven sales and 44.80 in one; 44.90 and 28.30 came back.
    assert (found.orders, found.total) == (40, Decimal("1054.75"))
    assert (found.refund_total, found.void_total) == (Decimal("366.00"), Decimal("62.50"))
    assert found.sales == Decimal("688.75")
    assert found.average == Decimal("26.37")
    assert found.net_sales + found.tax_due == found.gross_sales == found.sales
    assert found.profit == found.net_sales - found.cost + found.refund_cost
    assert found.margin == (found.profit * 100 / found.net_sales).quantize(Decimal("0.1"))
    empty = found - found
    assert (empty.margin, empty.items_per_order, empty.average) == (None, None, Decimal(0))
    assert not empty
    assert found + found - found == found
    with pytest.raises(AttributeError, match="kept"):
        _ = found.kept


def test_a_span_knows_what_to_compare_it_with() -> None:
    february = Span(date(2028, 2, 1), date(2028, 2, 29))
    assert (february.days, len(list(february))) == (29, 29)
    assert february.before() == Span(date(2028, 1, 3), date(2028, 1, 31))
    assert february.year_ago() == Span(date(2027, 2, 1), date(2027, 2, 28))
    with pytest.raises(ValueError, match="on or after"):
        Span(date(2028, 2, 2), date(2028, 2, 1))
