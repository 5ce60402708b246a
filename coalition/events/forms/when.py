"""When an event is, and how it repeats: choices that people know, kept as an RFC 5545 rule."""

import re

from django import forms
from django.utils.dateparse import parse_date
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.events.recurrence import (
    BadRule,
    first_fitting,
    normal,
    parts_of,
    until_of,
    within_reach,
)
from coalition.events.schema import EVENT
from coalition.listings.forms.documents import DocumentForm, form_for
from coalition.listings.forms.zones import ZONES

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WHICH = [
    ("1", gettext_lazy("first")),
    ("2", gettext_lazy("second")),
    ("3", gettext_lazy("third")),
    ("4", gettext_lazy("fourth")),
    ("-1", gettext_lazy("last")),
]
REPEATS = [
    ("", gettext_lazy("It takes place once")),
    ("daily", gettext_lazy("Every day")),
    ("weekly", gettext_lazy("Every week")),
    ("monthly_week", gettext_lazy("Every month, on a weekday: the last Friday")),
    ("monthly_day", gettext_lazy("Every month, on the same date")),
    ("yearly", gettext_lazy("Every year")),
]
AS_IS = ("as_is", gettext_lazy("As it is now"))
FREQ = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly_week": "MONTHLY",
    "monthly_day": "MONTHLY",
    "yearly": "YEARLY",
}
ON_A_WEEKDAY = re.compile(r"(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)")
SIDE_BY_SIDE = (
    ("starts_on", "ends_on"),
    ("starts_at", "ends_at"),
    ("timezone",),
    ("repeat", "every"),
    ("days",),
    ("which", "weekday"),
    ("until", "count"),
    ("left_out",),
)
EXTRA = ("repeat", "every", "days", "which", "weekday", "until", "count", "left_out")


class DatesField(forms.CharField):
    """Days, one after the other."""

    def clean(self, value) -> list[str]:
        words = re.split(r"[\s,;]+", super().clean(value).strip())
        found = []
        for word in filter(None, words):
            try:
                day = parse_date(word)
            except ValueError:
                day = None
            if day is None:
                raise forms.ValidationError(
                    _("“%s” is not a day. Write days such as 2026-12-24.") % word
                )
            found.append(day.isoformat())
        return sorted(set(found))


