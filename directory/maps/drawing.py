"""A whole map: the ground, names, a scale, the place searched, and the numbers of the list."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from directory.maps.frame import HEIGHT, WIDTH, Frame
from directory.maps.ground import Ground, ground, steps
from directory.maps.labels import Label, Room, towns, waters
from directory.maps.pins import RADIUS, Entry, Pins, pins, ties
from directory.places.gazetteer import Place

SCALE_STEPS = 190  # the scale is at most so long
SCALE_LEFT, SCALE_Y = 18, HEIGHT - 16


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Circle:
    x: int
    y: int
    r: int


@dataclass(frozen=True, slots=True)
class Scale:
    """A bar from `x1` to `x2` that is so many metres long on the ground, in the middle."""

    metres: int
    x1: int
    x2: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """What the template writes as SVG; all in whole steps of a `WIDTH` by `HEIGHT` page.

    `here`: the point searched, where it is exact. `rough`: the circle it lies in, where it is
    not. `ring`: as far as the search reached. Path data: `ties` are lines from numbers that stand
    aside to their places, `dots` these places, `town_dots` the towns named; a dot is a line of no
    length with round ends.
    """

    frame: Frame
    ground: Ground
    towns: list[Label]
    waters: list[Label]
    scale: Scale
    marks: Pins
    here: Point | None
    rough: Circle | None
    ring: Circle | None
    ties: str
    dots: str
    town_dots: str


def draw(
    frame: Frame,
    entries: Iterable[Entry],
    *,
    place: Place | None,
    within: float | None,
    french: bool,
) -> Drawing:
    """Draw a frame with these entries. `within`: kilometres around `place`."""
    here = rough = ring = None
    if place is not None:
        spot = frame.spot(place.lat, place.lon)
        if place.rough_km:
            rough = circle(frame, place, place.rough_km)
        elif frame.holds(place.lat, place.lon):
            here = Point(*whole(spot))
        if within:
            ring = circle(frame, place, within)
    marks = pins(entries, frame, [complex(here.x, here.y)] if here else [])
    exact, lines = ties(marks)
    scale = scale_of(frame)
    room = Room([(0, HEIGHT - 56, scale.x2 + 24, HEIGHT)])
    if here:
        room.take_around(complex(here.x, here.y), 12)
    for pin in marks.pins:
        room.take_around(complex(pin.x, pin.y), RADIUS + 1)
    # Seas before towns, which would fill the map.
    seas = waters(frame, room, french)
    named = towns(frame, room, place, french)
    return Drawing(
        frame=frame,
        ground=ground(frame),
        towns=named,
        waters=seas,
        scale=scale,
        marks=marks,
        here=here,
        rough=rough,
        ring=ring,
        ties="".join(steps([whole(start), whole(end)], closed=False) for start, end in lines),
        dots=dots(whole(spot) for spot in exact),
        town_dots=dots((label.dot_x, label.dot_y) for label in named),
    )


def dots(points: Iterable[tuple[int, int]]) -> str:
    return "".join(f"M{x} {y}h0" for x, y in points)


def whole(spot: complex) -> tuple[int, int]:
    return round(spot.real), round(spot.imag)


def circle(frame: Frame, place: Place, km: float) -> Circle | None:
    """The circle around a place; None where all of its edge is off the map."""
    middle, radius = frame.circle(place.lat, place.lon, km)
    corners = [complex(x, y) for x in (0, WIDTH) for y in (0, HEIGHT)]
    nearest = complex(min(max(middle.real, 0), WIDTH), min(max(middle.imag, 0), HEIGHT))
    if abs(nearest - middle) > radius or max(abs(c - middle) for c in corners) < radius:
        return None
    return Circle(round(middle.real), round(middle.imag), round(radius))


def scale_of(frame: Frame) -> Scale:
    """The longest bar of 1, 2 or 5 times a power of ten that fits its corner."""
    longest = SCALE_STEPS / frame.steps_per_km * 1000
    power = 10 ** math.floor(math.log10(longest))
    metres = max(n * power for n in (1, 2, 5) if n * power <= longest)
    length = round(metres / 1000 * frame.steps_per_km)
    return Scale(metres, SCALE_LEFT, SCALE_LEFT + length, SCALE_Y)
