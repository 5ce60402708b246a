"""What somebody who tries to break events may not find."""

import calendar
import datetime
import html
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from coalition.events import actions, changing, occurrences, registering
from coalition.events.models import Event, HostAnswer, Registration
from coalition.events.recurrence import dates
from coalition.listings import purge
from coalition.listings.models import Draft
from coalition.mail.models import Message
from coalition.members.actions import set_standing
from coalition.members.models import Membership
from directory.interchange import proposals
from directory.interchange.subjects import SUBJECTS
from directory.interchange.write import InvalidListing
from directory.models import Proposal
from tests.at_once import at_once
from tests.editing import at, saved, send
from tests.events import change_event, event, hidden, online
from tests.factories import location
from tests.people import coordinator, member, person
from tests.resources import stored
from tests.uploads import picture

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def owner():
    return person(name="Olive")


def text_of(response) -> str:
    return html.unescape(response.getvalue().decode())


def soon(days: int = 7) -> datetime.date:
    return timezone.localdate() + days * DAY


def weekly(organization=None, **changes) -> Event:
    return event(organization, **{"rrule": "FREQ=WEEKLY;COUNT=4"} | changes)


def days_of(one: Event) -> list[datetime.date]:
    return list(one.occurrences.order_by("starts_at").values_list("day", flat=True))


def opened(client, one: Event) -> Draft:
    client.post(reverse("coalition:event_edit", args=[one.pk]))
    return Draft.objects.get(record_id=one.pk)


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


def test_nobody_is_reminded_of_what_is_out_of_sight(time_machine):
    one = event(starts_on=soon(3), registration="here")
    registering.register(one.occurrences.get(), first_name="Ada", email="ada@example.org")
    Registration.objects.update(created_at=timezone.now() - 9 * DAY)
    time_machine.move_to(one.occurrences.get().starts_at - DAY, tick=False)
    actions.withdraw(one, by=coordinator())
    assert registering.remind() == 0
    actions.show_again(one, by=coordinator())
    assert registering.remind() == 1


def test_who_registered_for_a_day_that_is_gone_while_out_of_sight_is_forgotten(time_machine):
    one = event(registration="here")
    registering.register(one.occurrences.get(), first_name="Ada")
    actions.withdraw(one, by=coordinator())
    one.refresh_from_db()
    change_event(one, rrule="FREQ=WEEKLY;COUNT=2", exdates=[one.starts_on])
    time_machine.move_to(timezone.now() + 16 * DAY, tick=False)
    registering.forget()
    assert not Registration.objects.exists()


def test_a_week_after_no_mail_says_who_came(time_machine):
    one = event(starts_on=soon(1), registration="here")
    registering.register(one.occurrences.get(), first_name="Ada", email="ada@example.org")
    registering.remind()
    Message.objects.update(sent_at=timezone.now(), text="", html="")
    time_machine.move_to(timezone.now() + 10 * DAY, tick=False)
    registering.forget()
    assert not Message.objects.filter(to="ada@example.org").exists()


def test_mail_about_a_later_event_is_not_forgotten_before_it_is_sent(time_machine):
    one = event(starts_on=soon(60), registration="here")
    registering.register(one.occurrences.get(), first_name="Ada", email="ada@example.org")
    time_machine.move_to(timezone.now() + 10 * DAY, tick=False)
    registering.forget()
    assert Message.objects.filter(to="ada@example.org").exists()


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


# Two at the same moment


@pytest.mark.django_db(transaction=True)
def test_two_people_who_cancel_two_days_at_once_cancel_both(owner):
    one = weekly(member(owner=owner))
    days = [one.starts_on, one.starts_on + 7 * DAY, one.starts_on + 14 * DAY]

    def cancelled(day):
        return lambda: changing.change_time(
            Event.objects.get(pk=one.pk), day, {"cancelled": True}, by=owner
        )

    results = at_once(*(cancelled(day) for day in days))
    assert not [result for result in results if isinstance(result, Exception)]
    found = one.occurrences.filter(cancelled=True).order_by("day").values_list("day", flat=True)
    assert list(found) == days


@pytest.mark.django_db(transaction=True)
def test_a_note_and_a_cancellation_at_once_are_both_kept(owner):
    one = weekly(member(owner=owner))
    note = {"note": "Bring a cup"}
    at_once(
        lambda: changing.cancel(Event.objects.get(pk=one.pk), {"status_note": "Snow"}, by=owner),
        lambda: changing.change_time(Event.objects.get(pk=one.pk), one.starts_on, note, by=owner),
    )
    one.refresh_from_db()
    assert (one.status, one.status_note) == ("cancelled", "Snow")
    assert one.changes.get().note == "Bring a cup"


