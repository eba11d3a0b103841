"""What is sold: tax rates, categories, products and their barcodes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pos.money import ZERO

from .base import non_negative
from .fields import MoneyField, PercentField, QuantityField
from .history import AuditedRecords
from .pictures import PictureField
from .search import few_matches, fold
from .store import StockPolicy

colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour as #RRGGBB, for example #2f7060."))
SIZES = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL")
MEASURES = {
    "mg": 0.001,
    "g": 1,
    "kg": 1000,
    "ml": 1,
    "cl": 10,
    "l": 1000,
    "mm": 1,
    "cm": 10,
    "m": 1000,
}
_MEASURED = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([a-z]*)")


def size_key(size: str) -> tuple[int, float, str]:
    """Sizes in the order people expect: XS S M L, 36 38 40, 250 g 1 kg, and the rest by letter."""
    if size.upper() in SIZES:
        return (0, SIZES.index(size.upper()), size)
    measured = _MEASURED.match(size.lower())
    if measured:
        return (1, float(measured[1].replace(",", ".")) * MEASURES.get(measured[2], 1), size)
    return (2, 0, size)


# Up to so many hits a list of ids is the quickest way to the rows.
FEW = 1000


class TaxRate(models.Model):
    """A percentage of tax."""

    name = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        help_text=_("Printed on receipts, for example VAT 20 %."),
    )
    percent = PercentField(_("percent"), help_text=_("For example 20 or 8.875."))
    combined_with = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("charged together with"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("A second tax on the same net amount, for example PST beside GST."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    history = AuditedRecords()

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="tax_rate_percent_0_to_100",
                violation_error_message=_("A tax rate is between 0 and 100 percent."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.combined_with and (
            self.combined_with_id == self.pk or self.combined_with.combined_with_id
        ):
            raise ValidationError({"combined_with": _("Choose a rate that stands alone.")})


class Category(models.Model):
    """A group of products; groups may lie in groups."""

    name = models.CharField(_("name"), max_length=100)
    code = models.CharField(
        _("code"),
        max_length=60,
        unique=True,
        help_text=_("Short and unique, for spreadsheets, for example SHIRTS."),
        error_messages={"unique": _("Another category already has this code.")},
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("inside"),
        null=True,
        blank=True,
        related_name="children",
        help_text=_(
            "Leave empty for a top category. Top categories are the chips on the register."
        ),
    )
    description = models.TextField(_("description"), blank=True)
    image = PictureField(_("picture"), folder="categories")
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#64748b",
        validators=[colour],
        help_text=_("Colour of the tiles of products without a picture."),
    )
    position = models.PositiveIntegerField(
        _("position"), default=0, db_index=True, help_text=_("Lower comes first on the register.")
    )

    history = AuditedRecords()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="category_name_once_per_parent",
                violation_error_message=_("There is already a category with this name here."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(parent=None),
                name="category_name_once_at_top",
                violation_error_message=_("There is already a top category with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("A category cannot lie inside itself.")})
            above = above.parent


class ProductQuerySet(models.QuerySet):
    def on_sale(self) -> ProductQuerySet:
        return self.filter(is_active=True)

    def matching(self, text: str) -> ProductQuerySet:
        """Every word of `text` occurs in name, size, code or a barcode.

        A rare word is looked up in the index; a common one is met soon enough in list order.
        """
        words = fold(text).split()
        ids = few_matches(words, self.db, FEW) if words else None
        found = self if ids is None else self.filter(pk__in=ids)
        for word in words:
            found = found.filter(search_text__contains=word)
        return found

    def in_categories(self, category_ids: Iterable[int]) -> ProductQuerySet:
        """In one of these categories; a small one is looked up, a large one met in list order."""
        links = Product.categories.through.objects.filter(category_id__in=category_ids)
        ids = list(links.values_list("product_id", flat=True)[: FEW + 1])
        if len(ids) <= FEW:
            return self.filter(pk__in=ids)
        return self.filter(Exists(links.filter(product_id=OuterRef("pk"))))


class Product(models.Model):
    """One sellable article with its own code, size and price. Stock is kept per store, never here."""

    class SoldBy(models.TextChoices):
        UNIT = "unit", _("Piece")
        WEIGHT = "weight", _("Weight (kg)")

    name = models.CharField(
        _("name"),
        max_length=200,
        help_text=_("As on the shelf and on the receipt, without the size."),
    )
    code = models.CharField(
        _("code"),
        max_length=60,
        unique=True,
        help_text=_("Your own article number (SKU). Unique; leading zeros count."),
        error_messages={"unique": _("Another product already has this code.")},
    )
    style = models.CharField(
        _("style"),
        max_length=60,
        blank=True,
        help_text=_(
            "Products with the same style are sizes of one article and share a tile on the register."
        ),
    )
    size = models.CharField(
        _("size"), max_length=40, blank=True, help_text=_("For example M, 42 or 0.5 l.")
    )
    price = MoneyField(
        _("price"),
        help_text=_("Per piece or per kilogram, with or without tax as the store is set."),
    )
    cost = MoneyField(
        _("cost"),
        default=ZERO,
        help_text=_("What you pay for it, without tax. Kept on every sale to show profit."),
    )
    tax_rate = models.ForeignKey(
        TaxRate,
        models.PROTECT,
        verbose_name=_("tax rate"),
        related_name="products",
        null=True,
        blank=True,
        help_text=_("Leave empty for goods without tax."),
    )
    categories = models.ManyToManyField(
        Category, verbose_name=_("categories"), related_name="products", blank=True
    )
    description = models.TextField(_("description"), blank=True)
    image = PictureField(_("picture"), folder="products")
    colour = models.CharField(
        _("tile colour"),
        max_length=7,
        blank=True,
        validators=[colour],
        help_text=_("Shown on the register when there is no picture."),
    )
    sold_by = models.CharField(
        _("sold by"),
        max_length=10,
        choices=SoldBy,
        default=SoldBy.UNIT,
        help_text=_("By weight: the register asks for kilograms."),
    )
    reorder_point = QuantityField(
        _("reorder point"),
        default=ZERO,
        help_text=_("At or below this quantity the product is on the low-stock list. 0: never."),
    )
    stock_policy = models.CharField(
        _("when stock runs out"),
        max_length=10,
        choices=StockPolicy,
        blank=True,
        help_text=_("Leave empty to follow the store."),
    )
    is_favourite = models.BooleanField(
        _("favourite"), default=False, help_text=_("Shown first on the register.")
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Switch off instead of deleting: past sales keep their product."),
    )
    search_text = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProductQuerySet.as_manager()
    history = AuditedRecords(amount="price", excluded_fields=["search_text", "updated_at"])

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "size", "id"]
        permissions = [("view_cost", _("Can see cost and profit"))]
        indexes = [
            # The product list and the register's grid: order by name, size, id.
            models.Index(fields=["name", "size", "id"], name="product_name_size"),
            # The register's grid of favourites, by name.
            models.Index(
                fields=["name"],
                name="product_favourites",
                condition=Q(is_favourite=True, is_active=True),
            ),
            # All sizes of one style, for the size picker.
            models.Index(fields=["style"], name="product_style", condition=~Q(style="")),
            # The low-stock list: only products that have a reorder point.
            models.Index(
                fields=["reorder_point"],
                name="product_reorder_point",
                condition=Q(reorder_point__gt=0),
            ),
        ]
        constraints = [
            non_negative("price", "product_price_not_negative", _("A price cannot be negative.")),
            non_negative("cost", "product_cost_not_negative", _("A cost cannot be negative.")),
            non_negative(
                "reorder_point",
                "product_reorder_point_not_negative",
                _("A reorder point cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.size}".strip()

    def save(self, *args: object, **kwargs: object) -> None:
        codes = self.barcodes.values_list("code", flat=True) if self.pk else ()
        self.search_text = self.searchable(codes)
        super().save(*args, **kwargs)

    @property
    def is_weighed(self) -> bool:
        return self.sold_by == self.SoldBy.WEIGHT

    def searchable(self, barcodes: object) -> str:
        return fold(" ".join([self.name, self.size, self.code, *barcodes]))


class Barcode(models.Model):
    """A scan code that leads to a product. A product may have several."""

    product = models.ForeignKey(
        Product, models.CASCADE, verbose_name=_("product"), related_name="barcodes"
    )
    code = models.CharField(
        _("barcode"),
        max_length=60,
        unique=True,
        help_text=_("Scan it here. Leading zeros count."),
        error_messages={"unique": _("Another product already has this barcode.")},
    )

    history = AuditedRecords()

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code
