"""Cutting lines and rings by a convex outline: a map's frame, or the region that data is kept for.

Points are complex numbers, real part to the right, imaginary part down. An outline is a list of
points that goes round once, either way.
"""

from collections.abc import Iterator
from itertools import pairwise


def sides(outline: list[complex]) -> Iterator[tuple[complex, complex]]:
    """A point of each side, and the direction in which the inside lies to the left of it."""
    middle = sum(outline) / len(outline)
    for start, end in zip(outline, outline[1:] + outline[:1], strict=True):
        along = end - start
        if ((middle - start) * along.conjugate()).imag < 0:
            start, along = end, -along
        if along:
            yield start, along.conjugate()


def clip_ring(ring: list[complex], outline: list[complex]) -> list[complex]:
    """The ring inside the outline (Sutherland–Hodgman); empty where none of it is.

    A ring cut in two stays one, joined along the outline's edge.
    """
    for start, turned in sides(outline):
        if not ring:
            break
        depths = [((z - start) * turned).imag for z in ring]
        if min(depths) >= 0:
            continue
        kept = []
        before, depth_before = ring[-1], depths[-1]
        for z, depth in zip(ring, depths, strict=True):
            if (depth < 0) != (depth_before < 0):
                kept.append(before + (z - before) * (depth_before / (depth_before - depth)))
            if depth >= 0:
                kept.append(z)
            before, depth_before = z, depth
        ring = kept
    return ring


def clip_line(line: list[complex], outline: list[complex]) -> list[list[complex]]:
    """The parts of a line inside the outline, in order (Cyrus–Beck, piece by piece)."""
    edges = list(sides(outline))
    parts: list[list[complex]] = []
    for start, end in pairwise(line):
        enter, leave = 0.0, 1.0
        for origin, turned in edges:
            d1, d2 = ((start - origin) * turned).imag, ((end - origin) * turned).imag
            if d1 < 0 and d2 < 0:
                enter = 2.0
                break
            if d1 < 0:
                enter = max(enter, d1 / (d1 - d2))
            elif d2 < 0:
                leave = min(leave, d1 / (d1 - d2))
        if enter > leave:
            continue
        first, last = start + (end - start) * enter, start + (end - start) * leave
        if parts and parts[-1][-1] == first and enter == 0:
            parts[-1].append(last)
        else:
            parts.append([first, last])
    return parts
