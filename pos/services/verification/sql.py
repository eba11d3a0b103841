"""The few statements the ORM cannot say: sums over a union, and figures inside JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from pos.models import Order, OrderLine, OrderTax, StockMovement
from pos.services.json_taxes import JSON_PARTS

TABLES = {
    "orders": Order._meta.db_table,
    "lines": OrderLine._meta.db_table,
    "taxes": OrderTax._meta.db_table,
    "movements": StockMovement._meta.db_table,
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
