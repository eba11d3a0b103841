"""The server is killed again and again while four tills sell: nothing acknowledged is ever lost."""

from __future__ import annotations

import http.client
import json
import logging
import random
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from pos.tests.faults.shops import PATIENCE, Shop

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]
logger = logging.getLogger(__name__)
KILLS = 10
SEED = 20260131  # of the moments of the kills and of the keys


@pytest.fixture
def server(shop: Shop, staff: dict[str, Any]) -> Iterator[Shop]:
    shop.open()
    yield shop
    shop.kill()


def sale(register: int, product: int, key: UUID) -> dict[str, Any]:
    return {
        "key": str(key),
        "register": register,
        "expected_total": "16.00",
        "lines": [{"product": product, "quantity": "2"}],
        "payments": [{"method": "cash", "tendered": "20.00"}],
    }


class Tills:
    """Threads that sell until they are stopped; each sends a sale until it is acknowledged."""

    def __init__(self, shop: Shop, staff: dict[str, Any]) -> None:
        self.shop, self.product = shop, staff["product"]
        self.is_open, self.is_over = threading.Event(), threading.Event()
        self.progress = threading.Condition()
        self.acknowledged: dict[str, bytes] = {}
        self.statuses: list[tuple[int, bool]] = []  # (status, was it a retry)
        self.threads = [
            threading.Thread(
                target=self.sell, args=(till, random.Random(SEED + number)), daemon=True
            )
            for number, till in enumerate(staff["tills"])
        ]
        self.is_open.set()
        for thread in self.threads:
            thread.start()

    def sell(self, till: dict[str, Any], dice: random.Random) -> None:
        while not self.is_over.is_set():
            body = sale(till["register"], self.product, UUID(int=dice.getrandbits(128)))
            is_retry = False
            while not self.try_once(till["session"], body, is_retry):
                is_retry = True
                self.is_open.wait(PATIENCE)

    def try_once(self, session: str, body: dict[str, Any], is_retry: bool) -> bool:
        try:
            status, content = self.shop.post(session, body)
        except (OSError, http.client.HTTPException):
            return False
        with self.progress:
            self.statuses.append((status, is_retry))
            if status in (200, 201):
                self.acknowledged[body["key"]] = content
            self.progress.notify_all()
        return status != 503

    def wait_for(self, count: int) -> None:
        """Until so many sales more are acknowledged."""
        with self.progress:
            wanted = len(self.acknowledged) + count
            assert self.progress.wait_for(lambda: len(self.acknowledged) >= wanted, PATIENCE)

    def stop(self) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_acknowledged_sales_survive_ten_kills(server: Shop, staff: dict[str, Any]) -> None:
    dice, before = random.Random(SEED), server.ask("auditing")
    tills = Tills(server, staff)
    for _ in range(KILLS):
        tills.wait_for(dice.randint(1, 12))
        tills.is_open.clear()
        server.kill()
        server.open()
        tills.is_open.set()
    tills.wait_for(4)
    tills.stop()
    server.kill()
    books = server.ask("auditing")
    assert books["problems"] == []
    known = {row[0] for row in before["orders"]}
    stored = {row[0]: row[1:3] for row in books["orders"] if row[0] not in known}
    answers = {key: json.loads(content)["order"] for key, content in tills.acknowledged.items()}
    assert stored == {key: [each["number"], each["total"]] for key, each in answers.items()}
    assert {status for status, _ in tills.statuses} <= {200, 201}
    assert not any(status == 200 for status, is_retry in tills.statuses if not is_retry)
    assert any(is_retry for _, is_retry in tills.statuses), "no sale was ever interrupted"
    assert_numbers_have_no_gap(books)
    assert float(books["on_hand"]) == float(before["on_hand"]) - 2 * len(stored)
    assert books["on_hand"] == books["moved"]
    replays = [status for status, is_retry in tills.statuses if is_retry].count(200)
    logger.info("%s sales, %s kills, %s answers lost after commit", len(stored), KILLS, replays)


def assert_numbers_have_no_gap(books: dict[str, Any]) -> None:
    for register, last in books["last_numbers"].items():
        series = [sequence for *_, at, sequence in books["orders"] if str(at) == register]
        assert series == list(range(1, last + 1))
    keys = [row[0] for row in books["orders"]]
    assert len(set(keys)) == len(keys) == books["lines"] == books["payments"]


def test_lost_answer_comes_again_for_the_same_key_even_after_a_restart(
    server: Shop, staff: dict[str, Any]
) -> None:
    till = staff["tills"][0]
    for number, is_restarted in enumerate((False, True)):
        body = sale(till["register"], staff["product"], UUID(int=number + 1))
        server.post_and_hang_up(till["session"], body)
        if is_restarted:
            server.kill()
            server.open()
        answers = [server.post(till["session"], body) for _ in range(2)]
        assert [status for status, _ in answers] == [200, 200]
        (content,) = {content for _, content in answers}
        rows = [row for row in server.ask("auditing")["orders"] if row[0] == body["key"]]
        order = json.loads(content)["order"]
        assert [row[1:3] for row in rows] == [[order["number"], order["total"]]]
        assert (order["change"], order["total"]) == ("4.00", "16.00")
