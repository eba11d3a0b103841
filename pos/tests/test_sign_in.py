"""The sign-in page: who gets in, who waits, what is written down, and when a session ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pos import roles
from pos.models import AuditEntry, Register, Store, User
from pos.services.accounts import sign_out_everywhere
from pos.services.errors import Forbidden
from pos.tests.factories import PASSWORD, make_user
from pos.tests.tills import get, post

Kind = AuditEntry.Kind
NEW = "a better one 42"


def attempt(client: Client, name: str, password: str = "wrong", **extra: str):
    body = {"username": name, "password": password}
    return client.post("/admin/login/", body, **extra)


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def trail(*kinds: str) -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(kind__in=kinds or (Kind.SIGN_IN_FAILED, Kind.LOCKED))
    return list(rows.order_by("id").values_list("kind", "actor_name"))


def test_right_password_leads_to_the_start_page_and_into_the_trail(ana: User) -> None:
    client = Client()
    answer = attempt(client, "ana", PASSWORD, REMOTE_ADDR="10.0.0.7")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    entry = AuditEntry.objects.get(kind=Kind.SIGN_IN)
    assert (entry.actor, entry.address) == (ana, "10.0.0.7")


def test_next_page_is_kept_and_never_another_site(ana: User) -> None:
    for asked, led in [
        ("/admin/register/", "/admin/register/"),
        ("https://evil.example/", "/admin/"),
    ]:
        body = {"username": "ana", "password": PASSWORD, "next": asked}
        assert Client().post("/admin/login/", body)["Location"] == led


def test_signing_out_is_written_down_and_only_by_post(ana: User, signed_in) -> None:
    client = signed_in(ana)
    client.get("/admin/logout/")
    assert is_in(client)
    client.post("/admin/logout/")
    assert not is_in(client)
    assert AuditEntry.objects.get(kind=Kind.SIGN_OUT).actor == ana
    assert client.post("/admin/logout/").status_code == 302
    assert AuditEntry.objects.filter(kind=Kind.SIGN_OUT).count() == 1


class TestLock:
    """Five wrong tries of one name at one address."""

    @pytest.fixture(autouse=True)
    def wrong_five_times(self, ana: User, max_: User) -> None:
        self.client = Client(REMOTE_ADDR="10.0.0.7")
        self.answers = [attempt(self.client, "ana") for _each in range(5)]

    def test_fifth_says_when_to_try_again_in_the_admins_look(self) -> None:
        assert [each.status_code for each in self.answers] == [200, 200, 200, 200, 429]
        page = self.answers[4].content.decode()
        assert "Too many wrong tries. For your safety, try again in 5 minutes." in page
        assert 'id="login-form"' in page and "unfold/css/styles.css" in page
        assert 0 < int(self.answers[4]["Retry-After"]) <= 300

    def test_right_password_waits_and_is_not_even_hashed(self) -> None:
        with patch("django.contrib.auth.base_user.check_password") as hashing:
            assert attempt(self.client, "ana", PASSWORD).status_code == 429
        assert hashing.call_count == 0
        assert not is_in(self.client)

    def test_colleagues_at_the_same_address_are_not_locked(self) -> None:
        assert attempt(self.client, "max", PASSWORD).status_code == 302

    def test_ana_at_another_address_is_not_locked(self) -> None:
        assert attempt(Client(REMOTE_ADDR="10.0.0.8"), "ana", PASSWORD).status_code == 302

    def test_made_up_addresses_and_browsers_do_not_help(self) -> None:
        for header in (
            "HTTP_X_FORWARDED_FOR",
            "HTTP_X_REAL_IP",
            "HTTP_USER_AGENT",
            "HTTP_FORWARDED",
        ):
            answer = attempt(self.client, "ana", PASSWORD, **{header: "10.9.9.9"})
            assert answer.status_code == 429, header

    def test_trying_on_does_not_make_it_longer_and_fills_no_trail(self) -> None:
        before = list(AccessAttempt.objects.values_list("attempt_time", "failures_since_start"))
        for _each in range(10):
            attempt(self.client, "ana")
        assert (
            list(AccessAttempt.objects.values_list("attempt_time", "failures_since_start"))
            == before
        )
        assert trail() == [(Kind.SIGN_IN_FAILED, "ana")] * 5 + [(Kind.LOCKED, "ana")]

    def test_after_five_minutes_it_is_over(self) -> None:
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=5, seconds=1))
        assert attempt(self.client, "ana", PASSWORD).status_code == 302

    def test_let_in_ends_it_at_once(self) -> None:
        call_command("let_in", "ana")
        assert attempt(self.client, "ana", PASSWORD).status_code == 302


def test_only_administrator_is_never_out_for_good(root: User) -> None:
    """Somebody tries all day: from elsewhere root gets in, and here after the pause."""
    client = Client(REMOTE_ADDR="10.0.0.7")
    for _each in range(30):
        attempt(client, "root")
    assert attempt(Client(REMOTE_ADDR="10.0.0.1"), "root", PASSWORD).status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=6))
    assert attempt(client, "root", PASSWORD).status_code == 302


def test_right_password_forgets_the_wrong_ones(ana: User) -> None:
    client = Client()
    for _each in range(4):
        attempt(client, "ana")
    assert attempt(client, "ana", PASSWORD).status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_unknown_inactive_and_known_names_get_the_same_answer(ana: User, max_: User) -> None:
    User.objects.filter(pk=max_.pk).update(is_active=False)
    answers, hashed = [], []
    for name in ("ana", "max", "nobody"):
        hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
        with patch(hasher, autospec=True, return_value="md5$a$b") as hashing:
            page = attempt(Client(), name).content.decode()
        answers.append(page.replace(f'value="{name}"', "").split("csrfmiddlewaretoken")[0])
        hashed.append(hashing.call_count)
    assert answers[0] == answers[1] == answers[2]
    assert hashed == [1, 1, 1]
    for _each in range(5):
        last = attempt(Client(REMOTE_ADDR="10.0.0.5"), "nobody")
    assert last.status_code == 429


@pytest.mark.parametrize("name", ["a" * 5000, "ana\x00", "", "<b>ana</b>", "ana' OR 1=1 --", "🙂"])
def test_senseless_names_are_refused_in_words(ana: User, name: str) -> None:
    assert attempt(Client(), name, PASSWORD).status_code == 200


class TestBehindAProxy:
    """The address is the one that our own proxy saw."""

    def address(self, forwarded: str | None, proxies: int, settings) -> str | None:
        settings.POS_PROXIES = proxies
        extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
        attempt(Client(REMOTE_ADDR="172.18.0.2"), "ana", **extra)
        return AuditEntry.objects.filter(kind=Kind.SIGN_IN_FAILED).latest("id").address

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, "203.0.113.9", "172.18.0.2"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
            (2, "1.1.1.1, 203.0.113.9, 172.18.0.3", "203.0.113.9"),
            (2, "203.0.113.9", "172.18.0.2"),
            (1, "2001:db8::1", "2001:db8::1"),
            (1, "::ffff:203.0.113.9", "203.0.113.9"),
            (1, "rubbish", None),
            (1, None, "172.18.0.2"),
        ],
    )
    def test_address(self, ana: User, settings, proxies, forwarded, address) -> None:
        assert self.address(forwarded, proxies, settings) == address


class TestFirstPassword:
    @pytest.fixture(autouse=True)
    def given_by_somebody_else(self, ana: User, signed_in: Callable[[User], Client]) -> None:
        User.objects.filter(pk=ana.pk).update(must_change_password=True)
        self.client = signed_in(ana)

    @pytest.mark.parametrize(
        "page", ["/admin/", "/admin/register/", "/admin/security/", "/admin/pos/order/"]
    )
    def test_every_page_leads_to_the_new_password(self, page: str) -> None:
        answer = self.client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, "/admin/password_change/")

    def test_the_registers_requests_say_so(self) -> None:
        answer = get(self.client, "bootstrap")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "password_change")

    def change(self, old: str = PASSWORD, new: str = NEW, again: str | None = None):
        body = {"old_password": old, "new_password1": new, "new_password2": again or new}
        return self.client.post("/admin/password_change/", body)

    def test_new_password_opens_everything_and_keeps_this_session(self, ana: User) -> None:
        assert self.change()["Location"] == "/admin/"
        assert is_in(self.client)
        ana.refresh_from_db()
        assert ana.must_change_password is False and ana.check_password(NEW)
        assert AuditEntry.objects.filter(actor=ana, reason="Own password changed").count() == 1

    @pytest.mark.parametrize("new", ["short1", "12345678901", "password", PASSWORD, "ana"])
    def test_weak_or_old_password_is_refused(self, ana: User, new: str) -> None:
        assert self.change(new=new).status_code == 200
        ana.refresh_from_db()
        assert ana.must_change_password is True and ana.check_password(PASSWORD)

    def test_old_password_is_counted_like_a_sign_in(self, ana: User) -> None:
        answers = [self.change(old="wrong").status_code for _each in range(5)]
        assert answers == [200, 200, 200, 200, 429]
        assert b"Too many wrong tries" in self.change(old=PASSWORD).content
        ana.refresh_from_db()
        assert ana.check_password(PASSWORD)

    def test_signing_out_is_always_possible(self) -> None:
        self.client.post("/admin/logout/")
        assert self.client.get("/admin/login/").status_code == 200


class TestSessionsEnd:
    """At the next request, whatever it is."""

    def test_after_a_new_password_everywhere_else(self, ana: User, signed_in) -> None:
        here, there = signed_in(ana), signed_in(ana)
        body = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
        here.post("/admin/password_change/", body)
        assert is_in(here) and not is_in(there)
        assert get(there, "bootstrap").status_code == 401

    def test_for_the_deactivated(self, ana: User, signed_in) -> None:
        client = signed_in(ana)
        User.objects.filter(pk=ana.pk).update(is_active=False)
        assert not is_in(client)
        assert get(client, "bootstrap").status_code == 401

    def test_when_somebody_signs_them_out(
        self, ana: User, max_: User, eve: User, signed_in
    ) -> None:
        client, other = signed_in(ana), signed_in(max_)
        with pytest.raises(Forbidden):
            sign_out_everywhere(user=eve, person=ana)
        assert is_in(client)
        sign_out_everywhere(user=User.objects.get(pk=max_.pk), person=max_)
        assert is_in(client) and not is_in(other)

    def test_by_the_dialog_on_the_persons_page(self, ana: User, root: User, signed_in) -> None:
        client, office = signed_in(ana), signed_in(root)
        page = office.get(reverse("admin:pos_seller_change", args=[ana.pk])).content.decode()
        url = reverse("admin:pos_seller_sign_out_person", args=[ana.pk])
        assert "Sign out everywhere" in page and url in page
        office.get(url)
        assert is_in(client)
        answer = office.post(url, {"reason": "Telephone stolen", "_form_submitted": "on"})
        assert answer.status_code == 200 and "HX-Redirect" in answer.headers
        assert not is_in(client)
        entry = AuditEntry.objects.get(kind=Kind.SIGN_OUT)
        assert (entry.actor, entry.object_id, entry.reason) == (
            root,
            str(ana.pk),
            "Telephone stolen",
        )

    def test_rights_are_those_of_now(self, ana: User, main: Store, signed_in) -> None:
        """Asked per request, from groups and grants: nothing of it is kept in the session."""
        client = signed_in(ana)
        assert client.get("/admin/register/").status_code == 200
        ana.groups.clear()
        assert client.get("/admin/register/").status_code == 403
        again = make_user("bea", roles.SELLER, [main])
        client = signed_in(again)
        assert [each["name"] for each in get(client, "bootstrap").json()["registers"]] == []
        from pos.tests.factories import make_register

        make_register(main)
        assert len(get(client, "bootstrap").json()["registers"]) == 1
        from guardian.shortcuts import remove_perm

        remove_perm("pos.work_in_store", again, main)
        assert get(client, "bootstrap").json()["registers"] == []


def test_signing_in_makes_a_new_session(ana: User) -> None:
    client = Client()
    client.get("/admin/login/")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    attempt(client, "ana", PASSWORD)
    assert client.cookies["sessionid"].value != before


def test_secret_keys_of_second_factors_are_not_in_the_admin(root: User, signed_in) -> None:
    client = signed_in(root)
    for app in ("otp_totp/totpdevice", "otp_static/staticdevice", "axes/accessattempt"):
        assert client.get(f"/admin/{app}/").status_code == 404


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For everything that is hashed: how many transactions were open."""
    found: list[int] = []
    encode = MD5PasswordHasher.encode

    def noted(self, *args, **kwargs):
        found.append(sum(not block._from_testcase for block in connection.atomic_blocks))
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return found


