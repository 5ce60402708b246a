"""Coasts, lakes and borders, read from `data/outlines.bin` as maps need them.

The file holds six levels of detail, each with four layers. A layer is a set of lines (rings,
for land and lakes) cut into chunks of some dozens of points. A chunk knows a disc that holds all
of it and the start of the next, so that what lies off a map is passed over without being decoded:
a chunk outside is drawn as the straight line between its ends, which stays in its disc.

Points are whole numbers of `UNIT` in the polar plane (see `plane`), kept packed; all levels
together take some 4 MB of memory once they have been asked for.
"""

import struct
import sys
import zlib
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

from directory.maps.plane import DIAMETER_KM

FILE = Path(__file__).parent / "data" / "outlines.bin"
MAGIC = b"outlines 1\n"
LAYERS = ("land", "lakes", "countries", "provinces")
CLOSED = {"land", "lakes"}
UNIT_KM = 0.025
UNIT = UNIT_KM / DIAMETER_KM
# The widest map (km) that each level serves.
LEVELS = (100, 250, 500, 1000, 2500, 6000)
# Where a map may be centred: south, west, north, east in degrees. All of Canada lies inside. The
# widest maps show all of it, from one place only.
BOUNDS = (41.5, -141.5, 83.5, -52.0)
MIDDLE = (60.0, -91.0)
CHUNK = 96
CHUNK_FIELDS = 6  # start x, y; disc x, y and radius; how many points follow the start


@dataclass(frozen=True, slots=True)
class Line:
    """One line or ring: its chunks, and a disc around them all."""

    chunks: tuple[tuple[complex, complex, float, int, int], ...]  # start, disc, radius, steps
    disc: complex
    radius: float


@dataclass(frozen=True, slots=True)
class Layer:
    closed: bool
    lines: tuple[Line, ...]
    steps: array

    def points(self, chunk: tuple) -> list[complex]:
        """Every point of a chunk."""
        start, _disc, _radius, first, last = chunk
        steps = self.steps
        return list(
            accumulate(
                map(complex, steps[2 * first : 2 * last : 2], steps[2 * first + 1 : 2 * last : 2]),
                initial=start,
            )
        )


def level_for(width_km: float) -> int:
    return next((n for n, widest in enumerate(LEVELS) if width_km <= widest), len(LEVELS) - 1)


@lru_cache(maxsize=len(LEVELS) * len(LAYERS))
def layer(level: int, name: str) -> Layer:
    """One layer of a level, unpacked from the file."""
    with FILE.open("rb") as file:
        file.seek(len(MAGIC))
        count = len(LEVELS) * len(LAYERS)
        sizes = struct.unpack(f"<{count}I", file.read(4 * count))
        number = level * len(LAYERS) + LAYERS.index(name)
        file.seek(sum(sizes[:number]), 1)
        return unpack(zlib.decompress(file.read(sizes[number])), closed=name in CLOSED)


def pack(lines: list[list[list[tuple[int, int]]]], discs: list[list[tuple]]) -> bytes:
    """Lines, each a list of chunks of points, and the disc of each chunk, as bytes."""
    counts, heads, steps = array("I"), array("i"), array("h")
    for chunks, found in zip(lines, discs, strict=True):
        counts.append(len(chunks))
        for points, (x, y, radius) in zip(chunks, found, strict=True):
            heads.extend((*points[0], x, y, radius, len(points) - 1))
            for (x1, y1), (x2, y2) in pairwise(points):
                steps.extend((x2 - x1, y2 - y1))
    return struct.pack("<3I", len(counts), len(heads), len(steps)) + b"".join(
        little_endian(part).tobytes() for part in (counts, heads, steps)
    )


def unpack(data: bytes, *, closed: bool) -> Layer:
    numbers = struct.unpack_from("<3I", data)
    offset, parts = 12, []
    for code, length in zip("Iih", numbers, strict=True):
        part = array(code)
        part.frombytes(data[offset : offset + length * part.itemsize])
        offset += length * part.itemsize
        parts.append(little_endian(part))
    counts, heads, steps = parts
    lines, head, step = [], 0, 0
    for count in counts:
        chunks = []
        for _ in range(count):
            x, y, disc_x, disc_y, radius, length = heads[head : head + CHUNK_FIELDS]
            chunks.append(
                (complex(x, y), complex(disc_x, disc_y), float(radius), step, step + length)
            )
            head, step = head + CHUNK_FIELDS, step + length
        disc, radius = around(chunks)
        lines.append(Line(tuple(chunks), disc, radius))
    return Layer(closed, tuple(lines), steps)


def around(chunks: list[tuple]) -> tuple[complex, float]:
    """A disc that holds the discs of all these chunks."""
    if len(chunks) == 1:
        return chunks[0][1], chunks[0][2]
    west = min(disc.real - radius for _start, disc, radius, *_ in chunks)
    east = max(disc.real + radius for _start, disc, radius, *_ in chunks)
    top = min(disc.imag - radius for _start, disc, radius, *_ in chunks)
    bottom = max(disc.imag + radius for _start, disc, radius, *_ in chunks)
    middle = complex(west + east, top + bottom) / 2
    return middle, max(abs(disc - middle) + radius for _start, disc, radius, *_ in chunks)


def little_endian(numbers: array) -> array:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
