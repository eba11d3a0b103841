"""What stands in the cells of a list: amounts, quantities, tiles, links."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pos.money import format_money, quantity_text

NOTHING = "–"
GREY = "#64748b"
FAINTEST = 2.5  # contrast of a tile's letter, which only repeats the name beside it


def money(amount: Decimal | None) -> SafeString | str:
    """An amount with its currency, digits below digits."""
    if amount is None:
        return NOTHING
    return format_html(
        '<span class="pos-figure">{}</span>', format_money(amount, settings.POS_CURRENCY)
    )


def money_text(amount: Decimal) -> str:
    return format_money(amount, settings.POS_CURRENCY)


def difference(amount: Decimal | None) -> SafeString | str:
    """Too much or too little in the drawer: + or −, coloured."""
    if not amount:
        return NOTHING if amount is None else money(amount)
    kind = "pos-plus" if amount > 0 else "pos-minus"
    return format_html(
        '<span class="pos-figure {}">{}{}</span>',
        kind,
        "+" if amount > 0 else "",
        money_text(amount),
    )


def quantity(value: Decimal | None) -> SafeString | str:
    if value is None:
        return NOTHING
    return format_html('<span class="pos-figure">{}</span>', quantity_text(value))


def label(kind: str, text: object) -> SafeString:
    """A coloured label: "success", "info", "warning", "danger", "primary" or "" for grey."""
    return _label(kind, str(text))


@lru_cache(maxsize=256)
def _label(kind: str, text: str) -> SafeString:
    # Unfold draws labels in lists but not in read-only forms; this is its own label, drawn once.
    return render_to_string("unfold/helpers/label.html", {"type": kind, "text": text})


def active(is_active: bool) -> SafeString:
    return label("success", _("Active")) if is_active else label("danger", _("Switched off"))


def figure(value: int) -> SafeString:
    return format_html('<span class="pos-figure">{}</span>', value)


def signed(value: Decimal) -> SafeString:
    """A change: + or − in front, coloured."""
    text = quantity_text(abs(value))
    kind = "pos-plus" if value > 0 else "pos-minus"
    return format_html(
        '<span class="pos-figure {}">{}{}</span>', kind, "+" if value > 0 else "−", text
    )


def percent(value: Decimal | None) -> SafeString | str:
    if value is None:
        return NOTHING
    return format_html('<span class="pos-figure">{} %</span>', quantity_text(value))


def ink(colour: str) -> str:
    """White on a colour written as #RRGGBB, or near-black where white would fade."""
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= FAINTEST else "#111827"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def tile(name: str, colour: str, picture: Any = None, kind: str = "") -> SafeString:
    """A small square: the picture, or the first letter on the colour."""
    if picture:
        return format_html(
            '<img class="pos-thumb {}" src="{}" alt="" loading="lazy" width="36" height="36">',
            kind,
            picture.url,
        )
    colour = colour or GREY
    return format_html(
        '<span class="pos-thumb {}" style="background:{};color:{}" aria-hidden="true">{}</span>',
        kind,
        colour,
        ink(colour),
        name[:1].upper(),
    )


def titled(start: SafeString | str, title: object, below: object = "") -> SafeString:
    """A tile, a name, and a quieter line below it."""
    lower = format_html('<span class="pos-quiet">{}</span>', below) if below else ""
    return format_html(
        '<span class="pos-titled">{}<span class="pos-titled-text"><span>{}</span>{}</span></span>',
        start,
        title,
        lower,
    )


def person(user: Any) -> SafeString:
    """A person with picture or initials, a circle."""
    if user.picture:
        mark = tile(str(user), "", user.picture, "pos-round")
    else:
        mark = format_html(
            '<span class="pos-thumb pos-round pos-initials" aria-hidden="true">{}</span>',
            user.initials,
        )
    return titled(mark, user, user.username)


def contact(phone: str, email: str) -> SafeString | str:
    """Phone, and email below it: a long one is cut on the screen and read in full by pointing at it."""
    if not (phone or email):
        return NOTHING
    below = format_html('<span class="pos-quiet pos-cut" title="{0}">{0}</span>', email)
    return format_html('<span class="pos-when">{}{}</span>', phone, below if email else "")


def when(at: datetime | None) -> SafeString | str:
    """The day, and below it the time, by the shop's clock."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    return format_html(
        '<span class="pos-when">{}<span class="pos-quiet">{}</span></span>',
        formats.date_format(local),
        formats.time_format(local, "H:i"),
    )


def two_lines(first: object, below: object = "") -> SafeString:
    """A line, and a quieter one below it."""
    return format_html(
        '<span class="pos-when">{}<span class="pos-quiet">{}</span></span>', first, below
    )


def moment(at: datetime) -> str:
    """Day and time in one line, by the shop's clock."""
    local = timezone.localtime(at)
    return f"{formats.date_format(local)}, {formats.time_format(local, 'H:i')}"


def day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at))


def link(url: str, text: object) -> SafeString:
    return format_html('<a class="pos-link" href="{}">{}</a>', url, text)


def change_link(row: Any, text: object = None) -> SafeString:
    """The row's own page."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return link(reverse(name, args=[row.pk]), row if text is None else text)


def list_link(model: str, text: object, **filters: object) -> SafeString:
    """The list behind a figure."""
    return link(f"{reverse(f'admin:pos_{model}_changelist')}?{urlencode(filters)}", text)
