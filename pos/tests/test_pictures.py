"""What is uploaded as a picture: only pixels survive, and no browser ever runs it."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from pos.models import Category, User
from pos.models.pictures import EDGE, MAX_BYTES, MAX_PIXELS, re_encode

SignIn = Callable[[User], Client]
SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><circle r="9"/></svg>'


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#2f7060" if mode == "RGB" else None).save(out, kind)
    return out.getvalue()


def upload(content: bytes, name: str = "../../evil.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_only_the_pixels_survive(kind: str) -> None:
    """Comments, positions and whatever is hidden behind the picture are gone."""
    file = re_encode(upload(picture(kind) + SCRIPT + SVG))
    content = file.read()
    assert SCRIPT not in content and b"svg" not in content
    assert file.name in ("picture.png", "picture.jpg")
    made = Image.open(io.BytesIO(content))
    assert (made.format, made.size) == ("PNG" if file.name.endswith("png") else "JPEG", (40, 30))
    assert not made.getexif()


def test_where_a_photo_was_taken_is_nobodys_business() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif, comment=SCRIPT)
    assert b"Camera of Ana" in out.getvalue()
    content = re_encode(upload(out.getvalue())).read()
    assert b"Camera" not in content and SCRIPT not in content


def test_a_large_picture_becomes_small() -> None:
    made = Image.open(re_encode(upload(picture(size=(3000, 1500)))))
    assert made.size == (EDGE, EDGE // 2)


@pytest.mark.parametrize(
    "content",
    [
        SVG, b'<?xml version="1.0"?>' + SVG, b"<html>" + SCRIPT, b"", b"GIF89a" + SCRIPT, b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7", b"BM" + picture()[2:], picture()[:60], b"RIFF\0\0\0\0WEBPVP8 ",
    ],
    ids=["SVG", "XML", "HTML", "nothing", "GIF of script", "head only", "PDF", "BMP", "half", "half WebP"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        re_encode(upload(content))


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_kinds_that_no_shop_needs_are_refused(kind: str) -> None:
    with pytest.raises(ValidationError, match="JPEG, PNG, WebP or GIF"):
        re_encode(upload(picture(kind)))


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    for width, height in ((MAX_PIXELS // 1000, 1001), (60_000, 60_000)):
        with pytest.raises(ValidationError):
            re_encode(upload(bomb(width, height)))
    with pytest.raises(ValidationError, match="too many pixels"):
        re_encode(upload(bomb(MAX_PIXELS // 1000, 1001)))


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(ValidationError, match="too large"):
        re_encode(upload(picture() + b"\0" * MAX_BYTES))


def form(content: bytes) -> dict[str, Any]:
    return {
        "name": "Hats", "code": "HATS", "colour": "#2f7060", "position": "0",
        "image": upload(content),
    }  # fmt: skip


def test_the_form_stores_it_under_a_name_that_nobody_steers(
    media: Path, root: User, signed_in: SignIn
) -> None:
    answer = signed_in(root).post(reverse("admin:pos_category_add"), form(picture() + SCRIPT))
    assert answer.status_code == 302, answer.context["errors"]
    (stored,) = [path for path in media.rglob("*") if path.is_file()]
    assert re.fullmatch(r"categories/[\w-]{16}\.jpg", str(stored.relative_to(media)))
    assert Category.objects.get().image.name == str(stored.relative_to(media))
    assert SCRIPT not in stored.read_bytes()


@pytest.mark.parametrize("content", [SVG, b"<html>" + SCRIPT, bomb(40_000, 1001)], ids=["SVG", "HTML", "bomb"])  # fmt: skip
def test_the_form_refuses_it_and_nothing_is_stored(
    media: Path, root: User, signed_in: SignIn, content: bytes
) -> None:
    answer = signed_in(root).post(reverse("admin:pos_category_add"), form(content))
    assert answer.status_code == 200
    assert "image" in answer.context["adminform"].form.errors
    assert not Category.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_the_browser_only_shows_it(media: Path, ana: User, signed_in: SignIn) -> None:
    """Even a page that got into the folder is no page."""
    (media / "products").mkdir()
    (media / "products" / "x.html").write_bytes(SCRIPT)
    answer = signed_in(ana).get("/media/products/x.html")
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Client().get("/media/products/x.html").status_code == 404
    for address in ("/media/../pos/text.py", "/media/%2e%2e/%2e%2e/etc/passwd", "/media/products/"):
        assert signed_in(ana).get(address).status_code in (400, 404)
