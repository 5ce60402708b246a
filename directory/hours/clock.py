"""Times of day, days and dates as people in Canada write them, in the active language.

English as in coalition/formats: 8:30 pm, 3 Dec. French after the Office québécois de la langue
française, "Écriture des heures": 20 h 30, with no-break spaces; 3 décembre.
"""

import datetime
from contextlib import AbstractContextManager, nullcontext

from django.utils import translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from .days import DAY, zone

NBSP = "\N{NO-BREAK SPACE}"
NOON = DAY // 2
MIDNIGHT = datetime.time()
MORNING_ENDS = datetime.time(12)
ONE_DAY = datetime.timedelta(days=1)

# Alone or after a verb: "opens Tue 9 am"; French writes these in full.
SHORT_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
SHORT_MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)

NEWFOUNDLAND = gettext_lazy("Newfoundland time")
ATLANTIC = gettext_lazy("Atlantic time")
EASTERN = gettext_lazy("Eastern time")
CENTRAL = gettext_lazy("Central time")
SASKATCHEWAN = gettext_lazy("Saskatchewan time")
MOUNTAIN = gettext_lazy("Mountain time")
PACIFIC = gettext_lazy("Pacific time")
YUKON = gettext_lazy("Yukon time")
# What people call the zones of Canada (the names in the IANA database, old ones included).
ZONE_NAMES = {
    "America/St_Johns": NEWFOUNDLAND,
    "Canada/Newfoundland": NEWFOUNDLAND,
    "America/Halifax": ATLANTIC,
    "America/Glace_Bay": ATLANTIC,
    "America/Moncton": ATLANTIC,
    "America/Goose_Bay": ATLANTIC,
    "America/Blanc-Sablon": ATLANTIC,
    "Canada/Atlantic": ATLANTIC,
    "America/Toronto": EASTERN,
    "America/Montreal": EASTERN,
    "America/Nipigon": EASTERN,
    "America/Thunder_Bay": EASTERN,
    "America/Iqaluit": EASTERN,
    "America/Pangnirtung": EASTERN,
    "America/Atikokan": EASTERN,
    "America/Coral_Harbour": EASTERN,
    "Canada/Eastern": EASTERN,
    "America/Winnipeg": CENTRAL,
    "America/Rainy_River": CENTRAL,
    "America/Rankin_Inlet": CENTRAL,
    "America/Resolute": CENTRAL,
    "Canada/Central": CENTRAL,
    "America/Regina": SASKATCHEWAN,
    "America/Swift_Current": SASKATCHEWAN,
    "Canada/Saskatchewan": SASKATCHEWAN,
    "America/Edmonton": MOUNTAIN,
    "America/Calgary": MOUNTAIN,
    "America/Yellowknife": MOUNTAIN,
    "America/Inuvik": MOUNTAIN,
    "America/Cambridge_Bay": MOUNTAIN,
    "America/Creston": MOUNTAIN,
    "America/Dawson_Creek": MOUNTAIN,
    "America/Fort_Nelson": MOUNTAIN,
    "Canada/Mountain": MOUNTAIN,
    "America/Vancouver": PACIFIC,
    "Canada/Pacific": PACIFIC,
    "America/Whitehorse": YUKON,
    "America/Dawson": YUKON,
    "Canada/Yukon": YUKON,
}


def speaking(language: str | None) -> AbstractContextManager:
    """The given language, or the active one where none is given."""
    return translation.override(language) if language else nullcontext()


def language_now() -> str:
    """The active language as the hours room tells them apart: "fr" or "en"."""
    return "fr" if (translation.get_language() or "").startswith("fr") else "en"


