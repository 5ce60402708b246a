"""Land, lakes and borders of a frame, as the path data of SVG."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from directory.maps.clipping import clip_line, clip_ring
from directory.maps.frame import CENTRE, HEIGHT, WIDTH, Frame
from directory.maps.outlines import CLOSED, LAYERS, UNIT, UNIT_KM, Layer, layer, level_for
from directory.maps.plane import disc_image

EDGE = 6  # steps drawn past the frame, so that no stroke shows along it
OUTLINE = [
    complex(-EDGE, -EDGE),
    complex(WIDTH + EDGE, -EDGE),
    complex(WIDTH + EDGE, HEIGHT + EDGE),
    complex(-EDGE, HEIGHT + EDGE),
]
# How far (steps) a line may stray from its data, and the smallest ring drawn (steps across),
# tried in turn until the whole is short enough to send.
COARSER = ((0.7, 2.5), (1.0, 5), (1.4, 8), (1.8, 11), (2.4, 14))
POINTS = 3_600  # how many the paths may hold: some 18,000 characters, a third of it compressed


@dataclass(frozen=True)
class Ground:
    """Path data; empty where the frame has nothing of it."""

    land: str
    lakes: str
    provinces: str
    countries: str

    @property
    def shore(self) -> bool:
        """Whether land meets water in the frame, not all being land or all water."""
        return bool(self.lakes) or len(self.land) > len("M-6-6l732 0 0 552-732 0z")


@lru_cache(maxsize=48)
def ground(frame: Frame) -> Ground:
    """The outlines of a frame. Remembered for a while: people look at the same towns."""
    level = level_for(frame.width)
    drawn = {name: list(traced(layer(level, name), frame)) for name in LAYERS}
    for tolerance, smallest in COARSER:
        drawn = {
            name: simpler(lines, tolerance, smallest, closed=name in CLOSED)
            for name, lines in drawn.items()
        }
        if sum(len(line) for lines in drawn.values() for line in lines) <= POINTS:
            break
    return Ground(**{name: path(lines, closed=name in CLOSED) for name, lines in drawn.items()})


def traced(drawn: Layer, frame: Frame) -> Iterator[list[complex]]:
    """The lines of a layer, cut by the frame, in steps of the drawing."""
    a, b, c, d = frame.moebius.of_units(UNIT)
    view, reach = disc_image(frame.moebius.inverse(), CENTRE, abs(CENTRE - OUTLINE[0]))
    view, reach = view / UNIT, reach / UNIT
    for line in drawn.lines:
        if abs(line.disc - view) > line.radius + reach or (
            drawn.closed and line.radius * UNIT_KM * frame.steps_per_km < 1
        ):
            continue
        points: list[complex] = []
        for chunk in line.chunks:
            if abs(chunk[1] - view) > chunk[2] + reach:
                points.append(chunk[0])
            else:
                points += drawn.points(chunk)
        if not drawn.closed:
            # The last chunk's end, where its points were passed over, is of no use: it is outside.
            yield from lines_inside([(a * z + b) / (c * z + d) for z in points])
        elif ring := ring_inside([(a * z + b) / (c * z + d) for z in points]):
            yield ring


def codes(points: Iterable[complex]) -> list[int]:
    """Past which sides of the frame each point lies, a bit for each side."""
    left, top, right, bottom = -EDGE, -EDGE, WIDTH + EDGE, HEIGHT + EDGE
    return [
        (z.real < left) | (z.real > right) << 1 | (z.imag < top) << 2 | (z.imag > bottom) << 3
        for z in points
    ]


def ring_inside(ring: list[complex]) -> list[complex]:
    past = codes(ring)
    if not any(past):
        return ring
    together = 15
    for code in past:
        together &= code
    if together:
        return []
    # Of points in a row past one side only the first and the last matter.
    kept, shared = [], 0
    for z, code, after in zip(ring, past, past[1:] + past[:1], strict=True):
        shared &= code
        if not shared & after:
            kept.append(z)
            shared = code
    return clip_ring(kept, OUTLINE)


def lines_inside(line: list[complex]) -> Iterator[list[complex]]:
    past = codes(line)
    if not any(past):
        yield line
        return
    run: list[complex] = []
    for i in range(len(line) - 1):
        if past[i] & past[i + 1]:
            if run:
                yield from clip_line(run, OUTLINE)
                run = []
        else:
            if not run:
                run.append(line[i])
            run.append(line[i + 1])
    if run:
        yield from clip_line(run, OUTLINE)


def simpler(
    lines: list[list[complex]], tolerance: float, smallest: float, *, closed: bool
) -> list[list[complex]]:
    """Lines by fewer points; rings smaller than `smallest` are left out."""
    return [fewer(line, tolerance) for line in lines if not closed or max(extent(line)) >= smallest]


def path(lines: list[list[complex]], *, closed: bool) -> str:
    """Path data in whole relative steps."""
    written = []
    for line in lines:
        points = whole(line)
        if len(points) > (2 if closed else 1):
            written.append(steps(points, closed=closed))
    return "".join(written)


def extent(line: list[complex]) -> tuple[float, float]:
    across, down = [z.real for z in line], [z.imag for z in line]
    return max(across) - min(across), max(down) - min(down)


def fewer(line: list[complex], tolerance: float) -> list[complex]:
    """The line by fewer of its points, in one pass (Williams 1978): a point is dropped while a
    straight line from the last one kept passes within the tolerance of all dropped since."""
    kept = [line[0]]
    anchor, before = line[0], line[0]
    reference = None
    low = high = farthest = 0.0
    for z in line[1:]:
        step = z - anchor
        if reference is None:
            away = abs(step)
            if away > tolerance:
                reference = step.conjugate() / away
                low, high, farthest = -tolerance / away, tolerance / away, away
            before = z
            continue
        turned = step * reference
        along = turned.real
        slope = turned.imag / along if along > 0 else 9.0
        # Turning back counts as leaving: what was passed must not be cut off.
        if low <= slope <= high and along >= farthest - tolerance:
            low = max(low, slope - tolerance / along)
            high = min(high, slope + tolerance / along)
            farthest = max(farthest, along)
        else:
            kept.append(before)
            anchor = before
            step = z - anchor
            away = abs(step)
            reference = None
            if away > tolerance:
                reference = step.conjugate() / away
                low, high, farthest = -tolerance / away, tolerance / away, away
        before = z
    kept.append(before)
    return kept


def whole(line: list[complex]) -> list[tuple[int, int]]:
    """In whole steps, without any that is none."""
    found = [(round(z.real), round(z.imag)) for z in line]
    return found[:1] + [b for a, b in pairwise(found) if a != b]


def steps(points: list[tuple[int, int]], *, closed: bool) -> str:
    """Points as "M12 34l5 6-7 8": a minus parts numbers as well as a space does."""
    (x, y), *rest = points
    if closed and rest[-1] == (x, y):
        rest.pop()
    numbers = []
    for x2, y2 in rest:
        for number in (x2 - x, y2 - y):
            numbers.append(f" {number}" if number >= 0 else str(number))
        x, y = x2, y2
    return f"M{points[0][0]} {points[0][1]}l{''.join(numbers).lstrip()}" + ("z" if closed else "")
