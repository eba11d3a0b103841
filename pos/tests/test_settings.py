"""What a real shop may not do by accident: start without a key, with a public password, unsafely."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from pos import checks
from pos.models import User

ROOT = Path(settings.BASE_DIR)
SECRET = "q9zWv3T8nYxkR2mB7uJc5LdHs1PfGa6Ee4ViQo0XtNyKwZr8b3Mh"


def run(*arguments: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, with an own SQLite shop in `data_dir`."""
    base = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": f"sqlite:///{data_dir}/shop.sqlite3",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "",
        "POS_DEMO": "0",
        "HTTPS": "1",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=base | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_without_a_key_nothing_starts_and_the_message_says_what_to_do(tmp_path: Path) -> None:
    result = run("manage.py", "check", data_dir=tmp_path)
    assert result.returncode != 0
    assert "SECRET_KEY is not set. Set it to a long random text" in result.stderr
    assert "POS_DEMO=1 to look at the demo shop" in result.stderr


def test_the_demo_makes_its_own_key_once_and_keeps_it_private(tmp_path: Path) -> None:
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    first = run("-c", show, data_dir=tmp_path, POS_DEMO="1")
    second = run("-c", show, data_dir=tmp_path, POS_DEMO="1")
    assert len(first.stdout.strip()) == 50
    assert first.stdout == second.stdout
    assert (tmp_path / "demo_secret_key").stat().st_mode & 0o777 == 0o600


def test_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    deploy = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    result = run(*deploy, data_dir=tmp_path, SECRET_KEY=SECRET)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no issues" in result.stdout


DEMO_SHOP = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pos.models import User
User.objects.create_user("ana", password="tilldesk")
import config.wsgi
print("the demo is open")
"""


def test_a_real_shop_does_not_open_with_the_demo_password(tmp_path: Path) -> None:
    demo = run("-c", DEMO_SHOP, data_dir=tmp_path, POS_DEMO="1")
    assert demo.stdout == "the demo is open\n", demo.stderr
    for door in ("config.wsgi", "config.asgi"):
        real = run("-c", f"import {door}", data_dir=tmp_path, SECRET_KEY=SECRET)
        assert real.returncode != 0
        assert "These accounts have the public demo password: ana." in real.stderr
        assert "Change their passwords" in real.stderr


@pytest.mark.django_db
def test_demo_password_is_told_by_account_and_only_where_it_matters(settings: object) -> None:
    User.objects.create_user("max", password=checks.DEMO_PASSWORD)
    User.objects.create_user("ana", password="another")
    User.objects.create_user("eve", password=checks.DEMO_PASSWORD, is_active=False)
    assert checks.demo_logins() == ["max"]
    with pytest.raises(ImproperlyConfigured, match="public demo password: max"):
        checks.refuse_demo_password()
    settings.POS_DEMO = True
    checks.refuse_demo_password()


def test_a_currency_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    result = run("manage.py", "check", data_dir=tmp_path, SECRET_KEY=SECRET, POS_CURRENCY="XQZ")
    assert result.returncode != 0
    assert "POS_CURRENCY is 'XQZ', which is no currency." in result.stderr


SQLITE = """
import sqlite3, sys, django
django.setup()
from django.conf import settings
from django.db import connection, transaction
with connection.cursor() as cursor:
    for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys"):
        print(name, cursor.execute(f"PRAGMA {name}").fetchone()[0])
other = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0)
with transaction.atomic():
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as refusal:
        print("second writer:", refusal)
other.execute("BEGIN IMMEDIATE")
print("second writer: afterwards in")
"""


def test_sqlite_survives_a_power_cut_and_lets_tills_queue(tmp_path: Path) -> None:
    result = run("-c", SQLITE, data_dir=tmp_path, SECRET_KEY=SECRET)
    assert result.stdout.splitlines() == [
        "journal_mode wal",
        "synchronous 2",
        "busy_timeout 20000",
        "foreign_keys 1",
        "second writer: database is locked",
        "second writer: afterwards in",
    ], result.stderr


def test_the_tests_themselves_never_read_the_developers_settings() -> None:
    assert settings.SECRET_KEY == "only-for-tests"
    assert "tilldesk-tests-" in str(settings.DATA_DIR)
    assert not settings.POS_DEMO
