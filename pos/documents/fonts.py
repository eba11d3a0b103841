"""The fonts of what we draw ourselves: carried by packages, so that no machine has to bring any.

Fira Sans has Latin, Cyrillic and Greek; a sign it lacks is drawn from the first font behind it that
has it. No font is read before some text needs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fontTools.ttLib import TTFont

from pos.text import REPLACEMENT, with_signs_seen

UNKNOWN = "?"


@dataclass(frozen=True)
class Font:
    """`package` carries `file`."""

    name: str
    package: str
    file: str

    @property
    def path(self) -> str:
        return str(files(self.package).joinpath(self.file))


REGULAR = Font("fira", "fontpkg_fira_sans", "files/FiraSans-Regular.ttf")
BOLD = Font("fira", "fontpkg_fira_sans", "files/FiraSans-Bold.ttf")
FALLBACKS = (
    Font("noto", "fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf"),
    Font("arabic", "fontpkg_noto_sans_arabic", "files/NotoSansArabic[wdth,wght].ttf"),
    Font("hebrew", "fontpkg_heebo", "files/Heebo[wght].ttf"),
    Font("cjk", "cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf"),
)


@cache
def signs_of(font: Font) -> frozenset[int]:
    """The code points a font draws."""
    with TTFont(font.path, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def fallbacks_for(texts: Iterable[str]) -> tuple[Font, ...]:
    """The fonts behind Fira that these texts need, in their order."""
    missing = {ord(sign) for text in texts for sign in text} - signs_of(REGULAR)
    needed = []
    for font in FALLBACKS:
        if not missing:
            break
        found = missing & signs_of(font)
        if found:
            needed.append(font)
            missing -= found
    return tuple(needed)


def font_for(text: str) -> Font:
    """One font that draws as much of this text as any of ours; Fira where it draws all."""
    signs = {ord(sign) for sign in text}
    return max((REGULAR, *FALLBACKS), key=lambda font: _drawn(signs, font))


def _drawn(signs: set[int], font: Font) -> int:
    return len(signs & signs_of(font))


def drawable(text: str) -> str:
    """The text with a visible sign for each that is unseen or in none of our fonts."""
    text = with_signs_seen(text).replace("\t", " ")
    if text.isascii():
        return text.replace("\r\n", "\n").replace("\r", "\n")
    known = _known(text)
    return "".join(sign if sign in known else UNKNOWN for sign in text)


def _known(text: str) -> set[str]:
    found = {"\n"}
    for sign in set(text) - {REPLACEMENT}:
        if any(ord(sign) in signs_of(font) for font in (REGULAR, *FALLBACKS)):
            found.add(sign)
    return found
