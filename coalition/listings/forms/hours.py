"""When: the week as a grid, dated lines, lines for part of the year, and the rest in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.hours.rules import WEEKDAYS
from directory.interchange.schema import SCHEDULE
from directory.models.enums import OnHolidays, ScheduleState

from .. import week
from .documents import DatedForm, DocumentForm, TimesForm, form_for
from .parts import Posted, Rows, Values, fresh_id, without

DAYS = dict(
    zip(
        WEEKDAYS,
        (
            gettext_lazy("Monday"),
            gettext_lazy("Tuesday"),
            gettext_lazy("Wednesday"),
            gettext_lazy("Thursday"),
            gettext_lazy("Friday"),
            gettext_lazy("Saturday"),
            gettext_lazy("Sunday"),
        ),
        strict=True,
    )
)
OPENINGS = [choice for choice in ScheduleState.choices if choice[0] != "closed"]
WEEKS = {
    "": gettext_lazy("— choose —"),
    "2w": gettext_lazy("every second week"),
    "3w": gettext_lazy("every third week"),
    "4w": gettext_lazy("every fourth week"),
    "1": gettext_lazy("the first of the month"),
    "2": gettext_lazy("the second of the month"),
    "3": gettext_lazy("the third of the month"),
    "4": gettext_lazy("the fourth of the month"),
    "-1": gettext_lazy("the last of the month"),
    "1,3": gettext_lazy("the first and third of the month"),
    "2,4": gettext_lazy("the second and fourth of the month"),
}
POLICIES = [choice for choice in OnHolidays.choices if choice[0] != "only"]
TIME = forms.TimeField(required=False, input_formats=["%H:%M", "%H:%M:%S", "%H h %M", "%H h"])


@dataclass
class Slot:
    """One stretch of a day as it was typed."""

    name: str
    label: str
    opens: str = ""
    closes: str = ""
    state: str = week.OPEN
    errors: list[str] = field(default_factory=list)

    @property
    def cell(self) -> week.Cell | None:
        if not self.opens and not self.closes and self.state == week.OPEN:
            return None
        return week.Cell(self.opens, self.closes, self.state)


class Week:
    """The plain weekly hours: up to three stretches a day."""

    template = "components/editor_week.html"
    choices = OPENINGS
    policies = POLICIES

    def __init__(self, posted: Posted, lines: list[dict]):
        self.posted = posted
        self.lines = lines
        data = posted.data
        if data is None:
            self.policy = week.holidays(lines)
            cells = week.grid(lines)
            self.days = [
                (code, name, [self.slot(code, n, cells[code]) for n in range(week.RANGES)])
                for code, name in DAYS.items()
            ]
            return
        self.policy = data.get("week-holidays", "")
        if self.policy not in dict(POLICIES):
            self.policy = week.holidays(lines)
        self.days = [
            (code, name, [self.slot_posted(code, n) for n in range(week.RANGES)])
            for code, name in DAYS.items()
        ]
        if data.get("week-copy"):
            self.copy()

    def slot(self, code: str, n: int, cells: list[week.Cell]) -> Slot:
        cell = cells[n] if n < len(cells) else week.Cell("", "", week.OPEN)
        return Slot(f"week-{code}-{n}", self.label(code, n), *cell)

    def slot_posted(self, code: str, n: int) -> Slot:
        name = f"week-{code}-{n}"
        slot = Slot(name, self.label(code, n))
        state = self.posted.data.get(f"{name}-state", "")
        slot.state = state if state in dict(OPENINGS) else week.OPEN
        for end in ("opens", "closes"):
            text = self.posted.data.get(f"{name}-{end}", "").strip()
            try:
                time = TIME.clean(text)
            except ValidationError as error:
                setattr(slot, end, text)
                slot.errors += error.messages
            else:
                setattr(slot, end, time.isoformat("minutes") if time is not None else "")
        if not slot.errors:
            slot.errors = list(self.wrong(slot))
        return slot

    def wrong(self, slot: Slot) -> Iterator[str]:
        if bool(slot.opens) != bool(slot.closes):
            yield _("Give an opening and a closing time, or neither.")
        elif slot.opens and slot.opens == slot.closes != "00:00":
            yield _("Opening and closing are the same. For all day, write 00:00 to 00:00.")

    def label(self, code: str, n: int) -> str:
        return _("%(day)s, time %(n)s") % {"day": DAYS[code], "n": n + 1}

    def copy(self) -> None:
        """Tuesday to Friday as Monday."""
        monday = self.days[0][2]
        for _code, _name, slots in self.days[1:5]:
            for slot, first in zip(slots, monday, strict=True):
                slot.opens, slot.closes, slot.state = first.opens, first.closes, first.state
                slot.errors = []

    def is_valid(self) -> bool:
        return not any(slot.errors for _code, _name, slots in self.days for slot in slots)

    def lines_written(self, taken: set[str]) -> list[dict]:
        wanted = {
            code: [slot.cell for slot in slots if slot.cell] for code, _name, slots in self.days
        }
        return week.lines_of(
            wanted,
            self.policy,
            self.lines,
            lambda: fresh_id(self.posted.seed, "week", taken),
        )


class DaysField(forms.MultipleChoiceField):
    """Days of the week to tick; `MO,TU` in the document."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value):
        return value.split(",") if isinstance(value, str) else value

    def clean(self, value):
        chosen = super().clean(value)
        return ",".join(day for day in WEEKDAYS if day in chosen)

    def has_changed(self, initial, data):
        return set(self.prepare_value(initial) or []) != set(data or [])


