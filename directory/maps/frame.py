"""What a map shows: a place in the middle, and how many kilometres across."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from directory.maps.outlines import BOUNDS, MIDDLE
from directory.maps.plane import DIAMETER_KM, Moebius, circle, degrees, disc_image, polar
from directory.places.gazetteer import Place

# Steps of the drawing, across and down. A phone shows some 330 px of them.
WIDTH, HEIGHT = 720, 540
CENTRE = complex(WIDTH / 2, HEIGHT / 2)
# How many kilometres across a map may be.
LADDER = (2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 6000)
FIT_FROM_KM = 5  # nothing is gained by drawing a single door larger
MARGIN = 64  # steps kept free around what a map was made to show
NUMBER = r"(-?[0-9]{1,5}(?:\.[0-9]{1,6})?)"
TEXT = re.compile(f"{NUMBER},{NUMBER},{NUMBER}")


class BadFrame(ValueError):
    """The text names no map of this country."""


@dataclass(frozen=True)
class Frame:
    """`lat`, `lon` of the middle in degrees (WGS 84); `width` in kilometres, one of `LADDER`.

    Scale is true in the middle, angles are true everywhere; north is up in the middle.
    """

    lat: float
    lon: float
    width: int

    @classmethod
    def parse(cls, text: str) -> "Frame":
        """From "lat,lon,width"; a width between two steps of the ladder is the nearest of them.

        Raises BadFrame where that is no such text, or lies outside Canada.
        """
        found = TEXT.fullmatch(text) if len(text) <= 40 else None
        if not found:
            raise BadFrame
        lat, lon, width = map(float, found.groups())
        if not within_bounds(lat, lon) or width <= 0:
            raise BadFrame
        nearest = min(LADDER, key=lambda km: abs(math.log(km / width)))
        return cls.at(lat, lon, nearest)

    @classmethod
    def at(cls, lat: float, lon: float, width: int) -> "Frame":
        """A frame as its text can say it: rounded to a few steps of the drawing. The widest is
        always the whole country's."""
        if width == LADDER[-1]:
            return WHOLE
        digits = 4 if width < 10 else 3 if width < 100 else 2
        return cls(round(lat, digits), round(lon, digits), width)

    @classmethod
    def fitting(cls, points: Iterable[tuple[float, float]], place: Place | None) -> "Frame":
        """The closest frame that shows all these points (lat, lon), and the person's place."""
        shown = list(points)
        if place is not None:
            shown.append((place.lat, place.lon))
        if not shown:
            return WHOLE
        middle = centre_of(shown)
        smallest = FIT_FROM_KM
        if place is not None and place.rough_km:
            smallest = place.rough_km * 2 * WIDTH / HEIGHT
        for width in LADDER:
            if width < smallest:
                continue
            frame = cls.at(*middle, width)
            if all(frame.holds(*point, margin=MARGIN) for point in shown):
                return frame
        return WHOLE

    @property
    def text(self) -> str:
        """What names this frame in an address."""
        return f"{self.lat:g},{self.lon:g},{self.width}"

    @property
    def steps_per_km(self) -> float:
        """In the middle."""
        return WIDTH / self.width

    @cached_property
    def moebius(self) -> Moebius:
        """From the polar plane to the drawing."""
        around = Moebius.around(self.lat, self.lon)
        return around.then(DIAMETER_KM * self.steps_per_km, CENTRE)

    def spot(self, lat: float, lon: float) -> complex:
        """Where a place is drawn."""
        return self.moebius(polar(lat, lon))

    def position(self, spot: complex) -> tuple[float, float]:
        """Latitude and longitude of a point of the drawing."""
        return degrees(self.moebius.inverse()(spot))

    def holds(self, lat: float, lon: float, margin: float = 0) -> bool:
        spot = self.spot(lat, lon)
        return margin <= spot.real <= WIDTH - margin and margin <= spot.imag <= HEIGHT - margin

    def circle(self, lat: float, lon: float, km: float) -> tuple[complex, float]:
        """The points within `km` of a place, as a circle of the drawing: middle and radius."""
        return disc_image(self.moebius, *circle(lat, lon, km))

    def moved(self, right: int, down: int) -> "Frame | None":
        """Half a frame aside; None where that leaves the country."""
        if self.width == LADDER[-1]:
            return None
        step = complex(right * WIDTH / 2, down * HEIGHT / 2)
        lat, lon = self.position(CENTRE + step)
        return Frame.at(lat, lon, self.width) if within_bounds(lat, lon) else None

    def wider(self) -> "Frame | None":
        """The next step of the ladder; None at its end."""
        if self.width == LADDER[-1]:
            return None
        return Frame.at(self.lat, self.lon, LADDER[LADDER.index(self.width) + 1])

    def closer(self, points: list[tuple[float, float]]) -> "Frame | None":
        """The step before; None at the start. From the whole country, to where most points are."""
        if self.width == LADDER[0]:
            return None
        lat, lon = self.lat, self.lon
        if self.width == LADDER[-1] and points:
            lat, lon = (sorted(numbers)[len(points) // 2] for numbers in zip(*points, strict=True))
            lat, lon = clamped(lat, lon)
        return Frame.at(lat, lon, LADDER[LADDER.index(self.width) - 1])


WHOLE = Frame(*MIDDLE, LADDER[-1])


def within_bounds(lat: float, lon: float) -> bool:
    south, west, north, east = BOUNDS
    return south <= lat <= north and west <= lon <= east


def centre_of(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle of the box around some points, as a map of them shows it."""
    around = Moebius.around(*points[0])
    spots = [around(polar(lat, lon)) for lat, lon in points]
    across, down = [z.real for z in spots], [z.imag for z in spots]
    middle = complex(min(across) + max(across), min(down) + max(down)) / 2
    lat, lon = degrees(around.inverse()(middle))
    return clamped(lat, lon)


def clamped(lat: float, lon: float) -> tuple[float, float]:
    """The nearest place where a map may be centred."""
    south, west, north, east = BOUNDS
    return min(max(lat, south), north), min(max(lon, west), east)
