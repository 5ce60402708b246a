"""Names on a map: towns by how many people live there, waters from a list kept by hand.

Room is reckoned for a phone, where letters are largest beside the map.
"""

import csv
import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from directory.maps.frame import HEIGHT, WIDTH, Frame
from directory.maps.outlines import FILE
from directory.places.atlas import atlas
from directory.places.gazetteer import Place
from directory.places.place import weight

LETTER, LINE = 14, 28  # steps that a letter and a line of a name take
BESIDE, BESIDE_MARK = 10, 16  # steps from a town's dot, and from the mark of the search, to a name
DISTRICTS_UP_TO_KM = 25
ROUGH_STEPS = 16  # a town whose point is farther off than that is better not shown
TOWNS, WATERS = 14, 4
CELLS = (4, 3)  # names are spread: two in each such part of the frame, at most
IN_A_CELL = 2


@dataclass
class Room:
    """What of the drawing is taken: boxes (left, top, right, bottom)."""

    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def take(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether the box was free and inside the frame; then it is no longer."""
        if left < 4 or top < 4 or right > WIDTH - 4 or bottom > HEIGHT - 4:
            return False
        for x1, y1, x2, y2 in self.taken:
            if left < x2 and right > x1 and top < y2 and bottom > y1:
                return False
        self.taken.append((left, top, right, bottom))
        return True

    def take_around(self, spot: complex, radius: float) -> None:
        x, y = spot.real, spot.imag
        self.taken.append((x - radius, y - radius, x + radius, y + radius))


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where its dot is; `x`, `y` where its text starts, ends or has its middle
    (`anchor`: start, end, middle)."""

    text: str
    x: int
    y: int
    anchor: str
    dot_x: int = 0
    dot_y: int = 0


@lru_cache(maxsize=1)
def by_cell() -> dict[tuple[int, int], list[Place]]:
    """Towns by the degree they lie in, those of most people first."""
    cells = defaultdict(list)
    for town in largest_first():
        cells[math.floor(town.lat), math.floor(town.lon)].append(town)
    return dict(cells)


@lru_cache(maxsize=1)
def largest_first() -> list[Place]:
    return sorted(atlas().towns, key=lambda town: (-weight(town), town.name, town.province))


@lru_cache(maxsize=1)
def known_from_afar() -> list[Place]:
    ordered = largest_first()
    return ordered[:400] + [town for town in ordered[400:] if town.name in NORTHERN]


def candidates(frame: Frame) -> list[Place]:
    """Towns that may lie in the frame, those of most people first."""
    if frame.width >= 1000:
        return known_from_afar()
    corners = [
        frame.position(complex(x, y))
        for x in (0, WIDTH / 2, WIDTH)
        for y in (0, HEIGHT / 2, HEIGHT)
    ]
    south, north = min(lat for lat, _lon in corners), max(lat for lat, _lon in corners)
    west, east = min(lon for _lat, lon in corners), max(lon for _lat, lon in corners)
    cells = by_cell()
    in_a_cell = 300 if frame.width <= DISTRICTS_UP_TO_KM else 30 if frame.width < 250 else 8
    found = [
        town
        for lat in range(math.floor(south), math.floor(north) + 1)
        for lon in range(math.floor(west), math.floor(east) + 1)
        for town in cells.get((lat, lon), ())[:in_a_cell]
        if frame.width <= DISTRICTS_UP_TO_KM or not town.district
    ]
    return sorted(found, key=lambda town: -weight(town))


# The north is empty of large towns, and these are what people know it by.
NORTHERN = frozenset(
    {
        "Whitehorse", "Yellowknife", "Iqaluit", "Inuvik", "Churchill", "Resolute", "Kuujjuaq",
        "Nain", "Rankin Inlet", "Cambridge Bay", "Happy Valley-Goose Bay", "Moosonee",
        "Pond Inlet",
    }
)  # fmt: skip


def towns(frame: Frame, room: Room, first: Place | None, french: bool) -> list[Label]:
    """Names of towns where there is room for them; that of the place searched before others."""
    found: list[Label] = []
    used: dict[tuple[int, int], int] = defaultdict(int)
    said = set()
    choices = candidates(frame)
    if first is not None and first.kind == "town":
        choices = [first, *choices]
    for town in choices:
        if len(found) == TOWNS:
            break
        name = town.name_fr if french else town.name
        if name in said or town.rough_km * frame.steps_per_km > ROUGH_STEPS:
            continue
        spot = frame.spot(town.lat, town.lon)
        if not (8 < spot.real < WIDTH - 8 and 8 < spot.imag < HEIGHT - 8):
            continue
        cell = (int(spot.real * CELLS[0] / WIDTH), int(spot.imag * CELLS[1] / HEIGHT))
        if used[cell] == IN_A_CELL:
            continue
        searched = town is first and not found  # its dot is the mark of the search
        if label := beside(spot, name, room, gap=BESIDE_MARK if searched else BESIDE):
            found.append(label)
            said.add(name)
            used[cell] += 1
    return found


def beside(spot: complex, name: str, room: Room, gap: int) -> Label | None:
    """The name at the right of its dot, or else at the left, above or below."""
    x, y, width = round(spot.real), round(spot.imag), len(name) * LETTER
    # Nor may the dot itself lie in anything else; that of the search may lie in its own mark.
    if gap == BESIDE and any(x1 < x < x2 and y1 < y < y2 for x1, y1, x2, y2 in room.taken):
        return None
    for left, middle, anchor in (
        (x + gap, y, "start"),
        (x - gap - width, y, "end"),
        (x - width / 2, y - gap - LINE / 2, "middle"),
        (x - width / 2, y + gap + LINE / 2, "middle"),
    ):
        if room.take(left, middle - LINE / 2, left + width, middle + LINE / 2):
            at = {"start": x + gap, "end": x - gap, "middle": x}[anchor]
            room.take_around(spot, 6)
            return Label(name, at, round(middle + LINE * 0.29), anchor, x, y)
    return None


@dataclass(frozen=True, slots=True)
class Water:
    name: str
    name_fr: str
    lat: float
    lon: float
    from_km: float
    to_km: float


@lru_cache(maxsize=1)
def known_waters() -> tuple[Water, ...]:
    with (FILE.parent / "waters_by_hand.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return tuple(Water(row[0], row[1], *map(float, row[2:])) for row in reader)


def waters(frame: Frame, room: Room, french: bool) -> list[Label]:
    """Names of lakes and seas, each once, where there is room."""
    found: list[Label] = []
    said = set()
    for water in known_waters():
        name = water.name_fr if french else water.name
        if name in said or not water.from_km <= frame.width <= water.to_km:
            continue
        spot, half = frame.spot(water.lat, water.lon), len(name) * LETTER / 2
        x, y = round(spot.real), round(spot.imag)
        if room.take(x - half, y - LINE / 2, x + half, y + LINE / 2):
            found.append(Label(name, x, round(y + LINE * 0.29), "middle"))
            said.add(name)
            if len(found) == WATERS:
                break
    return found
