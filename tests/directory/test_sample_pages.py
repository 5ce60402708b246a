"""Every page of the sample catalogue answers, and none gives a hidden address away."""

import pytest

from coalition.events.models.events import Event
from directory.interchange.read import read_listings
from directory.models import Organization, Service

FEEDS = ["/events/calendar.ics", "/events/feed.atom"]


@pytest.fixture
def catalogue(sample):
    return list(read_listings(Service.objects.values_list("pk", flat=True)))


def hidden(document: dict) -> set[str]:
    """What may stand on no page: streets, postal codes, positions and directions."""
    found: set[str] = set()
    for place in document.get("service_at_locations", []):
        location = place["location"]
        if location["visibility"] == "public":
            continue
        found |= {location.get(key, "") for key in ("description", "transportation")}
        for address in location.get("addresses", []):
            found |= {address.get("address_1", ""), address.get("postal_code", "")}
        if "latitude" in location:
            found |= position(location)
    return found - {""}


def position(location: dict) -> set[str]:
    return {f"{abs(location[key]):.5f}"[:-1] for key in ("latitude", "longitude")}


def shown(document: dict) -> set[str]:
    """Coordinates of places that are public: one may share a meridian with a hidden one."""
    places = [place["location"] for place in document.get("service_at_locations", [])]
    return {c for p in places if p["visibility"] == "public" for c in position(p)}


@pytest.mark.parametrize("language", ["", "/fr"])
def test_no_page_gives_a_hidden_address_away(client, catalogue, language):
    secrets = {secret for document in catalogue for secret in hidden(document)}
    secrets -= {coordinate for document in catalogue for coordinate in shown(document)}
    assert len(secrets) >= 10
    addresses = [f"/services/{document['slug']}/" for document in catalogue]
    addresses += [f"/organizations/{o.slug}/" for o in Organization.objects.all()]
    addresses += [f"/services/?page={page}" for page in range(1, 21)]
    addresses += ["/", "/services/?near=Thunder Bay&within=500", "/services/?category=shelter"]
    addresses += ["/events/", "/events/?when=past", *FEEDS]
    addresses += [f"/events/{slug}/" for slug in Event.objects.values_list("slug", flat=True)]
    for address in addresses:
        response = client.get(language + address)
        assert response.status_code == 200, address
        text = response.getvalue().decode()
        assert not [secret for secret in secrets if secret in text], address
        assert address in FEEDS or "<main" in text


def test_a_hidden_place_has_no_distance_in_any_list(client, catalogue):
    for document in catalogue:
        visibilities = {
            place["location"]["visibility"] for place in document.get("service_at_locations", [])
        }
        if "confidential" in visibilities:
            town = document["service_areas"][0]["name"]
            page = client.get("/services/", {"near": town, "within": "100"}).content.decode()
            assert f'data-service="{document["id"]}" data-km' not in page
