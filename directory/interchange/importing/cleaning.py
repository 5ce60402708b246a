"""One cell at a time: what a source wrote, made right where that is certain, refused where not.

Every function is pure. What cannot be read raises `BadValue`, whose message says what is wrong
with the value and not where it stood: the caller knows the row and the column.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|â€[\u0090-\u00bf™œ“”¦˜]")
LINE_BREAKS_AND_SPACES = re.compile("[\\s\x85\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
ENTITY = re.compile(r"&(#\d{1,6}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
MISSING_SPACE = re.compile(r"\b(Inc|Ltd|St|Ste)\.(?=[A-ZÀ-Þ][a-zà-ÿ])")

LETTERS = "ABCEGHJ-NPRSTV-Z"
POSTAL_CODE = re.compile(rf"^[ABCEGHJ-NPRSTVXY]\d[{LETTERS}]\d[{LETTERS}]\d$")
# No Canadian postal code holds an I or an O: where a digit belongs they can only be 1 and 0.
DIGIT_MEANT = str.maketrans("IO", "10")
SHORT_NUMBERS = {"211", "311", "511", "811", "911", "988"}


class BadValue(ValueError):
    """A value that cannot be used; the message says why, in the active language."""


@dataclass(frozen=True)
class Tidied:
    """Text fit to be shown, and what was mended in it (messages; none for mere spaces)."""

    text: str
    mended: tuple[str, ...] = ()


def tidy(raw: str) -> Tidied:
    """Text without what cannot be seen or read, on one line, single-spaced, in NFC.

    Line breaks and odd spaces become spaces; invisible marks and control characters go; letters
    once read in the wrong encoding (`Ã©`) and HTML codes become what was meant.
    """
    if raw.isascii() and raw.isprintable() and "&" not in raw:
        return Tidied(respaced(raw))
    mended = []
    text = raw
    if MOJIBAKE.search(text):
        try:
            text = text.encode("cp1252").decode("utf-8")
            mended.append(_("“%s” was read in the wrong encoding") % shown(raw))
        except UnicodeError:
            pass
    if ENTITY.search(text) and (unescaped := html.unescape(text)) != text:
        text = unescaped
        mended.append(_("HTML codes in “%s” turned into letters") % shown(raw))
    if UNSEEN.search(text):
        text = UNSEEN.sub("", text)
        mended.append(_("invisible characters taken out of “%s”") % shown(text))
    return Tidied(respaced(unicodedata.normalize("NFC", text)), tuple(mended))


def respaced(text: str) -> str:
    text = LINE_BREAKS_AND_SPACES.sub(" ", text).strip(" ,;")
    return MISSING_SPACE.sub(r"\1. ", text)


def shown(value: str, limit: int = 80) -> str:
    """A value as a message may quote it: visible, on one line, not long."""
    text = LINE_BREAKS_AND_SPACES.sub(" ", value)
    text = "".join(character if character.isprintable() else "�" for character in text).strip()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def postal_code(raw: str) -> Tidied:
    """`P7B 5E1` from any spelling; a letter I or O where a digit belongs is the digit."""
    text = re.sub(r"[\s.\-–]", "", raw).upper()
    if POSTAL_CODE.match(text):
        return Tidied(f"{text[:3]} {text[3:]}")
    mended = "".join(
        character.translate(DIGIT_MEANT) if position % 2 else character
        for position, character in enumerate(text)
    )
    if POSTAL_CODE.match(mended):
        code = f"{mended[:3]} {mended[3:]}"
        return Tidied(code, (_("“%(raw)s” read as %(code)s") % {"raw": shown(raw), "code": code},))
    raise BadValue(_("A Canadian postal code looks like P7B 5E1."))


def phone(raw: str) -> tuple[str, int | None]:
    """`("807-555-0142", extension or None)` from any spelling of a North American number."""
    text = raw.strip()
    extension = re.search(r"\s*(?:ext\.?|extension|poste|x|#)\s*(\d{1,6})$", text, re.IGNORECASE)
    if extension:
        text = text[: extension.start()]
    digits = re.sub(r"\D", "", text)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    whole = re.fullmatch(r"[2-9]\d{2}[2-9]\d{6}", digits)
    if re.search(r"[^\d\s().+\-–/]", text) or not (whole or digits in SHORT_NUMBERS):
        raise BadValue(_("Write the number in digits, such as 807-555-0142."))
    number = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if whole else digits
    return number, int(extension[1]) if extension else None


def website(raw: str) -> str:
    """A web address with its scheme; `www.example.org` is taken as https."""
    text = raw.strip() if "://" in raw else f"https://{raw.strip()}"
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError as error:
        raise BadValue(error.messages[0]) from None
    return text


def email(raw: str) -> str:
    text = raw.strip().removeprefix("mailto:")
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadValue(error.messages[0]) from None
    return text


@dataclass(frozen=True)
class Bounds:
    """A box in degrees (WGS 84) that every point of a source lies in."""

    south: float
    north: float
    west: float
    east: float

    def hold(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


CANADA = Bounds(south=41.6, north=83.2, west=-141.1, east=-52.5)


def degrees(raw: str) -> float | None:
    """A number of degrees; None for an empty cell. A decimal comma is read as a point."""
    text = raw.strip()
    if not text:
        return None
    if "." not in text:
        text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,20})?", text, re.ASCII):
        raise BadValue(_("This is not a number of degrees, such as -89.2477."))
    return float(text)


def point(
    latitude: float | None, longitude: float | None, bounds: Bounds = CANADA
) -> tuple[float, float] | None:
    """`(latitude, longitude)`; None where the source gives none, for which 0, 0 also stands.

    Raises BadValue for half a point, and for one outside the bounds.
    """
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        raise BadValue(_("Latitude and longitude come together or not at all."))
    if latitude == longitude == 0:
        return None
    if bounds.hold(latitude, longitude):
        return latitude, longitude
    if bounds.hold(longitude, latitude):
        raise BadValue(_("Latitude and longitude are the wrong way round."))
    raise BadValue(_("This point is outside the area that the source covers."))
