"""Events looked after: an organization's pages of them, one time or all changed, the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalition.events import changing, registering
from coalition.events.models.events import Event
from coalition.listings.models import Draft
from coalition.mail.models import Message
from directory.models import Proposal
from tests.editing import saved, send
from tests.events import DAY, event, opened, weekly
from tests.forms import text_of
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


def test_times_take_as_many_queries_for_many_as_for_few(client, owner):
    organization = member(owner=owner)
    few = weekly(organization, registration="here", rrule="FREQ=WEEKLY;COUNT=2")
    many = weekly(organization, registration="here", rrule="FREQ=WEEKLY;COUNT=9")
    client.force_login(owner)
    client.get(reverse("coalition:event_times", args=[few.pk]))
    counts = []
    for one in (few, many):
        for url in (reverse("coalition:event_times", args=[one.pk]), f"/events/{one.slug}/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_an_organizations_events_take_as_many_queries_for_three_as_for_one(client, owner):
    organization = member(owner=owner)
    event(organization)
    client.force_login(owner)
    url = reverse("coalition:events", args=[organization.slug])
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    event(organization, name="Second")
    event(organization, name="Third")
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(one) == len(three)


def test_who_is_asked_to_host_can_read_what(client, owner):
    friend = person(name="Fern")
    other = member(owner=friend, name="Kits at the lake")
    one = event(member(owner=owner), hosts=[{"organization": other}])
    client.force_login(friend)
    page = text_of(client.get(reverse("coalition:events", args=[other.slug])))
    assert f'href="/events/{one.slug}/"' in page


def test_an_earlier_state_of_an_event_is_restored(client, owner):
    one = event(member(owner=owner), registration="here")
    registering.register(one.occurrences.get(), first_name="Ada", email="ada@example.org")
    first = Proposal.objects.history(one.pk).first().number
    changing.cancel(one, {"status_note": "Snow"}, by=owner)
    newest = Proposal.objects.history(one.pk).first().number
    client.force_login(coordinator())
    url = reverse("coalition:restore", args=[one.pk, first])
    assert client.get(url).status_code == 200
    assert client.post(url, {"seen": newest, "note": "It is on"}).status_code == 302
    one.refresh_from_db()
    assert (one.status, one.status_note) == ("confirmed", "")
    assert not one.occurrences.get().cancelled
    assert Message.objects.filter(kind="event-on-again").count() == 1


def test_the_desk_names_a_place_and_not_its_number(client, owner):
    organization = member(owner=owner)
    place = organization.services.get().service_at_locations.get().location
    one = event(organization)
    client.force_login(owner)
    draft = opened(client, one)
    draft.document |= {"location": {"id": str(place.pk)}}
    draft.save()
    page = text_of(client.get(reverse("coalition:draft", args=[draft.pk])))
    assert "14 Harbour Lane, Thunder Bay" in page
    assert f"<td>{place.pk}" not in page


def test_two_changes_of_an_event_that_meet_are_both_shown_to_choose_from(client, owner):
    friend = person(name="Fern")
    one = event(member(owner=owner, editor=friend, trusted=True))
    drafts = {}
    for who, name in ((owner, "Mine"), (friend, "Theirs")):
        client.force_login(who)
        client.post(reverse("coalition:event_edit", args=[one.pk]))
        drafts[name] = Draft.objects.get(author=who)
        saved(client, drafts[name], "what", **{"what-name": name})
    assert send(client, drafts["Theirs"]).status_code == 302
    client.force_login(owner)
    answer = send(client, drafts["Mine"])
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Theirs" in page
    assert "Mine" in page


def test_a_place_that_is_not_ours_any_more_is_not_dropped_without_a_word(client, owner):
    organization = member(owner=owner)
    link = organization.services.get().service_at_locations.get()
    nowhere = {"place_name": None, "address_1": None, "city": None, "state_province": None}
    one = event(organization, location=link.location, **nowhere)
    client.force_login(owner)
    draft = opened(client, one)
    link.delete()
    assert saved(client, draft, "where").status_code == 302
    draft.refresh_from_db()
    assert draft.document == draft.base
    response = send(client, draft)
    assert response.status_code == 422
    assert "Choose one of your places." in text_of(response)


# One time, or all


def test_an_earlier_day_is_changed_after_a_later_one(owner):
    one = weekly(member(owner=owner))
    days = [one.starts_on + weeks * 7 * DAY for weeks in (2, 1, 3, 0)]
    for day in days:
        changing.change_time(one, day, {"note": "Bring a cup"}, by=owner)
    assert sorted(change.recurrence_id for change in one.changes.all()) == sorted(days)


def at_time(client, one: Event, **data):
    day = (one.starts_on + 7 * DAY).isoformat()
    shown = {"starts_on": day, "starts_at": "19:00", "ends_at": "20:30"}
    return client.post(reverse("coalition:event_time", args=[one.pk, day]), shown | data)


def test_what_was_typed_for_all_of_them_is_in_the_draft(client, owner):
    one = weekly(member(owner=owner))
    client.force_login(owner)
    answer = at_time(client, one, reach="all", starts_at="18:00", note="Bring a cup")
    assert answer.status_code == 302
    draft = Draft.objects.get()
    assert draft.document["starts_at"] == "18:00"
    assert draft.document["ends_at"] == one.ends_at.isoformat("minutes")
    assert draft.document["status_note"] == "Bring a cup"
    assert 'value="18:00"' in text_of(client.get(answer.url))


def test_all_of_them_are_not_cancelled_in_passing(client, owner):
    one = weekly(member(owner=owner))
    client.force_login(owner)
    answer = at_time(client, one, reach="all", cancelled="on")
    assert answer.status_code == 422
    assert "Only one time can be cancelled here." in text_of(answer)
