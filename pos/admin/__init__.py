"""The screens of the admin, one module per group of the sidebar."""

# Imported by the app's start-up, once the site exists: registering needs it.
SCREENS = (
    "sell",
    "past_orders",
    "refunds",
    "payments",
    "drawer",
    "products",
    "catalog",
    "customers",
    "accounts",
    "people",
    "roles",
    "stock",
    "settings",
    "printing",
    "audit",
    "approvals",
)
