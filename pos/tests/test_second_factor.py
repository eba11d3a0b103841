"""The second factor: set up with a code, asked for after the password, lost and found again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from pos.models import AuditEntry, User
from pos.services.pins import set_pin
from pos.services.second_factor import begin_second_factor, confirm_second_factor
from pos.tests.factories import PASSWORD
from pos.tests.tills import get

Kind = AuditEntry.Kind
SET_UP = "/admin/security/second-factor/"


def code_of(device: TOTPDevice, *, steps: int = 0) -> str:
    """What the application shows now, or `steps` half minutes later."""
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


@pytest.fixture
def device(root: User) -> TOTPDevice:
    device = begin_second_factor(user=root)
    confirm_second_factor(user=root, code=code_of(device, steps=-1))
    device.refresh_from_db()
    return device


@pytest.fixture
def half_in(root: User, device: TOTPDevice) -> Client:
    """Root's password is given, the code is not."""
    client = Client()
    answer = client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    assert answer["Location"] == "/admin/login/code/"
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def give(client: Client, code: str):
    return client.post("/admin/login/code/", {"code": code})


def unthrottle() -> None:
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(hours=1))


class TestSettingUp:
    @pytest.fixture(autouse=True)
    def at_the_page(self, root: User, signed_in: Callable[[User], Client]) -> None:
        self.client, self.root = signed_in(root), root
        self.page = self.client.get(SET_UP).content.decode()
        self.device = TOTPDevice.objects.get(user=root)

    def turn_on(self, code: str, password: str = PASSWORD):
        return self.client.post(SET_UP, {"code": code, "current": password})

    def test_picture_and_key_are_shown_and_stay_the_same_until_confirmed(self) -> None:
        assert "<svg" in self.page and self.device.confirmed is False
        key = re.search(r"<code>([A-Z2-7 ]+)</code>", self.page)
        assert key and key[1] in self.client.get(SET_UP).content.decode()

    def test_first_code_turns_it_on_and_shows_the_backup_codes_once(self) -> None:
        page = self.turn_on(code_of(self.device)).content.decode()
        codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", page)
        assert len(set(codes)) == 8
        assert TOTPDevice.objects.get().confirmed is True
        stored = set(StaticToken.objects.values_list("token", flat=True))
        assert not stored & {code.replace("-", "") for code in codes}
        assert self.client.get(SET_UP).status_code == 302
        assert codes[0] not in self.client.get("/admin/security/").content.decode()
        assert AuditEntry.objects.filter(actor=self.root, kind=Kind.CHANGED).latest(
            "id"
        ).changes == [["Second factor", "–", "set up"]]

    def test_wrong_code_or_password_changes_nothing(self) -> None:
        assert "This code is not right" in self.turn_on("000000").content.decode()
        unthrottle()
        assert "not your password" in self.turn_on(code_of(self.device), "wrong").content.decode()
        assert TOTPDevice.objects.get().confirmed is False
        assert StaticDevice.objects.count() == 0

    def test_without_a_second_factor_nobody_is_asked_for_a_code(self) -> None:
        answer = Client().post("/admin/login/", {"username": "root", "password": PASSWORD})
        assert answer["Location"] == "/admin/"


