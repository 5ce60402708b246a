"""Places that several listings of an organization have in common."""

import uuid
from collections import defaultdict
from typing import NamedTuple

from directory.interchange.merging import normalized
from directory.interchange.proposals import plain
from directory.interchange.read import load
from directory.interchange.schema import LOCATION, Node
from directory.models import Location, Organization, ServiceAtLocation
from directory.models.enums import SHOWN

from .models import Draft

MOST = 200


class Elsewhere(NamedTuple):
    """Of places of the organization's other listings, by identifier: `known` are whole ones that a
    draft does not have, `shared` names the listings that share one it has, `borrowed` are those of
    them that are new to it."""

    known: dict[str, dict]
    shared: dict[str, list[str]]
    borrowed: set[str]


def places_elsewhere(draft: Draft) -> Elsewhere:
    here = places_in(draft.document)
    names: dict[str, list[str]] = defaultdict(list)
    elsewhere = (
        ServiceAtLocation.objects.filter(service__organization=draft.organization_id)
        .filter(service__status__in=SHOWN)
        .exclude(service=draft.record_id)
        .order_by("pk")
        .select_related("service")
    )
    for place in elsewhere:
        names[str(place.location_id)].append(str(place.service))
    others = [pk for pk in names if pk not in here][:MOST]
    known = load(LOCATION, Location.objects.filter(pk__in=others)) if others else {}
    shared = {pk: found for pk, found in names.items() if pk in here}
    return Elsewhere(known, shared, shared.keys() - places_in(draft.base))


def places_in(document: dict | None) -> set[str]:
    places = (document or {}).get("service_at_locations", [])
    return {pk for place in places if (pk := place.get("location", {}).get("id"))}


def only_pointed_to(document: dict, base: dict | None) -> dict:
    """A place that the listing newly shares is pointed to, not told: what happens to it until a
    coordinator has decided (it moves, its address is hidden) is not undone then."""
    new = places_in(document) - places_in(base)
    found = Location.objects.filter(pk__in=new).values_list("pk", flat=True)
    if not (borrowed := {str(pk) for pk in found}):
        return document
    places = [
        {**place, "location": {"id": place["location"]["id"]}}
        if place.get("location", {}).get("id") in borrowed
        else place
        for place in document["service_at_locations"]
    ]
    return {**document, "service_at_locations": places}


def with_own_places(document: dict, organization: Organization) -> dict:
    """A place that other organizations' listings show too is not changed for them: a changed one
    becomes a place of this organization."""
    places = document.get("service_at_locations", [])
    ids = [place["location"]["id"] for place in places if place.get("location", {}).get("id")]
    others = ServiceAtLocation.objects.exclude(service__organization=organization)
    shared = {str(pk) for pk in others.filter(location__in=ids).values_list("location", flat=True)}
    if not shared:
        return document
    known = load(LOCATION, Location.objects.filter(pk__in=shared))
    own = []
    for place in places:
        location = place["location"]
        if (pk := location.get("id")) in shared:
            now = plain(normalized(known[pk], LOCATION))
            if plain(normalized(location, LOCATION)) != now:
                location = anew(location, LOCATION)
        own.append({**place, "location": location})
    return {**document, "service_at_locations": own}


def anew(document: dict, node: Node) -> dict:
    """The same with new identifiers; what many listings share (organization, program) stays."""
    result = {**document, "id": str(uuid.uuid4())}
    for key, child in node.parts.items():
        if key in document:
            result[key] = [anew(item, child) for item in document[key]]
    for key, child in node.links.items():
        if key in document:
            shared = key in ("organization", "program")
            result[key] = {"id": document[key]["id"]} if shared else anew(document[key], child)
    return result
