"""Pictures are drawn anew: upright, no larger than a page needs, and without anything that was
written beside the picture (where and when it was taken, with what, by whom).
"""

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from django.core.exceptions import ValidationError
from PIL import ExifTags, Image, ImageCms

from .enums import Format
from .refusals import refused

# Told by the header, before anything is decoded. A JPEG is made smaller while it is decoded, the
# others stand in memory whole, twice.
MOST_MILLIONS = {"JPEG": 50, "MPO": 50, "PNG": 25, "WEBP": 25}
LARGE, SMALL = 2000, 800  # pixels on the long side
READ = ("JPEG", "PNG", "WEBP")
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True)
class Drawn:
    """A picture as it is kept; `small` is the same for a small screen or a list, where the picture
    is larger than that."""

    format: Format
    data: bytes
    width: int
    height: int
    small: "Drawn | None" = None


def draw(file: BinaryIO) -> Drawn:
    """The picture in this file, drawn anew. Raises ValidationError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what stands beside the picture, none of which is kept
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image, written_as = opened(file)
        except (ValidationError, MemoryError):
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise refused("too-many-pixels", limit=min(MOST_MILLIONS.values())) from None
        except Exception:  # a decoder that meets nonsense fails in any way there is
            raise refused("damaged-picture") from None
    format, data = smallest(image, written_as)
    small = None
    if max(image.size) > SMALL:
        reduced = image.copy()
        reduced.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
        small = Drawn(format, saved(reduced, format), *reduced.size)
    return Drawn(format, data, *image.size, small)


def opened(file: BinaryIO) -> tuple[Image.Image, str]:
    """The picture in plain colours, upright and small enough; and how it was written."""
    with Image.open(file, formats=READ) as image:
        if image.width * image.height > MOST_MILLIONS[image.format] * 1_000_000:
            raise refused("too-many-pixels", limit=MOST_MILLIONS[image.format])
        written_as = "JPEG" if image.format == "MPO" else image.format
        profile, way_up = image.info.get("icc_profile"), orientation(image)
        twice = 2 * LARGE / max(image.size)
        image.draft(None, (int(twice * image.width), int(twice * image.height)))
        image = plain(image)
        image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
        image.load()
        if way_up in UPRIGHT:
            image = image.transpose(UPRIGHT[way_up])
        return bare(in_srgb(image, profile)), written_as


def orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # what is wrong beside a picture does not make it a worse picture
        return 1


def plain(image: Image.Image) -> Image.Image:
    """In colours that can be averaged. A JPEG stays as it is, to be reduced while it is decoded."""
    see_through = image.mode != "RGBA" and image.has_transparency_data
    if image.mode in {"RGB", "RGBA", "L", "CMYK"} and not see_through:
        return image
    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if see_through else "RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as a screen without colour management shows them."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that is none, or of other colours: as if there were none
    return image.convert(mode)


def bare(image: Image.Image) -> Image.Image:
    """The pixels alone; without transparency where nothing is transparent."""
    if image.mode == "RGBA" and image.getextrema()[3][0] == 255:
        image = image.convert("RGB")
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh


def smallest(image: Image.Image, written_as: str) -> tuple[Format, bytes]:
    """As it was written; but a PNG that is a photo and not a drawing becomes what photos are."""
    if written_as != "PNG":
        format = Format[written_as]
        return format, saved(image, format)
    drawing = saved(image, Format.PNG)
    other = Format.WEBP if image.mode == "RGBA" else Format.JPEG
    photo = saved(image, other)
    return (other, photo) if 2 * len(photo) < len(drawing) else (Format.PNG, drawing)


def saved(image: Image.Image, format: Format) -> bytes:
    out = io.BytesIO()
    how = {
        Format.JPEG: {"quality": 82, "optimize": True, "progressive": True},
        Format.WEBP: {"quality": 82},
        Format.PNG: {},
    }[format]
    image.save(out, format.name, **how)
    return out.getvalue()