def time_text(seconds: int) -> str:
    """A time of day, `seconds` after local midnight (past 86,400 on the next day): 8:30 pm."""
    seconds %= DAY
    if seconds == 0:
        return _("midnight")
    if seconds == NOON:
        return _("noon")
    hour, minute = divmod(seconds // 60, 60)
    if language_now() == "fr":
        return f"{hour}{NBSP}h" + (f"{NBSP}{minute:02}" if minute else "")
    shown = f"{hour % 12 or 12}" + (f":{minute:02}" if minute else "")
    return f"{shown} {'am' if hour < 12 else 'pm'}"


def times_text(begins: int, ends: int) -> str:
    """From when to when: 9 am – 8 pm."""
    if begins == 0 and ends == DAY:
        return _("24 hours")
    return from_to(time_text(begins), time_text(ends))


def zone_text(timezone: str, at: datetime.datetime) -> str:
    """What people call this time zone: Eastern time. One outside Canada by its distance to UTC."""
    if timezone in ZONE_NAMES:
        return str(ZONE_NAMES[timezone])
    return f"UTC{at.astimezone(zone(timezone)).isoformat()[-6:]}"


def weekday_text(day: datetime.date) -> str:
    """Monday, for a heading."""
    name = str(WEEKDAYS[day.weekday()])
    return name[:1].upper() + name[1:]


def date_text(day: datetime.date, today: datetime.date | None = None) -> str:
    """3 Dec; with its year where that is not today's, or where today is not known."""
    short = month_day_text(day.month, day.day)
    if today is not None and day.year == today.year:
        return short
    return pgettext("date", "%(date)s %(year)s") % {"date": short, "year": day.year}


def month_day_text(month: int, day: int) -> str:
    """A day that comes every year: 1 May."""
    return pgettext("date", "%(day)s %(month)s") % {
        "day": pgettext("first day of a month", "1") if day == 1 else day,
        "month": SHORT_MONTHS[month - 1],
    }


def day_text(day: datetime.date, today: datetime.date | None = None) -> str:
    """Tue 3 Dec."""
    return pgettext("date", "%(weekday)s %(date)s") % {
        "weekday": SHORT_WEEKDAYS[day.weekday()],
        "date": date_text(day, today),
    }


def period_text(
    first: datetime.date, last: datetime.date, today: datetime.date | None = None
) -> str:
    """24 Dec – 2 Jan 2027; one day with its weekday."""
    if first == last:
        return day_text(first, today)
    return from_to(
        date_text(first, first if first.year == last.year else today), date_text(last, today)
    )


def from_to(first: str, last: str) -> str:
    return pgettext("from when to when", "%(from)s – %(to)s") % {"from": first, "to": last}


class Clock:
    """An instant on the clock of a place, and how later ones are told from it.

    With `name_zone`, times of day name their zone.
    """

    def __init__(self, at: datetime.datetime, timezone: str, name_zone: bool = False):
        self.at = at
        self.timezone = timezone
        self.name_zone = name_zone
        self.local = self.of(at)
        self.today = self.local.date()

    def of(self, instant: datetime.datetime) -> datetime.datetime:
        return instant.astimezone(zone(self.timezone))

    def time(self, local: datetime.datetime) -> str:
        shown = time_text(local.hour * 3600 + local.minute * 60)
        if not self.name_zone:
            return shown
        return pgettext("time of day and time zone", "%(time)s %(zone)s") % {
            "time": shown,
            "zone": zone_text(self.timezone, local),
        }

    def end(self, instant: datetime.datetime) -> tuple[str, str]:
        """When something ends, as (time, "") or, a week or more ahead, ("", date).

        8 pm, 1:30 am, tomorrow 3 pm, Tue 5 pm; 3 Dec. Midnight ends the day before it.
        """
        local = self.of(instant)
        day, time = local.date(), local.time()
        if time == MIDNIGHT:
            day -= datetime.timedelta(days=1)
        ahead = (day - self.today).days
        words = {"time": self.time(local), "day": SHORT_WEEKDAYS[day.weekday()]}
        in_the_morning = ahead == 1 and time < MORNING_ENDS and instant - self.at < ONE_DAY
        if ahead <= 0 or in_the_morning:
            return words["time"], ""
        if ahead == 1:
            return pgettext("ends when", "tomorrow %(time)s") % words, ""
        if ahead < 7:
            return pgettext("ends when", "%(day)s %(time)s") % words, ""
        return "", date_text(day, self.today)

    def start(self, instant: datetime.datetime, *, all_day: bool = False) -> str:
        """When something begins: 9 am, tomorrow 9 am, Tue 9 am, 3 Dec.

        What begins at midnight is told by its day alone, except tonight's midnight; `all_day`
        things then too.
        """
        local = self.of(instant)
        day, midnight = local.date(), local.time() == MIDNIGHT
        ahead = (day - self.today).days
        if ahead >= 7:
            return pgettext("begins when", "%(date)s") % {"date": date_text(day, self.today)}
        words = {"time": self.time(local), "day": SHORT_WEEKDAYS[day.weekday()]}
        if midnight and ahead > 1:
            return pgettext("begins when", "%(day)s") % words
        if midnight and all_day:
            return pgettext("begins when", "tomorrow")
        if ahead <= 0 or midnight:
            return pgettext("begins when", "%(time)s") % words
        if ahead == 1:
            return pgettext("begins when", "tomorrow %(time)s") % words
        return pgettext("begins when", "%(day)s %(time)s") % words
