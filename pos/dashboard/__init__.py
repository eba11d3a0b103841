"""The start page: one class per card, one list of them. Split by kind of card."""

from .pages import context

__all__ = ["context"]
