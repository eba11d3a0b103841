"""The statements that sum documents (or roll-ups) of some days and stores; nothing is executed here.

Amounts come out as the columns keep them: integers of 10^-4 and 10^-3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, Value

from pos.models import User
from pos.models.base import seen_by
from pos.services.json_taxes import JSON_PARTS

from .tables import Key, Source, Table

# Periods of one statement that are read one by one; a shop has one or two, today's and a young
# shop's before its first day.
MOST_APART = 8
Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Days:
    """Business days (both included) of some stores, by id; None: of all."""

    first: date
    last: date
    stores: frozenset[int] | None = None

    def within(self, day: str, store: str) -> Q:
        found = Q(
            **{day: self.first}
            if self.first == self.last
            else {f"{day}__range": (self.first, self.last)}
        )
        return found if self.stores is None else found & Q(**{f"{store}__in": sorted(self.stores)})

    def __len__(self) -> int:
        return (self.last - self.first) // timedelta(days=1) + 1


@dataclass(frozen=True)
class Limits:
    """Which rows count: of these days, as far as `user` (None: everybody) sees them, of these ids."""

    days: Sequence[Days]
    user: User | None = None
    ids: Sequence[tuple[str, Any]] = ()  # dimension, and its ids or a query for them

    def of(self, source: Source) -> Q:
        """Raises ValueError for a dimension these rows do not know."""
        condition = Q()
        for each in self.days:
            condition |= each.within(source.day, source.store)
        if self.user and source.owner:
            condition &= seen_by(self.user, source.store, source.owner)
        for name, ids in self.ids:
            condition &= Q(**{f"{known(source, name)}__in": ids})
        return condition & source.only


def known(source: Source, name: str) -> Any:
    place = source.place(name)
    if place is None:
        raise ValueError(f"{source.model.__name__} has no {name}")
    return place


def grouped(
    table: Table, source: Source, dimensions: Sequence[str], limits: Limits
) -> list[Statement]:
    """One source's rows as `k_…` of `dimensions`, then every measure; may have several rows per key.

    One statement, or none when no row can be meant.
    """
    places = {name: known(source, name) for name in (*dimensions, *table.counted)}
    keys = {
        f"k_{name}": Key(each) if isinstance(each, str) else each for name, each in places.items()
    }
    rows = source.rows.filter(limits.of(source))
    if source.has_json_taxes:
        rows = rows.values("taxes", m_net=F("net_amount"), **keys)
    else:
        sums = {f"m_{name}": measure for name, measure in source.measures.items()}
        rows = rows.values(**keys or {"k_": Value(0)}).annotate(**sums)
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    columns = [f"k_{name}" for name in dimensions]
    if source.has_json_taxes:
        return [(_tax_rows(table, sql, columns), parameters)]
    columns += [
        f"COALESCE(m_{name}, 0)" if name in source.measures else "0" for name in table.measures
    ]
    return [(f"SELECT {', '.join(columns)} FROM ({sql}) AS part", parameters)]


def _tax_rows(table: Table, sql: str, keys: Sequence[str]) -> str:
    """What a refund's lines say about each tax; a line without one is one row without a name."""
    parts = JSON_PARTS[connection.vendor]
    lateral = "LATERAL" if connection.vendor == "postgresql" else ""
    inside = {
        "k_name": f"COALESCE({parts['tax_name']}, '')",
        "k_percent": f"COALESCE({parts['tax_percent']}, 0)",
        "refund_net": "line.m_net",
        "refund_tax": f"COALESCE({parts['tax_amount']}, 0)",
    }
    columns = [inside.get(key, f"line.{key}") for key in keys]
    columns += [inside.get(name, "0") for name in table.measures]
    return (
        f"SELECT {', '.join(columns)} FROM ({sql}) AS line"
        f" LEFT JOIN {lateral} {parts['each_tax']} ON TRUE"
    )


def documents(table: Table, dimensions: Sequence[str], limits: Limits) -> list[Statement]:
    """The table's sums from the documents themselves."""
    return [
        each
        for part in _apart(limits)
        for source in table.sources
        for each in grouped(table, source, dimensions, part)
    ]


def rolled(table: Table, dimensions: Sequence[str], limits: Limits) -> list[Statement]:
    """The same from the roll-up."""
    plain = replace(table, counted=())
    return [
        each for part in _apart(limits) for each in grouped(plain, table.rolled, dimensions, part)
    ]


def _apart(limits: Limits) -> list[Limits]:
    """One for each period: joined by OR, periods of a line's document would read every line."""
    if len(limits.days) > MOST_APART:
        return [limits]
    return [replace(limits, days=[each]) for each in limits.days]


def summed(table: Table, dimensions: Sequence[str], parts: Sequence[Statement]) -> Statement:
    """What the parts come to, one row for each of `dimensions`: these, then every measure."""
    keys = [f"k_{name}" for name in dimensions]
    rows = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part" for sql, _ in parts)
    columns = ", ".join([*keys, *(f"SUM({name})" for name in table.measures)])
    sql = f"WITH summed ({', '.join([*keys, *table.measures])}) AS ({rows}) SELECT {columns} FROM summed"
    if keys:
        sql += f" GROUP BY {', '.join(keys)}"
    return sql, tuple(value for _, parameters in parts for value in parameters)


def differing(table: Table, dimensions: Sequence[str], limits: Limits) -> Statement:
    """Where roll-up and documents disagree: `dimensions`, every measure rolled up, every one anew."""
    keys, names = [f"k_{name}" for name in dimensions], list(table.measures)
    statements = [
        summed(table, dimensions, each(table, dimensions, limits)) for each in (rolled, documents)
    ]
    columns, zeros = ", ".join(keys + names), ", ".join("0" for _ in names)
    kept, anew = (
        ", ".join(f"kept_{name}" for name in names),
        ", ".join(f"anew_{name}" for name in names),
    )
    totals = ", ".join(f"SUM(kept_{name})" for name in names) + ", "
    totals += ", ".join(f"SUM(anew_{name})" for name in names)
    wrong = " OR ".join(f"SUM(kept_{name}) <> SUM(anew_{name})" for name in names)
    by = ", ".join(keys)
    sql = (
        f"WITH kept ({columns}) AS ({statements[0][0]}), anew ({columns}) AS ({statements[1][0]}),"
        f" both_ways ({by}, {kept}, {anew}) AS ("
        f"SELECT {columns}, {zeros} FROM kept"
        f" UNION ALL SELECT {by}, {zeros}, {', '.join(names)} FROM anew)"
        f" SELECT {by}, {totals} FROM both_ways GROUP BY {by} HAVING {wrong} ORDER BY {by}"
    )
    return sql, (*statements[0][1], *statements[1][1])


def execute(statement: Statement) -> Iterator[tuple[Any, ...]]:
    sql, parameters = statement
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while chunk := cursor.fetchmany(2000):
            yield from chunk
