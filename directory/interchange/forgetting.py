"""Listing documents without an address that nobody may keep. Pure: no database.

Removed are what is told of the place beside its town, and the street and the postal code wherever
free text names them; all other words stay.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import slugify

from directory.models.enums import Visibility

GAP = "[…]"
KEPT_OF_ADDRESS = ("id", "city", "region", "state_province", "country", "address_type")
TOLD_BY_PLACE = (
    "name",
    "alternate_name",
    "description",
    "transportation",
    "url",
    "latitude",
    "longitude",
    "external_identifier",
)
TOLD_BY_ITS_OWN = ("address_1", "postal_code", "place_name", "directions")
WHOLE = ("url", "uri", "email", "website")  # with a gap they would be nothing
# Of a place that is not the one: the same street in another town, a postal code of a whole area.
OF_ANOTHER_PLACE = ("address_1", "postal_code")
BETWEEN = r"[\W_]+"  # words of a street
SHORTEST = 5  # letters of a street that is looked for in free text


@dataclass(frozen=True)
class Secret:
    """Places by identifier, their towns, and how their streets and postal codes are found in text.

    `rough` finds whatever `pattern` would, and more, as PostgreSQL reads it.
    """

    places: frozenset[str]
    towns: frozenset[str]
    pattern: re.Pattern | None
    rough: str

    def is_told_by(self, text: str) -> bool:
        return self.pattern is not None and self.pattern.search(text) is not None

    def without(self, text: str) -> str:
        return self.pattern.sub(GAP, text) if self.pattern else text


def secret_of(places: Iterable, addresses: Iterable[tuple[str, str, str]]) -> Secret:
    """Of places by identifier, and their addresses: street, postal code, town."""
    rows = list(addresses)
    streets = [words_of(street) for street, _code, _city in rows if len(street) >= SHORTEST]
    codes = [list(code.replace(" ", "")) for _street, code, _city in rows if code]
    ways = [rf"(?<!\w){BETWEEN.join(words)}(?!\w)" for words in streets]
    ways += [rf"(?<!\w){''.join(code[:3])}[\W_]*{''.join(code[3:])}(?!\w)" for code in codes]
    return Secret(
        places=frozenset(map(str, places)),
        towns=frozenset(city.casefold() for _street, _code, city in rows),
        pattern=re.compile("|".join(sorted(ways, key=len, reverse=True)), re.I) if ways else None,
        # What is not plain ASCII may be written in small or capital letters.
        rough="|".join(re.sub(r"[^\x00-\x7f]", ".", ".*".join(w)) for w in [*streets, *codes]),
    )


def words_of(text: str) -> list[str]:
    return [re.escape(word) for word in re.findall(r"\w+", text)]


def scrubbed(value, secret: Secret, key: str = ""):
    """A document, or a part of one, without the secret."""
    if isinstance(value, dict):
        if is_place(value, secret):
            value = placeless(value)
        elif has_as_its_own(value, secret):
            value = without_its_own(value)
        found = {name: scrubbed(item, secret, name) for name, item in value.items()}
        if secret.is_told_by(str(value.get("slug", ""))):
            found["slug"] = new_slug(found)
        return {
            name: item
            for name, item in found.items()
            if not (name in WHOLE and item != value[name])
        }
    if isinstance(value, list):
        return [scrubbed(item, secret, key) for item in value]
    if isinstance(value, str) and key not in OF_ANOTHER_PLACE:
        return secret.without(value)
    return value


def is_place(value: dict, secret: Secret) -> bool:
    if str(value.get("id", "")) in secret.places:
        return True
    rows = [row for row in value.get("addresses") or [] if isinstance(row, dict)]
    return any(
        secret.is_told_by(str(row.get("address_1", "")))
        and str(row.get("city", "")).casefold() in secret.towns
        for row in rows
    )


def placeless(location: dict) -> dict:
    """A place of which nothing is known but its town."""
    if set(location) == {"id"}:
        return location
    kept = {k: v for k, v in location.items() if not k.startswith(TOLD_BY_PLACE)}
    kept["visibility"] = Visibility.CONFIDENTIAL.value
    if "addresses" in kept:
        kept["addresses"] = [
            {k: v for k, v in row.items() if k in KEPT_OF_ADDRESS} for row in kept["addresses"]
        ]
    return kept


def has_as_its_own(value: dict, secret: Secret) -> bool:
    """Whether it is no place, and has this one to itself: an event somewhere."""
    return (
        "visibility" in value
        and secret.is_told_by(str(value.get("address_1", "")))
        and str(value.get("city", "")).casefold() in secret.towns
    )


def without_its_own(value: dict) -> dict:
    kept = {k: v for k, v in value.items() if not k.startswith(TOLD_BY_ITS_OWN)}
    return kept | {"visibility": Visibility.CONFIDENTIAL.value}


def new_slug(record: dict) -> str:
    name = slugify(record.get("name") or record.get("name_fr") or "")[:50].strip("-")
    return f"{name}-{str(record.get('id', ''))[:8]}".strip("-")


def addresses_in(document: dict, places: Iterable) -> list[tuple[str, str, str]]:
    """Street, postal code and town of these places, as a document has them."""
    wanted = set(map(str, places))
    return [
        (row.get("address_1", ""), row.get("postal_code", ""), row.get("city", ""))
        for place in document.get("service_at_locations", [])
        if place["location"].get("id") in wanted
        for row in place["location"].get("addresses", [])
    ]


def still_forgotten(incoming: dict, current: dict) -> dict:
    """What a source says, without an address that was removed here for good: that of a
    confidential place of which the catalogue has no street."""
    known = {
        place["location"]["id"]: place["location"]
        for place in current.get("service_at_locations", [])
    }
    places = [
        place["location"]["id"]
        for place in incoming.get("service_at_locations", [])
        if is_without_street(known.get(place["location"].get("id")))
    ]
    if not places:
        return incoming
    return scrubbed(incoming, secret_of(places, addresses_in(incoming, places)))


def is_without_street(location: dict | None) -> bool:
    return (
        location is not None
        and location["visibility"] == Visibility.CONFIDENTIAL
        and not any(row.get("address_1") for row in location.get("addresses", []))
    )
