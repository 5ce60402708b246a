"""What nobody may learn of an event, and what nobody may do to one."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from coalition.events import actions, changing
from coalition.listings import purge
from coalition.members.actions import set_standing
from coalition.members.models import Membership
from directory.interchange import proposals
from tests.editing import at, send
from tests.events import DAY, change_event, event, hidden, opened, weekly
from tests.forms import text_of
from tests.people import coordinator, member, person
from tests.resources import stored
from tests.uploads import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


# What nobody may learn


def test_who_hosts_no_longer_is_named_in_no_calendar(owner):
    other = member(owner=person(), name="Another")
    one = event(member(owner=owner), hosts=[{"organization": other}])
    type(other).objects.filter(pk=other.pk).update(name="Kits at the lake")
    actions.answer(one.host_answers.get(), True, by=owner)
    one.refresh_from_db()
    assert "Kits at the lake" in one.ical.replace("\r\n ", "")
    document = proposals.current(one.pk, "event")
    del document["hosts"]
    proposals.change(document, origin="system", by="test", subject="event")
    one.refresh_from_db()
    assert "Kits at the lake" not in one.ical.replace("\r\n ", "")


def test_what_the_picture_shows_may_not_tell_a_private_address():
    organization = member()
    said = {
        "picture": stored(organization, "door.png", picture()),
        "picture_description": "The door of 77 Sekrit Street",
    }
    with pytest.raises(ValidationError, match="stay private"):
        hidden(organization, **said)


def test_an_address_that_is_forgotten_leaves_the_address_of_the_page_as_well(client, owner):
    organization = member(owner=owner)
    service = organization.services.get()
    place = service.service_at_locations.first().location
    one = event(organization, location=place, name="Supper at 14 Harbour Lane")
    change_event(one, slug="supper")
    change_event(one, slug="supper-at-14-harbour-lane")
    purge.forget(service, [place.pk], by=coordinator())
    one.refresh_from_db()
    assert "harbour" not in one.slug
    assert client.get(f"/events/{one.slug}/").status_code == 200
    assert client.get("/events/").status_code == 200
    change_event(one, slug="dinner")
    told = [*one.former_slugs.values_list("slug", flat=True)]
    assert not [slug for slug in told if "harbour" in slug]


def test_a_former_address_that_tells_a_forgotten_place_leads_nowhere(client, owner):
    organization = member(owner=owner)
    service = organization.services.get()
    place = service.service_at_locations.first().location
    one = event(organization, location=place, name="Supper at 14 Harbour Lane")
    change_event(one, slug="supper")
    purge.forget(service, [place.pk], by=coordinator())
    assert client.get("/events/supper-at-14-harbour-lane/").status_code == 404
    assert not one.former_slugs.exists()


def test_who_is_asked_to_host_reads_nothing_of_what_is_out_of_sight(client, owner):
    friend = person(name="Fern")
    other = member(owner=friend, name="Kits at the lake")
    one = event(member(owner=owner), name="Supper by the mill", hosts=[{"organization": other}])
    client.force_login(friend)
    pages = (reverse("coalition:events", args=[other.slug]), reverse("coalition:workspace"))
    assert all("Supper by the mill" in text_of(client.get(page)) for page in pages)
    actions.withdraw(one, by=coordinator())
    assert not any("Supper by the mill" in text_of(client.get(page)) for page in pages)
    answer = one.host_answers.get()
    url = reverse("coalition:host_answer", args=[answer.pk])
    assert client.post(url, {"answer": "yes"}).status_code == 404


# What nobody may do


def test_what_a_coordinator_has_hidden_does_not_come_back_as_a_series_of_its_own(client, owner):
    one = weekly(member(owner=owner))
    actions.withdraw(one, by=coordinator())
    new = changing.change_following(one, one.starts_on + 14 * DAY, {}, by=owner)
    assert new.held_back
    client.force_login(owner)
    client.post(reverse("coalition:event_show", args=[new.pk]))
    assert client.get(f"/events/{new.slug}/").status_code == 404


def test_a_draft_that_names_a_place_of_others_says_so_instead_of_a_preview(client, owner):
    other = event(member(owner=person(), name="Elsewhere")).organization
    place = other.services.get().service_at_locations.first().location
    organization = member(owner=owner)
    one = event(organization)
    client.force_login(owner)
    draft = opened(client, one)
    draft.document |= {"location": {"id": str(place.pk)}}
    draft.save()
    response = client.get(reverse("coalition:draft_preview", args=[draft.pk]), follow=True)
    assert response.status_code == 200
    assert "Choose one of your places." in text_of(response)


def test_who_is_no_longer_of_the_organization_does_not_reach_the_draft(client, owner):
    organization = member(owner=owner)
    one = event(organization)
    client.force_login(owner)
    draft = opened(client, one)
    Membership.objects.filter(user=owner).delete()
    assert client.get(at(draft, "what")).status_code == 404
    assert client.post(at(draft, "what"), {"what-name": "Mine"}).status_code == 404
    assert send(client, draft).status_code == 404
    assert client.get(reverse("coalition:draft_preview", args=[draft.pk])).status_code == 404


def test_a_suspended_organization_changes_nothing(client, owner):
    one = weekly(member(owner=owner))
    client.force_login(owner)
    draft = opened(client, one)
    set_standing(one.organization, "suspended", by=coordinator(), hide=False, note="Why")
    day = one.starts_on.isoformat()
    for name, args in (
        ("event_cancel", [one.pk]),
        ("event_time", [one.pk, day]),
        ("event_hide", [one.pk]),
        ("event_edit", [one.pk]),
        ("event_take_up", [one.pk]),
        ("draft_send", [draft.pk]),
    ):
        url = reverse(f"coalition:{name}", args=args)
        assert client.post(url, {"revision": draft.revision}).status_code == 404, name


@pytest.mark.parametrize("code", ["what", "when", "where", "who", "come", "more"])
def test_a_part_of_an_event_has_no_places_of_its_own(client, owner, code):
    one = event(member(owner=owner))
    client.force_login(owner)
    draft = opened(client, one)
    before = draft.document
    response = client.post(at(draft, code), {"at": str(one.pk), "next": "1"})
    assert response.status_code == 404
    draft.refresh_from_db()
    assert draft.document == before


@pytest.mark.parametrize("code", ["contact", "cost", "capacity", "notices"])
def test_an_event_has_no_parts_of_a_listing(client, owner, code):
    one = event(member(owner=owner))
    client.force_login(owner)
    draft = opened(client, one)
    assert client.get(at(draft, code)).status_code == 404


@pytest.mark.parametrize("subject", ["organization", "service", "event", "resource", "x", ""])
def test_a_draft_that_is_gone_tells_nothing_of_records_of_others(client, owner, subject):
    one = event(member(owner=person(), name="Elsewhere"))
    member(owner=owner, name="Here")
    client.force_login(owner)
    url = reverse("coalition:draft_send", args=["0" * 8 + "-0000-4000-8000-" + "0" * 12])
    for record in (one.pk, one.organization_id, one.organization.services.get().pk, "x", ""):
        data = {"record": str(record), "subject": subject}
        assert client.post(url, data).status_code == 404
