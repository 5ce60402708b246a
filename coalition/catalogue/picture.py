"""Numbers as a picture: a square for each, darker for more, crossed out where there is nothing."""

from dataclasses import dataclass

from .gaps import Matrix

CELL, SIDE = 26, 23
LEVELS = 4
LETTER = 7  # width of a letter, in the picture's own units
MOST_LETTERS = 34
LEVEL_LETTERS = 3


@dataclass(frozen=True)
class Label:
    """A text at a point; one of a column too long to stand level is `slanted`."""

    x: int
    y: int
    text: str
    slanted: bool = False


@dataclass(frozen=True)
class Picture:
    """What the template draws, in units of its own, which it may write as they are.

    `shades` has the squares of each level as one path: 0 is none, LEVELS the most.
    """

    width: int
    height: int
    rows: list[Label]
    columns: list[Label]
    shades: list[tuple[int, str]]


def picture(matrix: Matrix) -> Picture:
    rows = [short(label) for _key, label in matrix.rows]
    columns = [short(label) for _key, label in matrix.columns]
    slanted = any(len(label) > LEVEL_LETTERS for label in columns)
    left = widest(rows) + 10
    top = 24 + (widest(columns) * 4 // 5 if slanted else 0)
    return Picture(
        left + max(reach(columns, slanted), len(columns) * CELL) + 4,
        top + len(rows) * CELL + 4,
        [Label(left - 8, top + r * CELL + 17, label) for r, label in enumerate(rows)],
        [Label(left + c * CELL + 12, top - 8, text, slanted) for c, text in enumerate(columns)],
        sorted(shades(matrix, left, top).items()),
    )


def reach(columns: list[str], slanted: bool) -> int:
    """How far to the right the labels of columns go."""
    if not slanted:
        return 0
    return max(
        (c * CELL + 20 + len(text) * LETTER * 2 // 3 for c, text in enumerate(columns)), default=0
    )


def shades(matrix: Matrix, left: int, top: int) -> dict[int, str]:
    """The squares of each level as one path."""
    most = matrix.most
    found: dict[int, list[str]] = {}
    for r, (_label, numbers) in enumerate(matrix.lines):
        for c, count in enumerate(numbers):
            square = f"M{left + c * CELL} {top + r * CELL}h{SIDE}v{SIDE}h-{SIDE}z"
            found.setdefault(level(count, most), []).append(square)
    return {shade: "".join(squares) for shade, squares in found.items()}


def short(label: str) -> str:
    return label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1]}…"


def widest(labels: list[str]) -> int:
    return max((len(label) for label in labels), default=0) * LETTER


def level(count: int, most: int) -> int:
    """0 for none, then up to LEVELS: each stands for twice as much again or more."""
    if not count:
        return 0
    ratio = count / most
    return next(n for n in range(1, LEVELS + 1) if ratio <= 4.0 ** (n - LEVELS))