@pytest.mark.django_db(transaction=True)
def test_two_presses_make_one_series_out_of_the_later_days(owner):
    one = weekly(member(owner=owner))
    day = one.starts_on + 14 * DAY

    def parted():
        found = Event.objects.get(pk=one.pk)
        return lambda: changing.change_following(found, day, {"starts_at": "17:00"}, by=owner)

    results = at_once(parted(), parted())
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [
        ValidationError
    ]
    assert Event.objects.count() == 2


def test_an_earlier_day_is_changed_after_a_later_one(owner):
    one = weekly(member(owner=owner))
    days = [one.starts_on + weeks * 7 * DAY for weeks in (2, 1, 3, 0)]
    for day in days:
        changing.change_time(one, day, {"note": "Bring a cup"}, by=owner)
    assert sorted(change.recurrence_id for change in one.changes.all()) == sorted(days)


def begun_and(calls, wait=0.4):
    """Each a moment after the one before it."""

    def later(number, call):
        def run():
            time.sleep(number * wait)
            return call()

        return run

    return at_once(*(later(number, call) for number, call in enumerate(calls)))


@pytest.mark.django_db(transaction=True)
def test_somebody_registers_while_the_event_is_changed():
    one = event(registration="here", places=2)
    time_of_it = one.occurrences.get()

    def edit():
        with transaction.atomic():
            SUBJECTS["event"].lock(one.pk)
            time.sleep(0.8)
            document = proposals.current(one.pk, "event") | {"places": 1, "starts_at": "18:00"}
            return proposals.change(document, origin="system", by="test", subject="event")

    first, second, third = begun_and(
        [
            edit,
            lambda: registering.register(time_of_it, first_name="Ada"),
            lambda: registering.register(time_of_it, first_name="Bo"),
        ]
    )
    assert isinstance(first, Proposal), first
    assert isinstance(second, Registration), second
    assert isinstance(third, Registration), third
    assert Registration.objects.going().count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_registers_for_a_day_that_moves_to_another_series_is_told_and_not_dropped(owner):
    one = weekly(member(owner=owner), registration="here")
    last = one.occurrences.order_by("-starts_at").first()
    found = Event.objects.get(pk=one.pk)
    registering.register(last, first_name="Ada")

    def parted():
        return changing.change_following(
            found, one.starts_on + 14 * DAY, {"starts_at": "17:00"}, by=owner
        )

    results = at_once(
        parted, *(lambda: registering.register(last, first_name="Bo") for _n in range(4))
    )
    assert isinstance(results[0], Event)
    taken = [one for one in results[1:] if isinstance(one, Registration)]
    assert all(isinstance(one, Registration | ValidationError) for one in results[1:])
    assert Registration.objects.count() == 1 + len(taken)
    assert not Message.objects.filter(kind="event-gone").exists()


@pytest.mark.django_db(transaction=True)
def test_a_host_answers_while_it_is_taken_out(owner):
    other = member(owner=person(), name="Another")
    one = event(member(owner=owner), hosts=[{"organization": other}])
    asked = one.host_answers.get()

    def edit():
        with transaction.atomic():
            SUBJECTS["event"].lock(one.pk)
            time.sleep(0.8)
            document = proposals.current(one.pk, "event")
            del document["hosts"]
            return proposals.change(document, origin="system", by="test", subject="event")

    first, second = begun_and([edit, lambda: actions.answer(asked, True, by=owner)])
    assert isinstance(first, Proposal), first
    assert isinstance(second, HostAnswer | ValidationError | HostAnswer.DoesNotExist), second
    assert not HostAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_done_at_night_does_not_bring_back_what_was_just_changed():
    one = weekly(starts_at="19:00")

    def edit():
        with transaction.atomic():
            change_event(one, starts_at="18:00", ends_at="20:00")
            time.sleep(0.8)

    begun_and([edit, occurrences.move_horizon])
    local = {row.starts_at.astimezone(one.zone).hour for row in one.occurrences.all()}
    assert local == {18}


