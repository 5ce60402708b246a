"""What an upload is, told by its content and never by its name: docs/files.md is the table."""

import io
import re
from dataclasses import dataclass
from typing import BinaryIO

from django.core.files import File

from .enums import Format
from .naming import extension_of, safe_name
from .office import read_office
from .pictures import Drawn, draw
from .plain_text import is_markup, read_text
from .refusals import refused

MB = 1_000_000
MOST_DOCUMENT, MOST_PICTURE = 20 * MB, 10 * MB
HEAD = 1024
PICTURE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|RIFF....WEBP", re.DOTALL)
# A mark before it, or lines left empty, are what programs that print PDFs get wrong most often.
PDF = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-\d")
ZIP = re.compile(rb"PK\x03\x04")
# What people choose by mistake or in good faith, by how it begins: told why not, and what instead.
NOT_TAKEN = [
    (re.compile(pattern, re.DOTALL), code)
    for pattern, code in (
        (
            rb"GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|\0\0\x01\0|8BPS\0|....ftypavi[fs]",
            "other-picture",
        ),
        (rb"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)", "heic"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
        (rb"\s*\{\\rt", "rtf"),
        (
            rb"MZ.{1,60}\0|\x7fELF|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]|\xca\xfe\xba\xbe",
            "program",
        ),
        (
            rb"PK[\x01-\x08]|Rar!\x1a|7z\xbc\xaf|\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ|\x28\xb5\x2f\xfd"
            rb"|.{257}ustar",
            "archive",
        ),
        (
            rb"....ftyp|....moov|ID3[\x02-\x04]\0|\xff[\xfb\xf3\xf2\xf1\xf9]|OggS\0|fLaC\0"
            rb"|RIFF....(?:WAVE|AVI )|\x1aE\xdf\xa3|\0\0\x01[\xba\xb3]",
            "sound-or-video",
        ),
    )
]


@dataclass(frozen=True)
class Found:
    """What is to be kept. `content` stands at its start; `small` is a picture's smaller version."""

    name: str
    format: Format
    content: BinaryIO
    size: int
    width: int | None = None
    height: int | None = None
    small: "Found | None" = None


def inspect(upload: File, name: str = "", *, pictures_only: bool = False) -> Found:
    """What this upload, claimed to be called `name` (else as it says itself), is to be kept as.

    Raises ValidationError for whoever chose it, with a code of docs/files.md. Needs no database.
    """
    name = name or upload.name or ""
    if getattr(upload, "cut_short", False) and upload.size <= MOST_DOCUMENT:
        raise refused("together-too-large")
    if not upload.size:
        raise refused("empty")
    check_size(upload.size, MOST_DOCUMENT)
    file = upload.file
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if PICTURE.match(head):
        check_size(upload.size, MOST_PICTURE)
        return picture(name, draw(file))
    code = next((code for pattern, code in NOT_TAKEN if pattern.match(head)), "")
    if pictures_only:
        raise refused(code if code in {"heic", "other-picture"} else "not-a-picture")
    if PDF.match(head):
        check_pdf(file, head)
        return document(name, Format.PDF, file, upload.size)
    if ZIP.match(head):
        return document(name, read_office(file, upload.size), file, upload.size)
    if code:
        raise refused(code)
    format, data = read_text(file.read(), extension_of(name))
    return document(name, format, io.BytesIO(data), len(data))


def check_size(size: int, most: int) -> None:
    if size > most:
        raise refused("too-large", limit=most // MB)


def check_pdf(file: BinaryIO, head: bytes) -> None:
    """That it is whole, and that nothing could take it for a web page.

    One that asks for a password is taken: most that are encrypted open for everyone, and only
    keep people from changing or printing them.
    """
    if is_markup(head.decode("latin-1")):
        raise refused("web-page")
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 64 * HEAD))
    if b"%%EOF" not in file.read().rstrip(b"\0\r\n\t ")[-HEAD:]:
        raise refused("damaged")


def document(name: str, format: Format, content: BinaryIO, size: int) -> Found:
    content.seek(0)
    return Found(safe_name(name, format), format, content, size)


def picture(name: str, drawn: Drawn) -> Found:
    return Found(
        safe_name(name, drawn.format),
        drawn.format,
        io.BytesIO(drawn.data),
        len(drawn.data),
        drawn.width,
        drawn.height,
        picture(name, drawn.small) if drawn.small else None,
    )
