"""The few statements the ORM cannot say: sums over a union, and figures inside JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from pos.models import Order, OrderLine, OrderTax, StockMovement

TABLES = {
    "orders": Order._meta.db_table,
    "lines": OrderLine._meta.db_table,
    "taxes": OrderTax._meta.db_table,
    "movements": StockMovement._meta.db_table,
}
# One tax of a line is [name, percent, tax] as text; here: its name, percent and tax as the columns
# keep them (10^-3 and 10^-4). Text that is no number counts as 0 and so is found.
JSON_PARTS = {
    "sqlite": {
        "each_tax": "json_each(CASE json_type(line.taxes) WHEN 'array' THEN line.taxes ELSE '[]' END)"
        " AS item",
        "tax_name": "CASE item.type WHEN 'array' THEN json_extract(item.value, '$[0]') ELSE '' END",
        "tax_percent": "CASE item.type WHEN 'array' THEN"
        " CAST(ROUND(json_extract(item.value, '$[1]') * 1000) AS INTEGER) ELSE 0 END",
        "tax_amount": "CASE item.type WHEN 'array' THEN"
        " CAST(ROUND(json_extract(item.value, '$[2]') * 10000) AS INTEGER) ELSE 0 END",
    },
    "postgresql": {
        "each_tax": "jsonb_array_elements(CASE jsonb_typeof(line.taxes) WHEN 'array' THEN line.taxes"
        " ELSE '[]'::jsonb END) AS item(value)",
        "tax_name": "item.value ->> 0",
        "tax_percent": "CASE WHEN item.value ->> 1 ~ '^-?[0-9]+([.][0-9]+)?$'"
        " THEN ROUND((item.value ->> 1)::numeric * 1000) ELSE 0 END",
        "tax_amount": "CASE WHEN item.value ->> 2 ~ '^-?[0-9]+([.][0-9]+)?$'"
        " THEN ROUND((item.value ->> 2)::numeric * 10000) ELSE 0 END",
    },
}

# What was sold less what left the shelf, per order and product. Past orders took nothing from it.
SOLD_LESS_MOVED = """
SELECT sale.order_id, parent.number, sale.product_id, SUM(sale.sold), SUM(sale.moved) FROM (
    SELECT line.order_id, line.product_id, line.quantity AS sold, 0 AS moved
    FROM {lines} line JOIN {orders} sold_order ON sold_order.id = line.order_id
    WHERE line.order_id >= %s AND line.order_id < %s AND line.kind = 'product'
        AND sold_order.status = 'completed' AND sold_order.batch_id IS NULL
    UNION ALL
    SELECT order_id, product_id, 0, -quantity FROM {movements}
    WHERE order_id >= %s AND order_id < %s AND kind = 'sale'
) sale JOIN {orders} parent ON parent.id = sale.order_id
WHERE parent.store_id = COALESCE(%s, parent.store_id)
GROUP BY sale.order_id, parent.number, sale.product_id
HAVING SUM(sale.sold) <> SUM(sale.moved)
"""

# The taxes inside the lines against the order's own rows, per rate.
TAX_ROWS_LESS_LINES = """
SELECT rate.order_id, parent.number, rate.name, rate.percent,
    SUM(rate.line_tax), SUM(rate.row_tax), SUM(rate.line_net), SUM(rate.row_net) FROM (
    SELECT line.order_id, COALESCE({tax_name}, '') AS name, COALESCE({tax_percent}, 0) AS percent,
        COALESCE({tax_amount}, 0) AS line_tax, 0 AS row_tax, line.net_amount AS line_net, 0 AS row_net
    FROM {lines} line CROSS JOIN {each_tax}
    WHERE line.order_id >= %s AND line.order_id < %s
    UNION ALL
    SELECT order_id, name, percent, 0, tax_amount, 0, net_amount FROM {taxes}
    WHERE order_id >= %s AND order_id < %s
) rate JOIN {orders} parent ON parent.id = rate.order_id
WHERE parent.store_id = COALESCE(%s, parent.store_id)
GROUP BY rate.order_id, parent.number, rate.name, rate.percent
HAVING SUM(rate.line_tax) <> SUM(rate.row_tax) OR SUM(rate.line_net) <> SUM(rate.row_net)
"""

# Each line's tax against the sum of its own rates.
LINE_TAX_LESS_RATES = """
SELECT order_id, number, position, name, tax_amount, rates FROM (
    SELECT line.order_id, parent.number, line.position, line.name, line.tax_amount,
        COALESCE((SELECT SUM({tax_amount}) FROM {each_tax}), 0) AS rates
    FROM {lines} line JOIN {orders} parent ON parent.id = line.order_id
    WHERE line.order_id >= %s AND line.order_id < %s
        AND parent.store_id = COALESCE(%s, parent.store_id)
) line WHERE line.tax_amount <> line.rates
"""


def rows(statement: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The statement's rows, names of tables and JSON parts filled in for this database."""
    # The pattern's own % signs are parameters; nothing here comes from outside.
    sql = statement.format(**TABLES, **JSON_PARTS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while chunk := cursor.fetchmany(100):
            yield from chunk
