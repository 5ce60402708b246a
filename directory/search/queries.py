"""How text is spelled for the search table, by those who write it and those who ask."""

import re

NO_WORD = re.compile(r"[^\w']+|_")
# The same by table, six times as fast, for text of the letters that English and French need.
LETTERS = "cp1252"
PLAIN = bytes(
    byte if bytes([byte]).decode(LETTERS, "replace").isalnum() or byte == ord("'") else ord(" ")
    for byte in range(256)
)
ENGLISH, FRENCH = "directory_en", "directory_fr"


def plain(text: str) -> str:
    """Text as index and query both spell it: words, digits and one kind of apostrophe.

    PostgreSQL takes `Detox/Withdrawal` for a file and `kits.Learn` for a host.
    """
    text = text.replace("’", "'")
    try:
        return text.encode(LETTERS).translate(PLAIN).decode(LETTERS)
    except UnicodeEncodeError:
        return NO_WORD.sub(" ", text)


def quoted(lexeme: str) -> str:
    """A stem or a facet as a tsquery spells it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
