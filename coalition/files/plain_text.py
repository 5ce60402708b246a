"""Text and CSV: what is text at all, in which letters, and that it is nothing in disguise."""

import re

from directory.interchange.importing.rows import MARKS, WINDOWS_MARKS

from .enums import Format
from .refusals import refused

TEXTS = {
    "txt": Format.TXT,
    "text": Format.TXT,
    "md": Format.TXT,
    "": Format.TXT,
    "csv": Format.CSV,
}
CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f]")
# Of the bytes 80 to 9F, text as old programs save it uses few.
NOT_WINDOWS = re.compile(b"[%s]" % re.escape(bytes({*range(0x80, 0xA0)} - WINDOWS_MARKS)))
# As far in as a browser looks when it wonders what something is.
START = 1024
MARKUP = re.compile(
    r"<(?:!doctype|!--|\?xml|\?php|html|head|body|script|style|svg|iframe|object|embed|meta|x:)",
    re.IGNORECASE,
)


def read_text(data: bytes, extension: str) -> tuple[Format, bytes]:
    """What this text is, and itself in UTF-8. `extension` is what its name ends in.

    Text in another encoding is written anew, with the mark that tells spreadsheets it is UTF-8
    now. Raises ValidationError.
    """
    text, is_utf_8 = decoded(data)
    if not text.strip():
        raise refused("empty")
    if CONTROL.search(text):
        raise refused("unknown")
    start = text.lstrip("\ufeff \t\r\n\f\v")[:START]
    if start.startswith("#!"):
        raise refused("script")
    if re.match(r"<[a-z!?/]", start, re.IGNORECASE) or is_markup(start):
        raise refused("web-page")
    if extension not in TEXTS:
        raise refused("not-what-it-says")
    return TEXTS[extension], data if is_utf_8 else text.encode("utf-8-sig")


def is_markup(start: str) -> bool:
    return bool(MARKUP.search(start))


def decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether it is UTF-8 already."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding == "utf-8-sig"
            except UnicodeDecodeError:
                raise refused("damaged") from None
    if b"\0" in data:
        raise refused("unknown")
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        if CONTROL.search(data.decode("latin-1")):
            raise refused("unknown") from None
        if NOT_WINDOWS.search(data):
            raise refused("encoding") from None
        return data.decode("cp1252"), False
