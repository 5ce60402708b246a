"""A place that two listings of one organization have in common."""

import html

import pytest
from django.urls import reverse

from coalition.listings import actions
from coalition.review import actions as review
from directory.interchange.actions import write_listings
from directory.interchange.proposals import current
from directory.models import Location, Organization, Service
from directory.search.models import SearchRow
from tests.factories import listing, location, published
from tests.forms import form_in
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


def begun(owner, *, service=None, **changes):
    organization = Organization.objects.filter(memberships__user=owner).first() or member(
        owner=owner, trusted=True, **changes
    )
    return actions.start_draft(organization, by=owner, service=service)


def at(draft):
    return reverse("coalition:draft_section", kwargs={"pk": draft.pk, "code": "where"})


def fields_of(client, draft) -> dict:
    page = client.get(at(draft))
    assert page.status_code == 200
    return form_in(page.content.decode(), css_class="editor")


def test_a_place_of_another_listing_is_taken_over_whole(client, owner):
    draft = begun(owner)
    (here,) = Location.objects.all()
    client.force_login(owner)
    fields = fields_of(client, draft) | {"have": str(here.pk), "use": "1"}

    assert client.post(at(draft), fields).status_code == 302

    draft.refresh_from_db()
    (place,) = draft.document["service_at_locations"]
    (other,) = current(Service.objects.get().pk)["service_at_locations"]
    assert place["location"] == other["location"] | {"id": str(here.pk)}
    assert place["id"] != other["id"]
    assert "schedules" not in place, "its hours are each listing's own"


def test_it_stays_one_place_that_moves_for_both(client, owner):
    first = Service.objects.get(pk=begun(owner).organization.services.get().pk)
    (shared,) = Location.objects.all()
    second = current(first.pk)
    second = listing(
        id=None,
        name="Second",
        organization={"id": second["organization"]["id"]},
        service_at_locations=[{"location": {"id": str(shared.pk)}}],
    )
    del second["id"]
    (other,) = published(second)
    draft = begun(owner, service=other)
    client.force_login(owner)
    page = html.unescape(client.get(at(draft)).content.decode())
    assert f"changes for these listings too: {first}." in page

    fields = fields_of(client, draft) | {
        "service_at_locations-0-address-address_1": "9 New Street",
        "next": "1",
    }
    assert client.post(at(draft), fields).status_code == 302
    draft.refresh_from_db()
    actions.send_in(draft, by=owner)

    assert Location.objects.count() == 1
    for service in (first, other):
        (place,) = current(service.pk)["service_at_locations"]
        assert place["location"]["addresses"][0]["address_1"] == "9 New Street"
        (row,) = SearchRow.objects.filter(service=service)
        assert "9 New Street" in str(row.card)


def test_what_happens_to_it_before_the_decision_is_not_undone(client, owner):
    draft = begun(owner)
    (here,) = Location.objects.all()
    client.force_login(owner)
    client.post(at(draft), fields_of(client, draft) | {"have": str(here.pk), "use": "1"})
    page = html.unescape(client.get(at(draft)).content.decode())
    assert "This is a place of Naloxone kits and training as well, and is changed there." in page
    assert 'name="service_at_locations-0-address-address_1"' not in page
    draft.refresh_from_db()
    draft.document |= {"name": "Second", "phones": [{"number": "807-555-0199"}]}
    draft.save()
    proposal = actions.send_in(draft, by=owner)
    document = current(Service.objects.get().pk)
    document["service_at_locations"][0]["location"]["visibility"] = "confidential"
    document |= {"state_province": "ON"}
    write_listings([document])

    client.force_login(coordinator())
    submission = proposal.change.submission
    told = client.get(reverse("coalition:submission", args=[submission.pk])).content.decode()
    assert "14 Harbour Lane" in told, "who decides reads where it is"
    review.decide(submission.pk, "approved", by=coordinator(name="Cleo"), round=1)

    here.refresh_from_db()
    assert here.visibility == "confidential"
    assert Service.objects.published().count() == 2


def test_pressed_twice_it_is_there_once(client, owner):
    draft = begun(owner)
    here = Location.objects.get()
    client.force_login(owner)
    fields = fields_of(client, draft) | {"have": str(here.pk), "use": "1"}
    client.post(at(draft), fields)
    client.post(at(draft), fields)

    draft.refresh_from_db()
    assert len(draft.document["service_at_locations"]) == 1
    assert "Or use a place you have already" not in client.get(at(draft)).content.decode()


def test_what_was_typed_is_kept_where_no_place_was_chosen(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    added = client.get(f"{at(draft)}?add=service_at_locations").content.decode()
    fields = form_in(added, css_class="editor") | {
        "service_at_locations-0-address-address_1": "1 Main St",
        "service_at_locations-0-address-city": "Kenora",
        "service_at_locations-0-address-state_province": "ON",
        "use": "1",
    }
    answer = client.post(at(draft), fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert "Choose a place first." in page
    assert form_in(page, css_class="editor")["service_at_locations-0-address-city"] == ["Kenora"]


def test_another_organizations_place_is_out_of_reach(client, owner):
    draft = begun(owner)
    stranger = published(
        listing(
            name="Elsewhere",
            organization={"name": "Other"},
            service_at_locations=[{"location": location(address={"address_1": "66 Far Rd"})}],
        )
    )[0]
    theirs = Location.objects.get(service_at_locations__service=stranger)
    client.force_login(owner)
    assert "66 Far Rd" not in client.get(at(draft)).content.decode()

    answer = client.post(at(draft), fields_of(client, draft) | {"have": theirs.pk, "use": "1"})

    assert answer.status_code == 422
    draft.refresh_from_db()
    assert "service_at_locations" not in draft.document


@pytest.mark.parametrize("count", [1, 4])
def test_however_many_places_there_are_they_cost_the_same(
    client, owner, django_assert_max_num_queries, count
):
    places = [
        {"location": location(address={"address_1": f"{n} Mill Rd"})} for n in range(1, count + 1)
    ]
    draft = begun(owner, service_at_locations=places)
    client.force_login(owner)
    client.get(at(draft))
    with django_assert_max_num_queries(16):
        page = client.get(at(draft)).content.decode()
    assert page.count(" Mill Rd</option>") == count