class WhenBase(DocumentForm):
    """Days and times of an event, and its rule in parts."""

    also = ("rrule", "exdates")

    def __init__(self, data, *, of: dict, prefix: str):
        super().__init__(data, of=of, prefix=prefix)
        own = of.get("timezone")
        extra = [(own, own)] if own and own not in ZONES else []
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[("", _("The one of the place")), *ZONES.items(), *extra],
        )
        self.rule = of.get("rrule", "")
        self.read = read_rule(self.rule)
        choices = [*REPEATS, AS_IS] if self.read.get("repeat") == "as_is" else REPEATS
        weekdays = [(code, WEEKDAYS[n].capitalize()) for n, code in enumerate(DAYS)]
        self.fields |= {
            "repeat": forms.ChoiceField(
                label=_("Does it repeat?"), choices=choices, required=False
            ),
            "every": forms.IntegerField(
                label=_("Every how many days, weeks, months or years"),
                min_value=1,
                max_value=52,
                required=False,
                help_text=_("2 for every second week"),
            ),
            "days": forms.MultipleChoiceField(
                label=_("For every week: on which days"),
                choices=weekdays,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
            "which": forms.ChoiceField(
                label=_("For every month on a weekday: which"),
                choices=[("", "—"), *WHICH],
                required=False,
            ),
            "weekday": forms.ChoiceField(
                label=_("and on which day"), choices=[("", "—"), *weekdays], required=False
            ),
            "until": forms.DateField(
                label=_("It repeats until"),
                required=False,
                widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
                validators=[within_reach],
                help_text=_("The last day it may be on. Leave both empty if it goes on."),
            ),
            "count": forms.IntegerField(
                label=_("or so many times"), min_value=1, max_value=1000, required=False
            ),
            "left_out": DatesField(
                label=_("Not on these days"),
                required=False,
                max_length=5000,
                help_text=_("Days such as 2026-12-24, one after the other."),
                widget=forms.Textarea({"rows": 2}),
            ),
        }
        self.initial |= {**self.read, "left_out": "\n".join(of.get("exdates", []))}

    @property
    def groups(self) -> list[list]:
        """What is said in one breath, side by side."""
        return [[self[name] for name in names] for names in SIDE_BY_SIDE]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("ends_at") and not cleaned.get("starts_at") and "starts_at" in cleaned:
            self.add_error("starts_at", _("Say from when, not only until when."))
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        ends_at, one_day = cleaned.get("ends_at"), last in (None, first)
        if ends_at and ends_at == cleaned.get("starts_at") and one_day:
            self.add_error("ends_at", _("It ends when it begins. Leave this empty if open."))
        if cleaned.get("until") and cleaned.get("count"):
            self.add_error("count", _("Say until when, or how often: not both."))
        if cleaned.get("repeat") == "monthly_week":
            for name in ("which", "weekday"):
                if not cleaned.get(name):
                    self.add_error(name, _("Choose one."))
        if self.errors:
            return cleaned
        try:
            rule = self.made_rule(cleaned)
            fitting = first_fitting(first, rule) if first and rule else first
        except BadRule as error:
            self.add_error("repeat", str(error))
            return cleaned
        if rule and first and fitting != first:
            said = _("The first day is not one of those on which it repeats.")
            if fitting:
                said += " " + _("The first of them is %s.") % fitting.isoformat()
            self.add_error("starts_on", said)
        cleaned["rrule"] = rule
        return cleaned

    def made_rule(self, cleaned: dict) -> str:
        """The rule that the choices stand for. Raises BadRule."""
        repeat = cleaned.get("repeat")
        if repeat == "as_is":
            return self.rule
        if not repeat:
            return ""
        parts = {"FREQ": FREQ[repeat]}
        if (every := cleaned.get("every") or 1) > 1:
            parts["INTERVAL"] = str(every)
        if repeat == "weekly" and cleaned.get("days"):
            parts["BYDAY"] = ",".join(day for day in DAYS if day in cleaned["days"])
        if repeat == "monthly_week":
            parts["BYDAY"] = f"{cleaned['which']}{cleaned['weekday']}"
        if cleaned.get("until"):
            parts["UNTIL"] = f"{cleaned['until']:%Y%m%d}"
        elif cleaned.get("count"):
            parts["COUNT"] = str(cleaned["count"])
        return normal(";".join(f"{name}={value}" for name, value in parts.items()))

    def written(self) -> dict:
        changed = [name for name in self.changed_data if name in EXTRA]
        result = {key: value for key, value in super().written().items() if key not in EXTRA}
        for key, value, names in (
            ("rrule", self.cleaned_data.get("rrule", ""), EXTRA[:-1]),
            ("exdates", self.cleaned_data.get("left_out"), ("left_out",)),
        ):
            if any(name in changed for name in names):
                result.pop(key, None)
                if value:
                    result[key] = value
        return result


def read_rule(rule: str) -> dict:
    """A rule as the choices of the form; `as_is` for one that they cannot say."""
    if not rule:
        return {"repeat": ""}
    as_is = {"repeat": "as_is"}
    try:
        parts = parts_of(rule)
        until = until_of(parts)
    except BadRule:
        return as_is
    if parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT"}:
        return as_is
    found: dict = {"every": int(parts["INTERVAL"]) if "INTERVAL" in parts else None}
    days = parts.get("BYDAY", "")
    match parts["FREQ"]:
        case "WEEKLY" if set(days.split(",")) <= {*DAYS, ""}:
            found |= {"repeat": "weekly", "days": days.split(",") if days else []}
        case "MONTHLY" if on := ON_A_WEEKDAY.fullmatch(days):
            found |= {"repeat": "monthly_week", "which": on[1], "weekday": on[2]}
        case "MONTHLY" if not days:
            found |= {"repeat": "monthly_day"}
        case "DAILY" | "YEARLY" as freq if not days:
            found |= {"repeat": freq.lower()}
        case _:
            return as_is
    return found | {"until": until, "count": int(parts["COUNT"]) if "COUNT" in parts else None}


WhenForm = form_for(
    EVENT,
    "starts_on starts_at ends_at ends_on timezone",
    base=WhenBase,
    helps={
        "starts_on": gettext_lazy("For one that repeats, the first time."),
        "starts_at": gettext_lazy("Empty for all day."),
        "ends_on": gettext_lazy("Only for one that lasts longer than a day."),
    },
)
