"""The screens of the admin, one module per group of the sidebar."""

# Imported by the app's start-up, once the site exists: registering needs it.
SCREENS = (
    "sell",
    "payments",
    "drawer",
    "products",
    "catalog",
    "customers",
    "people",
    "roles",
    "stock",
    "settings",
    "printing",
    "audit",
    "approvals",
)
