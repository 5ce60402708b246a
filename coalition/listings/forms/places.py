"""The places of a service: where each is, who may know, how to get there and in."""

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from directory.interchange.schema import ACCESSIBILITY, ADDRESS, LOCATION, SERVICE_AT_LOCATION
from directory.places.gazetteer import Status, area_point, find, timezone_at

from .documents import DocumentForm, form_for
from .parts import First, Inside, Note, Posted, Row, Rows, Values, fresh_id, without

PlaceForm = form_for(
    SERVICE_AT_LOCATION,
    "description*",
    labels={
        "description": _("About this place, for this service"),
        "description_fr": _("About this place, for this service, in French"),
    },
)
WHAT_EACH_SHOWS = _(
    "“Address shown”: everyone sees all of it, and the place on the map. “Only the area shown”: "
    "people see the town and its centre, not the street, the name of the place or how to get "
    "there. “Address never shown”: people see the province only; the phone tells them how to come."
)


class LocationBase(DocumentForm):
    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            missing = "latitude" if cleaned.get("latitude") is None else "longitude"
            if missing not in self.errors:
                self.add_error(missing, _("Give latitude and longitude together, in degrees."))
        return cleaned


LocationForm = form_for(
    LOCATION,
    "visibility location_type name* description* transportation* url latitude longitude",
    base=LocationBase,
    labels={
        "name": _("Name of the place"),
        "name_fr": _("Name of the place in French"),
        "description": _("Finding the door"),
        "description_fr": _("Finding the door, in French"),
        "url": _("A page about the place"),
    },
    helps={
        "visibility": WHAT_EACH_SHOWS,
        "latitude": _("Leave both empty to have them looked up from the town or postal code."),
    },
)
AddressForm = form_for(ADDRESS, "address_1 address_2 city state_province postal_code")
AccessibilityForm = form_for(
    ACCESSIBILITY,
    "description* url",
    labels={
        "description": _("Getting in"),
        "description_fr": _("Getting in, in French"),
        "url": _("A page about getting in"),
    },
)


class PlainAddressForm(AddressForm):
    """Postal codes as people type them."""

    def __init__(self, data, **options):
        super().__init__(data, **options)
        self.fields["postal_code"].to_python = postal_code


def postal_code(value) -> str:
    text = "".join(str(value or "").split()).upper()
    return f"{text[:3]} {text[3:]}" if len(text) == 6 else text


class KnownForm(forms.Form):
    """One of the organization's other places."""

    use_required_attribute = False  # it stands in a larger form, which can be sent without it

    have = forms.ChoiceField(
        label=_("A place of another listing"),
        help_text=_("It stays one place: when it moves, it moves for every listing."),
        error_messages={"required": _("Choose a place first.")},
    )

    def __init__(self, posted: Posted):
        super().__init__(posted.data if "use" in (posted.data or {}) else None)
        names = sorted((place_name({"location": one}), pk) for pk, one in posted.known.items())
        self.fields["have"].choices = [("", _("— choose —")), *((pk, name) for name, pk in names)]