class TestSigningIn:
    def test_password_alone_opens_nothing(self, half_in: Client) -> None:
        assert not is_in(half_in)
        assert get(half_in, "bootstrap").status_code == 401

    def test_code_lets_in_once(self, half_in: Client, device: TOTPDevice) -> None:
        code = code_of(device)
        assert give(half_in, code)["Location"] == "/admin/"
        assert is_in(half_in)
        assert AuditEntry.objects.filter(kind=Kind.SIGN_IN).count() == 1
        again = Client()
        again.post("/admin/login/", {"username": "root", "password": PASSWORD})
        assert "used already" in give(again, code).content.decode()
        assert not is_in(again)

    def test_backup_code_lets_in_once(
        self, root: User, half_in: Client, device: TOTPDevice
    ) -> None:
        from pos.services.second_factor import renew_backup_codes

        code = renew_backup_codes(user=root)[0]
        assert give(half_in, code.upper()).status_code == 302
        again = Client()
        again.post("/admin/login/", {"username": "root", "password": PASSWORD})
        assert give(again, code).status_code == 200
        assert StaticToken.objects.count() == 7

    def test_wrong_codes_wait_longer_each_time_yet_never_for_good(
        self, half_in: Client, device: TOTPDevice
    ) -> None:
        assert "not right" in give(half_in, "000000").content.decode()
        assert (
            "Too many wrong codes. Try again in 1 second."
            in give(half_in, code_of(device)).content.decode()
        )
        for _each in range(20):
            unthrottle()
            give(half_in, "000000")
        device.refresh_from_db()
        assert device.throttling_failure_count == 10
        unthrottle()
        assert give(half_in, code_of(device)).status_code == 302
        assert (
            AuditEntry.objects.filter(kind=Kind.SIGN_IN_FAILED, reason="Wrong code").count() == 21
        )

    def test_a_planted_session_is_not_half_signed_in(self, root: User, device: TOTPDevice) -> None:
        planted = Client()
        planted.get("/admin/login/code/")
        session = planted.session
        session["here"] = True
        session.save()
        planted.cookies[settings.SESSION_COOKIE_NAME] = known = session.session_key
        planted.post("/admin/login/", {"username": "root", "password": PASSWORD})
        assert planted.cookies[settings.SESSION_COOKIE_NAME].value != known

    def test_trying_on_while_it_waits_fills_no_trail(self, half_in: Client) -> None:
        for code in ("000000", "000000", "", "000000"):
            give(half_in, code)
        assert AuditEntry.objects.filter(kind=Kind.SIGN_IN_FAILED).count() == 1

    def test_another_persons_code_is_none(self, half_in: Client, ana: User) -> None:
        other = begin_second_factor(user=ana)
        confirm_second_factor(user=ana, code=code_of(other, steps=-1))
        assert give(half_in, code_of(other)).status_code == 200
        assert not is_in(half_in)

    def test_waiting_ends_after_five_minutes(self, half_in: Client, device: TOTPDevice) -> None:
        session = half_in.session
        session["pos_waits_for_code"] |= {"at": time.time() - 301}
        session.save()
        assert give(half_in, code_of(device))["Location"] == "/admin/login/"
        assert not is_in(half_in)

    def test_waiting_ends_with_the_password(
        self, half_in: Client, device: TOTPDevice, root: User
    ) -> None:
        root.set_password("another one 42")
        root.save()
        assert give(half_in, code_of(device))["Location"] == "/admin/login/"

    def test_code_page_without_a_password_leads_back(self, device: TOTPDevice) -> None:
        assert Client().get("/admin/login/code/")["Location"] == "/admin/login/"


