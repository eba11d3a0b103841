"""From nothing to the log-in page: the very commands of `make run`, on an empty data directory."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.e2e
PATIENCE = 150  # seconds: the machine may be busy with other tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Shop:
    """A running shop, and a visitor who keeps cookies."""

    address: str
    process: subprocess.Popen[str]
    log: Path
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, path: str, form: dict[str, str] | None = None) -> tuple[str, str, str]:
        """Where one ends up, the Content-Type and the text; errors of HTTP are raised."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        data = urllib.parse.urlencode(form).encode() if form else None
        with browser.open(f"{self.address}{path}", data, timeout=20) as answer:
            kind = answer.headers["Content-Type"]
            return urllib.parse.urlsplit(answer.url).path, kind, answer.read().decode()

    def sign_in(self, username: str) -> tuple[str, str, str]:
        self.get("/admin/login/")
        token = next(each.value for each in self.cookies if each.name == "csrftoken")
        form = {"username": username, "password": "tilldesk", "csrfmiddlewaretoken": token or ""}
        return self.get("/admin/login/?next=/admin/", form)


def open_shop(data_dir: Path) -> Shop:
    """`make run` without its installing: this Python has all it needs. Output goes to a log."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": f"sqlite:///{data_dir}/shop.sqlite3",
        "POS_DEMO": "1",
        "LOG_LEVEL": "WARNING",
        "WEB_CONCURRENCY": "1",
        "PYTHONWARNINGS": "default",
    }
    installed = ["FRESH=manage.py", "RUNTIME=requirements.txt", f"RUN={sys.executable}"]
    log = data_dir / f"run-{port}.log"
    process = subprocess.Popen(
        ["make", "run", "HOST=127.0.0.1", f"PORT={port}", *installed],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log.open("w"),
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return Shop(f"http://127.0.0.1:{port}", process, log)


def wait_until_open(shop: Shop) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and shop.process.poll() is None:
        try:
            shop.get("/health/")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"The shop did not open. It said:\n{shop.log.read_text()}")


def close_shop(shop: Shop) -> None:
    """Ctrl+C; whoever does not listen is ended."""
    group = os.getpgid(shop.process.pid)
    try:
        os.killpg(group, signal.SIGINT)
        shop.process.wait(20)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(group, signal.SIGKILL)
        raise


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = open_shop(tmp_path_factory.mktemp("shop"))
    wait_until_open(shop)
    yield shop
    close_shop(shop)


def test_address_and_demo_log_ins_are_printed_and_nothing_went_wrong(shop: Shop) -> None:
    said = shop.log.read_text()
    assert f"Tilldesk is open at {shop.address}/" in said
    assert "Sign in as ana (seller)" in said
    assert "The password is tilldesk." in said
    assert "Traceback" not in said
    assert "Warning" not in said


def test_the_bare_address_leads_to_the_log_in_page(shop: Shop) -> None:
    place, kind, page = shop.get("/")
    assert (place, kind) == ("/admin/login/", "text/html; charset=utf-8")
    assert "Tilldesk" in page


def test_style_sheets_of_the_page_are_there_and_cached_for_ever(shop: Shop) -> None:
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', shop.get("/admin/login/")[2])
    assert sheets
    for sheet in sheets:
        assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)  # named after its content
        with urllib.request.urlopen(shop.address + sheet, timeout=20) as answer:
            assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
            assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("username", ["root", "max", "ana", "eve", "sam", "ada"])
def test_everybody_of_the_demo_shop_can_sign_in(shop: Shop, username: str) -> None:
    place, _, page = shop.sign_in(username)
    assert place != "/admin/login/"
    assert "/admin/logout/" in page


def test_a_second_start_changes_nothing_and_closing_is_quiet(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = open_shop(shop.log.parent)
    wait_until_open(again)
    assert "There is a shop already" in again.log.read_text()
    assert again.sign_in("ana")[0] != "/admin/login/"
    close_shop(again)
    assert "Traceback" not in again.log.read_text()
