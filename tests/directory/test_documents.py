"""A listing is written and read as one document."""

import copy
import uuid

import pytest
from django.core.exceptions import ValidationError

from directory.interchange.actions import Unreachable, publish, withdraw, write_listings
from directory.interchange.read import read_listing, read_listings
from directory.interchange.schema import SERVICE, Node
from directory.interchange.write import InvalidListing
from directory.models import Organization, Phone, Service
from directory.search.models import SearchRow
from tests.factories import ALWAYS, confidential, listing, location, published, remote, term

pytestmark = pytest.mark.django_db


def whole_listing() -> dict:
    """A listing with something in every part of the document."""
    phone = {"number": "807-555-0101", "extension": 5, "type": "text", "description": "Nights"}
    contact = {"name": "Ann", "title": "Nurse", "email": "ann@example.org", "phones": [phone]}
    schedule = ALWAYS | {"season_from": "05-01", "season_to": "09-30", "description": "Summer"}
    return listing(
        alternate_name="Kits",
        url="https://example.org/kits",
        email="kits@example.org",
        minimum_age=12,
        maximum_age=99,
        assured_date="2026-11-01",
        assured_by="Harbour Lane Health Centre",
        assurer_email="checker@example.org",
        peer_led=True,
        indigenous_led=True,
        indigenous_community="Fort William First Nation",
        steward="Council",
        steward_consented_on="2026-10-01",
        program={"name": "Safer together", "description": "All of it"},
        phones=[phone, {"number": "807-555-0102"}],
        contacts=[contact],
        languages=[{"name": "Ojibwe", "name_fr": "Ojibwé", "code": "oj", "note": "Tuesdays"}],
        additional_urls=[{"label": "Map", "url": "https://example.org/map"}],
        schedules=[schedule],
        service_areas=[{"name": "Thunder Bay", "name_fr": "Thunder Bay"}],
        cost_options=[{"option": "Adults", "amount": 12.5, "amount_description": "a day"}],
        required_documents=[{"document": "Health card", "document_fr": "Carte santé"}],
        capacities=[
            {
                "unit": {"identifier": "bed"},
                "available": 2,
                "maximum": 12,
                "updated": "2026-11-23T20:00:00+00:00",
            }
        ],
        service_at_locations=[
            {
                "description": "Side door",
                "phones": [phone],
                "contacts": [contact],
                "schedules": [schedule],
                "location": location(
                    name="The hub",
                    accessibility=[{"description": "Step-free", "details": "Ramp at the side"}],
                    languages=[{"name": "French", "code": "fr"}],
                    phones=[phone],
                    contacts=[contact],
                    schedules=[schedule],
                ),
            }
        ],
        organization={
            "id": str(uuid.uuid4()),
            "name": "Harbour Lane Health Centre",
            "website": "https://example.org",
            "phones": [phone],
            "contacts": [contact],
            "additional_websites": [{"url": "https://example.org/more"}],
        },
    )


def test_what_is_written_is_what_is_read():
    given = whole_listing()
    pk = write_listings([given])[0]
    assert covers(read_listing(pk), given)


def covers(found, given) -> bool:
    """Everything given is found; what was not given may have defaults beside it."""
    if isinstance(given, dict):
        return all(key in found and covers(found[key], value) for key, value in given.items())
    if isinstance(given, list):
        return len(found) == len(given) and all(map(covers, found, given))
    return found == given


def test_every_part_of_the_shape_is_in_the_whole_listing():
    """So that the round trip above proves the whole shape."""

    def missing(node: Node, value: dict, path: str) -> list[str]:
        found = [f"{path}{key}" for key in (*node.parts, *node.links) if not value.get(key)]
        for key, child in node.parts.items():
            for item in value.get(key, [])[:1]:
                found += missing(child, item, f"{path}{key}.")
        for key, child in node.links.items():
            if value.get(key):
                found += missing(child, value[key], f"{path}{key}.")
        return found

    assert missing(SERVICE, whole_listing(), "") == []


def test_writing_what_was_read_changes_nothing():
    pk = write_listings([whole_listing()])[0]
    first = read_listing(pk)
    write_listings([copy.deepcopy(first)])
    second = read_listing(pk)
    assert first.pop("last_modified") <= second.pop("last_modified")
    assert first == second


