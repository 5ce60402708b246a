"""What is lacking of events and of resources is counted, listed, and leads to where it is put
right."""

import datetime
import html
import re

import html5lib
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coalition.catalogue import health
from coalition.events import actions as events
from coalition.listings.models import Draft, Problem
from coalition.members.actions import set_standing
from coalition.resources import actions as resources
from coalition.resources.models import Resource
from tests.events import change_event, event, online, soon, weekly
from tests.factories import listing, published
from tests.people import coordinator, member, person
from tests.resources import change_resource, funding, resource

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NOT_PLACED = {"place_name": None, "address_1": None, "city": None, "state_province": None}
CODES = [
    "event-no-french",
    "event-nowhere",
    "event-ends",
    "event-left-behind",
    "resource-no-french",
    "resource-broken",
    "resource-old",
    "resource-left-behind",
]


@pytest.fixture(autouse=True)
def _uncounted():
    cache.delete(health.KEY)
    yield
    cache.delete(health.KEY)


@pytest.fixture
def cora(client):
    user = coordinator(name="Cora")
    client.force_login(user)
    return user


@pytest.fixture
def organization():
    return member(owner=person())


def concern(code: str) -> str:
    return reverse("coalition:concern", args=[code])


def names(page: str) -> list[str]:
    """Of what is listed on a page."""
    rows = html.unescape(page).partition('class="todo records"')[2]
    return re.findall("<b>(.*?)</b>", rows)


def listed(client, code: str) -> list[str]:
    """The names on the page of a concern, when all was just gone through; as many as are counted
    on the overview."""
    health.refresh()
    found = names(client.get(concern(code)).text)
    overview = client.get(reverse("coalition:health")).text
    row = re.search(rf'href="{concern(code)}".*?<span class="count">(\d+)</span>', overview)
    assert int(row[1]) == len(found)
    return found


def problem(one: Resource, value: str = "https://gone.example/", said: str = "404") -> None:
    Problem.objects.create(
        subject="resource",
        record_id=one.pk,
        organization=one.organization,
        kind="link",
        value=value,
        said=said,
    )


def aged(one: Resource, days: int) -> None:
    """As it is when nobody has changed it for so long."""
    Resource.objects.filter(pk=one.pk).update(last_modified=timezone.now() - days * DAY)


# Events


def test_an_event_to_come_without_french_is_listed(client, cora, organization):
    event(organization, name="Both")
    event(organization, name="No name", name_fr=None)
    event(organization, name="No words", description_fr=None)
    event(organization, name="Wordless", description=None, description_fr=None)
    event(organization, name="Over", name_fr=None, starts_on=soon(-3))
    event(organization, name="Cancelled", name_fr=None, status="cancelled")
    event(organization, name="Later", name_fr=None, publish_from=timezone.now() + DAY)
    events.withdraw(event(organization, name="Hidden", name_fr=None), by=cora)

    assert sorted(listed(client, "event-no-french")) == ["No name", "No words"]


def test_an_event_is_nowhere_without_a_place_or_a_way_to_join(client, cora, organization):
    event(organization, name="In a hall")
    event(organization, name="Lost", **NOT_PLACED)
    online(organization, name="By link")
    online(organization, name="By phone", online_url=None, online_note="Call us that day.")
    online(organization, name="Silent", online_url=None)
    event(organization, name="Half", attendance="both")
    event(
        organization,
        name="At ours",
        location=organization.services.get().service_at_locations.get().location,
        **NOT_PLACED,
    )
    event(organization, name="Over", starts_on=soon(-3), **NOT_PLACED)

    assert sorted(listed(client, "event-nowhere")) == ["Half", "Lost", "Silent"]


def test_a_series_of_which_the_last_time_comes_within_thirty_days_is_listed(
    client, cora, organization
):
    weekly(organization, name="Four weeks", starts_on=soon(2))
    weekly(organization, name="This week", starts_on=soon(-20))
    weekly(organization, name="For long", starts_on=soon(2), rrule="FREQ=WEEKLY;COUNT=6")
    weekly(organization, name="For ever", starts_on=soon(2), rrule="FREQ=WEEKLY")
    weekly(organization, name="Over", starts_on=soon(-40))
    event(organization, name="Once", starts_on=soon(2))

    assert listed(client, "event-ends") == ["This week", "Four weeks"]


# Resources


