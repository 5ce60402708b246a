"""When an event is: its time zone, its last day, the days it lasts, what is today."""

import calendar
import datetime
import html

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from coalition.events import occurrences
from coalition.events.models.events import Event
from coalition.events.recurrence import dates
from coalition.listings.models import Draft
from directory.interchange.write import InvalidListing
from tests.editing import saved, send
from tests.events import DAY, event, opened, soon
from tests.factories import location
from tests.forms import text_of
from tests.people import member, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def owner():
    return person(name="Olive")


def days_of(one: Event) -> list[datetime.date]:
    return list(one.occurrences.order_by("starts_at").values_list("day", flat=True))


def test_the_time_zone_left_empty_is_that_of_its_town():
    assert event(city="Vancouver", state_province="BC", timezone=None).clock == (
        "America/Vancouver"
    )
    assert event(city="Thunder Bay", timezone=None).clock == "America/Toronto"


def test_the_time_zone_left_empty_is_that_of_the_place_it_is_at(owner):
    where = location((49.2827, -123.1207), timezone="America/Vancouver")
    where["addresses"][0] |= {"city": "Vancouver", "state_province": "BC", "postal_code": "V6B 1A1"}
    organization = member(owner=owner, service_at_locations=[{"location": where}])
    place = organization.services.get().service_at_locations.get().location
    one = event(
        organization,
        location=place,
        timezone=None,
        place_name=None,
        address_1=None,
        city=None,
        state_province=None,
    )
    assert one.clock == "America/Vancouver"


def test_the_time_zone_left_empty_in_the_editor_is_that_of_its_town(client, owner):
    organization = member(owner=owner, trusted=True)
    client.force_login(owner)
    client.post(reverse("coalition:event_begin", args=[organization.slug]))
    draft = Draft.objects.get(subject="event")
    saved(client, draft, "what", **{"what-name": "Circle"})
    saved(
        client, draft, "when", **{"when-starts_on": soon().isoformat(), "when-starts_at": "19:00"}
    )
    saved(client, draft, "where", **{"where-city": "Vancouver", "where-state_province": "BC"})
    send(client, draft)
    assert Event.objects.get().clock == "America/Vancouver"


def test_what_comes_again_after_more_than_a_year_is_not_taken_for_over(time_machine):
    one = event(rrule="FREQ=YEARLY;INTERVAL=2;COUNT=3")
    assert one.last_on is None
    time_machine.move_to(timezone.now() + 400 * DAY, tick=False)
    occurrences.move_horizon()
    assert len(days_of(one)) == 2


@pytest.mark.parametrize(
    ("rule", "ends"), [("FREQ=WEEKLY;COUNT=3", 14), ("FREQ=DAILY;COUNT=2", 1), ("", 0)]
)
def test_its_last_day_is_known_where_it_is_near(rule, ends):
    one = event(rrule=rule)
    assert one.last_on == one.starts_on + ends * DAY


def test_a_series_that_began_long_ago_still_takes_place(client):
    one = event(starts_on=timezone.localdate() - 16 * 365 * DAY, rrule="FREQ=DAILY")
    assert str(one.pk) in text_of(client.get("/events/"))
    assert max(days_of(one)) > timezone.localdate()


def test_a_rule_that_is_followed_for_long_is_followed_to_where_it_is_asked_for():
    first = datetime.date(2000, 1, 1)
    found = list(dates(first, "FREQ=DAILY", datetime.date(2026, 1, 1)))
    assert found[-1] == datetime.date(2026, 1, 1)
    assert found[0] == first
    assert len(found) <= 4001
    counted = list(dates(first, "FREQ=DAILY;COUNT=5", datetime.date(2026, 1, 1)))
    assert counted[-1] == datetime.date(2000, 1, 5)


def festival(**changes) -> Event:
    first = soon(40).replace(day=28)
    return event(
        **{
            "name": "Three days by the lake",
            "starts_on": first,
            "ends_on": first + 6 * DAY,
            "starts_at": "10:00",
            "ends_at": "17:00",
        }
        | changes
    )


def days_between(one: Event) -> list[datetime.date]:
    return [one.starts_on + n * DAY for n in range((one.ends_on - one.starts_on).days + 1)]


def square(day: datetime.date) -> list[datetime.date]:
    """All days that the page of its month shows."""
    weeks = calendar.Calendar(firstweekday=6).monthdatescalendar(day.year, day.month)
    return [one for week in weeks for one in week]


@pytest.mark.parametrize("all_day", [False, True])
def test_what_lasts_several_days_is_in_the_month_on_each(client, all_day):
    one = festival(**({"starts_at": None, "ends_at": None} if all_day else {}))
    for first in (one.starts_on, one.ends_on):
        page = text_of(client.get(f"/events/?month={first:%Y-%m}"))
        shown = [one for one in days_between(one) if one in square(first)]
        assert page.count("Three days by the lake") == len(shown), first


def test_what_lasts_several_days_is_found_on_each(client):
    one = festival()
    for day in range(7):
        assert str(one.pk) in text_of(client.get(f"/events/?day={one.starts_on + day * DAY}"))
    for day in (-1, 7):
        assert str(one.pk) not in text_of(client.get(f"/events/?day={one.starts_on + day * DAY}"))


