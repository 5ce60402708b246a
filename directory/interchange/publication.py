"""What anyone may see of a listing. Every page, feed, map, export and the search table read here.

Addresses follow their location's visibility:

- public: as stored;
- approximate: town and province, and the town's own centre as coordinates;
- confidential: the province only. No coordinates, street, town, postal code or name of the place.

Of a place that is not public no free text is shown either, however deep (directions, notes on its
phones, hours, languages, ways in): who wrote it may have said where it is. Phones, languages and
hours themselves stay, so that people can call.
"""

import uuid
from collections.abc import Iterable, Iterator

from directory.models import Service
from directory.models.enums import Visibility
from directory.places.gazetteer import area_point

from .read import read_listings

PRIVATE_SERVICE_KEYS = ("assurer_email", "steward", "steward_consented_on")
HIDDEN_LOCATION_KEYS = (
    "id",
    "visibility",
    "location_type",
    "timezone",
    "phones",
    "languages",
    "schedules",
)
UNSAID_OF_HIDDEN_PLACES = ("location", "contacts")
FREE_TEXT = ("description", "note", "details")


def public_listings(ids: Iterable[uuid.UUID | str]) -> Iterator[dict]:
    """Documents of those services that are published, without what is not for everyone."""
    ids = [str(pk) for pk in ids]
    published = {
        str(pk)
        for pk in Service.objects.published().filter(pk__in=ids).values_list("pk", flat=True)
    }
    for document in read_listings(pk for pk in ids if pk in published):
        yield redacted(document)


def redacted(document: dict) -> dict:
    """A listing document without what is not for everyone. The one rule; pure."""
    public = {key: value for key, value in document.items() if key not in PRIVATE_SERVICE_KEYS}
    if places := document.get("service_at_locations"):
        public["service_at_locations"] = [redacted_place(place) for place in places]
    return public


def redacted_place(place: dict) -> dict:
    location = place["location"]
    match location.get("visibility"):
        case Visibility.PUBLIC:
            return place
        case Visibility.APPROXIMATE:
            shown = {k: v for k, v in location.items() if k in HIDDEN_LOCATION_KEYS}
            if address := first_address(location):
                shown["addresses"] = [
                    {k: address[k] for k in ("city", "state_province", "country") if k in address}
                ]
                if centre := area_point(address["city"], address["state_province"]):
                    shown["latitude"], shown["longitude"] = centre.lat, centre.lon
        case _:  # confidential, and anything this code does not know
            shown = {k: v for k, v in location.items() if k in HIDDEN_LOCATION_KEYS}
            if address := first_address(location):
                shown["addresses"] = [
                    {k: address[k] for k in ("state_province", "country") if k in address}
                ]
    kept = {k: v for k, v in place.items() if k not in UNSAID_OF_HIDDEN_PLACES}
    return wordless({**kept, "location": shown})


def wordless(value):
    """The same without free text, at any depth."""
    if isinstance(value, dict):
        return {k: wordless(v) for k, v in value.items() if not k.startswith(FREE_TEXT)}
    if isinstance(value, list):
        return [wordless(item) for item in value]
    return value


def first_address(location: dict) -> dict | None:
    return next(iter(location.get("addresses", [])), None)
