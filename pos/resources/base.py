"""What a list's export is made of: columns as declarations, rows by the chunk, whatever their number.

The declarations are django-import-export's (`Resource`, `Field`); its own export would hold the
whole file in memory, so rows are read here and written by `reports.sheets`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import Field as ModelField
from django.db.models import ForeignKey, Model, Prefetch, QuerySet
from django.db.models.fields.related import ForeignObjectRel
from import_export.fields import Field
from import_export.resources import Resource

from pos.models import User
from pos.models.fields import MoneyField, PercentField, QuantityField

AT_ONCE = 2000
PARENTS_AT_ONCE = 500
Read = Callable[[Any], Any]
KINDS = (
    (MoneyField, "money"),
    (QuantityField, "quantity"),
    (PercentField, "percent"),
)
INTERNAL_KINDS = {
    "BooleanField": "bool",
    "DateField": "date",
    "DateTimeField": "datetime",
    "PositiveIntegerField": "count",
    "PositiveSmallIntegerField": "count",
    "PositiveBigIntegerField": "count",
}
# Long, and nobody reads them.
NEVER_READ = ("search_text",)


class SheetField(Field):
    """A column. `path`: a field of the row, `a__b` of a row it points at, or an annotation.

    `kind` is one of reports.sheets; it and the title follow from the model where they are not given.
    `read(row)`, or the resource's method of that name, takes the value itself; `needs` are the rows
    it follows. `right`: who may see it.
    `heading`: what stands in the file instead of the title.
    """

    def __init__(
        self,
        path: str = "",
        title: Any = "",
        *,
        kind: str = "",
        right: str = "",
        read: Read | str = "",
        needs: tuple[str, ...] = (),
        heading: str = "",
    ) -> None:
        super().__init__(attribute=path or None)
        self.path, self.given_title, self.given_kind = path, title, kind
        self.right, self.read, self.needs, self.heading = right, read, needs, heading

    def __deepcopy__(self, memo: Any) -> SheetField:
        return self  # never changed; the package copies every field for every form

    # --- What the model says -------------------------------------------------------------

    def last_field(self, model: type[Model]) -> ModelField | None:
        found: Any = None
        for step in self.path.split("__"):
            if not any(
                step in (each.name, getattr(each, "attname", "")) for each in fields_of(model)
            ):
                return None
            found = model._meta.get_field(step)
            model = found.related_model or model
        return found

    def kind_in(self, model: type[Model]) -> str:
        found = None if self.read or self.given_kind else self.last_field(model)
        if found is None:
            return self.given_kind or "text"
        if found.flatchoices:
            return "text"  # the words, also where the database has a number
        for of_class, kind in KINDS:
            if isinstance(found, of_class):
                return kind
        return INTERNAL_KINDS.get(found.get_internal_type(), "text")

    def title_in(self, model: type[Model]) -> str:
        found = None if self.given_title else self.last_field(model)
        text = str(self.given_title or (found.verbose_name if found else self.path))
        return text[:1].upper() + text[1:]

    def related_in(self, model: type[Model]) -> set[str]:
        """Rows to read along."""
        related, names = set(self.needs), []
        if not self.path:
            return related
        for step in self.path.split("__"):
            found = next((each for each in fields_of(model) if each.name == step), None)
            if not isinstance(found, ForeignKey):
                break
            names.append(step)
            related.add("__".join(names))
            model = found.related_model
        return related

    def reader(self, resource: ListResource) -> Read:
        if self.read:
            return getattr(resource, self.read) if isinstance(self.read, str) else self.read
        model = resource.model()
        found = self.last_field(model)
        steps = self.path.split("__")
        choices = {key: str(text) for key, text in found.flatchoices} if found else {}

        def value(row: Any) -> Any:
            for step in steps:
                row = getattr(row, step)
                if row is None:
                    return None
            if choices:
                return choices.get(row, str(row))
            return str(row) if isinstance(row, Model) else row

        return value


def fields_of(model: type[Model]) -> Iterable[Any]:
    return (each for each in model._meta.get_fields() if not isinstance(each, ForeignObjectRel))


class ListResource(Resource):
    """The columns of a list. `parent`: the rows of the list, where these are their lines."""

    parent = ""
    order: tuple[str, ...] = ()  # of lines within their parent
    prefetches: tuple[Any, ...] = ()
    takes_store = False  # whether a store can be chosen, whose figures it then has

    @classmethod
    def permitted(cls, user: User) -> type[ListResource] | None:
        """The same with the columns that this person may see; None where that is nothing."""
        meta = cls._meta.model._meta
        if cls.parent and not user.has_perm(f"pos.view_{meta.model_name}"):
            return None
        narrowed = type(cls.__name__, (cls,), {})
        narrowed.fields = {
            name: each
            for name, each in cls.fields.items()
            if not each.right or user.has_perm(f"pos.{each.right}")
        }
        return narrowed if narrowed.fields else None

    @classmethod
    def model(cls) -> type[Model]:
        return cls._meta.model

    @classmethod
    def get_display_name(cls) -> str:
        text = str(getattr(cls._meta, "name", cls.model()._meta.verbose_name_plural))
        return text[:1].upper() + text[1:]

    def prepare(self, user: User) -> None:
        """What is looked up once, before the first row."""

    def prefetched(self, user: User) -> Sequence[str | Prefetch]:
        """What is read along for each chunk of rows."""
        return self.prefetches

    def rows(
        self, *, listed: QuerySet, source: QuerySet, names: Sequence[str], user: User
    ) -> Iterator[list[Any]]:
        """The values of the columns `names`, in the order of `listed`.

        `listed`: the list as it was asked for; `source`: all of its rows that this person may see,
        as the list annotates them. One query per chunk (and one per prefetch), not one per row.
        """
        self.prepare(user)
        model, fields = self.model(), [self.fields[name] for name in names]
        readers = [each.reader(self) for each in fields]
        related = set().union(*(each.related_in(model) for each in fields))
        for row in self._objects(listed, source, related, user):
            yield [read(row) for read in readers]

    def _objects(
        self, listed: QuerySet, source: QuerySet, related: set[str], user: User
    ) -> Iterator[Any]:
        # Ids first: joined to small tables, SQLite would sort them all.
        ids = listed.prefetch_related(None).values_list("pk", flat=True)
        found = iter(ids.iterator(chunk_size=AT_ONCE))
        at_once = PARENTS_AT_ONCE if self.parent else AT_ONCE
        while chunk := list(dict.fromkeys(islice(found, at_once))):
            if self.parent:
                yield from self._lines(chunk, related, user)
            else:
                rows = self._with_related(source.filter(pk__in=chunk), related, user)
                by_id = {row.pk: row for row in rows}
                yield from (by_id[pk] for pk in chunk if pk in by_id)

    def _lines(self, parents: list[int], related: set[str], user: User) -> Iterator[Any]:
        lines = self.model()._default_manager.filter(**{f"{self.parent}__in": parents})
        rows = self._with_related(lines, related, user)
        by_parent: dict[int, list[Any]] = {pk: [] for pk in parents}
        for row in rows.order_by(*self.order):
            by_parent[getattr(row, f"{self.parent}_id")].append(row)
        for each in by_parent.values():
            yield from each

    def _with_related(self, rows: QuerySet, related: set[str], user: User) -> QuerySet:
        # Not joined: a thousand rows of one store share one object of it, which is twice as fast.
        rows = rows.order_by().prefetch_related(None).select_related(None)
        names = {each.name for each in fields_of(self.model())}
        rows = rows.defer(*(name for name in NEVER_READ if name in names))
        return rows.prefetch_related(*sorted(related), *self.prefetched(user))