def test_what_is_shared_without_french_is_listed(client, cora, organization):
    resource(organization, name="Both")
    resource(organization, name="No name", name_fr=None)
    resource(organization, name="For members", description_fr=None, seen_by="members")
    resource(organization, name="Our own", name_fr=None, seen_by="organization")
    funding(organization, name="Closed", name_fr=None, deadline=timezone.now() - DAY)
    resource(organization, name="Later", name_fr=None, publish_from=timezone.now() + DAY)
    resources.withdraw(resource(organization, name="Hidden", name_fr=None), by=cora)

    assert sorted(listed(client, "resource-no-french")) == ["For members", "No name"]


def test_links_of_resources_that_fail_are_said_and_not_counted_with_those_of_listings(
    client, cora, organization
):
    resource(organization, name="Poster")
    problem(resource(organization, name="Guide"))

    assert listed(client, "resource-broken") == ["Guide"]
    assert "https://gone.example/: " in client.get(concern("resource-broken")).text
    assert listed(client, "broken") == []


def test_what_nobody_has_changed_for_two_years_is_listed_the_oldest_first(
    client, cora, organization
):
    for name, days in (("Last year", 400), ("Old", 740), ("Older", 1000)):
        aged(resource(organization, name=name), days)
    aged(
        funding(organization, name="Closed", deadline=timezone.now() - datetime.timedelta(days=1)),
        1000,
    )
    own = resource(organization, name="Our own", seen_by="organization")
    aged(own, 1000)

    assert listed(client, "resource-old") == ["Older", "Old"]


# Both


@pytest.mark.parametrize(("code", "make"), [("event", event), ("resource", resource)])
def test_what_is_kept_of_an_organization_that_went_is_coordinators_to_look_after(
    client, cora, code, make
):
    for standing, hide in (("left", False), ("suspended", True), ("active", False)):
        gone = member(owner=person())
        make(gone, name=standing)
        set_standing(gone, standing, by=cora, hide=hide, note="They closed.")

    assert listed(client, f"{code}-left-behind") == ["left"]


def test_what_was_put_right_is_left_out_at_once(client, cora, organization):
    circle, poster = event(organization, name_fr=None), resource(organization, name_fr=None)
    health.refresh()
    change_event(circle, name_fr="Cercle")
    change_resource(poster, name_fr="Affiche")

    for code in ("event-no-french", "resource-no-french"):
        assert "None. Well done." in client.get(concern(code)).text
        assert listed(client, code) == []


def test_each_row_leads_to_what_everyone_sees_and_to_where_it_is_changed(
    client, cora, organization
):
    (service,) = published(listing(name="Kits", name_fr=""))
    circle, poster = event(organization, name_fr=None), resource(organization, name_fr=None)
    for code, one, public in (
        ("no-french", service, f"/services/{service.slug}/"),
        ("event-no-french", circle, f"/events/{circle.slug}/"),
        ("resource-no-french", poster, f"/resources/{poster.slug}/"),
    ):
        health.refresh()
        page = client.get(concern(code)).text
        assert f'href="{public}"' in page
        assert f'href="{reverse("coalition:history", args=[one.pk])}"' in page
        (edit,) = re.findall(r'<form method="post" action="([^"]+/edit/)">', page)
        answer = client.post(edit)
        assert answer.url == reverse(
            "coalition:draft", args=[Draft.objects.get(record_id=one.pk).pk]
        )


def test_one_is_hidden_from_the_page_of_a_concern_which_is_there_again(client, cora, organization):
    one = event(organization, name="Circle", name_fr=None)
    assert listed(client, "event-no-french") == ["Circle"]
    here = concern("event-no-french")

    answer = client.post(reverse("coalition:event_hide", args=[one.pk]), {"back": here})

    assert answer.url == here
    assert names(client.get(here).text) == []


def test_the_pages_are_for_coordinators(client):
    client.force_login(person())
    for code in CODES:
        assert client.get(concern(code)).status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_a_page_takes_as_many_queries_for_three_as_for_one(client, cora, code):
    counts = []
    for count in (1, 2):
        for number in range(count):
            lacking(f"{count} {number}")
        health.refresh()
        client.get(concern(code))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(concern(code)).text
        counts.append(len(queries))
    assert len(names(page)) == 3
    assert counts[0] == counts[1]
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def lacking(name: str) -> None:
    """An event and a resource of which everything is lacking that can be."""
    gone = member(owner=person())
    weekly(gone, name=name, name_fr=None, **NOT_PLACED)
    one = resource(gone, name=name, name_fr=None)
    problem(one)
    problem(one, "https://lost.example/")
    aged(one, 1000)
    gone.member.standing = "left"
    gone.member.save()