class TestTurningOff:
    def turn_off(self, client: Client, code: str, password: str = PASSWORD):
        body = {"do": "turn_off", "turn_off-code": code, "turn_off-current": password}
        return client.post("/admin/security/", body)

    def test_needs_password_and_code(self, root: User, device: TOTPDevice, signed_in) -> None:
        client = signed_in(root)
        assert self.turn_off(client, code_of(device), "wrong").status_code == 200
        assert self.turn_off(client, "000000").status_code == 200
        assert TOTPDevice.objects.count() == 1
        unthrottle()
        assert self.turn_off(client, code_of(device)).status_code == 302
        assert (TOTPDevice.objects.count(), StaticDevice.objects.count()) == (0, 0)

    def test_another_administrator_takes_a_lost_one_away(
        self, root: User, ana: User, max_: User, signed_in
    ) -> None:
        confirm_second_factor(user=ana, code=code_of(begin_second_factor(user=ana)))
        url = reverse("admin:pos_seller_remove_second_factor", args=[ana.pk])
        body = {"reason": "Telephone lost", "_form_submitted": "on"}
        assert signed_in(max_).post(url, body).status_code == 403
        assert TOTPDevice.objects.count() == 1
        assert signed_in(root).post(url, body).status_code == 200
        assert TOTPDevice.objects.count() == 0
        assert AuditEntry.objects.get(reason="Telephone lost").actor == root

    def test_nobody_takes_their_own_away_without_password_and_code(
        self, root: User, device: TOTPDevice, signed_in
    ) -> None:
        set_pin(user=root, pin="3719")
        client, body = signed_in(root), {"reason": "Telephone lost", "_form_submitted": "on"}
        for name in ("remove_second_factor", "remove_pin"):
            url = reverse(f"admin:pos_administrator_{name}", args=[root.pk])
            assert client.post(url, body).status_code == 403, name
        assert TOTPDevice.objects.get() == device
        assert User.objects.get(pk=root.pk).pin != ""

    def test_on_the_server_there_is_always_a_way_back(self, root: User, device: TOTPDevice) -> None:
        call_command("let_in", "root")
        assert TOTPDevice.objects.count() == 1
        call_command("let_in", "root", "--second-factor")
        assert TOTPDevice.objects.count() == 0


class TestRequired:
    @pytest.fixture(autouse=True)
    def shop_asks_for_it(self, settings) -> None:
        settings.REQUIRE_SECOND_FACTOR = True

    def test_administrators_set_one_up_before_anything_else(self, root: User, signed_in) -> None:
        client = signed_in(root)
        assert client.get("/admin/pos/order/")["Location"] == SET_UP
        refused = get(client, "bootstrap")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor")
        client.get(SET_UP)
        device = TOTPDevice.objects.get(user=root)
        client.post(SET_UP, {"code": code_of(device), "current": PASSWORD})
        assert client.get("/admin/pos/order/").status_code == 200

    def test_sellers_are_not_asked(self, ana: User, signed_in) -> None:
        assert signed_in(ana).get("/admin/").status_code == 200


class TestOwnPin:
    def post(self, client: Client, **body: str):
        return client.post("/admin/security/", body)

    def test_is_set_with_the_password(self, ana: User, signed_in) -> None:
        client = signed_in(ana)
        body = {"do": "pin", "pin-pin": "2580", "pin-again": "2580", "pin-current": PASSWORD}
        for name, value, answer in [
            ("pin-current", "wrong", "not your password"),
            ("pin-again", "2581", "The two PINs differ."),
            ("pin-pin", "1234", "The two PINs differ."),
        ]:
            assert answer in self.post(client, **(body | {name: value})).content.decode()
        easy = body | {"pin-pin": "1234", "pin-again": "1234"}
        assert "easy to guess" in self.post(client, **easy).content.decode()
        assert User.objects.get(pk=ana.pk).pin == ""
        assert self.post(client, **body).status_code == 302
        assert User.objects.get(pk=ana.pk).pin != ""
        self.post(client, **{"do": "remove_pin", "remove_pin-current": PASSWORD})
        assert User.objects.get(pk=ana.pk).pin == ""

    def test_typed_secrets_do_not_come_back(self, ana: User, signed_in) -> None:
        body = {"do": "pin", "pin-pin": "8642", "pin-again": "8643", "pin-current": "my secret"}
        page = self.post(signed_in(ana), **body).content.decode()
        assert "8642" not in page and "my secret" not in page

    def test_counting_a_wrong_password_keeps_nothing_that_was_typed(
        self, ana: User, signed_in
    ) -> None:
        body = {"do": "pin", "pin-pin": "8642", "pin-again": "8642", "pin-current": "my secret"}
        self.post(signed_in(ana), **body)
        Client().post("/admin/login/?next=/hidden/", {"username": "ana", "password": "my secret"})
        counted = AccessAttempt.objects.get()
        assert (counted.username, counted.failures_since_start) == ("ana", 2)
        assert set(counted.get_data + counted.post_data) == set("\n-")  # what stands between two
