"""The rules of this code base that no linter knows. Each message says what to do instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from pos.models.fields import ScaledField

ROOT = Path(settings.BASE_DIR)
POS = ROOT / "pos"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40


def modules(*, tests: bool = False) -> list[Path]:
    found = [*POS.rglob("*.py"), *(ROOT / "config").rglob("*.py")]
    return sorted(
        path
        for path in found
        if "migrations" not in path.parts and (tests or "tests" not in path.parts)
    )


def pages() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def named(paths: Iterator[Path] | list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    """`file:line text` of every line that matches."""
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    return found


# --- Where things are ------------------------------------------------------------------------


def test_every_module_is_named_after_what_it_is_about() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "constants", "misc", "signals"}
    assert named([path for path in modules() if path.stem in nameless]) == []


def test_modules_split_before_they_grow_too_long() -> None:
    """A worked table at the top of a module does not count."""
    long = []
    for path in modules():
        text = path.read_text()
        first = ast.get_docstring(ast.parse(text), clean=False) or ""
        size = len(text.splitlines()) - first.count("\n")
        if size > LONGEST_MODULE:
            long.append(f"{path.relative_to(ROOT)}: {size} lines")
    assert long == []


def test_functions_stay_short_enough_to_read_at_once() -> None:
    long = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {size} lines")
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path
        for path in modules(tests=True)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert named(silent) == []


def test_row_locks_are_taken_in_one_place_only() -> None:
    others = [path for path in modules() if path != POS / "services" / "locks.py"]
    assert lines_with(r"\.select_for_update\(", others) == []


def test_rows_are_written_past_their_history_in_services_only() -> None:
    """`update()` and `bulk_…` write no history: the service that calls them does."""
    others = [path for path in modules() if POS / "services" not in path.parents]
    assert (
        lines_with(r"\)\.update\(|objects\.update\(|rows\.update\(|queryset\.update\(", others)
        == []
    )
    assert lines_with(r"\.bulk_(create|update)", others) == []


def test_services_that_act_are_called_by_name() -> None:
    """`user` and all that follows go by keyword: nobody swaps two amounts by position."""
    verbs = ("open_", "close_", "park_", "resume_", "discard_", "complete_", "void_", "refund_")
    found = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in sorted((POS / "services").glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith(verbs)
        and "user" in [argument.arg for argument in node.args.args]
    ]
    assert found == []


# --- Money -----------------------------------------------------------------------------------


def test_money_is_never_a_float() -> None:
    paths = [POS / "money.py", POS / "pricing.py", *(POS / "services").glob("*.py")]
    assert lines_with(r"\bfloat\(|FloatField|\bround\(", paths) == []


def test_every_amount_and_quantity_has_an_exact_column() -> None:
    inexact = (models.DecimalField, models.FloatField)
    found = [
        str(field)
        for model in apps.get_app_config("pos").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, inexact)
    ]
    assert found == []


def test_arithmetic_in_the_database_keeps_the_scale() -> None:
    """F("price") + 1 adds a ten-thousandth. Write F("price") + Value(amount, MoneyField())."""
    scaled = {
        field.name
        for model in apps.get_app_config("pos").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ScaledField)
    }
    found = []
    for path in modules(tests=True):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.BinOp):
                sides = (node.left, node.right)
                if any(_column(side) in scaled for side in sides) and not all(
                    _keeps_scale(side) for side in sides
                ):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert found == []


def _column(node: ast.expr) -> str | None:
    """The column of F("order__price"): price."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("F", "models.F") and node.args:
        return str(ast.literal_eval(node.args[0])).split("__")[-1]
    return None


def _keeps_scale(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _keeps_scale(node.left) and _keeps_scale(node.right)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Value", "models.Value"):
        return len(node.args) + len(node.keywords) > 1
    return isinstance(node, ast.Call)


# --- What people see -------------------------------------------------------------------------


def test_nothing_is_put_on_a_page_unescaped() -> None:
    assert lines_with(r"mark_safe\(|SafeString\(|\.html_safe\b", modules()) == []
    assert lines_with(r"\|\s*safe\b|autoescape off", pages()) == []


def test_pages_have_no_script_or_handler_inside() -> None:
    """The Content-Security-Policy forbids them, so they would be silently dead."""
    inline = r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son[a-z]+\s*=\s*[\"']"
    assert lines_with(inline, pages()) == []


def test_nothing_comes_from_another_host() -> None:
    local = [*pages(), *(POS / "static").rglob("*.js"), *(POS / "static").rglob("*.css")]
    foreign = r"""(?:src|href)=["']https?://|url\(\s*["']?https?://|\bfrom ["']https?://"""
    assert lines_with(foreign, local) == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_with_text_are_translatable(path: Path) -> None:
    """Letters between tags belong into {% translate %} or {% blocktranslate %}; keys and our name stay."""
    text = path.read_text()
    text = re.sub(r"{%\s*(comment|blocktranslate)\b.*?{%\s*end\1\s*%}", "", text, flags=re.S)
    text = re.sub(r"<(script|style|kbd)\b.*?</\1>", "", text, flags=re.S)
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->", "", text, flags=re.S)
    # Attribute values of Alpine may contain ">".
    text = re.sub(r"<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", "\n", text)
    text = re.sub(r"&[a-z]+;|\bTilldesk\b", "", text)
    bare = [
        line.strip() for line in text.splitlines() if re.search(r"[A-Z][a-z]|[a-z] [a-z]", line)
    ]
    assert bare == []


def _fields() -> Iterator[models.Field]:
    for model in apps.get_app_config("pos").get_models():
        if not model.__name__.startswith("Historical") and not model._meta.proxy:
            yield from (field for field in model._meta.local_fields if field.editable)


def test_every_field_a_person_sees_has_a_name_for_translators() -> None:
    nameless = [
        f"{field.model.__name__}.{field.name}"
        for field in _fields()
        if isinstance(field.verbose_name, str) and not field.primary_key
    ]
    assert nameless == []


def test_every_constraint_tells_a_person_what_is_wrong() -> None:
    silent = [
        constraint.name
        for model in apps.get_app_config("pos").get_models()
        for constraint in model._meta.constraints
        if not isinstance(constraint, models.UniqueConstraint)
        and constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert silent == []
