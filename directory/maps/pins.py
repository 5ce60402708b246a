"""Where the numbers of a list stand on a map, so that each can be read and touched."""

import cmath
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from directory.maps.frame import HEIGHT, WIDTH, Frame

RADIUS = 30  # steps: 24 px across on the narrowest phone, where the drawing is 288 px wide
ASIDE = 10  # a number farther than this from its place is tied to it by a line
AREA_KM = 3.0  # how far around its town's centre an approximate address may be thought to lie
AREA_LEAST = 48  # steps


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list that has a place: `area` where only its surroundings may be shown."""

    number: int
    lat: float
    lon: float
    area: bool = False


@dataclass(frozen=True, slots=True)
class Pin:
    """A number on the drawing, at `x`, `y`; `spot` is its true place."""

    entry: Entry
    x: int
    y: int
    spot: complex

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def aside(self) -> bool:
        return abs(complex(self.x, self.y) - self.spot) > ASIDE


@dataclass(frozen=True, slots=True)
class Area:
    """A soft circle: somewhere in it is the place of each of `pins`."""

    x: int
    y: int
    r: int
    pins: tuple[Pin, ...]


@dataclass
class Pins:
    pins: list[Pin] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)  # numbers beyond the frame


def spiral() -> list[complex]:
    """Where to look for room, nearest first; six of the same spot make a flower."""
    found = [0j]
    for reach in (20, 40, 61, 90, 122, 152, 183, 214, 245, 290, 340):
        count = 12 if reach < 122 else 24
        found += [cmath.rect(reach, -math.pi / 2 + math.tau * n / count) for n in range(count)]
    return found


SPIRAL = spiral()


def pins(entries: Iterable[Entry], frame: Frame, kept_free: Iterable[complex] = ()) -> Pins:
    """Each entry's number at its place, or as near it as it can stand without covering another.

    `kept_free`: points that no number may cover.
    """
    found = Pins()
    placed: list[complex] = []
    free = list(kept_free)
    for entry in entries:
        spot = frame.spot(entry.lat, entry.lon)
        if not (0 <= spot.real <= WIDTH and 0 <= spot.imag <= HEIGHT):
            found.outside.append(entry.number)
            continue
        at = room_for(spot, placed, free)
        placed.append(at)
        found.pins.append(Pin(entry, int(at.real), int(at.imag), spot))
    found.areas = areas(found.pins, frame)
    return found


def room_for(spot: complex, placed: list[complex], free: list[complex]) -> complex:
    low, right, bottom = RADIUS + 3, WIDTH - RADIUS - 3, HEIGHT - RADIUS - 3
    inside = complex(
        min(max(round(spot.real), low), right), min(max(round(spot.imag), low), bottom)
    )
    near = [other for other in placed if abs(other - inside) < 2 * 350]
    for step in SPIRAL:
        at = inside + complex(round(step.real), round(step.imag))
        if not (low <= at.real <= right and low <= at.imag <= bottom):
            continue
        if any(abs(at - other) < 2 * RADIUS for other in near):
            continue
        if any(abs(at - other) < RADIUS + 12 for other in free):
            continue
        return at
    return inside


def areas(pins: list[Pin], frame: Frame) -> list[Area]:
    """One soft circle for each point that approximate addresses share: their town's."""
    members: dict[tuple[float, float], list[Pin]] = {}
    for pin in pins:
        if pin.entry.area:
            members.setdefault((pin.entry.lat, pin.entry.lon), []).append(pin)
    found = []
    for (lat, lon), here in members.items():
        middle, radius = frame.circle(lat, lon, AREA_KM)
        radius = round(max(radius, AREA_LEAST))
        found.append(Area(round(middle.real), round(middle.imag), radius, tuple(here)))
    return found


def ties(found: Pins) -> tuple[list[complex], list[tuple[complex, complex]]]:
    """The exact places of numbers that stand aside, and lines from them to the numbers.

    The number of an approximate place is tied to the edge of its area, never to a point in it.
    """
    aside = [pin for pin in found.pins if pin.aside and not pin.entry.area]
    lines = [(pin.spot, complex(pin.x, pin.y)) for pin in aside]
    for area in found.areas:
        middle = complex(area.x, area.y)
        for pin in area.pins:
            way = complex(pin.x, pin.y) - middle
            if abs(way) > area.r:
                lines.append((middle + way * (area.r / abs(way)), complex(pin.x, pin.y)))
    return [pin.spot for pin in aside], lines
