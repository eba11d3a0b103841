"""Changing seller by PIN, the locked register, shared drawers, and what a session by PIN is good for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from pos import roles
from pos.models import AuditEntry, CashSession, Order, PaymentMethod, Product, Register, Store, User
from pos.services.pins import set_pin
from pos.tests.factories import PASSWORD, make_user
from pos.tests.tills import get, line, post, request_body

Kind = AuditEntry.Kind
ANA, MAX, BEN = "2580", "9753", "8642"


@pytest.fixture
def ben(main: Store) -> User:
    """A second seller of the main store."""
    return make_user("ben", roles.SELLER, [main])


@pytest.fixture(autouse=True)
def everybody_has_a_pin(ana: User, ben: User, max_: User, eve: User, sam: User) -> None:
    for person, pin in [(ana, ANA), (ben, BEN), (max_, MAX), (eve, "4826"), (sam, "7391")]:
        set_pin(user=person, pin=pin)


@pytest.fixture
def till(ana: User, signed_in) -> Client:
    """Ana's browser at the till."""
    return signed_in(ana)


def switch(client: Client, register: Register, person: User, pin: str):
    return post(client, "switch", {"register": register.pk, "person": person.pk, "pin": pin})


def whose(client: Client) -> str:
    return get(client, "bootstrap").json()["user"]["name"]


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


class TestChoosing:
    def test_those_who_sell_here_and_have_a_pin(
        self, till: Client, till_one: Register, root: User, main: Store
    ) -> None:
        make_user("kim", roles.SELLER, [main])  # has none
        set_pin(user=root, pin="3719")
        leaving = make_user("lou", roles.SELLER, [main])
        set_pin(user=leaving, pin="3719")
        User.objects.filter(pk=leaving.pk).update(is_active=False)
        told = get(till, "people", register=till_one.pk).json()
        assert [each["name"] for each in told["people"]] == ["Ana", "Ben", "Max", "Root"]
        assert told["me"]["name"] == "Ana" and told["has_pin"] is True
        assert set(told["people"][0]) == {"id", "name", "initials"}

    def test_queries_do_not_grow_with_the_people(
        self, till: Client, till_one: Register, main: Store, django_assert_num_queries
    ) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        get(till, "people", register=till_one.pk)
        with CaptureQueriesContext(connection) as few:
            get(till, "people", register=till_one.pk)
        for number in range(8):
            set_pin(user=make_user(f"s{number}", roles.SELLER, [main]), pin="3719")
        with django_assert_num_queries(len(few)):
            assert len(get(till, "people", register=till_one.pk).json()["people"]) == 11

    def test_another_stores_register_tells_nothing(
        self, till: Client, other_till: Register
    ) -> None:
        assert code(get(till, "people", register=other_till.pk)) == (404, "no_register")


