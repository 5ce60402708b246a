"""A CSV file, row by row: any encoding read right or refused by name, one row in memory at a time.

    table = open_table(Path("providers.csv"), expected=["NAME", "TOWN"])
    for row in table.rows():
        row.number, row.values["NAME"], row.problem

The encoding is found from the whole file before the first row is given out, so that no row comes
from a file that turns out to be unreadable further down.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from django.utils.translation import gettext as _

from .cleaning import shown

CHUNK = 1 << 16
FIELD_LIMIT = 100_000  # characters; a longer one is a quote left open, not a value
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_FILES = {
    b"PK\x03\x04": "Excel (.xlsx), ZIP",
    b"\xd0\xcf\x11\xe0": "Excel (.xls)",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"SQLite format 3": "SQLite",
}
# Bytes 80–9F that Windows-1252 text really uses: € … Œ quotes • dashes ™ œ Ÿ. The others stand
# for letters in older encodings (Mac Roman, DOS), so that seeing one says it is not Windows-1252.
WINDOWS_MARKS = frozenset(b"\x80\x85\x8c\x91\x92\x93\x94\x95\x96\x97\x99\x9c\x9f")


class UnreadableFile(ValueError):
    """A file that cannot be read as rows; the message names what and where."""


@dataclass(frozen=True)
class Row:
    """One row; `number` counts as a spreadsheet does, the header being row 1.

    `problem` says why its values cannot be trusted (a wrong number of columns), else empty.
    """

    number: int
    values: dict[str, str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A readable CSV file, with how it is to be read."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. Raises UnreadableFile for a quote left open."""
        with records(self.path, self.encoding, self.delimiter) as found:
            next(found)
            for number, cells in found:
                if not any(cells):
                    continue
                problem = ""
                if len(cells) != len(self.header):
                    problem = _("The row has %(found)d columns, the header %(expected)d.") % {
                        "found": len(cells),
                        "expected": len(self.header),
                    }
                yield Row(number, dict(zip(self.header, cells, strict=False)), problem)


