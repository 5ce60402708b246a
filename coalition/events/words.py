"""Events in words: when, how often, where, for how much; in the reader's language."""

import datetime

from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from directory.hours.clock import date_text, day_text, from_to, period_text, time_text, zone_text

from .forms.when import DAYS
from .models.events import Event
from .models.times import EventChange, Occurrence
from .places import ShownPlace
from .recurrence import BadRule, parts_of, until_of


def in_both(event, name: str) -> tuple[str, str]:
    """The value of a pair for the reader, and its language where that is the other one."""
    own, other = getattr(event, name), getattr(event, f"{name}_fr")
    french = get_language() == "fr"
    if french:
        own, other = other, own
    if own:
        return own, ""
    return other, ("en" if french else "fr") if other else ""


def said(event, name: str) -> str:
    return in_both(event, name)[0]


def clock_text(moment: datetime.datetime) -> str:
    return time_text(moment.hour * 3600 + moment.minute * 60)


def begins_text(occurrence: Occurrence, event: Event) -> str:
    return clock_text(occurrence.starts_at.astimezone(event.zone))


def time_span(occurrence: Occurrence, event: Event, *, zone: bool = False) -> str:
    """7 pm – 9 pm; all day; from 7 pm where nobody said until when."""
    if occurrence.all_day:
        return _("all day")
    begins = occurrence.starts_at.astimezone(event.zone)
    ends = occurrence.ends_at.astimezone(event.zone)
    change = change_of(event, occurrence)
    if event.ends_at is None and not (change and change.ends_at):
        text = _("from %s") % clock_text(begins)
    else:
        text = from_to(clock_text(begins), clock_text(ends))
    return f"{text}, {zone_text(event.clock, begins)}" if zone else text


def change_of(event: Event, occurrence: Occurrence) -> EventChange | None:
    """What differs at this time."""
    day = occurrence.recurrence_id
    return next((one for one in event.changes.all() if one.recurrence_id == day), None)


def when_text(
    occurrence: Occurrence, event: Event, now: datetime.datetime | None, *, zone: bool = False
) -> str:
    """Tue 1 Dec, 7 pm – 9 pm. Without `now`, for what is read later: Tue 1 Dec 2026.

    Today and tomorrow are those of where it takes place, until it is over.
    """
    span = time_span(occurrence, event, zone=zone)
    today = now.astimezone(event.zone).date() if now else None
    if occurrence.last_day > occurrence.day:
        return f"{period_text(occurrence.day, occurrence.last_day, today)}, {span}"
    if now is None or occurrence.ends_at <= now:
        return f"{day_text(occurrence.day, today)}, {span}"
    return f"{near_day(occurrence.day, today)}, {span}"


def near_day(day: datetime.date, today: datetime.date) -> str:
    """Today, tomorrow, Tue 1 Dec."""
    match (day - today).days:
        case 0:
            return _("Today")
        case 1:
            return _("Tomorrow")
    return day_text(day, today)


def ordinal(number: int) -> str:
    return {
        1: _("first"),
        2: _("second"),
        3: _("third"),
        4: _("fourth"),
        -1: _("last"),
    }[number]


def day_name(code: str) -> str:
    """Tuesday; mardi, which French writes small inside a sentence."""
    name = str(WEEKDAYS[DAYS.index(code)])
    return name.lower() if french() else name


def listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s and %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def repeats_text(event: Event) -> str:
    """Every second Tuesday; every month on the last Friday; until 1 May. Empty where it does not
    repeat."""
    if not event.rrule:
        return ""
    try:
        parts = parts_of(event.rrule)
        until = until_of(parts)
    except BadRule:
        return _("On several days")
    every = int(parts.get("INTERVAL", "1"))
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    plain = not parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}
    text = ""
    if plain:
        text = {
            "DAILY": daily_text,
            "WEEKLY": weekly_text,
            "MONTHLY": monthly_text,
            "YEARLY": yearly_text,
        }[parts["FREQ"]](event, every, days)
    text = text or _("On several days")
    if until is not None:
        text = _("%(what)s, until %(day)s") % {"what": text, "day": date_text(until)}
    elif "COUNT" in parts:
        count = int(parts["COUNT"])
        text += ", " + ngettext("%(count)d time", "%(count)d times", count) % {"count": count}
    return text


def daily_text(event: Event, every: int, days: list[str]) -> str:
    if days:
        return ""
    if every == 1:
        return _("Every day")
    return _("Every %(n)d days") % {"n": every}


def weekly_text(event: Event, every: int, days: list[str]) -> str:
    days = days or [DAYS[event.starts_on.weekday()]]
    if any(day not in DAYS for day in days):
        return ""
    names = listed([day_name(day) for day in sorted(days, key=DAYS.index)])
    if every == 1:
        return _("Every %(days)s") % {"days": names}
    if every == 2:
        return pgettext("weekdays", "Every second %(days)s") % {"days": names}
    return _("Every %(n)d weeks on %(days)s") % {"n": every, "days": names}


def monthly_text(event: Event, every: int, days: list[str]) -> str:
    if len(days) > 1:
        return ""
    if days:
        number, day = int(days[0][:-2] or 0), days[0][-2:]
        if number not in (1, 2, 3, 4, -1):
            return ""
        on = _("the %(which)s %(day)s") % {
            "which": ordinal(number),
            "day": day_name(day),
        }
    else:
        on = _("day %(n)d") % {"n": event.starts_on.day}
    if every == 1:
        return _("Every month on %(on)s") % {"on": on}
    return _("Every %(n)d months on %(on)s") % {"n": every, "on": on}


def yearly_text(event: Event, every: int, days: list[str]) -> str:
    if days or every != 1:
        return ""
    return _("Every year")


def cost_text(event: Event) -> str:
    """Free; $5; what was written."""
    own = said(event, "cost_description")
    if event.amount is None:
        return own
    if event.amount == 0:
        price = _("Free")
    else:
        amount = f"{event.amount:.2f}".removesuffix(".00")
        price = f"{amount.replace('.', ',')}\N{NO-BREAK SPACE}$" if french() else f"${amount}"
    return f"{price}. {own}" if own else price


def french() -> bool:
    return get_language() == "fr"


def other_place(place: ShownPlace | None, change: EventChange | None) -> tuple[str, str]:
    """Where it is instead at one time, as `in_both`; never for what keeps its address to itself."""
    private = place is not None and place.visibility != "public"
    return in_both(change, "place") if change and not private else ("", "")


def where_text(event: Event, place: ShownPlace | None, change: EventChange | None = None) -> str:
    """Where, in a few words: 14 Harbour Lane, Kenora; in the Kenora area; online."""
    if other := other_place(place, change)[0]:
        return other
    if place is None:
        return _("Online")
    if place.visibility == "approximate" and place.city:
        text = _("%s area") % place.city
    elif place.visibility == "confidential":
        text = _("Address told to those who ask")
    else:
        text = ", ".join(filter(None, [place.called or place.street, place.city]))
    if event.attendance == "both":
        text = _("%s, and online") % text if text else _("Online too")
    return text
