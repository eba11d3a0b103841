"""Looking changes nothing: root opens every address there is, and every table stays as it was."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

from .test_url_matrix import Visitor, routes, world  # noqa: F401
from .two_stores import TwoStores

# Who is here, what was tried, and the secret of a second factor, made when it is first shown.
NOT_COMPARED = {"django_session", "pos_auditentry", "otp_totp_totpdevice"}
BEING_HERE = {"last_login", "last_seen_at"}


def dump() -> dict[str, list[Any]]:
    """Every row of every table that may not change by looking."""
    rows = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in NOT_COMPARED or model._meta.proxy or table not in _tables():
            continue
        columns = [f.attname for f in model._meta.concrete_fields if f.attname not in BEING_HERE]
        rows[table] = list(model._base_manager.order_by("pk").values_list(*columns))
    return rows


def _tables() -> set[str]:
    return set(connection.introspection.table_names())


def test_looking_at_everything_changes_nothing(world: TwoStores) -> None:  # noqa: F811
    visitor, before, failed = Visitor("root", world), dump(), []
    for route in routes():
        for shop in (world.main, world.other):
            address = route.address(shop, world)
            visitor.client.cookies = visitor.cookies.copy()
            status = visitor.client.get(address).status_code
            if status >= 500:
                failed.append(f"{address}: {status}")
    assert failed == []
    assert dump() == before
