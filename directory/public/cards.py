"""A search row as a card says it, in the reader's language.

A card is a plain dict (keys in `templates/components/service_cards.html`), because twenty of
them are drawn on every page of results.
"""

import datetime
import math
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from directory.hours.days import zone
from directory.hours.spans import Materialised, status
from directory.hours.words import status_text
from directory.models.enums import Cadence, Delivery, ServiceStatus, Visibility
from directory.models.services import check_is_due
from directory.places.gazetteer import Place, km_from_chord
from directory.search import vocabulary
from directory.search.asking import ShownRow
from directory.search.models import Reach

TAGS, SERVES = 4, 4
# What stops people most often stands first, in the same order on every card.
TELLING = ("free", "walk-in", "no-id", "no-referral", "no-abstinence")
KINDS = ("service", "organization")
COORDINATE = "{:.5f}"


def cards(rows: list[ShownRow], *, place: Place | None, now: datetime.datetime) -> list[dict]:
    """Cards for rows fetched with their hours; distances are from `place`, if there is one."""
    french = get_language() == "fr"
    # Two addresses a card: reversed once, for any name.
    addresses = [reverse(f"directory:{kind}_detail", args=["-"]) for kind in KINDS]
    return [card(row, addresses, place=place, now=now, french=french) for row in rows]


def card(
    row: ShownRow,
    addresses: list[str],
    *,
    place: Place | None,
    now: datetime.datetime,
    french: bool,
) -> dict:
    data = row.card
    name, name_lang = text(data, "name", french)
    organization, _lang = text(data, "organization", french)
    state, state_text = opening(row, now)
    kilometres = kilometres_of(row)
    phone = data.get("phone") or {}
    return {
        "uuid": row.service_id,
        "url": addresses[0].replace("/-/", f"/{data['slug']}/"),
        "name": name,
        "name_lang": name_lang,
        "organization_name": organization,
        "organization_url": addresses[1].replace("/-/", f"/{data['organization_slug']}/"),
        "state": state,
        "state_text": state_text,
        "km": kilometres,
        "km_text": kilometres_text(row, kilometres, place),
        "place_text": place_text(row),
        "kind": kind(data, french),
        "tags": tags(data, french),
        "serves_text": who(data, french),
        "cost_text": cost(data, french),
        "phone_tel": tel(phone.get("number", "")),
        "phone_text": phone.get("number", ""),
        "directions_url": directions(row),
        "website_url": data.get("url", ""),
        "checked_text": checked_text(row.assured_date, data.get("check_every"), now),
        "checked_state": checked_state(row.assured_date, data.get("check_every"), now),
        "capacity_text": capacity(data.get("capacities", []), french),
        "counted": counted(data.get("capacities", []), row.timezone),
        "full": full(data.get("capacities", [])),
    }


def text(data: dict, name: str, french: bool) -> tuple[str, str]:
    """A bilingual value, and the language it is in where that is not the reader's."""
    own, other = data.get(name, ""), data.get(f"{name}_fr", "")
    if french:
        own, other = other, own
    if own or not other:
        return own, ""
    return other, "en" if french else "fr"


def labels(terms: list[list[str]], french: bool) -> list[str]:
    return [(name_fr or name) if french else (name or name_fr) for _code, name, name_fr in terms]


def tags(data: dict, french: bool) -> list[str]:
    """Who leads it, then what getting in takes."""
    access = sorted(data["access"], key=lambda term: rank(term[0]))
    return (led(data["led"]) + labels(access, french))[:TAGS]


def led(codes: list[str]) -> list[str]:
    return [str(label) for code, label in vocabulary.LED if code in codes]


def rank(access: str) -> int:
    return TELLING.index(access) if access in TELLING else len(TELLING)


def kind(data: dict, french: bool) -> str:
    """What it is in a word or two; empty where its name already says so."""
    said = next(iter(labels(data["category"], french)), "")
    return "" if said.lower() in text(data, "name", french)[0].lower() else said


def opening(row: ShownRow, now: datetime.datetime) -> tuple[str, str]:
    """State and words for now; a service closed for a while is closed whatever its hours."""
    if row.card["status"] == ServiceStatus.TEMPORARILY_CLOSED:
        return "closed", _("Closed for now")
    known = Materialised(
        open=row.open_spans,
        by_appointment=row.by_appointment_spans,
        call_first=row.call_first_spans,
        unknown=row.unknown_spans,
        until=row.known_until,
    )
    found = status(known, now)
    mobile = Delivery.MOBILE in row.card["delivery"] and bool(row.service_at_location_id)
    if mobile and found.state == "closed" and row.open_at_a_place:
        return "open", _("Out now, at another stop")
    return found.state, status_text(
        found,
        at=now,
        timezone=row.timezone,
        mobile=mobile,
        name_zone=row.reach == Reach.REMOTE,
        province=row.province,
    )


def kilometres_of(row: ShownRow) -> float | None:
    """Great-circle kilometres, for a row whose place may be known."""
    if row.distance is None or row.reach == Reach.REMOTE:
        return None
    if row.card.get("visibility") == Visibility.CONFIDENTIAL:
        return None
    return round(km_from_chord(max(row.distance, 0.0) ** 0.5), 2)


