"""One spelling for every way of writing a name: what sorting and matching compare."""

from __future__ import annotations

import unicodedata

# Letters that stand alone in Unicode, so that no normal form takes their stroke away.
STROKED = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "œ": "oe", "æ": "ae", "ı": "i"})
APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛ʼʻʹ`´′＇"))
SAME_WORD = {
    "st": "saint",
    "ste": "saint",
    "sainte": "saint",
    "mt": "mount",
    "ft": "fort",
}


def fold(text: str) -> str:
    """The key under which a name sorts and matches, whatever its accents, case and punctuation.

    Unicode NFKD without marks, casefolded; apostrophes vanish ("St. John's" and "St Johns" are
    one), all other punctuation is a space; saint, sainte, st, ste are one word, and so are mount
    and mt, fort and ft. Letters of every script stay. Sorting by it puts É beside E.
    """
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKD", text).casefold().translate(STROKED)
        # Casefolding can bring back what the first pass took apart.
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if unicodedata.category(c)[0] != "M")
    text = text.translate(APOSTROPHES)
    if not text.replace(" ", "").isalnum():
        text = "".join(c if c.isalnum() else " " for c in text)
    return " ".join(SAME_WORD.get(word, word) for word in text.split())


def squash(text: str) -> str:
    """`fold` without spaces, so that "thunderbay" and "L Assomption" find their towns."""
    return fold(text).replace(" ", "")
