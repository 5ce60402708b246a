"""Where an event takes place, as far as anyone may see. The one rule: pages, feeds, calendars and
the search by distance read here. It is that of listings (`interchange.publication`)."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from directory.interchange.publication import redacted_place
from directory.interchange.read import load_by
from directory.interchange.schema import LOCATION
from directory.models import Location
from directory.models.enums import Visibility
from directory.places.gazetteer import area_point, find

from .enums import Attendance
from .models.events import Event


@dataclass(frozen=True)
class ShownPlace:
    """`exact` where a street may be shown; `latitude` and `longitude` in degrees or None."""

    name: str = ""
    name_fr: str = ""
    street: str = ""
    city: str = ""
    province: str = ""
    postal_code: str = ""
    directions: str = ""
    directions_fr: str = ""
    latitude: float | None = None
    longitude: float | None = None
    exact: bool = False
    visibility: str = Visibility.PUBLIC

    @property
    def called(self) -> str:
        own, other = self.name, self.name_fr
        return (other or own) if get_language() == "fr" else (own or other)

    @property
    def line(self) -> str:
        """All of it in one line of text."""
        town = ", ".join(filter(None, [self.city, self.province]))
        return ", ".join(filter(None, [self.called, self.street, town, self.postal_code]))


def shown_places(events: list[Event]) -> dict:
    """By event, the place anyone may see; None where people only meet online."""
    ids = sorted({str(event.location_id) for event in events if event.location_id})
    locations = load_by(LOCATION, "id", ids) if ids else {}
    return {event.pk: shown_place(event, locations) for event in events}


def shown_place(event: Event, locations: dict[str, dict] | None = None) -> ShownPlace | None:
    if event.attendance == Attendance.ONLINE:
        return None
    if event.location_id is None:
        location = own_place(event)
    else:
        if locations is None:
            locations = load_by(LOCATION, "id", [str(event.location_id)])
        location = locations[str(event.location_id)]
    public = redacted_place({"id": str(event.pk), "location": location})["location"]
    return described(public, event)


def own_place(event: Event) -> dict:
    """The place an event has to itself, as a location's document."""
    address = {
        "address_1": event.address_1,
        "city": event.city,
        "state_province": event.state_province,
        "postal_code": event.postal_code,
    }
    location = {
        "id": str(event.pk),
        "visibility": event.visibility,
        "name": event.place_name,
        "name_fr": event.place_name_fr,
        "transportation": event.directions,
        "transportation_fr": event.directions_fr,
    }
    if event.city:
        location["addresses"] = [{k: v for k, v in address.items() if v}]
    if (point := point_of(event)) is not None:
        location |= {"latitude": point.lat, "longitude": point.lon}
    return location


def point_of(event: Event):
    """Where its postal code or its town is: as near as an address tells without a map service."""
    if event.postal_code and (place := find(event.postal_code).place):
        return place
    return area_point(event.city, event.state_province) if event.city else None


def clock_of(document: dict) -> str:
    """The IANA name of the time zone by which an event's document says its hours: the one that
    somebody has chosen, or that of where it takes place. One that goes online keeps its hours."""
    if chosen := document.get("timezone"):
        return chosen
    if not (document.get("location") or document.get("city")):
        had = Event.objects.filter(pk=document.get("id"))
        if clock := had.values_list("clock", flat=True).first():
            return clock
    return zone_of(document)


def zone_of(document: dict) -> str:
    """The IANA name of the time zone an event's document is in: that of its place or its town;
    online, that of a place of its organizer."""
    if pointer := document.get("location"):
        chosen = Location.objects.filter(pk=pointer["id"])
        if found := chosen.values_list("timezone", flat=True).first():
            return found
    if town := area_point(document.get("city", ""), document.get("state_province", "")):
        return town.timezone
    if organizer := document.get("organization"):  # a draft may name none
        theirs = Location.objects.filter(
            service_at_locations__service__organization=organizer["id"]
        )
        if found := theirs.order_by("pk").values_list("timezone", flat=True).first():
            return found
    return settings.TIME_ZONE


def described(location: dict, event: Event) -> ShownPlace:
    address = next(iter(location.get("addresses", [])), {})
    city, province = address.get("city", ""), address.get("state_province", "")
    visibility = location.get("visibility") or Visibility.PUBLIC
    latitude, longitude = location.get("latitude"), location.get("longitude")
    in_town = latitude is None and visibility != Visibility.CONFIDENTIAL and city
    if in_town and (centre := area_point(city, province)):
        latitude, longitude = centre.lat, centre.lon
    exact = visibility == Visibility.PUBLIC
    return ShownPlace(
        name=location.get("name", ""),
        name_fr=location.get("name_fr", ""),
        street=address.get("address_1", ""),
        city=city,
        province=province,
        postal_code=address.get("postal_code", ""),
        directions=location.get("transportation", "") or (event.directions if exact else ""),
        directions_fr=location.get("transportation_fr", "")
        or (event.directions_fr if exact else ""),
        latitude=latitude,
        longitude=longitude,
        exact=exact and bool(address.get("address_1")),
        visibility=visibility,
    )
