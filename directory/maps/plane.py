"""The stereographic plane all outlines are kept in, and its arithmetic.

Stereographic maps keep angles, so shapes are true at Windsor and at Alert, and circles stay
circles. Going from one to another that is centred elsewhere is a single division of complex
numbers (a Möbius transformation): no sine is taken for any of the thousands of points of a coast.

A point is a complex number: the real part grows eastward, the imaginary part downward, as on a
page. The plane here is centred on the North Pole with 0° E to the right; one unit of it is the
Earth's diameter.
"""

import cmath
import math

from directory.places.gazetteer import EARTH_RADIUS_KM

DIAMETER_KM = 2 * EARTH_RADIUS_KM


def polar(lat: float, lon: float) -> complex:
    """The point of the polar plane at this latitude and longitude (degrees)."""
    return cmath.rect(math.tan(math.radians(90 - lat) / 2), -math.radians(lon))


def degrees(point: complex) -> tuple[float, float]:
    """Latitude and longitude of a point of the polar plane."""
    lat = 90 - 2 * math.degrees(math.atan(abs(point)))
    return lat, -math.degrees(cmath.phase(point))


def circle(lat: float, lon: float, km: float) -> tuple[complex, float]:
    """Centre and radius, in the polar plane, of the points within `km` of a place."""
    return disc_image(Moebius.around(lat, lon).inverse(), 0j, math.tan(km / DIAMETER_KM))


class Moebius(tuple):
    """z → (a z + b) / (c z + d), as the four numbers."""

    @classmethod
    def around(cls, lat: float, lon: float) -> "Moebius":
        """From the polar plane to the one centred on a place, north up; scale is true there."""
        centre = polar(lat, lon)
        turn = cmath.rect(1, math.radians(lon) + math.pi / 2)
        return cls((turn, -turn * centre, centre.conjugate(), 1 + 0j))

    def __call__(self, z: complex) -> complex:
        a, b, c, d = self
        return (a * z + b) / (c * z + d)

    def inverse(self) -> "Moebius":
        a, b, c, d = self
        return Moebius((d, -b, -c, a))

    def then(self, scale: float, offset: complex) -> "Moebius":
        """This, and then enlarged and moved."""
        a, b, c, d = self
        return Moebius((scale * a + offset * c, scale * b + offset * d, c, d))

    def of_units(self, unit: float) -> "Moebius":
        """The same for points counted in `unit` of the plane instead of in 1."""
        a, b, c, d = self
        return Moebius((a * unit, b, c * unit, d))


def disc_image(moebius: Moebius, centre: complex, radius: float) -> tuple[complex, float]:
    """Where a disc goes: discs go to discs, though not centre to centre."""
    _a, _b, c, d = moebius
    start = centre
    if abs(c) > 1e-15:
        start = centre - radius**2 / (d / c + centre).conjugate()
    image = moebius(start)
    return image, abs(image - moebius(centre + radius))