class TestSwitching:
    def test_the_session_becomes_the_other_persons(
        self, till: Client, till_one: Register, max_: User, ana: User
    ) -> None:
        before = till.cookies["sessionid"].value
        assert switch(till, till_one, max_, MAX).json() == {
            "user": {"id": max_.pk, "name": "Max", "initials": "M"}
        }
        assert till.cookies["sessionid"].value != before
        assert whose(till) == "Max"
        old = Client()
        old.cookies["sessionid"] = before
        assert get(old, "bootstrap").status_code == 401
        entry = AuditEntry.objects.get(kind=Kind.SWITCHED)
        assert (entry.actor, entry.object_id, entry.register) == (max_, str(ana.pk), till_one)

    def test_wrong_pin_changes_nothing_and_five_lock_that_person_only(
        self, till: Client, till_one: Register, max_: User, ben: User
    ) -> None:
        answers = [code(switch(till, till_one, max_, "1111")) for _each in range(6)]
        assert answers == [(403, "wrong_pin")] * 4 + [(403, "pin_locked")] * 2
        assert code(switch(till, till_one, max_, MAX)) == (403, "pin_locked")
        assert whose(till) == "Ana"
        assert switch(till, till_one, ben, BEN).status_code == 200

    @pytest.mark.parametrize("who", ["eve", "sam", "nobody"])
    def test_nobody_who_does_not_sell_here(
        self, till: Client, till_one: Register, eve: User, sam: User, who: str
    ) -> None:
        person = {"eve": eve.pk, "sam": sam.pk, "nobody": 9999}[who]
        for pin in ("4826", "7391"):
            body = {"register": till_one.pk, "person": person, "pin": pin}
            assert code(post(till, "switch", body)) == (404, "no_person")
        assert whose(till) == "Ana"
        assert not AuditEntry.objects.filter(kind=Kind.PIN_FAILED).exists()

    def test_nobody_with_a_first_password(
        self, till: Client, till_one: Register, ben: User
    ) -> None:
        User.objects.filter(pk=ben.pk).update(must_change_password=True)
        assert code(switch(till, till_one, ben, BEN)) == (404, "no_person")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"register": 1, "person": 1},
            {"register": "1", "person": None, "pin": "2580"},
            {"register": 1, "person": 1, "pin": 2580},
            {"register": 1, "person": 1, "pin": ["2580"]},
            {"register": True, "person": 1, "pin": "2580"},
        ],
    )
    def test_senseless_requests_are_refused(self, till: Client, till_one: Register, body) -> None:
        assert post(till, "switch", body).status_code in (400, 404)
        assert whose(till) == "Ana"

    def test_not_without_the_token_and_not_by_get(
        self, ana: User, till_one: Register, max_: User
    ) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(ana, "django.contrib.auth.backends.ModelBackend")
        assert code(switch(client, till_one, max_, MAX)) == (403, "csrf")
        assert get(client, "switch", register=till_one.pk).status_code == 405
        assert whose(client) == "Ana"

    def test_page_of_the_last_seller_is_refused(
        self, till: Client, till_one: Register, max_: User, ana: User
    ) -> None:
        """Another tab still shows Ana's register: it does not sell in Max's name."""
        switch(till, till_one, max_, MAX)
        stale = post(till, "price", {}, HTTP_X_SELLER=str(ana.pk))
        assert code(stale) == (409, "other_person")
        assert get(till, "bootstrap").status_code == 200


class TestByPinOnly:
    """A PIN is short: it opens the register, not the office."""

    @pytest.fixture(autouse=True)
    def max_sat_down(self, till: Client, till_one: Register, max_: User) -> None:
        assert switch(till, till_one, max_, MAX).status_code == 200
        self.till = till

    @pytest.mark.parametrize(
        "page",
        ["/admin/", "/admin/pos/product/", "/admin/pos/register/", "/admin/security/",
         "/admin/password_change/", "/admin/search/?s=shirt", "/admin/pos/seller/add/"],
    )  # fmt: skip
    def test_the_rest_of_the_admin_asks_for_the_password(self, page: str) -> None:
        answer = self.till.get(page)
        assert answer.status_code == 302 and answer["Location"].startswith("/admin/login/?next=")

    def test_register_and_its_requests_work(self) -> None:
        assert self.till.get("/admin/register/").status_code == 200
        assert get(self.till, "bootstrap").status_code == 200

    def test_password_opens_the_rest(self) -> None:
        page = self.till.get("/admin/login/?next=/admin/pos/product/")
        assert page.status_code == 200 and b'id="login-form"' in page.content
        self.till.post("/admin/login/", {"username": "max", "password": PASSWORD})
        assert self.till.get("/admin/pos/product/").status_code == 200

    def test_signing_out_signs_out(self, max_: User) -> None:
        self.till.post("/admin/logout/")
        assert code(get(self.till, "bootstrap")) == (401, "signed_out")
        assert AuditEntry.objects.get(kind=Kind.SIGN_OUT).actor == max_


