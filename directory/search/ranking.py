"""The order of the list, in kilometres: how much farther one would go for what fits better.

Why each of these numbers is what it is stands in docs/search.md; a table of judged queries
(tests/directory/judged_queries.csv) holds them to it.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBER = (1 << 31) - 1  # the part of a key (`hits.Hits`) that names the service
# How well the words fit: in its name; it is what they stand for; in its terms or the name of who
# runs it; only in what it says.
NAMED, TERM, KNOWN, SAID = 0.0, 2.0, 4.0, 15.0
# When someone last checked.
FRESH_DAYS, STALE_DAYS = 180, 365
FRESH, AGING, STALE = 0.0, 0.5, 2.0
# Its people have promised to check it oftener than they did.
OVERDUE = 1.0
# Now. One shut for a while is nearly no use.
OPEN, ASK_FIRST, HOURS_UNKNOWN, SHUT, SHUT_FOR_LONG = 0.0, 0.5, 1.0, 1.5, 40.0


# By the state a row is in: open, ask first, hours not known, shut, shut for a while.
STATES = (OPEN, ASK_FIRST, HOURS_UNKNOWN, SHUT, SHUT_FOR_LONG)


@dataclass(slots=True)
class Candidate:
    """A service in the running: its key, its effort in kilometres, and the row to show it by.

    `late`: its check is overdue.
    """

    key: int
    effort: float
    row: int
    metres: int
    state: int
    late: int


def candidates(keys: list[int], weighed: tuple) -> list[Candidate]:
    """The services of these keys, in that order, with their efforts: what the key holds, and the
    state now. `weighed`: the answer to `asking.weigh`.

    Each by its nearest row, or one that is open where none is nearer; in the best state that any
    of its rows is in.
    """
    best: dict[int, Candidate] = {}
    columns = [() if column is None else column.tolist() for column in weighed]
    for number, row, metres, state, late in zip(*columns, strict=True):
        held = best.get(number)
        if held is None:
            best[number] = Candidate(0, 0.0, row, metres, state, late)
            continue
        if (metres, state, row) < (held.metres, held.state, held.row):
            held.row, held.metres = row, metres
        held.state = min(held.state, state)
    found = []
    for key in keys:
        if (candidate := best.get(key & NUMBER)) is not None:
            candidate.key = key
            candidate.effort = (key >> 32) / 1000 + STATES[candidate.state]
            candidate.effort += OVERDUE * candidate.late
            found.append(candidate)
    return found
