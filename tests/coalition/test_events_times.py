"""Repeated events: their days through daylight saving, one that differs, a series that parts."""

import datetime
import html

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from coalition.events import actions, changing, occurrences, registering
from coalition.events.models.events import Event
from coalition.events.models.times import Occurrence
from coalition.events.recurrence import BadRule, dates, first_fitting, normal
from coalition.mail.models import Message
from coalition.members.actions import set_standing
from directory.interchange.write import InvalidListing
from directory.models import Organization, Proposal
from tests.events import change_event, event, hidden
from tests.people import coordinator, member, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
MONDAY = datetime.date(2026, 12, 7)


@pytest.fixture
def owner():
    return person(name="Olive")


def days(event: Event) -> list[str]:
    rows = event.occurrences.order_by("starts_at").values_list("day", flat=True)
    return [day.isoformat() for day in rows]


def weekly(owner=None, **changes) -> Event:
    return event(
        member(owner=owner) if owner else None,
        **{"starts_on": MONDAY, "rrule": "FREQ=WEEKLY;COUNT=4"} | changes,
    )


@pytest.mark.parametrize(
    ("first", "rule", "found"),
    [
        ("2026-12-01", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3", "12-01 12-15 12-29"),
        ("2026-12-25", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "12-25 01-29 02-26"),
        ("2026-12-08", "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270209", "12-08 01-12 02-09"),
        ("2026-12-30", "FREQ=DAILY;COUNT=3", "12-30 12-31 01-01"),
        ("2027-01-31", "FREQ=MONTHLY;COUNT=3", "01-31 03-31 05-31"),
    ],
)
def test_the_days_are_those_of_the_rule(first, rule, found):
    one = event(starts_on=first, rrule=rule)
    assert [day[5:] for day in days(one)] == found.split()


def test_days_left_out_do_not_take_place():
    assert days(weekly(exdates=["2026-12-21"])) == ["2026-12-07", "2026-12-14", "2026-12-28"]


@pytest.mark.parametrize("zone", ["America/Toronto", "America/St_Johns", "America/Regina"])
def test_seven_in_the_evening_stays_seven_through_daylight_saving(zone):
    one = event(
        starts_on="2027-03-07", rrule="FREQ=WEEKLY;COUNT=3", starts_at="19:00", timezone=zone
    )
    local = [row.starts_at.astimezone(one.zone) for row in one.occurrences.all()]
    assert {(at.hour, at.minute) for at in local} == {(19, 0)}
    assert len({at.utcoffset() for at in local}) == (1 if zone == "America/Regina" else 2)


def test_a_time_that_daylight_saving_skips_is_the_one_after_it():
    one = event(starts_on="2027-03-14", starts_at="02:30", ends_at="04:00")
    begins = one.occurrences.get().starts_at
    assert begins.astimezone(one.zone).strftime("%H:%M") == "03:30"


def test_what_ends_past_midnight_ends_the_next_day():
    one = event(starts_on=MONDAY, starts_at="22:00", ends_at="01:00")
    lasts = one.occurrences.get()
    assert lasts.ends_at - lasts.starts_at == datetime.timedelta(hours=3)
    assert lasts.day == MONDAY


def test_all_day_is_from_midnight_to_midnight_there():
    one = event(starts_on=MONDAY, starts_at=None, ends_at=None, ends_on="2026-12-08")
    lasts = one.occurrences.get()
    assert lasts.all_day
    assert lasts.ends_at - lasts.starts_at == datetime.timedelta(days=2)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=WEEKLY;BYHOUR=3",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20270101",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY\r\nATTENDEE:x",
        "every day",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=MONTHLY;BYDAY=9TU",
        "FREQ=WEEKLY;BYDAY=1TU",
        "FREQ=MONTHLY;BYMONTHDAY=x",
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(BadRule):
        normal(rule)


def test_a_rule_that_names_no_day_is_looked_through_quickly():
    assert first_fitting(MONDAY, "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31") is None
    with pytest.raises(InvalidListing):
        event(starts_on=MONDAY, rrule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31")


def test_a_time_that_begins_after_the_usual_end_lasts_as_long_as_usual():
    change = {"recurrence_id": "2026-12-14", "starts_at": "21:00"}
    moved = weekly(changes=[change]).occurrences.get(recurrence_id="2026-12-14")
    assert moved.ends_at - moved.starts_at == datetime.timedelta(minutes=90)


def test_a_note_for_one_day_may_not_tell_a_private_address():
    note = {"recurrence_id": "2026-12-14", "note": "Come to 77 Sekrit Street"}
    with pytest.raises(ValidationError, match="stay private"):
        hidden(starts_on=MONDAY, rrule="FREQ=WEEKLY", changes=[note])
    one = hidden(starts_on=MONDAY, rrule="FREQ=WEEKLY")
    with pytest.raises(InvalidListing, match="stay private"):
        change_event(one, changes=[note])


def test_who_hosts_a_series_hosts_what_parts_from_it(owner):
    other = member(owner=person(), name="Another")
    one = weekly(owner, hosts=[{"organization": other}])
    actions.answer(one.host_answers.get(), True, by=owner)
    sent = Message.objects.filter(kind="event-host").count()
    new = changing.change_following(one, datetime.date(2026, 12, 21), {}, by=owner)
    assert new.host_answers.get().accepted
    assert Message.objects.filter(kind="event-host").count() == sent


def test_each_night_calendars_say_what_is_true_now():
    one = event()
    assert actions.remake_lines() == 0
    Organization.objects.filter(pk=one.organization_id).update(name="Renamed Centre")
    assert actions.remake_lines() == 1
    before = one.sequence
    one.refresh_from_db()
    assert "Renamed Centre" in one.ical
    assert one.sequence == before + 1


def test_a_rule_without_an_end_is_followed_only_so_far():
    until = MONDAY + datetime.timedelta(days=400)
    assert len(list(dates(MONDAY, "FREQ=DAILY", until))) == 401


def test_each_night_the_times_that_came_into_sight_are_added(time_machine):
    one = event(starts_on=timezone.localdate(), rrule="FREQ=WEEKLY")
    before = one.occurrences.count()
    time_machine.move_to(timezone.now() + datetime.timedelta(days=21), tick=False)
    occurrences.move_horizon()
    assert one.occurrences.count() == before + 3


# One, this and following, all


def post(client, event: Event, day: str, **data):
    shown = {"starts_on": day, "starts_at": "19:00", "ends_at": "20:30", "reach": "one"}
    return client.post(reverse("coalition:event_time", args=[event.pk, day]), shown | data)


def test_one_time_is_cancelled_and_shown_so_at_once(client, owner):
    one = weekly(owner)
    client.force_login(owner)
    assert post(client, one, "2026-12-14", cancelled="on", note="Snow").status_code == 302
    client.logout()
    assert Occurrence.objects.filter(cancelled=True).get().day == datetime.date(2026, 12, 14)
    page = html.unescape(client.get(f"/events/{one.slug}/?date=2026-12-14").content.decode())
    assert "Cancelled: it does not take place." in page
    assert "Snow" in page
    page = client.get(f"/events/{one.slug}/?date=2026-12-21").content.decode()
    assert "it does not take place" not in page
    one.refresh_from_db()
    assert "STATUS:CANCELLED" in one.ical
    assert Proposal.objects.history(one.pk).first().note == "one-time"


def test_one_time_moves_to_another_day_and_hour_and_back(client, owner):
    one = weekly(owner)
    client.force_login(owner)
    post(client, one, "2026-12-14", starts_on="2026-12-15", starts_at="18:00")
    assert days(one)[1] == "2026-12-15"
    moved = one.occurrences.get(recurrence_id="2026-12-14")
    assert moved.starts_at.astimezone(one.zone).hour == 18
    post(client, one, "2026-12-14")
    assert days(one)[1] == "2026-12-14"
    assert not one.changes.exists()


def test_this_and_those_after_it_become_a_series_of_their_own(client, owner):
    one = weekly(owner, registration="here", places=5)
    last = one.occurrences.get(day="2026-12-28")
    registering.register(last, first_name="Ada")
    client.force_login(owner)
    answer = post(client, one, "2026-12-21", reach="following", starts_at="17:00", ends_at="18:00")
    assert answer.status_code == 302
    new = Event.objects.exclude(pk=one.pk).get()
    assert (days(one), days(new)) == (
        ["2026-12-07", "2026-12-14"],
        ["2026-12-21", "2026-12-28"],
    )
    assert str(new.starts_at) == "17:00:00"
    assert new.published_at
    assert new.registrations.get().first_name == "Ada"
    one.refresh_from_db()
    assert one.rrule == "FREQ=WEEKLY;UNTIL=20261220"
    assert new.slug != one.slug


def test_a_time_that_is_moved_stays_so_where_a_series_of_its_own_begins_with_it(client, owner):
    one = weekly(owner)
    client.force_login(owner)
    post(client, one, "2026-12-21", starts_on="2026-12-22", note="The hall is let")
    answer = post(
        client, one, "2026-12-21", reach="following", starts_on="2026-12-22", starts_at="17:00"
    )
    assert answer.status_code == 302
    new = Event.objects.exclude(pk=one.pk).get()
    assert days(new) == ["2026-12-22", "2026-12-28"]
    hours = [time.starts_at.astimezone(new.zone).hour for time in new.occurrences.all()]
    assert hours == [17, 17]
    assert not new.changes.get().note


def test_this_and_those_after_it_may_be_at_another_place_in_the_same_town(client, owner):
    organization = member(owner=owner)
    place = organization.services.get().service_at_locations.get().location
    there = {"location": place, "place_name": None, "address_1": None, "city": None}
    one = event(organization, starts_on=MONDAY, rrule="FREQ=WEEKLY;COUNT=4", **there)
    client.force_login(owner)
    post(client, one, "2026-12-21", reach="following", place="The arena")
    new = Event.objects.exclude(pk=one.pk).get()
    assert (new.location, new.place_name, new.city) == (None, "The arena", "Thunder Bay")
    page = client.get(f"/events/{new.slug}/").content.decode()
    assert "The arena" in page
    assert "14 Harbour Lane" not in page


def test_the_first_time_and_those_after_it_are_all_of_them(client, owner):
    one = weekly(owner)
    client.force_login(owner)
    answer = post(client, one, "2026-12-07", reach="following", starts_at="17:00")
    assert answer.status_code == 422
    assert "This is the first time: change all of it." in html.unescape(answer.content.decode())


def test_all_of_it_leads_to_the_editor(client, owner):
    one = weekly(owner)
    client.force_login(owner)
    answer = post(client, one, "2026-12-14", reach="all")
    assert answer.url.endswith("/when/")


def test_a_cancelled_event_stays_to_be_seen_and_can_take_place_after_all(client, owner):
    one = weekly(owner)
    client.force_login(owner)
    client.post(reverse("coalition:event_cancel", args=[one.pk]), {"status_note": "No heating"})
    page = html.unescape(client.get(f"/events/{one.slug}/").content.decode())
    assert "Cancelled" in page
    assert "No heating" in page
    assert "Cancelled" in client.get("/events/").content.decode()
    client.post(reverse("coalition:event_take_up", args=[one.pk]))
    assert "Cancelled" not in client.get(f"/events/{one.slug}/").content.decode()


def test_what_is_taken_out_of_sight_is_gone_and_can_be_shown_again(client, owner):
    one = weekly(owner)
    client.force_login(owner)
    client.post(reverse("coalition:event_hide", args=[one.pk]))
    assert client.get(f"/events/{one.slug}/").status_code == 404
    assert str(one.pk) not in client.get("/events/").content.decode()
    client.post(reverse("coalition:event_show", args=[one.pk]))
    assert client.get(f"/events/{one.slug}/").status_code == 200


def test_what_a_coordinator_has_hidden_only_a_coordinator_shows_again(client, owner):
    one = weekly(owner)
    cora = coordinator()
    client.force_login(cora)
    client.post(reverse("coalition:event_hide", args=[one.pk]))
    client.force_login(owner)
    client.post(reverse("coalition:event_show", args=[one.pk]))
    assert client.get(f"/events/{one.slug}/").status_code == 404
    client.force_login(cora)
    client.post(reverse("coalition:event_show", args=[one.pk]))
    assert client.get(f"/events/{one.slug}/").status_code == 200


def test_a_suspended_organizations_events_go_out_of_sight_with_its_listings(client, owner):
    one = weekly(owner)
    set_standing(one.organization, "suspended", by=coordinator(), hide=True, note="Why")
    assert client.get(f"/events/{one.slug}/").status_code == 404


def test_an_event_of_another_organization_is_not_there(client, owner):
    one = weekly(person())
    member(owner=owner, name="Another")
    client.force_login(owner)
    for name, args in (
        ("event_times", [one.pk]),
        ("event_cancel", [one.pk]),
        ("event_time", [one.pk, "2026-12-14"]),
        ("event_people", [one.pk, "2026-12-14"]),
    ):
        assert client.get(reverse(f"coalition:{name}", args=args)).status_code == 404, name
    for name in ("event_edit", "event_hide", "event_take_up", "event_cancel"):
        url = reverse(f"coalition:{name}", args=[one.pk])
        assert client.post(url).status_code == 404, name


def test_what_is_to_be_shown_later_is_not_shown_before(client, time_machine):
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    one = event(publish_from=tomorrow.isoformat())
    assert client.get(f"/events/{one.slug}/").status_code == 404
    assert str(one.pk) not in client.get("/events/").content.decode()
    time_machine.move_to(tomorrow + datetime.timedelta(minutes=1), tick=False)
    assert client.get(f"/events/{one.slug}/").status_code == 200
    assert str(one.pk) in client.get("/events/").content.decode()


def test_every_coming_time_can_be_reached(client, owner):
    one = weekly(owner, rrule="FREQ=WEEKLY;COUNT=52")
    client.force_login(owner)
    times = reverse("coalition:event_times", args=[one.pk])
    shown = [client.get(times, {"page": n}).content.decode() for n in (1, 2)]
    last = reverse("coalition:event_time", args=[one.pk, "2027-11-29"])
    assert [last in page for page in shown] == [False, True]
    assert "page=2" in shown[0]