def test_nothing_is_locked_while_a_password_or_pin_is_hashed(
    root: User, ana: User, max_: User, main: Store, till_one: Register, signed_in, hashed: list[int]
) -> None:
    """Half a second, in which no till could sell where the database is one file."""
    client, seller = signed_in(root), Group.objects.get(name=roles.SELLER).pk
    person = {"is_active": "on", "level": "new", "joined_on": "2026-01-31", "role": seller}
    for typed in ("", NEW):
        body = person | {"username": f"kim{typed[:1]}", "password1": typed, "password2": typed}
        assert client.post(reverse("admin:pos_seller_add"), body).status_code == 200
    body = {"password1": NEW, "password2": NEW, "_form_submitted": "on"}
    assert client.post(reverse("admin:pos_seller_new_password", args=[ana.pk]), body)
    assert User.objects.get(pk=ana.pk).check_password(NEW)
    body = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", body).status_code == 302
    body = {"do": "pin", "pin-pin": "2580", "pin-again": "2580", "pin-current": NEW}
    assert client.post("/admin/security/", body).status_code == 302
    body = {"register": till_one.pk, "person": root.pk, "pin": "2580"}
    assert post(signed_in(max_), "switch", body).status_code == 200
    assert User.objects.filter(username__startswith="kim").count() == 2
    assert len(hashed) >= 8 and set(hashed) == {0}
