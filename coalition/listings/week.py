"""A timetable as a week to fill in, and back. Pure: lines of a listing document in and out.

The week takes the plain weekly lines: the same every week of the year, with one word about
public holidays and no note. Dated lines (a closure, a special day, a van's stop), those of every
few weeks or of certain weeks of the month, and weekly ones for part of the year or with a note have
rows of their own; everything else is kept as it is and told in words. What nobody changed comes
back as the very same lines, in the same order.
"""

import re
from typing import NamedTuple

from directory.hours.rules import WEEKDAYS, Rule
from directory.hours.timetable import plain_text

RANGES = 3  # times that a day of the week has room for
OPEN = "open"
UNKNOWN = "unknown"
PLAIN = {"id", "state", "freq", "interval", "byday", "opens_at", "closes_at", "holidays"}
NOTED = PLAIN | {"season_from", "season_to", "description", "description_fr"}
SPACED = NOTED | {"dtstart"}
# Which weeks: every so many from the first day on, or those of the month (-1: the last).
EVERY = {"2w": 2, "3w": 3, "4w": 4}
OF_THE_MONTH = ("1", "2", "3", "4", "-1", "1,3", "2,4")
DATED = {
    "id",
    "state",
    "interval",
    "dtstart",
    "until",
    "opens_at",
    "closes_at",
    "holidays",
    "description",
    "description_fr",
}


class Cell(NamedTuple):
    """One stretch of a day: times as `HH:MM`, empty where the whole day has no fixed times."""

    opens: str
    closes: str
    state: str


Grid = dict[str, list[Cell]]


class Sorted(NamedTuple):
    """The lines of a timetable by where they can be changed."""

    week: list[dict]
    spaced: list[dict]
    noted: list[dict]
    dated: list[dict]
    kept: list[dict]


def sort_out(lines: list[dict]) -> Sorted:
    """Which lines the week holds, which have rows of their own, which are only kept."""
    found = Sorted([], [], [], [], [])
    room = dict.fromkeys(WEEKDAYS, RANGES)
    for line in lines:
        if fits_the_week(line, found.week, room):
            found.week.append(line)
            for day in days(line):
                room[day] -= 1
        elif weeks_of(line):
            found.spaced.append(line)
        elif is_weekly(line, NOTED):
            found.noted.append(line)
        elif is_dated(line):
            found.dated.append(line)
        else:
            found.kept.append(line)
    return found


def fits_the_week(line: dict, others: list[dict], room: dict[str, int]) -> bool:
    return (
        is_weekly(line, PLAIN)
        and (not others or holidays(others) == holidays([line]))
        and all(room[day] for day in days(line))
    )


def is_weekly(line: dict, keys: set[str]) -> bool:
    """Every week on days of the week, with nothing said but what `keys` name."""
    return (
        line.get("freq") == "WEEKLY"
        and line.get("interval", 1) == 1
        and says_only(line, keys)
        and line.get("state", OPEN) != "closed"
        and line.get("holidays", UNKNOWN) != "only"
        and set(days(line)) <= set(WEEKDAYS)
        and len(set(days(line))) == len(days(line))
    )


def weeks_of(line: dict) -> str:
    """In which weeks the line holds, as a key of `EVERY` or of `OF_THE_MONTH`; empty for lines
    that say anything else."""
    if (
        not says_only(line, SPACED)
        or line.get("state", OPEN) == "closed"
        or line.get("holidays", UNKNOWN) == "only"
        or not days(line)
    ):
        return ""
    every = line.get("interval", 1)
    if line.get("freq") == "WEEKLY" and line.get("dtstart") and set(days(line)) <= set(WEEKDAYS):
        return f"{every}w" if f"{every}w" in EVERY else ""
    if line.get("freq") != "MONTHLY" or every != 1:
        return ""
    weeks = {code: byday_of(code, weekdays_of(line)) for code in OF_THE_MONTH}
    found = set(days(line))
    return next((code for code, byday in weeks.items() if set(byday.split(",")) == found), "")


def weekdays_of(line: dict) -> list[str]:
    """The days of the week that a line names, whichever weeks it means."""
    named = {re.sub(r"[-0-9]", "", day) for day in days(line)}
    return [day for day in WEEKDAYS if day in named]


def spacing(weeks: str, weekdays: list[str]) -> dict:
    """What makes a line hold in these weeks, on these days."""
    if weeks in EVERY:
        return {"freq": "WEEKLY", "interval": EVERY[weeks], "byday": ",".join(weekdays)}
    return {"freq": "MONTHLY", "interval": 1, "byday": byday_of(weeks, weekdays)}


def byday_of(weeks: str, weekdays: list[str]) -> str:
    return ",".join(f"{week}{day}" for day in weekdays for week in weeks.split(","))


def is_dated(line: dict) -> bool:
    return (
        not line.get("freq")
        and bool(line.get("dtstart"))
        and line.get("interval", 1) == 1
        and line.get("holidays", UNKNOWN) == UNKNOWN
        and says_only(line, DATED)
    )


def says_only(line: dict, keys: set[str]) -> bool:
    return all(key in keys for key, value in line.items() if value not in (None, ""))


def days(line: dict) -> list[str]:
    return line["byday"].split(",") if line.get("byday") else []


def holidays(lines: list[dict]) -> str:
    return lines[0].get("holidays", UNKNOWN) if lines else UNKNOWN


def grid(lines: list[dict]) -> Grid:
    """The week that these lines make, each day's times in order."""
    found: Grid = {day: [] for day in WEEKDAYS}
    for line in lines:
        for day in days(line):
            found[day].append(cell_of(line))
    return {day: sorted(cells) for day, cells in found.items()}


def cell_of(line: dict) -> Cell:
    return Cell(line.get("opens_at") or "", line.get("closes_at") or "", line.get("state", OPEN))


def lines_of(wanted: Grid, policy: str, before: list[dict], new_id) -> list[dict]:
    """Lines that make this week; those of `before` where it is the same.

    Lines of the same times keep their identifier; `new_id` gives one to each new line.
    """
    wanted = {day: sorted(cells) for day, cells in wanted.items()}
    if wanted == grid(before) and (not before or policy == holidays(before)):
        return before
    by_cell: dict[tuple[Cell, int], list[str]] = {}
    for day in WEEKDAYS:
        for n, cell in enumerate(wanted[day]):
            repeat = wanted[day][:n].count(cell)
            by_cell.setdefault((cell, repeat), []).append(day)
    known = {}
    for line in before:
        known.setdefault(cell_of(line), []).append(line)
    reused, added = {}, []
    for (cell, _repeat), weekdays in by_cell.items():
        line = {
            "state": cell.state,
            "freq": "WEEKLY",
            "interval": 1,
            "byday": ",".join(weekdays),
            "holidays": policy,
        }
        if cell.opens:
            line |= {"opens_at": cell.opens, "closes_at": cell.closes}
        if known.get(cell):
            old = known[cell].pop(0)
            reused[old["id"]] = {"id": old["id"], **line}
        else:
            added.append({"id": new_id(), **line})
    return [reused[line["id"]] for line in before if line["id"] in reused] + added


def put_together(original: list[dict], parts: list[list[dict]]) -> list[dict]:
    """The lines of all parts: what was there in its order, what is new after it."""
    lines = {line["id"]: line for part in parts for line in part}
    known = [lines.pop(line["id"]) for line in original if line["id"] in lines]
    return known + list(lines.values())


def in_words(line: dict) -> str:
    """A line as residents read it; empty where it cannot be read."""
    try:
        return "; ".join(plain_text([Rule.from_document(line)]))
    except (ValueError, KeyError):
        return ""
