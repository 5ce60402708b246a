"""Calendars and feeds to follow, and what search engines read: everyone's, and no more."""

import datetime
from xml.etree import ElementTree

import icalendar
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from coalition.events.actions import withdraw
from coalition.events.models.events import HostAnswer
from coalition.events.structured import data_block
from directory.models import Organization
from tests.events import change_event, event, hidden, online
from tests.factories import listing, published
from tests.people import person

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
CALENDAR = "/events/calendar.ics"
FEED = "/events/feed.atom"
SECRETS = ("Sekrit", "Juniper", "P7C", "green door")
KENORA = {"city": "Kenora", "address_1": "3 Main Street", "place_name": "Library"}


def text_of(response) -> str:
    return response.getvalue().decode()


def names(response) -> list[str]:
    """What a calendar has, by name."""
    calendar = icalendar.Calendar.from_ical(response.getvalue())
    return sorted(str(one["SUMMARY"]) for one in calendar.events)


def entries(response) -> list[ElementTree.Element]:
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")


def titles(response) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(response)]


@pytest.fixture
def organization():
    return published(listing())[0].organization


# Calendars


def test_all_that_is_on_is_one_calendar(client, organization):
    event(organization, name="Circle")
    event(organization, name="Meal", timezone="America/Winnipeg")
    event(organization, name="Draft", published_by="")
    event(organization, name="Later", publish_from=timezone.now() + datetime.timedelta(days=1))
    response = client.get(CALENDAR)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'inline; filename="events.ics"'
    calendar = icalendar.Calendar.from_ical(response.getvalue())
    assert sorted(str(one["SUMMARY"]) for one in calendar.events) == ["Circle", "Meal"]
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    assert calendar["CALSCALE"] == "GREGORIAN"
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Common Thread: events"
    assert calendar["REFRESH-INTERVAL"].dt == datetime.timedelta(hours=6)
    assert calendar["X-PUBLISHED-TTL"] == "PT6H"
    assert [str(zone["TZID"]) for zone in calendar.timezones] == [
        "America/Toronto",
        "America/Winnipeg",
    ]


def test_nothing_on_is_still_a_calendar(client):
    assert names(client.get(CALENDAR)) == []


def test_french_calendars_are_french(client, organization):
    event(organization)
    text = text_of(client.get("/fr/events/calendar.ics"))
    assert "SUMMARY:Cercle de pairs\r\n" in text
    assert "SUMMARY:Peer circle" not in text


def test_what_is_long_over_is_left_out(client, organization):
    today = timezone.localdate()
    event(organization, name="Last week", starts_on=today - datetime.timedelta(days=7))
    event(organization, name="Last year", starts_on=today - datetime.timedelta(days=365))
    event(
        organization,
        name="For years",
        starts_on=today - datetime.timedelta(days=700),
        rrule="FREQ=WEEKLY",
    )
    assert names(client.get(CALENDAR)) == ["For years", "Last week"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("near=Kenora", ["Meal in Kenora"]),
        ("near=Thunder+Bay&within=20", ["Circle"]),
        ("near=Thunder+Bay&within=1000", ["Circle", "Meal in Kenora"]),
        ("kind=meal", ["Meal in Kenora"]),
        ("kind=meal&kind=naloxone", ["Meal in Kenora", "Training"]),
        ("attendance=online", ["Training"]),
        ("near=Kenora&kind=peer_circle", []),
        ("unknown=1", ["Circle", "Meal in Kenora", "Training"]),
    ],
)
@pytest.mark.parametrize("address", [CALENDAR, FEED])
def test_parameters_of_the_page_narrow_the_feeds(client, organization, address, query, expected):
    event(organization, name="Circle")
    event(organization, name="Meal in Kenora", kind="meal", **KENORA)
    online(organization, name="Training")
    response = client.get(f"{address}?{query}")
    assert sorted(titles(response) if address == FEED else names(response)) == expected


