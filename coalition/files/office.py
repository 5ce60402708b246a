"""Office files are zips: what is in one, without unpacking it anywhere.

Office Open XML says what it is in `[Content_Types].xml` (ECMA-376 part 2), OpenDocument in its
first member, `mimetype` (OASIS ODF 1.3 part 2).
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from .enums import CONTENT_TYPES, OFFICE, OPEN_DOCUMENT, Format
from .refusals import refused

MIB = 1 << 20
MOST_MEMBERS = 5000
MOST_UNPACKED = 200 * MIB
# Text packs to a twentieth; only what was made to burst packs better than this. Small files may.
MOST_TIMES, TIMES_FROM = 100, 10 * MIB
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
MOST_READ = 8 * MIB  # of a member that is looked into
TABLE = "[content_types].xml"
MAIN = {f"{CONTENT_TYPES[f]}.main+xml": f for f in (Format.DOCX, Format.XLSX, Format.PPTX)}
OPEN = {CONTENT_TYPES[f]: f for f in (Format.ODT, Format.ODS, Format.ODP)}
# Macros (also the old ones of Excel), ActiveX, and programs or documents with macros within.
ACTIVE = re.compile(
    r"(?:^|/)(?:vba\w+\.(?:bin|xml)|macrosheets/.*|activex/.*|.+\."
    r"(?:exe|dll|scr|com|msi|jar|js|jse|vbs|vbe|wsf|hta|bat|cmd|ps1|lnk|docm|dotm|xlsm|xltm|xlsb"
    r"|xlam|pptm|potm|ppsm|ppam))$|^(?:basic|scripts)/",
    re.IGNORECASE,
)
# What is fetched as soon as a file is opened; a link that a reader presses is none of these.
FETCHED = ("/attachedTemplate", "/oleObject", "/frame", "/subDocument", "/image")
ELSEWHERE = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Sparing:
    """A file that gives a mebibyte at a time at most, which bounds a zip's table of contents."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self.file.read(MIB if size < 0 else min(size, MIB))


def read_office(file: BinaryIO, size: int) -> Format:
    """What this zip of `size` bytes is. Raises ValidationError for all but plain documents."""
    try:
        with zipfile.ZipFile(Sparing(file)) as zipped:
            members = {member.filename.lower(): member for member in zipped.infolist()}
            check_members(zipped.infolist(), members, size)
            if TABLE in members:
                return office_open_xml(zipped, members)
            return open_document(zipped, members)
    except BROKEN:
        raise refused("damaged") from None


def check_members(listed: list[zipfile.ZipInfo], members: dict, size: int) -> None:
    """What the table of contents says; that it says the truth, `check_whole` finds out."""
    if any(member.flag_bits & 0x1 for member in listed):
        raise refused("password")
    if TABLE not in members and "mimetype" not in members:
        raise refused("archive")
    unpacked = sum(member.file_size for member in listed)
    bursts = unpacked > TIMES_FROM and unpacked > MOST_TIMES * size
    if len(listed) > MOST_MEMBERS or unpacked > MOST_UNPACKED or bursts:
        raise refused("unpacks-too-large")
    if len(members) != len(listed):
        raise refused("damaged")  # of two by one name, every program opens another
    if any(member.compress_type not in PACKED for member in listed):
        raise refused("damaged")  # other ways may take gigabytes of memory, and are never used
    if any(ACTIVE.search(name) for name in members):
        raise refused("macros")


def check_whole(zipped: zipfile.ZipFile) -> None:
    """Every member unpacks to what the table of contents says; no further than that is read."""
    if zipped.testzip() is not None:
        raise refused("damaged")


def office_open_xml(zipped: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Format:
    found = []
    for tag, attributes in elements(read(zipped, members[TABLE])):
        kind = attributes.get("ContentType", "")
        if re.search(r"macro|vba|activex", kind, re.IGNORECASE):
            raise refused("macros")
        if tag == "Override" and kind in MAIN:
            found.append((MAIN[kind], attributes.get("PartName", "")))
    if not found:
        # A jar or a package of some other program may have such a table as well.
        data = read(zipped, members[TABLE])
        raise refused("other-office" if OFFICE.encode() in data else "archive")
    if len(found) > 1 or found[0][1].lstrip("/").lower() not in members:
        raise refused("damaged")
    check_whole(zipped)
    for name, member in members.items():
        if name.endswith(".rels"):
            check_relations(read(zipped, member))
    return found[0][0]


def check_relations(data: bytes) -> None:
    for tag, attributes in elements(data):
        if (
            tag == "Relationship"
            and attributes.get("TargetMode") == "External"
            and attributes.get("Type", "").endswith(FETCHED)
            and ELSEWHERE.match(attributes.get("Target", "").strip())
        ):
            raise refused("fetches")


def open_document(zipped: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Format:
    kind = read(zipped, members["mimetype"]).decode("ascii").strip()
    if kind not in OPEN:
        raise refused("other-office" if kind.startswith(OPEN_DOCUMENT) else "archive")
    if b"encryption-data" in read(zipped, members["meta-inf/manifest.xml"]):
        raise refused("password")
    if "content.xml" not in members:
        raise refused("damaged")
    check_whole(zipped)
    return OPEN[kind]


def read(zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > MOST_READ:
        raise refused("unpacks-too-large")
    return zipped.read(member)


def elements(data: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a part by their local name. A package may hold no DOCTYPE."""
    found = []

    def forbidden(*_declared) -> None:
        raise refused("damaged")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = forbidden
    parser.StartElementHandler = lambda name, attributes: found.append(
        (name.rpartition(" ")[2], attributes)
    )
    parser.Parse(data, True)
    return iter(found)
