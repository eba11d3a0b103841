"""Many rows at once, past the ORM's cost per row: executemany on SQLite, COPY on PostgreSQL.

For services that write whole files or whole shops, and that write the history themselves. Every
constraint of the database still holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from pos.models.fields import ScaledField

Row = Sequence[Any]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` ids that nobody else gets, rising. Call it inside the transaction that uses them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "pg_get_serial_sequence(%s, 'id')"
            cursor.execute(
                f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [f'"{table}"', count]
            )
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        if last is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, 0)", [table])
        first = (last[0] if last else 0) + 1
        taken = [first + count - 1, table]
        cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", taken)
    return list(range(first, first + count))


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows whose values are what the model's attributes hold (Decimal, datetime, lists …).

    `columns` are attribute names (`store_id`). Columns left out must have a default in the
    database or take null, so name them all.
    """
    converters = [_converter(model._meta.get_field(name)) for name in columns]
    places = [place for place, converter in enumerate(converters) if converter]

    def ready(row: Row) -> list[Any]:
        values = list(row)
        for place in places:
            values[place] = converters[place](values[place])  # type: ignore[misc]
        return values

    insert_ready_rows(model, columns, map(ready, rows))


def insert_ready_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]
) -> None:
    """As `insert_rows`, for values that are as the database stores them (integers, text)."""
    quote = connection.ops.quote_name
    names = ", ".join(
        quote(getattr(model._meta.get_field(name), "column", name)) for name in columns
    )
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            cursor.executemany(statement, rows)  # type: ignore[arg-type]  # any iterable will do


def insert_objects(objects: Sequence[models.Model], columns: Sequence[str] = ()) -> None:
    """Insert unsaved objects of one model as they are: their ids must be set, or left out."""
    if not objects:
        return
    model = type(objects[0])
    names = columns or [field.attname for field in model._meta.concrete_fields]
    insert_rows(model, names, ([getattr(each, name) for name in names] for each in objects))


def insert_history(
    objects: Sequence[models.Model], *, sign: str, user: Any, reason: str, at: datetime
) -> None:
    """The history rows that saving one by one would have written. `sign`: + made, ~ changed."""
    if not objects:
        return
    record = type(objects[0]).history.model  # type: ignore[attr-defined]
    names = [field.attname for field in record.tracked_fields]
    stamp = (at, reason, sign, user.pk)
    columns = [*names, "history_date", "history_change_reason", "history_type", "history_user_id"]
    rows = ([*(getattr(each, name) for name in names), *stamp] for each in objects)
    insert_rows(record, columns, rows)


def _converter(field: Any) -> Callable[[Any], Any] | None:
    """From what Python holds to what the database stores; None when they are the same."""
    if isinstance(field, ScaledField):
        return _scaled(field.places)
    if isinstance(field, models.FileField | models.TextField):  # history keeps files as text
        return _text
    if isinstance(field, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return _day
    if isinstance(field, models.UUIDField):
        return _hex
    return None


def _scaled(places: int) -> Callable[[Decimal | int | None], int | None]:
    factor = 10**places

    def integer(value: Decimal | int | None) -> int | None:
        if value is None:
            return None
        scaled = value * factor
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{value} has more than {places} decimals")
        return whole

    return integer


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


@lru_cache(maxsize=256)  # bulk rows share few moments
def _moment(value: datetime | None) -> str | None:
    return None if value is None else connection.ops.adapt_datetimefield_value(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex
