"""Hours against a second telling of them, minute by minute, and what must hold of any rules."""

import datetime
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.hours.days import zone
from directory.hours.rules import WEEKDAYS, rules_of
from directory.hours.spans import materialise, spans, status
from directory.models.enums import Province

UTC = datetime.UTC
MINUTE = datetime.timedelta(minutes=1)
STATES = ["open", "call_first", "by_appointment"]

times = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
weekdays = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(lambda days: ",".join(sorted(days)))


@st.composite
def weekly_lines(draw):
    opens, closes = draw(st.tuples(times, times).filter(lambda t: t[0] != t[1] or t[0] == "00:00"))
    return {
        "freq": "WEEKLY",
        "byday": draw(weekdays),
        "opens_at": opens,
        "closes_at": closes,
        "state": draw(st.sampled_from([*STATES, "closed"])),
        "holidays": "as_usual",
    }


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:5])


def covers(line, at):
    """Whether the line, on its own, holds at a local minute: today's, or last night's."""
    opens, closes = minutes(line["opens_at"]), minutes(line["closes_at"])
    days = line["byday"].split(",")
    minute = at.hour * 60 + at.minute
    today = WEEKDAYS[at.weekday()] in days
    yesterday = WEEKDAYS[(at.weekday() - 1) % 7] in days
    if opens < closes:
        return today and opens <= minute < closes
    return (today and minute >= opens) or (yesterday and minute < closes)


def begun_on(line, at):
    """The weekday on which the line's opening that covers this minute began."""
    opens, closes = minutes(line["opens_at"]), minutes(line["closes_at"])
    last_night = opens >= closes and at.hour * 60 + at.minute < closes
    return WEEKDAYS[(at.weekday() - last_night) % 7]


def state_told(lines, at):
    """The state at a local minute, from the rules as people would read them aloud."""
    if not any(line["state"] != "closed" for line in lines):
        closed = any(covers(line, at) for line in lines)
        return "closed" if closed else "unknown"
    closures = [line for line in lines if line["state"] == "closed"]
    if any(covers(line, at) for line in closures):
        return "closed"
    shut = [c for c in closures if c["opens_at"] == c["closes_at"] == "00:00"]
    for state in STATES:
        for line in lines:
            if line["state"] == state and covers(line, at):
                day = begun_on(line, at)
                if not any(day in c["byday"].split(",") for c in shut):
                    return state
    return "closed"


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(weekly_lines(), min_size=1, max_size=5),
    timezone=st.sampled_from(["America/Toronto", "America/St_Johns", "America/Regina"]),
    day=st.dates(datetime.date(2026, 6, 1), datetime.date(2026, 9, 1)),
)
def test_every_minute_agrees_with_a_plain_telling_of_weekly_rules(lines, timezone, day):
    place = zone(timezone)
    start = datetime.datetime.combine(day, datetime.time(), place).astimezone(UTC)
    length = 2 * 24 * 60
    found = spans(
        rules_of(lines),
        timezone=timezone,
        province="",
        start=start,
        end=start + length * MINUTE,
    )
    local = start.astimezone(place).replace(tzinfo=None)  # no clock changes in these months
    expected = [state_told(lines, local + n * MINUTE) for n in range(length)]
    for n in range(length):
        at = start + n * MINUTE
        now = status(found, at)
        assert now.state == expected[n], f"{local + n * MINUTE}"
    changes = [n for n in range(1, length) if expected[n] != expected[n - 1]]
    for n, change in zip([0, *changes], changes, strict=False):
        assert status(found, start + n * MINUTE).until == start + change * MINUTE


dates = st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)).map(str)
month_days = st.sampled_from(["01-01", "02-28", "02-29", "03-08", "06-15", "11-01", "12-31"])


@st.composite
def any_lines(draw):
    opens, closes = draw(st.tuples(times, times).filter(lambda t: t[0] != t[1] or t[0] == "00:00"))
    line = {
        "state": draw(st.sampled_from([*STATES, "closed"])),
        "holidays": draw(st.sampled_from(["unknown", "as_usual", "closed", "only"])),
    }
    if draw(st.booleans()):
        line |= {"opens_at": opens, "closes_at": closes}
    kind = draw(st.sampled_from(["weekly", "monthly", "dated"]))
    if kind == "weekly":
        line |= {"freq": "WEEKLY", "byday": draw(weekdays)}
        if draw(st.booleans()):
            line |= {"interval": draw(st.integers(2, 5)), "dtstart": draw(dates)}
    elif kind == "monthly":
        line |= {"freq": "MONTHLY"}
        if draw(st.booleans()):
            line |= {"byday": draw(st.sampled_from(["2TU", "-1FR", "5MO", "MO,1SU", "-SA"]))}
        else:
            line |= {"bymonthday": draw(st.sampled_from(["1", "15,-1", "31", "-31"]))}
    else:
        first, last = sorted([draw(dates), draw(dates)])
        line |= {"dtstart": first} | ({"until": last} if draw(st.booleans()) else {})
    if draw(st.integers(0, 3)) == 0:
        line |= {"season_from": draw(month_days), "season_to": draw(month_days)}
    if draw(st.integers(0, 3)) == 0:
        line |= {"valid_from": draw(dates)}
    if draw(st.integers(0, 3)) == 0:
        line |= {"valid_to": draw(dates)}
    return line


any_rules = st.lists(any_lines(), max_size=8)
any_zones = st.sampled_from(
    ["America/Toronto", "America/St_Johns", "America/Regina", "America/Vancouver", "Etc/UTC"]
)
instants = st.datetimes(datetime.datetime(2026, 1, 1), datetime.datetime(2027, 12, 1)).map(
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)
provinces = st.sampled_from(["", *Province.values])


@settings(max_examples=200, deadline=None)
@given(any_rules, any_zones, provinces, instants, st.integers(1, 60 * 24 * 40))
def test_spans_are_sorted_never_overlap_and_lie_within_what_is_asked(
    lines, timezone, province, start, length
):
    end = start + length * MINUTE
    found = spans(rules_of(lines), timezone=timezone, province=province, start=start, end=end)
    assert found == sorted(found)
    for span in found:
        assert start <= span.start < span.end <= end
    for one, next_ in itertools.pairwise(found):
        assert one.end <= next_.start
        assert one.end < next_.start or one.state != next_.state


@settings(max_examples=100, deadline=None)
@given(st.data(), any_rules, any_zones, provinces, instants)
def test_the_order_of_lines_means_nothing(data, lines, timezone, province, start):
    where = {"timezone": timezone, "province": province}
    until = start + datetime.timedelta(days=30)
    shuffled = data.draw(st.permutations(lines))
    one = spans(rules_of(lines), **where, start=start, end=until)
    other = spans(rules_of(shuffled), **where, start=start, end=until)
    assert one == other


@settings(max_examples=150, deadline=None)
@given(any_rules, any_zones, provinces, instants, st.integers(0, 60 * 24 * 27))
def test_what_is_materialised_says_the_same_as_spans_asked_for_that_moment(
    lines, timezone, province, now, ahead
):
    rules = rules_of(lines)
    where = {"timezone": timezone, "province": province}
    at = now + ahead * MINUTE
    kept = status(materialise(rules, **where, now=now), at)
    asked = spans(rules, **where, start=at, end=at + MINUTE)
    assert kept.state == (asked[0].state if asked and asked[0].start == at else "closed")
    if kept.next_start is not None:
        then = spans(rules, **where, start=kept.next_start, end=kept.next_start + MINUTE)
        assert then[0].state == kept.next_state
        assert then[0].start == kept.next_start


@settings(max_examples=100, deadline=None)
@given(any_rules, any_zones, provinces, instants)
def test_asking_in_two_parts_says_the_same_as_asking_once(lines, timezone, province, start):
    rules = rules_of(lines)
    where = {"timezone": timezone, "province": province}
    middle, end = start + datetime.timedelta(days=3, hours=5), start + datetime.timedelta(days=9)

    def covered(found):
        return {(at, state) for a, b, state in found for at in range(stamp(a), stamp(b), 900)}

    def stamp(at):
        return int(at.timestamp())

    low = start.replace(minute=0, second=0)
    middle = middle.replace(minute=0, second=0)
    whole = spans(rules, **where, start=low, end=end)
    parts = [
        *spans(rules, **where, start=low, end=middle),
        *spans(rules, **where, start=middle, end=end),
    ]
    assert covered(whole) == covered(parts)