def open_table(path: Path, expected: Iterable[str]) -> Table:
    """Look at the whole file once and say how to read it.

    `expected` are the columns that must be there. Raises UnreadableFile for anything that is not
    a CSV file with them.
    """
    expected = list(dict.fromkeys(expected))
    try:
        encoding = find_encoding(path)
        headers = {delimiter: header_of(path, encoding, delimiter) for delimiter in DELIMITERS}
    except OSError as error:
        raise UnreadableFile(
            _("Cannot read %(path)s: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    delimiter = max(headers, key=lambda d: (len(set(expected) & set(headers[d])), len(headers[d])))
    header = headers[delimiter]
    if len(header) < 2:
        raise UnreadableFile(
            _("This is not a CSV file: its first line has no commas, semicolons or tabs.")
        )
    for column in expected:
        if column not in header:
            raise UnreadableFile(missing_column(column, header))
        if header.count(column) > 1:
            raise UnreadableFile(_("The column “%s” is there twice.") % column)
    return Table(path, encoding, delimiter, tuple(header))


def missing_column(column: str, header: list[str]) -> str:
    close = get_close_matches(column.lower(), [name.lower() for name in header], 1)
    if close:
        similar = next(name for name in header if name.lower() == close[0])
        return _("The column “%(column)s” is missing. There is one called “%(similar)s”.") % {
            "column": column,
            "similar": shown(similar),
        }
    return _("The column “%(column)s” is missing. The file has: %(columns)s.") % {
        "column": column,
        "columns": shown(", ".join(header), 500),
    }


def header_of(path: Path, encoding: str, delimiter: str) -> list[str]:
    with records(path, encoding, delimiter) as found:
        _number, cells = next(found, (1, []))
    return [cell.strip() for cell in cells]


@contextmanager
def records(path: Path, encoding: str, delimiter: str) -> Iterator[Iterator[tuple[int, list]]]:
    """The file's records with their row numbers, blank ones as empty lists."""
    limit = csv.field_size_limit(FIELD_LIMIT)
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield numbered(csv.reader(file, delimiter=delimiter, strict=True))
    finally:
        csv.field_size_limit(limit)


def numbered(reader) -> Iterator[tuple[int, list]]:
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableFile(
                _(
                    'Row %d opens a quote (") that is not closed where its value ends, so that '
                    "nothing after it can be read for certain. Mend that row and try again."
                )
                % number
            ) from None
        yield number, cells
        number += 1


def find_encoding(path: Path) -> str:
    """The name of the encoding, from a mark at the file's start or from every byte of it.

    UTF-8 and UTF-16 prove themselves. Windows-1252 and Latin-1 cannot: they are taken where the
    bytes fit them and no other encoding of Canadian text. Anything else raises UnreadableFile
    with the row and byte that does not fit.
    """
    with path.open("rb") as file:
        start = file.read(CHUNK)
    if not start.strip():
        raise UnreadableFile(_("The file is empty."))
    for mark, kind in OTHER_FILES.items():
        if start.startswith(mark):
            raise UnreadableFile(
                _("This is not a CSV file but %s. Save it as CSV (UTF-8) and try again.") % kind
            )
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return verified(path, encoding)
    if b"\x00" in start:
        if guessed := utf_16_without_mark(start):
            return verified(path, guessed)
        raise UnreadableFile(_("This is not a text file: it holds null bytes."))
    return "utf-8" if (failed := first_failure(path, "utf-8")) is None else legacy(path, failed)


def utf_16_without_mark(start: bytes) -> str:
    """Text in UTF-16 is null in every other byte, as far as it is English."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) / 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""


@dataclass(frozen=True)
class Failure:
    """The first byte that does not fit an encoding, and whether any before it could only be it."""

    row: int
    position: int  # from the file's start, 0 being the first byte
    byte: int
    proven: bool


def first_failure(path: Path, encoding: str) -> Failure | None:
    """Where the file stops being in this encoding; None if it never does."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, position, proven = 1, 0, False
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            pending = decoder.getstate()[0]
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                lines += good.count(b"\n")
                proven = proven or not good.isascii()
                byte = error.object[error.start]
                return Failure(lines, position - len(pending) + error.start, byte, proven)
            lines += text.count("\n")
            proven = proven or not text.isascii()
            position += len(chunk)
            if not chunk:
                return None


def verified(path: Path, encoding: str) -> str:
    failed = first_failure(path, encoding)
    if failed is not None:
        raise UnreadableFile(
            _("The file says it is %(encoding)s, but byte %(position)d (line %(row)d) is not.")
            % {
                "encoding": encoding.removesuffix("-sig").upper(),
                "position": failed.position,
                "row": failed.row,
            }
        )
    return encoding


def legacy(path: Path, failed: Failure) -> str:
    """Windows-1252 (which holds Latin-1's letters) or a refusal, for a file that is not UTF-8."""
    where = {"byte": f"{failed.byte:02X}", "position": failed.position, "row": failed.row}
    if failed.proven:
        raise UnreadableFile(
            _(
                "The file mixes encodings: it is UTF-8 up to line %(row)d, where byte %(byte)s "
                "(position %(position)d) is not. Save it as UTF-8 and try again."
            )
            % where
        )
    lines, position = 1, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            for found in re.finditer(rb"[\x80-\x9f]", chunk):
                byte = found[0][0]
                if byte not in WINDOWS_MARKS:
                    raise UnreadableFile(
                        _(
                            "The file is neither UTF-8 nor Windows-1252 (line %(row)d, byte "
                            "%(byte)s at position %(position)d): its accents are perhaps Mac or "
                            "DOS ones. Save it as UTF-8 and try again."
                        )
                        % {
                            "byte": f"{byte:02X}",
                            "position": position + found.start(),
                            "row": lines + chunk.count(b"\n", 0, found.start()),
                        }
                    )
            lines += chunk.count(b"\n")
            position += len(chunk)
    return "cp1252"
