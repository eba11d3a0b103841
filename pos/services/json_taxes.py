"""The taxes inside a document's lines, read by the database.

One tax of a line is [name, percent, tax] as text; here: its name, percent and tax as the columns
keep them (10^-3 and 10^-4). Text that is no number counts as 0. The statement's line is `line`.
"""

from __future__ import annotations

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