def test_a_part_that_is_left_out_is_gone():
    document = listing(phones=[{"number": "807-555-0101"}, {"number": "807-555-0102"}])
    pk = write_listings([document])[0]
    write_listings([document | {"phones": [{"number": "807-555-0102"}]}])
    assert [p["number"] for p in read_listing(pk)["phones"]] == ["807-555-0102"]


def test_an_organization_named_by_identifier_stays_as_it_is():
    first = listing()
    write_listings([first])
    second = listing(organization={"id": first["organization"]["id"]})
    pk = write_listings([second])[0]
    assert read_listing(pk)["organization"]["name"] == "Harbour Lane Health Centre"


def test_an_unknown_organization_is_refused():
    with pytest.raises(InvalidListing):
        write_listings([listing(organization={"id": str(uuid.uuid4())})])


def test_a_part_of_another_listing_cannot_be_taken():
    mine, theirs = listing(), listing()
    write_listings([mine, theirs])
    phone = Phone.objects.get(service_id=theirs["id"])
    stolen = mine | {"phones": [{"id": str(phone.pk), "number": "807-555-0199"}]}
    with pytest.raises(InvalidListing) as refused:
        write_listings([stolen])
    assert list(refused.value.errors) == ["phones[0].id"]
    phone.refresh_from_db()
    assert str(phone.service_id) == theirs["id"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": "", "name_fr": ""}, ""),
        ({"name": "x" * 301}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": {"en": "x"}}, "name"),
        ({"status": "asleep"}, "status"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"surprise": 1}, "surprise"),
        ({"phones": [{"number": "call me"}]}, "phones[0].number"),
        ({"phones": "807"}, "phones"),
        ({"minimum_age": 40, "maximum_age": 20}, ""),
        ({"minimum_age": -1}, "minimum_age"),
        ({"delivery": ["teleport"]}, "delivery"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"attributes": [term("category", "no-such")]}, "attributes[0].taxonomy_term"),
        ({"organization": None}, "organization"),
        ({"id": "not-a-uuid"}, "id"),
        ({"indigenous_led": True}, ""),
        ({"assured_date": "2026-01-01"}, ""),
        ({"schedules": [ALWAYS | {"opens_at": "09:00", "closes_at": "09:00"}]}, "schedules[0]"),
        ({"schedules": [ALWAYS | {"closes_at": None}]}, "schedules[0]"),
        ({"schedules": [{"freq": "WEEKLY", "state": "closed"}]}, "schedules[0]"),
        (
            {"service_at_locations": [{"location": location(address={"postal_code": "L9LIL9"})}]},
            "service_at_locations[0].location.addresses[0].postal_code",
        ),
        (
            {"service_at_locations": [{"location": location((948.0, -89.0))}]},
            "service_at_locations[0].location.latitude",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(change, path):
    with pytest.raises(InvalidListing) as refused:
        write_listings([listing(), listing(**change)])
    assert path in refused.value.errors
    assert refused.value.index == 1
    assert not Service.objects.exists()


def test_two_listings_may_not_disagree_about_their_organization():
    first = listing()
    second = listing(organization=first["organization"] | {"name": "Another name"})
    with pytest.raises(InvalidListing) as refused:
        write_listings([first, second])
    assert list(refused.value.errors) == ["organization"]


def test_names_that_are_the_same_get_slugs_of_their_own():
    one, two = published(listing(), listing())
    assert one.slug == "naloxone-kits-and-training"
    assert two.slug == f"naloxone-kits-and-training-{two.pk.hex[:8]}"


def test_a_new_name_keeps_the_slug():
    document = listing()
    published(document)
    write_listings([document | {"name": "Kits"}])
    assert Service.objects.get().slug == "naloxone-kits-and-training"


def test_an_old_slug_is_kept_and_nobody_else_gets_it():
    document = listing()
    published(document)
    write_listings([document | {"slug": "kits"}])
    other = published(listing())[0]
    service = Service.objects.get(slug="kits")
    assert [s.slug for s in service.former_slugs.all()] == ["naloxone-kits-and-training"]
    assert other.slug == f"naloxone-kits-and-training-{other.pk.hex[:8]}"


def test_a_service_nobody_could_reach_is_not_published():
    hidden = remote(phones=[])
    pk = write_listings([hidden])[0]
    with pytest.raises(Unreachable):
        publish([pk], by="test")
    assert not Service.objects.published().exists()


def test_an_address_nobody_is_shown_is_no_way_to_reach_a_service():
    pk = write_listings([confidential(phones=[])])[0]
    with pytest.raises(Unreachable):
        publish([pk], by="test")


@pytest.mark.parametrize(
    "way",
    [
        {"phones": [{"number": "807-555-0100"}]},
        {"url": "https://example.org"},
        {"email": "a@example.org"},
        {"service_at_locations": [{"location": location()}]},
        {
            "organization": {
                "id": str(uuid.uuid4()),
                "name": "Org",
                "website": "https://example.org",
            }
        },
    ],
)
def test_one_way_to_reach_a_service_is_enough(way):
    published(remote(**({"phones": []} | way)))
    assert Service.objects.published().count() == 1


def test_an_indigenous_led_service_is_published_with_its_stewards_consent_only():
    document = listing(
        indigenous_led=True, indigenous_community="Fort William First Nation", steward="Council"
    )
    pk = write_listings([document])[0]
    with pytest.raises(Exception, match="consent"):
        publish([pk], by="test")
    write_listings([document | {"steward_consented_on": "2026-11-01"}])
    publish([pk], by="test")
    assert Service.objects.published().count() == 1


def test_a_withdrawn_service_leaves_search_and_nothing_is_deleted():
    service = published()[0]
    assert SearchRow.objects.count() == 1
    withdraw([service.pk])
    assert not SearchRow.objects.exists()
    assert Service.objects.count() == 1
    assert Organization.objects.count() == 1


def test_reading_many_takes_as_many_queries_as_reading_one(django_assert_max_num_queries):
    documents = [whole_listing() for _ in range(3)]
    ids = write_listings(documents)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        list(read_listings(ids[:1]))
    with django_assert_max_num_queries(len(one)):
        assert len(list(read_listings(ids))) == 3


def test_a_shared_place_made_confidential_leaves_every_listing_at_once(client):
    shared = str(uuid.uuid4())
    place = {"location": location(id=shared), "schedules": [ALWAYS]}
    first = listing(service_at_locations=[place])
    second = listing(service_at_locations=[place])
    published(first)
    published(second)
    hidden = location(id=shared, visibility="confidential")
    write_listings([first | {"service_at_locations": [place | {"location": hidden}]}])
    assert not SearchRow.objects.filter(latitude__isnull=False).exists()
    assert "Harbour Lane<" not in client.get("/services/").content.decode()


def test_a_changed_organization_is_right_in_its_other_listings_at_once(client):
    first = listing()
    published(first)
    published(listing(name="Dinner", organization={"id": first["organization"]["id"]}))
    write_listings([first | {"organization": first["organization"] | {"name": "New name"}}])
    assert {row.card["organization"] for row in SearchRow.objects.all()} == {"New name"}


def test_words_that_tell_a_private_address_keep_a_listing_from_being_published():
    pk = write_listings([confidential(description="We are at 77 SEKRIT Street, come in")])[0]
    with pytest.raises(ValidationError, match="stay private"):
        publish([pk], by="test")


def test_a_published_listing_cannot_be_written_out_of_reach():
    document = listing()
    published(document)
    with pytest.raises(InvalidListing):
        write_listings([document | {"phones": [], "service_at_locations": []}])
    assert SearchRow.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"attributes": [term("category", "food"), term("category", "food")]}, ""),
        ({"assured_date": 5, "assured_by": "x"}, "assured_date"),
        ({"name": "a\ud800b"}, "name"),
        ({"slug": "x" * 81}, "slug"),
        ({"schedules": [ALWAYS | {"opens_at": "09:00:30"}]}, "schedules[0].opens_at"),
        (
            {"phones": [{"id": str(uuid.UUID(int=7)), "number": "807-555-0101"}] * 2},
            "phones[1].id",
        ),
    ],
)
def test_odd_values_are_named_too(change, path):
    with pytest.raises(InvalidListing) as refused:
        write_listings([listing(**change)])
    assert path in refused.value.errors