def test_fewer_places_take_none_from_who_has_one(client):
    one = event(registration="here", places=3)
    time_of_it = one.occurrences.get()
    for name in ("Ada", "Bo", "Cy", "Di"):
        registering.register(time_of_it, first_name=name)
    change_event(one, places=1)
    assert list(Registration.objects.going().values_list("first_name", flat=True)) == [
        "Ada",
        "Bo",
        "Cy",
    ]
    registering.leave(Registration.objects.get(first_name="Ada"))
    assert Registration.objects.going().count() == 2


# When it is


def test_the_time_zone_left_empty_is_that_of_its_town():
    assert event(city="Vancouver", state_province="BC", timezone=None).timezone == (
        "America/Vancouver"
    )
    assert event(city="Thunder Bay", timezone=None).timezone == "America/Toronto"


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
    assert one.timezone == "America/Vancouver"


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
    assert Event.objects.get().timezone == "America/Vancouver"


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


def test_what_is_on_for_days_stands_under_today(client):
    today = timezone.localdate()
    event(name="On since yesterday", starts_on=today - DAY, ends_on=today + DAY)
    page = text_of(client.get("/events/"))
    assert f'datetime="{today}"' in page
    assert f'<time datetime="{today - DAY}">' not in page


def test_what_ends_when_it_begins_is_asked_about(client, owner):
    one = event(member(owner=owner))
    client.force_login(owner)
    draft = opened(client, one)
    response = saved(client, draft, "when", **{"when-ends_at": "19:00"})
    assert response.status_code == 422
    assert 'value="19:00"' in text_of(response)


# Who has registered


def test_who_registered_keeps_the_place_when_the_day_changes():
    one = event(registration="here")
    registering.register(one.occurrences.get(), first_name="Ada")
    one = change_event(one, starts_on=one.starts_on + DAY)
    assert registering.taken(one, one.starts_on).going == 1
    assert not Message.objects.filter(kind="event-gone").exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_mail_says_the_day_and_not_tomorrow(language):
    one = event(starts_on=soon(1), registration="here")
    registering.register(
        one.occurrences.get(), first_name="Ada", email="ada@example.org", language=language
    )
    text = Message.objects.get().text
    assert not [word for word in ("Tomorrow", "Today", "Demain", "Aujourd") if word in text]
    assert str(one.starts_on.day) in text


def test_what_is_cancelled_offers_no_way_to_join_it(client):
    one = online(registration="here")
    token = registering.token(registering.register(one.occurrences.get(), first_name="Ada"))
    page = reverse("coalition:registration", args=[token])
    assert one.online_url in text_of(client.get(page))
    change_event(one, status="cancelled")
    text = text_of(client.get(page))
    assert one.online_url not in text
    assert "It does not take place" in text


def test_each_mail_is_plain_whole_and_in_its_language(owner):
    other = member(owner=person(language="fr"), name="Another")
    name = "Soup & <bread> “now”"
    one = online(member(owner=owner), name=name, name_fr=name, registration="here", places=1)
    one = change_event(one, hosts=[{"organization": other}], rrule="FREQ=WEEKLY;COUNT=2")
    time_of_it, later = one.occurrences.order_by("starts_at")
    for language in ("en", "fr"):
        to = {"first_name": "D'Arcy <i>", "email": f"{language}@example.org", "language": language}
        first = registering.register(time_of_it, **to)
        registering.register(time_of_it, **to)
        registering.leave(first)
        registering.register(later, **to)
    changing.cancel(one, {}, by=owner)
    changing.take_up(Event.objects.get(pk=one.pk), by=owner)
    change_event(one, exdates=[later.recurrence_id], starts_at="18:00")
    Registration.objects.update(reminded_at=None)
    registering.remind(now=time_of_it.starts_at - DAY)
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert kinds >= {
        "event-registered",
        "event-waiting",
        "event-moved-up",
        "event-cancelled",
        "event-on-again",
        "event-changed",
        "event-gone",
        "event-reminder",
        "event-host",
    }
    for message in Message.objects.filter(kind__startswith="event-"):
        assert "\n" not in message.subject
        assert name in message.subject, message.kind
        assert "&amp;" not in message.text, message.kind
        assert "&#x27;" not in message.text
        assert "<i>" not in message.html
        links = [word for word in message.text.split() if word.startswith("http")]
        ours = [link for link in links if link != one.online_url]
        assert ours, message.kind
        assert all(("/fr/" in link) == (message.language == "fr") for link in ours), message.kind


# Pages


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


def test_who_gives_the_place_away_is_in_no_mail_any_more():
    one = event(registration="here")
    said = {"first_name": "Ada", "email": "ada@example.org"}
    found = registering.register(one.occurrences.get(), **said)
    Message.objects.update(sent_at=timezone.now(), text="", html="")
    registering.leave(found)
    assert not Message.objects.exists()


