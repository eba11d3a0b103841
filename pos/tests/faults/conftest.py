"""A shop of its own for everything that breaks, on the engine that is being tested."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from pos.tests.faults.shops import Shop


@pytest.fixture(scope="session")
def shop_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="session")
def shop_url(shop_directory: Path) -> Iterator[str]:
    """A fresh, empty database; removed afterwards."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{shop_directory / 'shop.sqlite3'}"
        return
    name = f"tilldesk_faults_{os.getpid()}"
    make(database, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    person = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    yield f"postgres://{person}@{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}/{name}"
    make(database, f"DROP DATABASE {name} WITH (FORCE)")


def make(database: dict[str, Any], statement: str) -> None:
    import psycopg

    with psycopg.connect(
        dbname="postgres",
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"] or "127.0.0.1",
        port=database["PORT"] or 5432,
        autocommit=True,
    ) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def shop(shop_url: str, shop_directory: Path) -> Iterator[Shop]:
    """Tables and roles are there; nobody is in it yet, and the server is not started."""
    shop = Shop(shop_url, shop_directory)
    shop.run("manage.py", "migrate", "--verbosity", "0")
    yield shop
    shop.kill()


@pytest.fixture(scope="session")
def staff(shop: Shop) -> dict[str, Any]:
    """The ids of register and product, and a signed-in session for each client."""
    told: dict[str, Any] = shop.ask("staffing")
    return told
