"""Outlines for `data/outlines.bin`, made from Natural Earth's shapefiles (10m scale)."""

import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from directory.maps.clipping import clip_line, clip_ring
from directory.maps.outlines import (
    BOUNDS,
    CHUNK,
    CLOSED,
    FILE,
    LAYERS,
    LEVELS,
    MAGIC,
    MIDDLE,
    UNIT,
    UNIT_KM,
    pack,
)
from directory.maps.plane import circle, degrees, polar
from directory.places.gazetteer import in_canada

SHAPEFILES = {
    "land": "ne_10m_land.shp",
    "lakes": "ne_10m_lakes.shp",
    "countries": "ne_10m_admin_0_boundary_lines_land.shp",
    "provinces": "ne_10m_admin_1_states_provinces_lines.shp",
}


@dataclass(frozen=True)
class Detail:
    """What one level keeps: every point that lies so far (km) from a simpler line, rings of at
    least so many square kilometres, and what lies within so far (km) of where a map may be
    centred (or so far from the middle of Canada). No piece is longer than `longest` (km): a
    straight line here is an arc elsewhere."""

    tolerance: float
    smallest: float
    reach: float
    longest: float
    reach_of_middle: float = 0


# The half diagonal of the widest map of each level, and a little; about a step of its drawing.
DETAILS = (
    Detail(tolerance=0.04, smallest=0.0, reach=80, longest=50),
    Detail(tolerance=0.2, smallest=0.5, reach=170, longest=120),
    Detail(tolerance=0.5, smallest=2.0, reach=330, longest=180),
    Detail(tolerance=1.2, smallest=12.0, reach=660, longest=250),
    Detail(tolerance=4.2, smallest=250.0, reach=1600, longest=450),
    Detail(tolerance=11.0, smallest=2000.0, reach=0, reach_of_middle=3800, longest=700),
)
STRAIGHT_DEGREES = 0.25  # longer pieces are drawn along the parallel first, as their source does


@dataclass
class Extract:
    data: bytes
    remarks: list[str] = field(default_factory=list)


def extract(folder: Path) -> Extract:
    """The whole file from the folder of shapefiles; FileNotFoundError where one is missing."""
    sources = {name: list(shapes(folder / SHAPEFILES[name])) for name in LAYERS}
    sources["provinces"] = joined(line for line in sources["provinces"] if canadian(line))
    blocks, remarks = [], []
    for widest, detail in zip(LEVELS, DETAILS, strict=True):
        region = region_within(detail.reach, detail.reach_of_middle)
        for name in LAYERS:
            lines = []
            for line in sources[name]:
                lines.extend(simplified(line, region, detail, closed=name in CLOSED))
            blocks.append(zlib.compress(packed(lines, detail), 9))
            points = sum(map(len, lines))
            remarks.append(
                f"up to {widest:,} km, {name}: {len(lines):,} lines, {points:,} points, "
                f"{len(blocks[-1]):,} bytes"
            )
    sizes = struct.pack(f"<{len(blocks)}I", *map(len, blocks))
    return Extract(MAGIC + sizes + b"".join(blocks), remarks)


def write(found: Extract) -> None:
    FILE.write_bytes(found.data)


def shapes(path: Path) -> Iterator[list[complex]]:
    """Every part of every shape of a file of lines or polygons, in the polar plane.

    The format: ESRI Shapefile Technical Description (1998), pages 2 to 9.
    """
    data = path.read_bytes()
    position = 100
    while position < len(data):
        (words,) = struct.unpack_from(">4xI", data, position)
        (kind,) = struct.unpack_from("<I", data, position + 8)
        if kind == 0:  # no shape
            position += 8 + 2 * words
            continue
        if kind not in (3, 5):
            raise ValueError(f"{path.name} holds a shape of type {kind}")
        parts, points = struct.unpack_from("<II", data, position + 44)
        starts = [*struct.unpack_from(f"<{parts}I", data, position + 52), points]
        numbers = struct.unpack_from(f"<{2 * points}d", data, position + 52 + 4 * parts)
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        for first, last in pairwise(starts):
            # The South Pole is infinitely far in this plane, and of no use here.
            yield [polar(max(lat, -80.0), lon) for lon, lat in followed(pairs[first:last])]
        position += 8 + 2 * words


def canadian(line: list[complex]) -> bool:
    """Whether most of a line lies in Canada: borders of American states are not drawn."""
    return sum(in_canada(*degrees(z)) for z in line) > len(line) / 2


def joined(lines: Iterable[list[complex]]) -> list[list[complex]]:
    """Lines that meet end to end as one: the source cuts a border at every change of its name."""
    done: list[list[complex]] = []
    growing: dict[complex, list[complex]] = {}  # by each of its ends
    for line in lines:
        for end in (0, -1):
            met = growing.get(line[end])
            if met is not None:
                del growing[met[0]], growing[met[-1]]
                head = met if met[-1] == line[end] else met[::-1]
                line = head + (line if end == 0 else line[::-1])[1:]
        if line[0] == line[-1] or line[0] in growing or line[-1] in growing:
            done.append(line)
        else:
            growing[line[0]] = growing[line[-1]] = line
    return done + [line for end, line in growing.items() if end == line[0]]