def kilometres_text(row: ShownRow, kilometres: float | None, place: Place | None) -> str:
    if kilometres is None:
        return ""
    if row.reach == Reach.AREA or (place is not None and place.rough_km):
        return _("about %s km") % max(1, math.ceil(kilometres))
    number = round(kilometres, 1) if kilometres < 10 else round(kilometres)
    return _("%s km") % date_free_number(number)


def date_free_number(number: float) -> str:
    written = f"{number:g}"
    return written.replace(".", ",") if get_language() == "fr" else written


def place_text(row: ShownRow) -> str:
    if row.service_at_location_id is None and Delivery.MOBILE in row.card["delivery"]:
        area = [_("%s area") % row.city] if row.city else []
        return " · ".join([_("Comes to you"), *area])
    if row.reach == Reach.REMOTE:
        delivery = row.card["delivery"]
        if Delivery.PHONE in delivery and Delivery.ONLINE in delivery:
            return _("By phone or online")
        return _("By phone") if Delivery.PHONE in delivery else _("Online")
    visibility = row.card.get("visibility")
    if visibility == Visibility.CONFIDENTIAL:
        if row.city:
            return _("%s area, private address: call first") % row.city
        return _("Private address: call first")
    if visibility == Visibility.APPROXIMATE:
        return _("%s area") % row.city
    return row.city


def who(data: dict, french: bool) -> str:
    """Who it is for, in one line; empty when nobody said."""
    serves = labels(data["serves"], french)
    ages = age_text(data.get("minimum_age"), data.get("maximum_age"))
    if serves:
        return " · ".join(filter(None, [*serves[:SERVES], ages]))
    return ages or text(data, "eligibility_description", french)[0]


def age_text(minimum: int | None, maximum: int | None) -> str:
    if minimum and maximum:
        return _("ages %(from)s to %(to)s") % {"from": minimum, "to": maximum}
    if minimum:
        return _("ages %s and over") % minimum
    if maximum:
        return _("up to age %s") % maximum
    return ""


def cost(data: dict, french: bool) -> str:
    """What it costs, in a few words; empty when nobody said, and when a tag says free."""
    if "free" in {code for code, *_names in data["access"]}:
        return ""
    written = text(data, "fees_description", french)[0]
    if written:
        return written
    amounts = [amount for amount, *_words in data.get("cost", []) if amount is not None]
    if amounts and max(amounts) == 0:
        return _("Free")
    if amounts:
        low = date_free_number(min(amounts))
        return _("from $%s") % low if len(amounts) > 1 else _("$%s") % low
    return ""


def tel(number: str) -> str:
    """A number as a `tel:` link takes it; ten digits are Canadian."""
    digits = "".join(c for c in number if c.isdigit())
    if len(digits) == 10:
        return f"+1{digits}"
    return f"+{digits}" if len(digits) > 10 else digits


def directions(row: ShownRow) -> str:
    """Where to open a map, only for a place anyone may go to."""
    if row.reach != Reach.PLACE or row.latitude is None:
        return ""
    return directions_url(row.latitude, row.longitude)


def directions_url(latitude: float, longitude: float) -> str:
    lat, lon = COORDINATE.format(latitude), COORDINATE.format(longitude)
    return "https://www.openstreetmap.org/directions?" + urlencode({"to": f"{lat},{lon}"}, safe=",")


def checked_state(date: datetime.date | None, every: int | None, now: datetime.datetime) -> str:
    """Fresh until the check that its people have promised `every` so many months is overdue."""
    if date is None:
        return "never"
    due = check_is_due(date, every or Cadence.SIX_MONTHS)
    return "stale" if timezone.localdate(now) > due else "fresh"


def checked_text(date: datetime.date | None, every: int | None, now: datetime.datetime) -> str:
    """When a person last checked the listing, and that one should call first where that is long
    ago."""
    if date is None:
        return _("Not checked by a person yet")
    if checked_state(date, every, now) == "stale":
        return _("Not checked since %s: call first") % date_format(date, "DATE_FORMAT")
    days = (timezone.localdate(now) - date).days
    if days <= 0:
        return _("Checked today")
    if days == 1:
        return _("Checked yesterday")
    if days <= 60:
        return ngettext("Checked %s day ago", "Checked %s days ago", days) % days
    return _("Checked in %s") % date_format(date, "YEAR_MONTH_FORMAT")


def capacity(capacities: list[dict], french: bool) -> str:
    """Beds or places free now, as last counted."""
    said = []
    for counted in capacities:
        unit = text(counted["unit"], "name", french)[0].lower()
        # "beds free: 1": units have no singular, and French adjectives would have to agree.
        free = _("%(unit)s free: %(n)s") % {"unit": unit, "n": counted["available"]}
        if not counted["available"]:
            free = _("Full (%s)") % free
        said.append(free[:1].upper() + free[1:])
    return " · ".join(said)


def full(capacities: list[dict]) -> bool:
    """Whether nothing that is counted is free."""
    return bool(capacities) and not any(counted["available"] for counted in capacities)


def counted(capacities: list[dict], timezone: str) -> str:
    """When the free places were last counted, on the clock of `timezone`; empty without a count.

    Several counts are as old as the oldest of them.
    """
    moments = [datetime.datetime.fromisoformat(c["updated"]) for c in capacities]
    return (
        date_format(min(moments).astimezone(zone(timezone)), "DATETIME_FORMAT") if moments else ""
    )
