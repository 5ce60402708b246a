"""Two listings become one: as chosen, with the history of both, and no address lost."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from coalition.accounts.models import RecordEntry
from coalition.catalogue import duplicates, merge
from coalition.catalogue.models import Pair
from directory.interchange import proposals
from directory.interchange.actions import withdraw, write_listings
from directory.interchange.merging import normalized
from directory.interchange.read import read_listing
from directory.models import Proposal, Service, ServiceSlug
from directory.search.models import SearchRow
from tests.factories import WEEKDAYS, listing, location, published, term
from tests.people import coordinator

pytestmark = pytest.mark.django_db


def pair_of(left: dict, right: dict) -> tuple[Pair, Service, Service]:
    """Two published listings as a pair, and which is on the left."""
    one, other = sorted(published(left, right), key=lambda service: service.pk)
    return duplicates.pair_of(one, other), one, other


LEFT_ID = "00000000-0000-4000-8000-000000000001"
RIGHT_ID = "00000000-0000-4000-8000-000000000002"


def twins(left: dict | None = None, right: dict | None = None):
    return pair_of(
        listing(id=LEFT_ID, **{"name": "Kits"} | (left or {})),
        listing(id=RIGHT_ID, **{"name": "Kits and training"} | (right or {})),
    )


def seen(pair: Pair) -> str:
    return merge.mark(*merge.documents(pair))


def make_one(pair: Pair, *, keep="left", **choices) -> Service:
    return merge.merge(pair, keep=keep, choices=choices, seen=seen(pair), by=coordinator())


def test_values_are_taken_from_the_side_that_was_chosen():
    pair, left, right = twins({"url": "https://left.example/"}, {"url": "https://right.example/"})

    kept = make_one(pair, name="right", url="left")

    document = read_listing(kept.pk)
    assert kept.pk == left.pk
    assert (document["name"], document["url"]) == ("Kits and training", "https://left.example/")
    assert Service.objects.published().get() == left
    right.refresh_from_db()
    assert right.status == "defunct"


def test_lists_may_take_both_sides():
    pair, left, _right = twins(
        {"phones": [{"number": "807-555-0142"}], "attributes": [term("category", "naloxone")]},
        {
            "phones": [{"number": "807 555 0142"}, {"number": "807-555-0199"}],
            "attributes": [term("category", "shelter"), term("category", "naloxone")],
        },
    )

    make_one(pair, phones="both", attributes="both")

    document = read_listing(left.pk)
    assert [phone["number"] for phone in document["phones"]] == ["807-555-0142", "807-555-0199"]
    codes = [item["taxonomy_term"]["code"] for item in document["attributes"]]
    assert codes == ["naloxone", "shelter"]
    assert SearchRow.objects.filter(service=left, facet_set__facets__contains=["category:shelter"])


def test_a_place_both_have_is_there_once_and_no_more_openly_than_either_has_it():
    open_place = {"location": location(), "schedules": [WEEKDAYS]}
    careful = {"location": location(visibility="approximate")}
    elsewhere = {"location": location(address={"address_1": "9 Oak Street"})}
    pair, left, _right = twins(
        {"service_at_locations": [open_place]}, {"service_at_locations": [careful, elsewhere]}
    )

    make_one(pair, service_at_locations="both")

    places = read_listing(left.pk)["service_at_locations"]
    assert [p["location"]["visibility"] for p in places] == ["approximate", "public"]
    assert places[0]["schedules"]
    assert places[1]["location"]["addresses"][0]["address_1"] == "9 Oak Street"


def test_a_check_is_taken_whole():
    pair, left, _right = twins(
        {"assured_date": "2025-01-05", "assured_by": "Ada"},
        {"assured_date": "2026-01-05", "assured_by": "Bea"},
    )
    make_one(pair, checked="right")
    left.refresh_from_db()
    assert (str(left.assured_date), left.assured_by) == ("2026-01-05", "Bea")


def test_the_one_on_the_right_can_stay():
    pair, _left, right = twins()

    kept = make_one(pair, keep="right", name="left")

    assert kept.pk == right.pk
    assert read_listing(kept.pk)["name"] == "Kits"
    assert Service.objects.published().get() == right


def test_every_address_of_the_other_leads_to_the_one_that_stays(client):
    pair, left, right = twins()
    ServiceSlug.objects.create(slug="older-still", service=right)

    make_one(pair)

    for slug in (right.slug, "older-still"):
        response = client.get(f"/services/{slug}/")
        assert response.status_code == 301
        assert response.url == f"/services/{left.slug}/"
    assert client.get(f"/services/{left.slug}/").status_code == 200


def test_the_history_of_both_is_kept_and_it_can_be_read_who_did_it():
    pair, left, right = twins()
    make_one(pair, name="right")
    for service in (left, right):
        change = Proposal.objects.history(service.pk).first()
        assert (change.origin, change.change.user.name) == ("coordinator", "Cora Coordinator")
    assert RecordEntry.objects.get(action="listing.merge").note.startswith("Kits and training")


def test_what_people_could_see_stays_to_be_seen():
    pair, left, _right = twins()
    withdraw([left.pk])
    make_one(pair)
    assert Service.objects.published().get() == left


def test_what_changed_since_the_page_was_opened_is_looked_at_again():
    pair, _left, right = twins()
    before = seen(pair)
    write_listings([read_listing(right.pk) | {"description": "Now with tea."}])
    with pytest.raises(merge.ChangedSince):
        merge.merge(pair, keep="left", choices={}, seen=before, by=coordinator())
    assert Service.objects.published().count() == 2


def test_other_pairs_of_the_one_that_is_gone_are_gone():
    pair, _left, right = twins()
    (third,) = published(listing())
    duplicates.pair_of(right, third)
    make_one(pair)
    assert not Pair.objects.open().exists()


def test_nothing_differs_between_a_document_and_itself():
    document = normalized(listing())
    assert merge.differing(document, document) == []
    assert merge.joined(document, document, {}) == document


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_of_one_pair_at_once_one_counts():
    pair, _left, _right = twins()
    state = seen(pair)
    people = [coordinator(), coordinator()]
    outcomes = []
    barrier = threading.Barrier(2)

    def go(keep, by):
        try:
            barrier.wait(30)
            merge.merge(pair, keep=keep, choices={}, seen=state, by=by)
            outcomes.append("merged")
        except duplicates.AlreadySettled:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=go, args=args)
        for args in zip(("left", "right"), people, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["merged", "told"]
    assert Service.objects.published().count() == 1
    assert Service.objects.filter(status="defunct").count() == 1


# The page


def test_a_coordinator_makes_one_of_two_on_the_page(client):
    pair, left, _right = twins({"description": "Ask inside."}, {"description": "Ring the bell."})
    client.force_login(coordinator())
    address = reverse("coalition:duplicate", args=[pair.pk])
    page = client.get(address).content.decode()
    assert "Ask inside." in page
    assert "Ring the bell." in page

    response = client.post(
        address, {"keep": "left", "seen": seen(pair), "description": "right", "merge": "1"}
    )

    assert response.status_code == 302
    assert read_listing(left.pk)["description"] == "Ring the bell."
    again = client.post(address, {"keep": "left", "seen": "", "merge": "1"})
    assert again.status_code == 409
    assert "Settled already" in again.content.decode()


def test_a_stale_page_is_said_and_what_was_ticked_is_kept(client):
    pair, _left, _right = twins()
    client.force_login(coordinator())
    address = reverse("coalition:duplicate", args=[pair.pk])
    data = {"keep": "right", "seen": "old", "name": "right", "merge": "1"}
    response = client.post(address, data)
    assert response.status_code == 409
    page = response.content.decode()
    assert "has changed since you opened this page" in page
    assert 'name="keep" value="right" checked' in page
    assert 'name="name" value="right" checked' in page


def test_what_may_not_be_shown_is_refused_in_words(client):
    """A place taken over may not make the words tell a hidden street."""
    hidden = {"location": location(visibility="confidential")}
    pair, left, _right = twins(
        {"description": "Come to 14 Harbour Lane."}, {"service_at_locations": [hidden]}
    )
    client.force_login(coordinator())
    response = client.post(
        reverse("coalition:duplicate", args=[pair.pk]),
        {
            "keep": "left",
            "seen": seen(pair),
            "description": "left",
            "service_at_locations": "right",
            "merge": "1",
        },
    )
    assert response.status_code == 422
    assert "tell the address that is to stay private" in response.content.decode()
    assert Service.objects.published().count() == 2
    assert proposals.current(left.pk)["service_at_locations"][0]["location"]["visibility"] == (
        "public"
    )