def test_what_ends_past_midnight_is_on_the_day_it_begins_alone(client):
    one = event(starts_at="22:00", ends_at="02:00")
    assert str(one.pk) in text_of(client.get(f"/events/?day={one.starts_on}"))
    assert str(one.pk) not in text_of(client.get(f"/events/?day={one.starts_on + DAY}"))


def test_the_list_says_until_when_it_lasts(client):
    one = festival()
    with translation.override("en"):
        last = one.ends_on.strftime("%b").removesuffix(".")
    page = text_of(client.get(f"/events/?day={one.starts_on}"))
    assert f"{one.ends_on.day} {last}" in page


def test_it_is_today_where_it_takes_place(client, time_machine):
    evening = datetime.datetime(2026, 12, 2, 6, 30, tzinfo=datetime.UTC)  # 22:30 in Vancouver
    time_machine.move_to(evening, tick=False)
    one = event(
        starts_on="2026-12-01",
        starts_at="23:30",
        ends_at="01:00",
        city="Vancouver",
        state_province="BC",
        timezone="America/Vancouver",
    )
    assert "Today, 11:30 pm" in text_of(client.get(f"/events/{one.slug}/"))


def test_tomorrow_is_that_of_the_place(client, time_machine):
    evening = datetime.datetime(2026, 12, 2, 3, 45, tzinfo=datetime.UTC)  # 00:15 in St. John's
    time_machine.move_to(evening, tick=False)
    one = event(
        starts_on="2026-12-02",
        starts_at="00:10",
        ends_at="03:00",
        city="St. John's",
        state_province="NL",
        timezone="America/St_Johns",
    )
    assert "Today, 12:10 am" in text_of(client.get(f"/events/{one.slug}/"))


def test_what_is_over_is_not_today_any_more(client, time_machine):
    time_machine.move_to(datetime.datetime(2026, 12, 2, 4, 0, tzinfo=datetime.UTC), tick=False)
    one = event(starts_on="2026-12-01", starts_at="14:00", ends_at="16:00")
    page = text_of(client.get(f"/events/{one.slug}/"))
    assert "Today" not in page
    assert "Over" in page
    page = text_of(client.get("/events/?day=2026-12-01"))
    assert str(one.pk) in page
    assert "Over" in page


def test_each_day_of_the_list_is_named_once(client):
    day = soon()
    west = {"city": "Vancouver", "state_province": "BC", "timezone": "America/Vancouver"}
    event(name="Late in the west", starts_on=day, starts_at="23:00", ends_at="23:30", **west)
    event(name="Early in the east", starts_on=day + DAY, starts_at="00:30", ends_at="01:00")
    event(name="Later in the west", starts_on=day, starts_at="23:45", ends_at="23:50", **west)
    page = text_of(client.get("/events/"))
    assert page.count(f'datetime="{day}"') == 1


def test_what_is_on_for_days_stands_under_today(client):
    today = timezone.localdate()
    event(name="On since yesterday", starts_on=today - DAY, ends_on=today + DAY)
    page = text_of(client.get("/events/"))
    assert f'datetime="{today}"' in page
    assert f'<time datetime="{today - DAY}">' not in page


def test_the_months_at_the_end_lead_to_no_month_that_is_not_there(client):
    for month in ("2000-01", "2100-12"):
        page = client.get(f"/events/?month={month}")
        assert page.status_code == 200
        for rel in ("prev", "next"):
            for link in html.unescape(page.content.decode()).split(f'rel="{rel}" href="')[1:]:
                assert client.get(link.partition('"')[0]).status_code == 200, month


@pytest.mark.parametrize("year", ["9999", "0001"])
def test_a_year_that_no_clock_follows_is_refused_beside_its_field(client, owner, year):
    one = event(member(owner=owner), rrule="FREQ=WEEKLY")
    client.force_login(owner)
    draft = opened(client, one)
    day = f"{year}-12-31"
    for code, name, value in (
        ("when", "when-starts_on", day),
        ("when", "when-ends_on", day),
        ("when", "when-until", day),
        ("more", "show-publish_from", f"{day}T23:30"),
    ):
        response = saved(client, draft, code, **{name: value})
        assert response.status_code == 422, name
        text = text_of(response)
        assert f'value="{value}"' in text, name
        assert "from 1950 to 2100" in text or "before the first" in text, name
    day = one.starts_on.isoformat()
    url = reverse("coalition:event_time", args=[one.pk, day])
    data = {"reach": "one", "starts_on": f"{year}-12-31", "starts_at": "19:00"}
    response = client.post(url, data)
    assert response.status_code == 422
    assert "from 1950 to 2100" in text_of(response)


@pytest.mark.parametrize(
    "values",
    [
        {"starts_on": "9999-12-31"},
        {"ends_on": "9999-12-31"},
        {"rrule": "FREQ=WEEKLY;UNTIL=99991231"},
        {"publish_from": "9999-12-31T23:59:00-05:00"},
        {"rrule": "FREQ=WEEKLY", "starts_on": "9999-12-31"},
    ],
)
def test_a_document_with_a_year_that_no_clock_follows_is_refused(values):
    with pytest.raises(InvalidListing):
        event(**values)


def test_what_ends_when_it_begins_is_asked_about(client, owner):
    one = event(member(owner=owner))
    client.force_login(owner)
    draft = opened(client, one)
    response = saved(client, draft, "when", **{"when-ends_at": "19:00"})
    assert response.status_code == 422
    assert 'value="19:00"' in text_of(response)