class TestLocked:
    @pytest.fixture(autouse=True)
    def nobody_is_looking(self, till: Client) -> None:
        assert post(till, "lock", {}).json() == {"locked": True}
        self.till = till

    def test_every_request_of_the_register_refuses(
        self, till_one: Register, session, shirt
    ) -> None:
        for name in ("bootstrap", "products", "scan", "parked", "customers"):
            assert code(get(self.till, name)) == (423, "locked"), name
        for name in ("session", "price", "checkout", "parked", "customers"):
            assert code(post(self.till, name, {})) == (423, "locked"), name
        assert Order.objects.count() == 0

    def test_no_page_of_the_admin_opens_but_the_cover(self) -> None:
        for page in ("/admin/", "/admin/pos/order/", "/admin/security/", "/admin/password_change/"):
            assert self.till.get(page)["Location"].startswith("/admin/login/"), page
        assert self.till.get("/admin/register/").status_code == 200

    def test_reloading_does_not_unlock(self) -> None:
        self.till.get("/admin/register/")
        assert code(get(self.till, "bootstrap")) == (423, "locked")

    def test_own_pin_unlocks_the_register(self) -> None:
        assert code(post(self.till, "unlock", {"pin": "1111"})) == (403, "wrong_pin")
        assert code(get(self.till, "bootstrap")) == (423, "locked")
        assert post(self.till, "unlock", {"pin": ANA}).status_code == 200
        assert whose(self.till) == "Ana"
        assert self.till.get("/admin/pos/order/")["Location"].startswith("/admin/login/")

    def test_a_wrong_pin_is_told_to_the_stores_manager(
        self, till_one: Register, other_till: Register, ana: User
    ) -> None:
        for place in (till_one, other_till):
            body = {"register": place.pk, "pin": "1111"}
            assert code(post(self.till, "unlock", body)) == (403, "wrong_pin")
        told = AuditEntry.objects.filter(kind=Kind.PIN_FAILED).order_by("id")
        assert [(entry.actor, entry.register) for entry in told] == [(ana, till_one), (ana, None)]

    def test_own_password_unlocks_everything(self) -> None:
        assert post(self.till, "unlock", {"password": PASSWORD}).status_code == 200
        assert whose(self.till) == "Ana"
        assert self.till.get("/admin/pos/order/").status_code == 200

    def test_wrong_passwords_are_counted_as_at_the_sign_in(self) -> None:
        answers = [code(post(self.till, "unlock", {"password": "wrong"})) for _each in range(6)]
        assert [each[1] for each in answers] == ["wrong_password"] * 4 + ["locked_password"] * 2
        assert code(post(self.till, "unlock", {"password": PASSWORD})) == (403, "locked_password")

    def test_signing_out_signs_out(self) -> None:
        self.till.post("/admin/logout/")
        assert code(get(self.till, "bootstrap")) == (401, "signed_out")

    def test_a_colleague_takes_over(self, till_one: Register, max_: User) -> None:
        assert switch(self.till, till_one, max_, MAX).status_code == 200
        assert whose(self.till) == "Max"

    @pytest.mark.parametrize(
        "body", [{}, {"pin": ""}, {"pin": None}, {"password": ""}, {"password": 1}]
    )
    def test_senseless_requests_leave_it_locked(self, body) -> None:
        assert post(self.till, "unlock", body).status_code in (400, 403)
        assert code(get(self.till, "bootstrap")) == (423, "locked")


class TestSharedDrawer:
    """Ana opened the drawer; Ben sits down by PIN."""

    def sell(self, till: Client, register: Register, shirt: Product):
        return post(
            till, "checkout", request_body(register, line(shirt), total="19.90", pay="cash 20.00")
        )

    def test_is_off_and_then_ben_may_not_sell_in_it(
        self, till: Client, till_one: Register, session: CashSession, ben: User,
        shirt: Product, cash: PaymentMethod,
    ) -> None:  # fmt: skip
        switch(till, till_one, ben, BEN)
        assert get(till, "bootstrap").json()["registers"][0]["is_usable"] is False
        assert code(self.sell(till, till_one, shirt)) == (403, "other_session")
        assert Order.objects.count() == 0

    def test_when_on_every_seller_of_the_store_sells_in_their_own_name(
        self, till: Client, till_one: Register, session: CashSession, ben: User, ana: User,
        shirt: Product, cash: PaymentMethod, main: Store, verified: None,
    ) -> None:  # fmt: skip
        main.shared_drawer = True
        main.save()
        switch(till, till_one, ben, BEN)
        assert get(till, "bootstrap").json()["registers"][0]["is_usable"] is True
        assert self.sell(till, till_one, shirt).status_code == 201
        order = Order.objects.get()
        assert (order.seller, order.session, order.session.opened_by) == (ben, session, ana)

    def test_never_for_a_seller_of_another_store(
        self, till_one: Register, session: CashSession, eve: User, main: Store,
        shirt: Product, cash: PaymentMethod, signed_in,
    ) -> None:  # fmt: skip
        main.shared_drawer = True
        main.save()
        assert self.sell(signed_in(eve), till_one, shirt).status_code == 403
        assert Order.objects.count() == 0


def test_each_store_says_when_its_registers_lock(
    till: Client, till_one: Register, main: Store, other_till: Register
) -> None:
    main.register_idle_minutes = 12
    main.save()
    assert get(till, "bootstrap").json()["registers"][0]["idle_minutes"] == 12
    assert Decimal(Store._meta.get_field("register_idle_minutes").default) == 5
