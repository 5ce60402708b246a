"""Street addresses out of the two lines that sources squeeze them into. Pure."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .cleaning import BadValue
from .names import key, mc_capitals, straightened

UNIT = re.compile(
    r"^(?:suites?|ste|units?|apartment|apt|room|rm|lower level|main floor|basement|entrance)\b"
    r"|^#|\b(?:floor|level)$",
    re.IGNORECASE,
)
# A street with its suite, or its box, written behind it.
UNIT_BEHIND = re.compile(
    r"^(?P<street>\d.*?\S),?\s+(?P<rest>(?:suite|ste|unit|apartment|apt)\s+#?[\w-]+)$",
    re.IGNORECASE,
)
BOX_BEHIND = re.compile(
    r"^(?P<street>\S.*?\S),?\s+(?P<rest>(?:p\.?\s?o\.?|post(?:al)? office)\s+(?:box|bag)\s+#?\w+)$",
    re.IGNORECASE,
)
LABEL = re.compile(r"^(?P<label>suite|unit)\s*:\s*(?P<rest>.+)$", re.IGNORECASE)

# What mail needs and feet do not.
BOX = re.compile(
    r"^(?:p\.?\s?o\.?|post(?:al)?(?:\s+office)?)?\s*(?P<kind>box|bag)"
    r"(?:\s*(?:no\.?\s*|#\s*)?(?P<number>\d+[a-z]?))?$",
    re.IGNORECASE,
)
RURAL_ROUTE = re.compile(r"^(?:rural route|r\.?\s?r\.?)\s*#?\s*(?P<number>\d+)$", re.IGNORECASE)
OTHER_MAIL = {
    re.compile(r"^general delivery$", re.IGNORECASE): "General Delivery",
    re.compile(r"^rmb\s*#?(\d+)$", re.IGNORECASE): r"RMB \1",
    re.compile(r"^(?:stn|station) (main|[a-z])$", re.IGNORECASE): r"Station \1",
}
CARE_OF = re.compile(r"^c/o\s+", re.IGNORECASE)

ROAD_WORDS = {
    "avenue": "ave",
    "boulevard": "blvd",
    "crescent": "cres",
    "drive": "dr",
    "east": "e",
    "highway": "hwy",
    "north": "n",
    "road": "rd",
    "south": "s",
    "street": "st",
    "west": "w",
}


@dataclass(frozen=True)
class Street:
    """An address in parts; `unit` holds suite, floor and building, and last what mail needs."""

    street: str
    unit: str = ""
    attention: str = ""


def street(line_1: str, line_2: str = "") -> Street:
    """An address from its two lines, in whatever order they were filled.

    The first line's street comes first, then suite, floor and building; boxes and rural routes
    last. Raises BadValue where nothing but a post-office box is left: nobody could go there. A
    number before a hyphen (`6-150 Pinebush Road`) may be a unit or a range: it stays as it is.
    """
    above, below = pieces(line_1), pieces(line_2)
    attention = next((CARE_OF.sub("", p) for p in above + below if CARE_OF.match(p)), "")
    mail = [written for piece in above + below if (written := mail_only(piece))]
    above, below = (
        [p for p in line if not mail_only(p) and not CARE_OF.match(p)] for line in (above, below)
    )
    main = [piece for piece in above if not UNIT.match(piece)]
    if not main:
        main = next(([piece] for piece in below if not UNIT.match(piece)), above[:1])
    if not main:
        raise BadValue(_("Only a post-office box: nobody could go there."))
    units = [unit_name(piece) for piece in above + below if piece not in main]
    return Street(
        mc_capitals(", ".join(main)), ", ".join(dict.fromkeys([*units, *mail])), attention
    )


def pieces(line: str) -> list[str]:
    found: list[str] = []
    for piece in re.split(r"\s*;\s*|,\s+|\s+/\s+", straightened(line)):
        piece = re.sub(r"^#\s*(?=\d+-\d)", "", piece.strip(" ,"))
        behind = []
        while match := BOX_BEHIND.match(piece) or UNIT_BEHIND.match(piece):
            piece = match["street"]
            behind.insert(0, match["rest"])
        found += [piece, *behind]
    return [piece for piece in found if piece]


def mail_only(piece: str) -> str:
    """`PO Box 349`, `RR 1`, `General Delivery`, each spelt one way; empty for a place."""
    if found := BOX.match(piece):
        return " ".join(filter(None, ["PO", found["kind"].capitalize(), found["number"]]))
    if found := RURAL_ROUTE.match(piece):
        return f"RR {found['number']}"
    for pattern, written in OTHER_MAIL.items():
        if pattern.match(piece):
            return pattern.sub(written, piece)
    return ""


def unit_name(piece: str) -> str:
    """`Suite 143` from `Suite: 143`; `Unit C2` from `Suite: Unit C2`."""
    if found := LABEL.match(piece):
        rest = found["rest"].strip()
        piece = rest if UNIT.match(rest) and rest[0] != "#" else f"{found['label']} {rest}"
    piece = re.sub(r"^Ste\b\.?", "Suite", piece, flags=re.IGNORECASE)
    return re.sub(r"^(Suites?|Unit|Apartment)\s+#\s*", r"\1 ", piece)


def street_key(text: str) -> str:
    """Spellings of one street address have the same key."""
    return " ".join(ROAD_WORDS.get(word, word) for word in key(text).split())
