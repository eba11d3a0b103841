"""The health page: what a load balancer hears."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_working_shop_is_healthy_without_signing_in(client: Client) -> None:
    response = client.get("/health/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_a_shop_that_is_not_migrated_is_not_ready(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("pos", "0002")])
    response = client.get("/health/")
    assert (response.status_code, response.json()) == (503, {"status": "migrations"})


def test_a_database_that_is_away_is_told_without_details(client: Client, monkeypatch: Any) -> None:
    def away() -> None:
        raise OperationalError("password authentication failed for user tilldesk")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/health/")
    assert (response.status_code, response.json()) == (503, {"status": "database"})


def test_health_is_asked_without_encryption(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/").status_code == 200
    assert client.get("/admin/").status_code == 301


def test_health_is_only_read(client: Client) -> None:
    assert client.post("/health/").status_code == 405
