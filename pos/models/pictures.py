"""Pictures as they are stored: checked, re-encoded, small, under a random name."""

from __future__ import annotations

import io
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
EDGE = 640
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def re_encode(upload: Any) -> ContentFile:
    """The picture as a JPEG or PNG of at most EDGE pixels; nothing else of the file survives.

    Raises ValidationError for what is no picture, too many bytes or too many pixels.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(_("This picture is too large: use one below 8 MB."))
    try:
        upload.seek(0)
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError(
                _("This picture has too many pixels: use one below 40 megapixels.")
            )
        picture = ImageOps.exif_transpose(picture)
        picture.thumbnail((EDGE, EDGE))
        has_alpha = picture.mode in ("RGBA", "LA", "P")
        picture = picture.convert("RGBA" if has_alpha else "RGB")
        picture.info.clear()  # comments and profiles, which would be written into the new file
        out = io.BytesIO()
        picture.save(out, "PNG" if has_alpha else "JPEG", optimize=True, quality=85)
    except ValidationError:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        raise ValidationError(
            _("This file is not a picture. Use JPEG, PNG, WebP or GIF.")
        ) from error
    return ContentFile(out.getvalue(), name="picture.png" if has_alpha else "picture.jpg")


class RandomName:
    """Where a picture goes: its folder and a name that nobody can guess or steer."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, instance: models.Model, name: str) -> str:
        ending = "png" if name.endswith(".png") else "jpg"
        return f"{self.folder}/{secrets.token_urlsafe(12)}.{ending}"

    def deconstruct(self) -> tuple[str, list[str], dict[str, Any]]:
        return "pos.models.pictures.RandomName", [self.folder], {}


class PictureField(models.ImageField):
    """An optional picture. What is uploaded is re-encoded before it is saved."""

    def __init__(self, *args: Any, folder: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("upload_to", RandomName(folder))
        kwargs |= {"blank": True, "max_length": 120}
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        value = super().clean(value, model_instance)
        if value and not getattr(value, "_committed", True):
            encoded = re_encode(value.file)
            value.file, value.name = encoded, encoded.name
        return value

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("blank", "max_length"):
            kwargs.pop(key, None)
        return name, path, args, kwargs