def followed(points: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The line with points along its long pieces, which are straight in longitude and latitude."""
    for (x1, y1), (x2, y2) in pairwise(points):
        pieces = max(1, math.ceil(max(abs(x2 - x1), abs(y2 - y1)) / STRAIGHT_DEGREES))
        for n in range(pieces):
            yield x1 + (x2 - x1) * n / pieces, y1 + (y2 - y1) * n / pieces
    yield points[-1]


def region_within(km: float, km_of_middle: float = 0) -> list[complex]:
    """A convex outline of everything so near to where a map may be centred."""
    south, west, north, east = BOUNDS
    longitudes = [west + (east - west) * n / 32 for n in range(33)]
    circles = [circle(lat, lon, km) for lon in longitudes for lat in (south, north)]
    circles.append(circle(*MIDDLE, km_of_middle))
    return hull(
        [
            centre + radius / math.cos(math.pi / 16) * complex(math.cos(angle), math.sin(angle))
            for centre, radius in circles
            for angle in (math.pi * n / 8 for n in range(16))
        ]
    )


def hull(points: list[complex]) -> list[complex]:
    """The convex outline of some points (Andrew's monotone chain)."""
    ordered = sorted(points, key=lambda z: (z.real, z.imag))
    sides = []
    for run in (ordered, ordered[::-1]):
        side: list[complex] = []
        for z in run:
            while len(side) > 1 and cross(side[-1] - side[-2], z - side[-1]) <= 0:
                side.pop()
            side.append(z)
        sides.extend(side[:-1])
    return sides


def cross(a: complex, b: complex) -> float:
    return a.real * b.imag - a.imag * b.real


def simplified(
    line: list[complex], region: list[complex], detail: Detail, *, closed: bool
) -> Iterator[list[complex]]:
    """The line inside the region, in units, without the points this level can do without."""
    inside = [clip_ring(line, region)] if closed else clip_line(line, region)
    for part in inside:
        points = [z / UNIT for z in part]
        if closed:
            if len(points) < 3 or abs(area_km2(points)) < detail.smallest:
                continue
            points.append(points[0])
        kept = fewer(points, detail.tolerance / UNIT_KM)
        if len(kept) > (3 if closed else 1):
            yield kept


def area_km2(points: list[complex]) -> float:
    around = zip(points, points[1:] + points[:1], strict=True)
    return sum(cross(a, b) for a, b in around) / 2 * UNIT_KM**2


def fewer(points: list[complex], tolerance: float) -> list[complex]:
    """The line by fewer of its points, none of them farther off than that (Douglas–Peucker)."""
    last = len(points) - 1
    keep = {0, last}
    if points[0] == points[last] and last > 1:  # a ring: from its start to its far side and back
        far = max(range(last), key=lambda i: abs(points[i] - points[0]))
        keep.add(far)
        stack = [(0, far), (far, last)]
    else:
        stack = [(0, last)]
    while stack:
        first, end = stack.pop()
        if end - first < 2:
            continue
        origin, along = points[first], points[end] - points[first]
        length = abs(along)
        if length:
            turned = along.conjugate() / length
            middle = range(first + 1, end)
            farthest, offset = first, -1.0
            for i in middle:
                z = (points[i] - origin) * turned
                away = abs(z.imag) if 0 <= z.real <= length else min(abs(z), abs(z - length))
                if away > offset:
                    farthest, offset = i, away
        else:
            farthest = max(range(first + 1, end), key=lambda i: abs(points[i] - origin))
            offset = abs(points[farthest] - origin)
        if offset > tolerance:
            keep.add(farthest)
            stack += [(first, farthest), (farthest, end)]
    return [points[i] for i in sorted(keep)]


def packed(lines: list[list[complex]], detail: Detail) -> bytes:
    cut, discs = [], []
    for line in lines:
        points = short_pieces(rounded(line), detail.longest / UNIT_KM)
        chunks = [points[n : n + CHUNK] for n in range(0, len(points), CHUNK)]
        cut.append(chunks)
        # The disc reaches to the start of the next chunk: the gap between them belongs to this.
        nexts = [chunk[:1] for chunk in chunks[1:]] + [[]]
        discs.append([disc(c + n) for c, n in zip(chunks, nexts, strict=True)])
    return pack(cut, discs)


def rounded(line: list[complex]) -> list[tuple[int, int]]:
    found = [(round(z.real), round(z.imag)) for z in line]
    return found[:1] + [b for a, b in pairwise(found) if a != b]


def short_pieces(points: list[tuple[int, int]], longest: float) -> list[tuple[int, int]]:
    found = points[:1]
    for (x1, y1), (x2, y2) in pairwise(points):
        pieces = max(1, math.ceil(math.hypot(x2 - x1, y2 - y1) / longest))
        found += [
            (round(x1 + (x2 - x1) * n / pieces), round(y1 + (y2 - y1) * n / pieces))
            for n in range(1, pieces + 1)
        ]
    return found


def disc(points: list[tuple[int, int]]) -> tuple[int, int, int]:
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    x, y = (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2
    return x, y, math.ceil(max(math.hypot(px - x, py - y) for px, py in points)) + 1
