"""Columns of ours, and which heading of somebody else's file means which of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import override

from .column_names import COMMON_NAMES

Kind = Literal[
    "text",
    "code",
    "barcode",
    "money",
    "quantity",
    "percent",
    "date",
    "choice",
    "categories",
    "bool",
]
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_EXACT, _TITLE, _ALIAS, _COMMON, _BARE = 100, 90, 80, 70, 20


@dataclass(frozen=True)
class ColumnSpec:
    """One column: how it is called, what its cells are, and what a person should know about it.

    `choices` are pairs of value and label; `aliases` are further headings that mean it; `lines`
    allows more than one line of text.
    """

    name: str
    title: str | Promise
    kind: Kind = "text"
    needed: bool = False
    help: str | Promise = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    choices: Sequence[tuple[object, object]] = ()
    lines: bool = False


def plain_name(heading: str) -> str:
    """Letters and digits alone, without capitals and accents: “Prix d'achat” is “prixdachat”."""
    parts = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(sign for sign in parts if sign.isalnum())


def guess_columns(headings: Sequence[str], columns: Sequence[ColumnSpec]) -> dict[str, str]:
    """Our column's name for each heading, "" where none fits. No column stands for two headings."""
    names = [_names(column) for column in columns]
    scored = []
    for place, heading in enumerate(headings):
        for order, (column, known) in enumerate(zip(columns, names, strict=True)):
            score = _score(heading, known)
            if score:
                scored.append((-score, place, order, heading, column.name))
    guessed = dict.fromkeys(headings, "")
    taken = set()
    for *_order, heading, name in sorted(scored):
        if not guessed[heading] and name not in taken:
            guessed[heading] = name
            taken.add(name)
    return guessed


def _score(heading: str, known: dict[str, int]) -> int:
    whole = known.get(plain_name(heading), 0)
    bare = known.get(plain_name(_BRACKETS.sub(" ", heading)), 0)
    return max(whole, bare - _BARE)


def _names(column: ColumnSpec) -> dict[str, int]:
    known: dict[str, int] = {}
    for score, name in _scored_names(column):
        plain = plain_name(name)
        if plain:
            known[plain] = max(score, known.get(plain, 0))
    return known


def _scored_names(column: ColumnSpec) -> Iterator[tuple[int, str]]:
    yield _EXACT, column.name
    yield _TITLE, str(column.title)
    with override("en"):
        english = str(column.title)
    yield _TITLE, english
    for alias in column.aliases:
        yield _ALIAS, alias
    # The earlier of the common names is the likelier one.
    for order, common in enumerate(COMMON_NAMES.get(column.name, ())):
        yield max(_COMMON - order, _BARE + 1), common
