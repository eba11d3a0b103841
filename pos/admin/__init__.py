"""The screens of the admin, one module per group of the sidebar."""
