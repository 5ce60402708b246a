"""A confidential address is in no response, and nothing lets one guess it."""

import re

import pytest
from django.db import connection

from directory.interchange.publication import public_listings, redacted
from directory.interchange.read import read_listing
from directory.search.models import SearchRow
from tests.factories import ALWAYS, confidential, listing, location, published

pytestmark = pytest.mark.django_db
WORDS = {"description": "Ring at Sekrit 77", "description_fr": "Sonnez au Sekrit 77"}
SECRETS = ["Sekrit", "P7C", "Juniper", "48.40", "89.30", "green door", "Behind the mill", "Bus 7"]


def test_the_public_document_has_none_of_it():
    service = published(confidential())[0]
    document = next(public_listings([service.pk]))
    assert not [secret for secret in SECRETS if secret in str(document)]
    assert "Sekrit" in str(read_listing(service.pk))


def test_the_search_table_has_none_of_it():
    published(confidential())
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_searchrow::text FROM directory_searchrow")
        table = str(cursor.fetchall())
    assert not [secret for secret in SECRETS if secret in table]


@pytest.mark.parametrize("language", ["", "/fr"])
def test_no_page_has_any_of_it(client, language):
    service = published(confidential())[0]
    pages = [
        "/",
        "/services/",
        "/services/?near=Thunder Bay",
        "/services/?near=48.401,-89.303&within=1",
        "/services/?q=Sekrit",
        "/services/?q=Juniper",
        f"/services/{service.slug}/",
        f"/organizations/{service.organization.slug}/",
    ]
    for address in pages:
        text = client.get(language + address).content.decode()
        typed = re.sub(r'value="[^"]*"|“[^”]*”|«[^»]*»|\?[^"]*"', "", text)
        assert not [secret for secret in SECRETS if secret in typed], address


def test_it_is_found_in_its_area_without_a_distance(client):
    service = published(confidential())[0]
    page = client.get("/services/", {"near": "Thunder Bay"}).content.decode()
    assert f'<article class="card" data-service="{service.pk}">' in page


def test_free_text_however_deep_in_a_hidden_place_is_not_shown(client):
    for visibility in ("confidential", "approximate"):
        here = location(
            visibility=visibility,
            phones=[{"number": "807-555-0101", **WORDS}],
            languages=[{"name": "Cree", "code": "cr", "note": "At Sekrit"}],
            accessibility=[{"details": "Ramp on Sekrit Street", **WORDS}],
            schedules=[ALWAYS | WORDS],
        )
        place = {"location": here, "schedules": [ALWAYS | WORDS], **WORDS}
        document = listing(service_at_locations=[place], service_areas=[{"name": "Kenora"}])
        service = published(document)[0]
        assert "Sekrit" not in client.get(f"/services/{service.slug}/").content.decode()
        assert "Sekrit" not in str(next(public_listings([service.pk])))


def test_its_words_do_not_find_it(client):
    service = published(confidential())[0]
    for words in ("Sekrit", "Juniper", "mill", "green door"):
        assert str(service.pk) not in client.get("/services/", {"q": words}).content.decode()


def test_searching_from_anywhere_gives_no_hint_of_where_it_is(client):
    """Whether it is listed depends on its public area alone."""
    published(
        confidential(
            service_areas=[{"name": "Kenora"}],
        )
    )
    page = client.get("/services/", {"near": "48.40,-89.30", "within": "5"}).content.decode()
    assert "No service" in page


def test_an_approximate_place_shows_its_town_only(client):
    service = published(
        listing(
            service_at_locations=[
                {
                    "location": location(
                        (48.43210, -89.31234),
                        visibility="approximate",
                        name="Birch House",
                        address={"address_1": "5 Hidden Lane"},
                    )
                }
            ]
        )
    )[0]
    row = SearchRow.objects.get()
    assert (row.latitude, row.longitude) != (48.43210, -89.31234)
    for address in ("/services/?near=Thunder Bay", f"/services/{service.slug}/"):
        page = client.get(address).content.decode()
        assert "Thunder Bay" in page
        for secret in ("Hidden Lane", "Birch House", "48.43", "89.31", "P7B 1A1"):
            assert secret not in page


def test_a_visibility_this_code_does_not_know_is_treated_as_confidential():
    document = confidential()
    document["service_at_locations"][0]["location"]["visibility"] = "something new"
    assert "Sekrit" not in str(redacted(document))


def test_nobody_learns_who_checks_or_consents(client):
    service = published(
        listing(
            assured_date="2026-11-01",
            assured_by="Harbour Lane",
            assurer_email="private@example.org",
            steward="A named person",
        )
    )[0]
    page = client.get(f"/services/{service.slug}/").content.decode()
    assert "private@example.org" not in page
    assert "A named person" not in page