class RecurringBase(TimesForm):
    """A line for some days of the week."""

    byday = DaysField(label=gettext_lazy("Days"), choices=list(DAYS.items()), required=False)

    def clean(self):
        cleaned = super().clean()
        if self.errors or not self.says_something():
            return cleaned
        if not cleaned.get("byday"):
            self.add_error("byday", _("Say on which days."))
        if cleaned.get("state") == week.OPEN and cleaned.get("opens_at") is None:
            self.add_error("opens_at", _("Say from when to when it is open."))
        self.check_rest(cleaned)
        return cleaned


class WeeklyBase(RecurringBase):
    """A weekly line for part of the year, or with a note."""

    def check_rest(self, cleaned: dict) -> None:
        if bool(cleaned.get("season_from")) != bool(cleaned.get("season_to")):
            missing = "season_to" if cleaned.get("season_from") else "season_from"
            self.add_error(missing, _("Give the season’s first and last day, or neither."))

    def written(self) -> dict:
        return {"freq": "WEEKLY", "interval": 1, **super().written()}


class SpacedBase(RecurringBase):
    """A line of every few weeks, or of certain weeks of the month."""

    weeks = forms.ChoiceField(
        label=gettext_lazy("Which weeks"), choices=list(WEEKS.items()), required=False
    )
    field_order = ("weeks", "byday")

    def __init__(self, data, *, of: dict, prefix: str):
        super().__init__(data, of=of, prefix=prefix)
        if of:
            self.initial |= {"weeks": week.weeks_of(of), "byday": ",".join(week.weekdays_of(of))}

    def check_rest(self, cleaned: dict) -> None:
        if not cleaned.get("weeks"):
            self.add_error("weeks", _("Say in which weeks."))
        elif cleaned["weeks"] in week.EVERY and not cleaned.get("dtstart"):
            self.add_error("dtstart", _("Give a day on which it takes place: it tells the weeks."))

    def written(self) -> dict:
        line = {key: value for key, value in super().written().items() if key != "weeks"}
        if {"weeks", "byday"}.isdisjoint(self.changed_data):
            return {**line, "byday": self.of["byday"]}
        weekdays = self.cleaned_data["byday"].split(",")
        return {**line, **week.spacing(self.cleaned_data["weeks"], weekdays)}


SpacedForm = form_for(
    SCHEDULE,
    "dtstart opens_at closes_at state holidays description*",
    base=SpacedBase,
    choices={"state": OPENINGS, "holidays": POLICIES},
    helps={"dtstart": gettext_lazy("Needed for every second, third or fourth week.")},
)
WeeklyForm = form_for(
    SCHEDULE,
    "season_from season_to opens_at closes_at state holidays description*",
    base=WeeklyBase,
    choices={"state": OPENINGS, "holidays": POLICIES},
    helps={"season_from": gettext_lazy("Month and day, such as 05-01. Empty for all year.")},
)
DateForm = form_for(
    SCHEDULE,
    "dtstart until opens_at closes_at state description*",
    base=DatedForm,
    helps={"until": gettext_lazy("Empty for one day.")},
)


class Line(Values):
    """A line of a timetable, with what makes it one."""

    def written(self, obj: dict) -> dict:
        return self.form.written() if self.form.says_something() else {}


def lines_as_rows(
    posted: Posted,
    key: str,
    form: type[DocumentForm],
    lines: list[dict],
    *,
    title: Promise,
    add: Promise,
    note: Promise | str = "",
) -> Rows:
    """Lines of one kind, each changed by this form."""
    return Rows(
        key,
        lambda posted, item, prefix: [Line(form, posted, item, f"{prefix}it")],
        posted,
        {key: lines},
        title=title,
        note=note,
        add=add,
        shown_empty=False,
    )


class Hours:
    """All lines of one timetable: of the service, or of one of its places."""

    template = "components/editor_hours.html"

    def __init__(self, posted: Posted, obj: dict):
        self.posted = posted
        self.lines = obj.get("schedules", [])
        found = week.sort_out(self.lines)
        self.week = Week(posted, found.week)
        self.parts = [
            lines_as_rows(
                posted,
                "dated",
                DateForm,
                found.dated,
                title=gettext_lazy("On certain dates"),
                note=gettext_lazy(
                    "Closures, special days, the stops of a van. They go before the week."
                ),
                add=gettext_lazy("Add a date"),
            ),
            lines_as_rows(
                posted,
                "spaced",
                SpacedForm,
                found.spaced,
                title=gettext_lazy("Every few weeks, or monthly"),
                add=gettext_lazy("Add a line"),
            ),
            lines_as_rows(
                posted,
                "noted",
                WeeklyForm,
                found.noted,
                title=gettext_lazy("In part of the year, or with a note"),
                add=gettext_lazy("Add a line"),
            ),
        ]
        removed = posted.data.getlist("remove-line") if posted.data is not None else []
        self.kept = [
            {"id": line["id"], "text": week.in_words(line), "removed": line["id"] in removed}
            for line in found.kept
        ]
        self.others = found.kept

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in (self.week, *self.parts))

    def written(self, obj: dict) -> dict:
        taken = {line["id"] for line in self.lines}
        removed = {line["id"] for line in self.kept if line["removed"]}
        lines = week.put_together(
            self.lines,
            [
                self.week.lines_written(taken),
                *(rows.written({rows.key: rows.items}).get(rows.key, []) for rows in self.parts),
                [line for line in self.others if line["id"] not in removed],
            ],
        )
        rest = without(obj, ["schedules"])
        return {**rest, "schedules": lines} if lines else rest

    def forms(self) -> Iterator[DocumentForm]:
        for rows in self.parts:
            yield from rows.forms()
