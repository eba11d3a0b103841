"""The columns of every kind of spreadsheet. An export has the same, so that it comes back unchanged."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pos.models import Customer, Product

from ..sheets import ColumnSpec

CODE = ColumnSpec(
    "code",
    _("Code"),
    "code",
    needed=True,
    help=_("Your own article number (SKU). It finds the product; leading zeros count."),
    example="TEA-100",
    aliases=("SKU",),
)
PRICE = ColumnSpec(
    "price",
    _("Price"),
    "money",
    help=_("Per piece or per kilogram. A new product needs one."),
    example="3.49",
)
COST = ColumnSpec(
    "cost", _("Cost"), "money", help=_("What you pay for it, without tax."), example="1.20"
)
TAX_RATE = ColumnSpec(
    "tax_rate",
    _("Tax rate"),
    help=_("The name or the percentage of one of your tax rates."),
    example="20 %",
)
QUANTITY = ColumnSpec(
    "quantity",
    _("Quantity"),
    "quantity",
    help=_("Opening stock, taken where the product has no stock in the store yet."),
    example="12",
)

PRODUCT_COLUMNS = (
    CODE,
    ColumnSpec(
        "barcode",
        _("Barcode"),
        "barcode",
        help=_("Several with “|” between them. Barcodes are added, never taken away."),
        example="4006381333931",
    ),
    ColumnSpec(
        "name", _("Name"), help=_("Without the size. A new product needs one."), example="Green tea"
    ),
    ColumnSpec("size", _("Size"), help=_("For example M, 42 or 0.5 l."), example="100 g"),
    PRICE,
    QUANTITY,
    ColumnSpec(
        "categories",
        _("Categories"),
        "categories",
        help=_("“Above|Below; Another”. Categories that are missing are made."),
        example="Grocery|Tea",
    ),
    ColumnSpec("description", _("Description"), help=_("Several lines are fine."), lines=True),
    COST,
    TAX_RATE,
    ColumnSpec(
        "style",
        _("Style"),
        "code",
        help=_("The same for all sizes of one article: they share a tile on the register."),
        example="TEA",
    ),
    ColumnSpec(
        "sold_by",
        _("Sold by"),
        "choice",
        help=_("By the piece or by weight."),
        example="unit",
        choices=(
            *Product.SoldBy.choices,
            *((Product.SoldBy.UNIT, word) for word in ("piece", "pcs", "pc", "each")),
            *((Product.SoldBy.WEIGHT, word) for word in ("weight", "kg")),
        ),
    ),
    ColumnSpec(
        "reorder_point",
        _("Reorder point"),
        "quantity",
        help=_("At or below it the product is on the low-stock list."),
        example="3",
    ),
)
PRICE_COLUMNS = (CODE, PRICE, COST, TAX_RATE)
OPENING_COLUMNS = (
    CODE,
    ColumnSpec(
        "quantity",
        _("Quantity"),
        "quantity",
        needed=True,
        help=_("What lies in the store, for products that have no stock there yet."),
        example="12",
    ),
)
COUNT_COLUMNS = (
    CODE,
    ColumnSpec(
        "quantity",
        _("Counted"),
        "quantity",
        needed=True,
        help=_("What was counted. The difference to what is on hand becomes a movement."),
        example="12",
    ),
)
CATEGORY_COLUMNS = (
    ColumnSpec(
        "path",
        _("Category"),
        "categories",
        needed=True,
        help=_("With those above it: “Grocery|Tea”. What is missing above is made."),
        example="Grocery|Tea",
        aliases=("Categories", "Name", "Category name", "Department", "Kategorie", "Catégorie"),
    ),
    ColumnSpec(
        "code",
        _("Code"),
        "code",
        help=_("Short and unique. It finds the category, also to rename or move it."),
        example="TEA",
    ),
    ColumnSpec("description", _("Description"), lines=True, help=_("For yourselves.")),
    ColumnSpec(
        "colour",
        _("Colour"),
        help=_("Of the tiles without a picture, as #RRGGBB."),
        example="#2f7060",
        aliases=("Color", "Farbe", "Couleur"),
    ),
    ColumnSpec(
        "position",
        _("Position"),
        "quantity",
        help=_("Lower comes first on the register."),
        example="10",
        aliases=("Order", "Sort", "Reihenfolge"),
    ),
)
CUSTOMER_COLUMNS = (
    ColumnSpec(
        "name",
        _("Name"),
        needed=True,
        help=_("As you call them."),
        example="Rosa Lind",
        aliases=("Customer", "Customer name", "Full name", "Kunde", "Client", "Nom", "Cliente"),
    ),
    ColumnSpec(
        "email",
        _("Email"),
        help=_("It finds the customer; without one the phone does, then the name."),
        example="rosa@example.org",
    ),
    ColumnSpec(
        "phone",
        _("Phone"),
        help=_("Finds the customer where there is no email."),
        example="+44 20 7946 0123",
    ),
    ColumnSpec("address", _("Address"), lines=True, help=_("Several lines are fine.")),
    ColumnSpec(
        "level",
        _("Level"),
        help=_("The name of one of your customer levels."),
        example="Gold",
        aliases=("Customer level", "Customer group", "Tier", "Kundengruppe"),
    ),
    ColumnSpec(
        "status",
        _("Status"),
        "choice",
        help=_("Inactive customers are not offered at the register."),
        example="Active",
        choices=Customer.Status.choices,
    ),
    ColumnSpec(
        "credit_limit",
        _("Credit limit"),
        "money",
        help=_("The most this customer may owe."),
        example="200.00",
    ),
    ColumnSpec(
        "note",
        _("Note"),
        lines=True,
        help=_("For your staff; never printed."),
        aliases=("Notes", "Comment"),
    ),
)
