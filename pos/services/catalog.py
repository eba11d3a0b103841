"""The catalogue's verbs: barcodes, what the register's search finds, the category tree."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from pos.models import AuditEntry, Barcode, Category, Product, User

from .audit import record
from .errors import Conflict, Invalid
from .history import sign
from .rights import require

CHECKED_LENGTHS = (8, 12, 13)
CODE_LENGTH = 60
# Calm colours that carry white text; a new top category takes one by its name.
COLOURS = "#2f7060 #4c6b94 #8a5a44 #7c5295 #a8553a #3d7a8c #6b7a2f #94526b #5a5f7d #96722b".split()


def check_digit(digits: str) -> str:
    """The last digit of an EAN or UPC, from the digits before it."""
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def barcode_problem(code: str) -> str | None:
    """Why `code` cannot be a barcode, in the reader's words; None when it can."""
    if not code:
        return _("A barcode cannot be empty.")
    if len(code) > CODE_LENGTH:
        return _("A barcode has at most %(limit)s characters.") % {"limit": CODE_LENGTH}
    if not code.isprintable() or " " in code:
        return _("A barcode has no blanks and no invisible characters.")
    is_checked = code.isascii() and code.isdigit() and len(code) in CHECKED_LENGTHS
    if is_checked and check_digit(code[:-1]) != code[-1]:
        return _("The last digit should be %(digit)s: a digit is mistyped or missing.") % {
            "digit": check_digit(code[:-1])
        }
    return None


@transaction.atomic
def add_barcode(*, user: User, product: Product, code: str) -> Barcode:
    """A further barcode of the product. Raises Invalid, Forbidden, Conflict when it is taken."""
    require(user, "add_barcode")
    code = code.strip()
    problem = barcode_problem(code)
    if problem:
        raise Invalid("invalid_barcode", problem)
    owner = Product.objects.filter(barcodes__code=code).first()
    owner = owner or Product.objects.filter(code=code).exclude(pk=product.pk).first()
    if owner:
        message = _("%(product)s already has this code.") % {"product": owner}
        raise Conflict("barcode_taken", message, product=owner.pk)
    barcode = Barcode(product=product, code=code)
    sign(barcode, user=user)
    barcode.save()
    refresh_search_text(product=product)
    return barcode


def refresh_search_text(*, product: Product) -> None:
    """Write anew what the register's search finds, after barcodes were added or removed."""
    text = product.searchable(product.barcodes.order_by("pk").values_list("code", flat=True))
    Product.objects.filter(pk=product.pk).exclude(search_text=text).update(search_text=text)
    product.search_text = text


def category_names(product: Product) -> str:
    return ", ".join(product.categories.order_by("name").values_list("name", flat=True))


def record_categories(*, user: User, product: Product, before: str, reason: str = "") -> None:
    """Tell the audit trail which categories the product lies in now; nothing when it is the same."""
    after = category_names(product)
    if after != before:
        record(
            AuditEntry.Kind.CHANGED,
            user=user,
            obj=product,
            changes=[[_("categories"), before, after]],
            reason=reason,
        )


class CategoryTree:
    """The categories by path, growing as paths are asked for. Lives as long as one import.

    Names are compared without regard to capitals, so "grocery" does not make a second "Grocery".
    """

    def __init__(self, *, user: User, reason: str) -> None:
        self.user = user
        self.reason = reason
        self.created = 0
        known = Category.objects.order_by("pk").only("id", "name", "code", "parent_id", "colour")
        self.names: dict[int, str] = {}
        self._codes: set[str] = set()
        self._by_place: dict[tuple[int | None, str], Category] = {}
        for category in known:
            self._codes.add(category.code)
            self.names[category.pk] = category.name
            self._by_place.setdefault((category.parent_id, category.name.casefold()), category)
        self._position = max(Category.objects.values_list("position", flat=True), default=0)

    def find(self, path: Sequence[str]) -> int | None:
        """The id of the last category of `path`, or None: nothing is made."""
        category: Category | None = None
        for name in path:
            category = self._by_place.get((category.pk if category else None, name.casefold()))
            if category is None:
                return None
        return category.pk if category else None

    def leaf(self, path: Sequence[str]) -> int:
        """The id of the last category of `path`, made with everything above it when missing."""
        category: Category | None = None
        for depth, name in enumerate(path, start=1):
            place = (category.pk if category else None, name.casefold())
            if place not in self._by_place:
                self._by_place[place] = self._add(path[:depth], category)
            category = self._by_place[place]
        assert category is not None
        return category.pk

    def _add(self, path: Sequence[str], parent: Category | None) -> Category:
        require(self.user, "add_category")
        self._position += 1
        category = Category(
            name=path[-1],
            parent=parent,
            code=self._free_code(path),
            colour=parent.colour if parent else colour_of(path[-1]),
            position=self._position,
        )
        sign(category, user=self.user, reason=self.reason)
        category.save()
        self.names[category.pk] = category.name
        self.created += 1
        return category

    def _free_code(self, path: Iterable[str]) -> str:
        stem = slugify(" ".join(path)).upper()[: CODE_LENGTH - 6].strip("-") or "CATEGORY"
        code, count = stem, 1
        while code in self._codes:
            count += 1
            code = f"{stem}-{count}"
        self._codes.add(code)
        return code


def colour_of(name: str) -> str:
    """A tile colour that is always the same for the same name."""
    return COLOURS[zlib.crc32(name.encode()) % len(COLOURS)]
