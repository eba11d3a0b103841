"""Files torn anywhere are read, or refused in words: no other error reaches the person."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pos.services.errors import Invalid
from pos.services.sheets import open_sheet

from .workbooks import HEADINGS, packed, parts, text_cell

_SOUND = parts(
    HEADINGS
    + f'<row r="2">{text_cell("A2", "Tea")}<c r="B2" t="s"><v>0</v></c><c r="C2" s="0"><v>45443</v></c></row>'
    + '<row r="4"><c r="A4"><f>1+1</f><v>2</v></c><c r="B4" t="b"><v>1</v></c></row>',
    texts="<si><t>a</t></si>",
    formats=["yyyy-mm-dd"],
)
_PACKED = packed(_SOUND)
_PIECES = [
    b"",
    b"\0",
    b"\xff",
    b"9",
    b"-1",
    b"<",
    b'"',
    b"<x",
    b"&#x0;",
    b"]]>",
    b"<!--",
    b"99999999999",
]
_PIECES += [
    b'<?xml version="1.0" encoding="utf-7"?>',
    b"<!DOCTYPE x>",
    b'encoding="shift_jis"',
    b"PK\5\6",
]


def read(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            list(open_sheet(Path(file.name), name="sent").rows())
        except Invalid as refused:
            assert refused.message


def torn(data: bytes, at: int, length: int, piece: bytes) -> bytes:
    place = at % (len(data) + 1)
    return data[:place] + piece + data[place + length :]


_at, _length, _piece = st.integers(0, 10**6), st.integers(0, 40), st.sampled_from(_PIECES)


@given(part=st.sampled_from(sorted(_SOUND)), at=_at, length=_length, piece=_piece)
def test_a_workbook_with_a_torn_part(part: str, at: int, length: int, piece: bytes) -> None:
    content = str(_SOUND[part]).encode()

    read(packed({**_SOUND, part: torn(content, at, length, piece)}))


@given(at=_at, length=_length, piece=st.one_of(_piece, st.binary(max_size=8)))
def test_a_workbook_torn_as_a_whole(at: int, length: int, piece: bytes) -> None:
    read(torn(_PACKED, at, length, piece))


@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    )
)
def test_any_bytes(data: bytes) -> None:
    read(data)
    read(b"code,name\n" + data)
    read(b"\xff\xfe" + data)
    read(b"\x1f\x8b" + data)
