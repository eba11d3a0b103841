"""Categories, found by their code, else by their path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from pos.models import Category, User
from pos.models.history import Change

from ..catalog import CategoryTree
from .base import Cells
from .records import RecordImporter, RecordPlan, RowRefused


class CategoryImporter(RecordImporter):
    def __init__(self, *, user: User) -> None:
        super().__init__(user=user)
        self.tree = CategoryTree(user=user, reason=self.reason)
        categories = list(Category.objects.order_by("pk"))
        self.by_pk = {each.pk: each for each in categories}
        self.by_code = {each.code: each for each in categories}
        self._row_of: dict[object, int] = {}

    def plan(self, number: int, cells: Cells) -> tuple[RecordPlan, list[Change]]:
        path = _path(cells.get("path", ""))
        code = cells.get("code", "")
        there = self.tree.find(path)
        category = self.by_code.get(code) if code else self.by_pk.get(there or 0)
        if code and category is None and there is not None:
            category = self.by_pk[there]  # found by its path, and the code is new
        self._once(number, category, path, code)
        if there is not None and (category is None or category.pk != there):
            message = _("Another category has this name here.")
            raise RowRefused("path", cells["path"], message)
        values: dict[str, Any] = {"name": path[-1], **_values(cells)}
        if code:
            values["code"] = code
        if category is None:
            return self._new(path, values)
        if category.name.casefold() == path[-1].casefold() and there is not None:
            values["name"] = category.name
        return self._changed(category, path, values, cells)

    def _new(
        self, path: tuple[str, ...], values: dict[str, Any]
    ) -> tuple[RecordPlan, list[Change]]:
        above = "|".join(path[:-1])
        changes = [[_("inside"), "", above]] if above else []

        def finish(category: Category) -> None:
            """The tree makes it, with those above it, a free code and a colour."""
            made = Category.objects.get(pk=self.tree.leaf(path))
            for name, value in values.items():
                setattr(made, name, value)
            category.__dict__.update(made.__dict__)

        return RecordPlan(Category(), values, finish), changes

    def _changed(
        self, category: Category, path: tuple[str, ...], values: dict[str, Any], cells: Cells
    ) -> tuple[RecordPlan, list[Change]]:
        parent = self.tree.find(path[:-1]) if path[:-1] else None
        if (path[:-1] and parent is None) or parent != category.parent_id:
            self._refuse_loop(category, parent, cells["path"])
            before = self.by_pk[category.parent_id].name if category.parent_id else ""
            changes = [[_("inside"), before, "|".join(path[:-1])]]
            return RecordPlan(category, values, self._move(path[:-1])), changes
        return RecordPlan(category, values), []

    def _move(self, above: tuple[str, ...]) -> Callable[[Any], None]:
        def finish(category: Category) -> None:
            category.parent_id = self.tree.leaf(above) if above else None

        return finish

    def _refuse_loop(self, category: Category, parent: int | None, text: str) -> None:
        while parent is not None:
            if parent == category.pk:
                raise RowRefused("path", text, _("A category cannot lie inside itself."))
            parent = self.by_pk[parent].parent_id if parent in self.by_pk else None

    def _once(
        self, number: int, category: Category | None, path: tuple[str, ...], code: str
    ) -> None:
        folded = tuple(name.casefold() for name in path)
        keys: list[object] = [folded, *([("code", code)] if code else [])]
        keys += [("pk", category.pk)] if category else []
        for key in keys:
            earlier = self._row_of.setdefault(key, number)
            if earlier != number:
                message = _("Row %(row)s is about this category already.") % {"row": earlier}
                raise RowRefused("path", "|".join(path), message)


def _path(text: str) -> tuple[str, ...]:
    if not text:
        raise RowRefused("path", "", _("Every row needs a category."))
    if ";" in text:
        raise RowRefused("path", text, _("One category per row."))
    return tuple(name.strip() for name in text.split("|"))


def _values(cells: Cells) -> dict[str, Any]:
    """An empty cell empties the description and leaves everything else."""
    values: dict[str, Any] = {}
    if "description" in cells:
        values["description"] = cells["description"]
    if colour := cells.get("colour"):
        values["colour"] = colour
    if position := cells.get("position"):
        if not position.partition(".")[2].strip("0") == "":
            raise RowRefused("position", position, _("Write a whole number."))
        values["position"] = int(position.partition(".")[0])
    return values
