"""The name under which a file is shown and downloaded."""

import re
import unicodedata

from django.utils.translation import gettext as _

from .enums import Format

LENGTH = 120
RESERVED = re.compile(r'[<>:"/\\|?*%]')
# What ends a name after a dot: letters first, so that "Plan 2.5" keeps its 5.
EXTENSION = re.compile(r"\.([a-z][a-z0-9]{0,4})$", re.IGNORECASE)
# Control characters, those that turn the direction of text around, and what is no character.
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
# Windows cannot save a file of these names, whatever follows the dot.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)", re.IGNORECASE)


def extension_of(claimed: str) -> str:
    """What a name says the file is: "pdf"; "" where it says nothing."""
    found = EXTENSION.search(last_part(claimed).rstrip(". "))
    return found[1].lower() if found else ""


def safe_name(claimed: str, format: Format) -> str:
    """The claimed name as a plain file name that says what the file is.

    Only the last part of a path is kept; nothing in it hides, turns around or means something to a
    computer; it ends as files of this format do and has at most 120 characters.
    """
    stem = EXTENSION.sub("", last_part(claimed).rstrip(". "))
    stem = re.sub(r"\s+", " ", RESERVED.sub(" ", stem)).strip(" .")
    stem = DEVICES.sub(r"\1_", stem)
    stem = stem[: LENGTH - len(format.extension)].rstrip(" .")
    return (stem or (_("picture") if format.is_picture else _("document"))) + format.extension


def last_part(claimed: str) -> str:
    """Without the path, and without what cannot be seen."""
    name = unicodedata.normalize("NFC", claimed.replace("\\", "/").rpartition("/")[2])
    return "".join(
        " " if character.isspace() else character
        for character in name
        if character.isspace() or unicodedata.category(character) not in UNSEEN
    )