@pytest.mark.parametrize("address", [CALENDAR, FEED])
@pytest.mark.parametrize("query", ["kind=nonsense", "within=many", "near=Nowhereville", "near=Q9Z"])
def test_a_parameter_that_makes_no_sense_is_said(client, address, query):
    """A program that follows nothing by mistake would never tell."""
    response = client.get(f"{address}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().startswith(query.split("=")[0])


def test_one_event_is_a_file_by_its_name(client, organization):
    one = event(organization, name="Circle")
    event(organization, name="Another")
    response = client.get(f"/events/{one.slug}/event.ics")
    assert response["Content-Disposition"] == f'inline; filename="{one.slug}.ics"'
    assert names(response) == ["Circle"]


def test_an_old_address_leads_to_the_new_one(client, organization):
    one = event(organization, name="Circle")
    old = one.slug
    one = change_event(one, slug="tea-circle")
    response = client.get(f"/events/{old}/event.ics")
    assert (response.status_code, response["Location"]) == (301, "/events/tea-circle/event.ics")


def test_a_hidden_event_has_no_file(client, organization):
    one = event(organization, published_by="")
    assert client.get(f"/events/{one.slug}/event.ics").status_code == 404
    soon = event(organization, publish_from=timezone.now() + datetime.timedelta(hours=1))
    assert client.get(f"/events/{soon.slug}/event.ics").status_code == 404


@pytest.mark.parametrize("file", ["calendar.ics", "feed.atom"])
def test_an_organization_has_what_it_organizes_and_hosts(client, organization, file):
    (other,) = published(listing(name="Other", organization={"name": "Maple Peers"}))
    asked = {"hosts": [{"organization": {"id": str(organization.pk)}}]}
    event(organization, name="Own")
    accepted = event(other.organization, name="Together", **asked)
    event(other.organization, name="Asked only", **asked)
    event(other.organization, name="Theirs")
    HostAnswer.objects.filter(event=accepted).update(accepted=True, answered_at=timezone.now())
    response = client.get(f"/organizations/{organization.slug}/{file}")
    found = titles(response) if file == "feed.atom" else names(response)
    assert sorted(found) == ["Own", "Together"]
    response = client.get(f"/organizations/{organization.slug}/{file}?kind=meal")
    assert (titles(response) if file == "feed.atom" else names(response)) == []


@pytest.mark.parametrize("file", ["calendar.ics", "feed.atom"])
def test_an_organization_nobody_knows_has_no_calendar(client, organization, file):
    shown = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    event(shown, published_by="")
    assert client.get(f"/organizations/elsewhere/{file}").status_code == 404
    assert client.get(f"/organizations/nobody/{file}").status_code == 404
    event(shown)
    assert client.get(f"/organizations/elsewhere/{file}").status_code == 200


# Asked again and again


@pytest.mark.parametrize("address", [CALENDAR, FEED, "/fr" + CALENDAR, CALENDAR + "?near=Kenora"])
def test_what_has_not_changed_is_not_sent_twice(client, organization, address):
    event(organization, **KENORA)
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    since = client.get(address, headers={"if-modified-since": first["Last-Modified"]})
    assert since.status_code == 304
    for response in (first, again):
        assert response["Cache-Control"] == "public, max-age=900"
        assert "Set-Cookie" not in response


@pytest.mark.parametrize("address", [CALENDAR, FEED])
def test_every_change_is_told(client, organization, address):
    """Added, changed, cancelled, withdrawn, now due, now over: each makes it new."""
    now = timezone.now()
    soon = now + datetime.timedelta(minutes=30)
    one = event(organization)
    event(organization, publish_from=soon)
    seen = [client.get(address)]

    def asked_again(at) -> None:
        with time_machine.travel(at):
            was = seen[-1]
            fresh = client.get(address, headers={"if-none-match": was["ETag"]})
            assert fresh.status_code == 200
            fresh = client.get(address, headers={"if-modified-since": was["Last-Modified"]})
            assert fresh.status_code == 200
            seen.append(fresh)

    with time_machine.travel(now + datetime.timedelta(seconds=5)):
        event(organization, name="Another")
    asked_again(now + datetime.timedelta(seconds=6))
    with time_machine.travel(now + datetime.timedelta(seconds=10)):
        one = change_event(one, status="cancelled")
    asked_again(now + datetime.timedelta(seconds=11))
    with time_machine.travel(now + datetime.timedelta(seconds=15)):
        withdraw(one, by=person())
    asked_again(now + datetime.timedelta(seconds=16))
    asked_again(soon + datetime.timedelta(seconds=1))
    asked_again(now + datetime.timedelta(days=1, seconds=5))


def test_following_is_two_questions(client, organization):
    """And as many for fifty events as for one."""
    counts = []
    for number in (1, 49):
        for n in range(number):
            event(organization, name=f"Circle {n}")
        with CaptureQueriesContext(connection) as queries:
            response = client.get(CALENDAR)
            assert response.streaming
            asked = len(queries)  # before the first line is read
            text_of(response)
        counts.append((asked, len(queries)))
        etag = response["ETag"]
        with CaptureQueriesContext(connection) as queries:
            assert client.get(CALENDAR, headers={"if-none-match": etag}).status_code == 304
        assert len(queries) == asked == 2
    assert counts[0] == counts[1]


def test_a_feed_asks_as_often_for_twenty_as_for_two(client, organization):
    counts = []
    for number in (2, 18):
        for n in range(number):
            event(organization, name=f"Circle {n}", rrule="FREQ=WEEKLY")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(FEED).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", [CALENDAR, FEED, "/organizations/{}/calendar.ics"])
def test_only_reading_is_allowed_and_head_has_no_body(client, organization, address):
    event(organization)
    address = address.format(organization.slug)
    head = client.head(address)
    assert head.status_code == 200
    assert head["ETag"] == client.get(address)["ETag"]
    assert head.getvalue() == b""
    assert client.post(address).status_code == 405


# Atom


def test_a_feed_is_atom_with_names_that_last(client, organization):
    one = event(organization, name="Circle & <tea>", description="<b>Come</b> & stay\x07")
    response = client.get(FEED)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert root.findtext(f"{ATOM}title") == "Common Thread: events"
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == f"http://localhost:8000{FEED}"
    (entry,) = entries(response)
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{one.pk}"
    assert entry.findtext(f"{ATOM}title") == "Circle & <tea>"
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost:8000/events/{one.slug}/"
    updated = datetime.datetime.fromisoformat(entry.findtext(f"{ATOM}updated"))
    assert updated == max(one.last_modified, one.shown_from)
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Harbour Lane Health Centre"
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    assert "&lt;b&gt;Come&lt;/b&gt; &amp; stay<" in summary.text
    assert "Thunder Bay" in summary.text


def test_a_feed_has_the_newest_first_and_says_what_is_cancelled(client, organization):
    now = timezone.now()
    with time_machine.travel(now - datetime.timedelta(hours=2)):
        one = event(organization, name="Circle")
    with time_machine.travel(now - datetime.timedelta(hours=1)):
        event(organization, name="Meal")
    assert titles(client.get(FEED)) == ["Meal", "Circle"]
    change_event(one, status="cancelled")
    assert titles(client.get(FEED)) == ["Cancelled: Circle", "Meal"]


def test_a_feed_ends_after_fifty(client, organization):
    for n in range(51):
        event(organization, name=f"Circle {n}")
    assert len(entries(client.get(FEED))) == 50


def test_a_french_feed_is_french(client, organization):
    event(organization)
    response = client.get("/fr/events/feed.atom")
    root = ElementTree.fromstring(response.content)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert titles(response) == ["Cercle de pairs"]


# Addresses


@pytest.mark.parametrize("visibility", ["approximate", "confidential"])
@pytest.mark.parametrize("language", ["", "/fr"])
def test_an_address_that_is_private_is_nowhere(client, organization, visibility, language):
    one = hidden(organization, visibility=visibility)
    with translation.override(language[1:] or "en"):
        data = data_block(one)
    for text in (
        text_of(client.get(f"{language}/events/calendar.ics")).replace("\r\n ", ""),
        text_of(client.get(f"{language}/events/{one.slug}/event.ics")).replace("\r\n ", ""),
        text_of(client.get(f"{language}/events/feed.atom")),
        data,
    ):
        assert not [secret for secret in SECRETS if secret in text]
        assert ("Thunder Bay" in text) == (visibility == "approximate")
