"""Resources in words, in the reader's language."""

import datetime
from decimal import Decimal

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from coalition.files.models import StoredFile
from directory.hours.clock import zone_text
from directory.hours.days import zone

from .enums import Spoken

NEW_DAYS = 30
SOON_DAYS = 14
DAY = datetime.timedelta(days=1)


def deadline_text(deadline: datetime.datetime, timezone: str) -> str:
    """30 Jun 2026, 5 pm, Eastern time."""
    here = deadline.astimezone(zone(timezone))
    return f"{date_format(here, 'DATETIME_FORMAT')}, {zone_text(timezone, here)}"


def deadline_state(deadline: datetime.datetime, now: datetime.datetime) -> str:
    """open, soon, closed."""
    if deadline <= now:
        return "closed"
    return "soon" if deadline - now <= SOON_DAYS * DAY else "open"


def amount_text(least: Decimal | float | None, most: Decimal | float | None) -> str:
    """$500 to $5,000; up to $5,000; from $500."""
    low, high = dollars(least), dollars(most)
    if low and high and low != high:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if high:
        return high if low else _("up to %s") % high
    return _("from %s") % low if low else ""


def dollars(amount: Decimal | float | None) -> str:
    if amount is None:
        return ""
    places = 0 if float(amount).is_integer() else 2
    return _("$%s") % number_format(amount, places, use_l10n=True, force_grouping=True)


def file_text(file: StoredFile) -> str:
    """PDF, 1.2 MB."""
    return f"{file.kind.label}, {filesizeformat(file.size)}"


def freshness(since: datetime.datetime, modified: datetime.datetime, now: datetime.datetime) -> str:
    """new, updated, or nothing."""
    if now - since <= NEW_DAYS * DAY:
        return "new"
    if modified - since > DAY and now - modified <= NEW_DAYS * DAY:
        return "updated"
    return ""


def languages_text(codes: list[str]) -> str:
    """English, French."""
    return ", ".join(str(label) for code, label in Spoken.choices if code in codes)
