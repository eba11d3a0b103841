"""Rights explained, and the one table of roles. Seeded as groups after migrate; the owner's edits win."""

from __future__ import annotations

ADMINISTRATOR = "Administrator"
MANAGER = "Manager"
SELLER = "Seller"
STOCK_KEEPER = "Stock keeper"
AUDITOR = "Auditor"

CATALOG = ("taxrate", "category", "product", "barcode")
PEOPLE = ("customer", "customerlevel")
SALES = ("order", "orderline", "ordertax", "payment")
CASH = ("cashsession", "cashmovement")
STOCK = ("stocklevel", "stockmovement")
SHOP = ("store", "register", "paymentmethod")


def view(*models: str) -> set[str]:
    return {f"view_{model}" for model in models}


def edit(*models: str) -> set[str]:
    return {f"{verb}_{model}" for model in models for verb in ("view", "add", "change")}


SELLING = {
    "sell_order",
    "give_discount",
    "sell_on_account",
    "take_over_order",
    "open_cashsession",
    "close_cashsession",
    *view("product", "category", *SALES, *CASH, "stocklevel"),
    *view("customer", "customerlevel"),
    "add_customer",
}
READING = view(*CATALOG, *PEOPLE, *SALES, *CASH, *STOCK, *SHOP, "seller")

# role -> rights (codenames of the application `pos`); the store grants narrow them to stores.
ROLES: dict[str, set[str]] = {
    ADMINISTRATOR: {"*"},
    MANAGER: SELLING
    | READING
    | edit(*CATALOG, *PEOPLE)
    | {
        "delete_barcode",
        "sell_in_any_session",
        "void_order",
        "close_any_cashsession",
        "view_expected_cash",
        "move_cash",
        "view_cost",
        "adjust_stock",
    },
    SELLER: SELLING,
    STOCK_KEEPER: edit("category", "product", "barcode")
    | view(*STOCK, "taxrate", "store")
    | {"delete_barcode", "adjust_stock", "view_cost"},
    AUDITOR: READING | {"view_cost", "view_expected_cash"},
}
