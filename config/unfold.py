"""Unfold: brand, colours, sidebar. Names of our code are dotted strings."""

UNFOLD: dict = {"SITE_TITLE": "Tilldesk", "SITE_HEADER": "Tilldesk"}