class Places(Rows):
    """The places, each with its address and ways in; and one that other listings have already."""

    template = "components/editor_places.html"

    def __init__(self, posted: Posted, obj: dict):
        self.known = KnownForm(posted) if posted.known else None
        super().__init__(
            "service_at_locations",
            place_parts,
            posted,
            obj,
            title=_("Places"),
            add=_("Add a place"),
            shown_empty=False,
        )

    def is_valid(self) -> bool:
        known = self.known is None or not self.known.is_bound or self.known.is_valid()
        return super().is_valid() and known

    def is_blank(self, row: Row, item: dict) -> bool:
        if row.id:
            return False
        location = item.get("location", {})
        defaults = ("id", "visibility", "location_type", "timezone")
        return not without(item, ["id", "location"]) and not without(location, defaults)

    def written(self, obj: dict) -> dict:
        result = super().written(obj)
        before = {place["id"]: place for place in obj.get(self.key, [])}
        places = []
        for place in result.get(self.key, []):
            location = place.get("location", {})
            if not location.get("id"):
                location = {
                    "id": fresh_id(self.posted.seed, f"{place['id']}-at", set()),
                    **location,
                }
            old = before.get(place["id"], {}).get("location", {})
            places.append({**place, "location": located(location, old)})
        here = {place["location"]["id"] for place in places}
        if (chosen := self.chosen()) and chosen["id"] not in here:
            taken = {place["id"] for place in places}
            pk = fresh_id(self.posted.seed, f"have-{chosen['id']}", taken)
            places.append({"id": pk, "location": chosen})
        return {**result, self.key: places} if places else result

    def chosen(self) -> dict | None:
        """The place that was asked for."""
        if self.known is None or not self.known.is_bound:
            return None
        return self.posted.known[self.known.cleaned_data["have"]]


def place_name(place: dict) -> str:
    """A place as its people know it."""
    location = place.get("location", {})
    address = next(iter(location.get("addresses", [])), {})
    own = ("name_fr", "name") if get_language() == "fr" else ("name", "name_fr")
    return (
        location.get(own[0])
        or location.get(own[1])
        or address.get("address_1")
        or address.get("city")
        or gettext("a place without a name")
    )


def place_parts(posted: Posted, item: dict, prefix: str) -> list:
    location = item.get("location", {})
    here = Values(PlaceForm, posted, item, f"{prefix}here")
    pk = location.get("id", "")
    with_it = ", ".join(posted.shared.get(pk, []))
    if pk in posted.borrowed:
        text = gettext("%(place)s. This is a place of %(listings)s as well, and is changed there.")
        return [Note(text % {"place": address_of(item), "listings": with_it}), here]
    inside = Inside(
        "location",
        [
            First("addresses", PlainAddressForm, posted, location, f"{prefix}address"),
            Values(LocationForm, posted, location, f"{prefix}location"),
            Rows(
                "accessibility",
                lambda posted, item, prefix: [
                    Values(AccessibilityForm, posted, item, f"{prefix}it")
                ],
                posted,
                location,
                prefix=prefix,
                title=_("Getting in"),
                add=_("Add a way in"),
            ),
        ],
    )
    if not with_it:
        return [inside, here]
    text = gettext("What you change about this place changes for these listings too: %s.")
    return [Note(text % with_it), inside, here]


def address_of(place: dict) -> str:
    """A place's name, street and town."""
    address = next(iter(place.get("location", {}).get("addresses", [])), {})
    told = [place_name(place), address.get("address_1"), address.get("city")]
    return ", ".join(dict.fromkeys(filter(None, told)))


def located(location: dict, before: dict) -> dict:
    """With coordinates, looked up from the postal code or town where nobody gave any."""
    address = next(iter(location.get("addresses", [])), {})
    old = next(iter(before.get("addresses", [])), {})
    keys = ("city", "state_province", "postal_code")
    moved = any(address.get(key) != old.get(key) for key in keys)
    given = ("latitude" in location) and any(
        location.get(key) != before.get(key) for key in ("latitude", "longitude")
    )
    emptied = "latitude" in before and "latitude" not in location
    if given or not (moved or emptied) or not address.get("city"):
        return location
    found = position(address)
    if found is None:
        return location
    lat, lon = found
    return {**location, "latitude": lat, "longitude": lon, "timezone": timezone_at(lat, lon)}


def position(address: dict) -> tuple[float, float] | None:
    """The middle of the postal code's area, else of the town."""
    province = address.get("state_province", "")
    if code := address.get("postal_code"):
        found = find(code)
        if found.status is Status.ONE and found.place.province == province:
            return found.place.lat, found.place.lon
    centre = area_point(address["city"], province) if province else None
    return (centre.lat, centre.lon) if centre else None