def test_the_months_at_the_end_lead_to_no_month_that_is_not_there(client):
    for month in ("2000-01", "2100-12"):
        page = client.get(f"/events/?month={month}")
        assert page.status_code == 200
        for rel in ("prev", "next"):
            for link in html.unescape(page.content.decode()).split(f'rel="{rel}" href="')[1:]:
                assert client.get(link.partition('"')[0]).status_code == 200, month


# Who is written to, and about what


def waiting(**changes) -> tuple[Event, Registration]:
    """An event of one place, taken by Ada; Bo waits, and has left an e-mail."""
    one = event(registration="here", places=1, **changes)
    time_of_it = one.occurrences.earliest("starts_at")
    ada = registering.register(time_of_it, first_name="Ada")
    registering.register(time_of_it, first_name="Bo", email="bo@example.org")
    return one, ada


def test_a_place_at_what_is_cancelled_goes_to_nobody():
    one, ada = waiting()
    change_event(one, status="cancelled")
    registering.leave(ada)
    assert not Message.objects.filter(kind="event-moved-up").exists()
    change_event(Event.objects.get(), status="confirmed")
    assert Message.objects.filter(kind="event-moved-up").count() == 1


def test_a_place_at_what_is_over_goes_to_nobody(time_machine):
    one, ada = waiting()
    time_machine.move_to(timezone.now() + 8 * DAY, tick=False)
    registering.leave(ada)
    change_event(one, places=5)
    assert not Message.objects.filter(kind="event-moved-up").exists()


def test_nobody_is_told_that_what_they_came_to_does_not_take_place(time_machine):
    one, _ada = waiting(rrule="FREQ=WEEKLY")
    time_machine.move_to(timezone.now() + 8 * DAY, tick=False)
    one = change_event(one, status="cancelled")
    change_event(one, starts_on=soon(), status="confirmed")
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert kinds == {"event-waiting"}
    assert not Registration.objects.exists()


def test_what_people_come_to_in_person_has_no_link_to_join(client):
    one = online(attendance="in_person", city="Kenora", state_province="ON", registration="here")
    found = registering.register(
        one.occurrences.get(), first_name="Ada", email="ada@example.org", language="en"
    )
    assert one.online_url not in Message.objects.get().text
    page = client.get(reverse("coalition:registration", args=[registering.token(found)]))
    assert one.online_url not in text_of(page)


def test_who_is_asked_to_host_can_read_what(client, owner):
    friend = person(name="Fern")
    other = member(owner=friend, name="Kits at the lake")
    one = event(member(owner=owner), hosts=[{"organization": other}])
    client.force_login(friend)
    page = text_of(client.get(reverse("coalition:events", args=[other.slug])))
    assert f'href="/events/{one.slug}/"' in page


# One time, this and those after it, or all


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


def going(one: Event, **changes) -> list[str]:
    """What Ada, who has registered and left an e-mail, is written after this is changed."""
    registering.register(
        one.occurrences.earliest("starts_at"), first_name="Ada", email="ada@example.org"
    )
    Message.objects.all().delete()
    change_event(one, **changes)
    return list(Message.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"starts_at": "18:00"}, True),
        ({"place_name": "The arena", "address_1": "2 Rink Road"}, True),
        ({"starts_on": soon(9)}, True),
        ({"description": "Bring a cup."}, False),
        ({"places": 40}, False),
    ],
)
def test_who_left_an_e_mail_is_told_when_and_where_it_is_now(changes, told):
    assert going(event(registration="here"), **changes) == (["event-changed"] if told else [])


def test_of_what_is_cancelled_nothing_else_is_told():
    one = event(registration="here")
    assert going(one, status="cancelled", starts_at="18:00") == ["event-cancelled"]


def test_who_goes_on_with_a_series_of_its_own_is_told_what_is_new_of_it(owner):
    one = weekly(member(owner=owner), registration="here")
    day = one.starts_on + 14 * DAY
    registering.register(
        one.occurrences.get(day=day), first_name="Ada", email="ada@example.org", language="fr"
    )
    changing.change_following(one, day, {"starts_at": "17:00", "ends_at": "18:00"}, by=owner)
    message = Message.objects.get(kind="event-changed")
    assert "17\N{NO-BREAK SPACE}h" in message.text
    assert "Friendship Hall" in message.text
