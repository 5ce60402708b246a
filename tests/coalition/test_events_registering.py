"""Who means to come: a first name, a place or a place in line, and gone a week after."""

import datetime
import time

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from coalition.events import changing, registering
from coalition.events.models.events import Event
from coalition.events.models.times import Occurrence, Registration
from coalition.mail.models import Message
from directory.interchange import proposals
from directory.public import anonymous
from tests.at_once import at_once
from tests.events import change_event, event
from tests.forms import text_of
from tests.people import member, person

HERE = {"sec-fetch-site": "same-origin"}
pytestmark = pytest.mark.django_db


def open_event(**changes) -> Occurrence:
    one = event(**{"registration": "here", "places": 2} | changes)
    return one.occurrences.order_by("starts_at").first()


def registered(occurrence: Occurrence, *names: str, **said) -> list[Registration]:
    return [registering.register(occurrence, first_name=name, **said) for name in names]


def named(occurrence: Occurrence, number: int):
    return lambda: registering.register(occurrence, first_name=str(number))


def leaving(one: Registration):
    return lambda: registering.leave(one)


def form(client, occurrence: Occurrence, monkeypatch, **data):
    """Fill in the form as a person does."""
    url = address(occurrence)
    page = client.get(url)
    assert page.status_code == 200
    stamp = anonymous.stamp(f"{occurrence.event_id} {occurrence.recurrence_id}")
    monkeypatch.setattr(anonymous, "QUICKEST", 0)
    return client.post(url, {"stamp": stamp, "first_name": "Sam"} | data, headers=HERE)


def address(occurrence: Occurrence) -> str:
    return reverse(
        "coalition:event_register", args=[occurrence.event.slug, str(occurrence.recurrence_id)]
    )


def test_somebody_registers_with_a_first_name_and_no_cookie(client, monkeypatch):
    occurrence = open_event()
    answer = form(client, occurrence, monkeypatch)
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert "You have a place" in text_of(page)
    assert not client.cookies
    one = Registration.objects.get()
    assert (one.first_name, one.email) == ("Sam", "")
    assert not Message.objects.exists()


def test_who_comes_when_all_places_are_taken_waits_in_order_and_moves_up(client, monkeypatch):
    occurrence = open_event()
    first, _second = registered(occurrence, "Ada", "Bo")
    third, fourth = registered(occurrence, "Cy", "Di", email="cy@example.org")
    assert [registering.number_in_line(one) for one in (third, fourth)] == [1, 2]
    page = client.get(reverse("coalition:registration", args=[registering.token(fourth)]))
    assert "number 2 in line" in text_of(page)

    url = reverse("coalition:registration_cancel", args=[registering.token(first)])
    answer = client.post(url, headers=HERE)
    assert client.get(answer.url).status_code == 410
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert third.confirmed_at
    assert not fourth.confirmed_at
    assert Message.objects.filter(kind="event-moved-up", to="cy@example.org").count() == 1


def test_a_place_that_comes_free_goes_to_who_waits_and_not_to_who_comes(client):
    occurrence = open_event(places=1)
    registered(occurrence, "Ada", "Bo")
    Event.objects.update(places=2)  # nobody has moved up yet
    assert registered(occurrence, "Cy")[0].confirmed_at is None


def test_more_places_let_who_waits_move_up(client):
    occurrence = open_event(places=1)
    registered(occurrence, "Ada", "Bo", "Cy")
    change_event(occurrence.event, places=2)
    assert list(Registration.objects.going().values_list("first_name", flat=True)) == ["Ada", "Bo"]


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_ten_have_a_place_and_forty_wait_in_order():
    occurrence = open_event(places=10)
    at_once(*(named(occurrence, n) for n in range(50)))
    rows = list(Registration.objects.order_by("pk"))
    assert len(rows) == 50
    assert [row.confirmed_at is not None for row in rows] == [True] * 10 + [False] * 40


@pytest.mark.django_db(transaction=True)
def test_of_those_who_leave_at_once_each_gives_a_place_to_one_who_waits():
    occurrence = open_event(places=5)
    rows = registered(occurrence, *map(str, range(12)))
    at_once(*(leaving(one) for one in rows[:5]))
    assert list(Registration.objects.going().values_list("first_name", flat=True)) == list("56789")


def test_a_page_sent_twice_registers_once(client, monkeypatch):
    occurrence = open_event()
    stamp = anonymous.stamp(f"{occurrence.event_id} {occurrence.recurrence_id}")
    first = form(client, occurrence, monkeypatch, stamp=stamp)
    second = form(client, occurrence, monkeypatch, stamp=stamp)
    assert Registration.objects.count() == 1
    assert client.get(first.url).status_code == client.get(second.url).status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        ({"first_name": ""}, 422, "Give a name to be called by."),
        ({"first_name": "x" * 61}, 422, "60"),
        ({"email": "nobody"}, 422, "valid email"),
        ({"stamp": "no"}, 422, "open for too long"),
        ({"first_name": "<script>alert(1)</script>", "email": "x"}, 422, "<script>"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, monkeypatch, data, status, said):
    answer = form(client, open_event(), monkeypatch, **data)
    assert answer.status_code == status
    assert said in text_of(answer)
    assert "<script>alert" not in answer.content.decode()
    assert not Registration.objects.exists()


def test_a_robot_is_not_told_that_nobody_reads_it(client, monkeypatch):
    assert form(client, open_event(), monkeypatch, website="x").status_code == 302
    assert not Registration.objects.exists()


def test_another_site_cannot_register_anybody(client):
    occurrence = open_event()
    data = {"stamp": "x", "first_name": "Sam"}
    headers = {"sec-fetch-site": "cross-site"}
    assert client.post(address(occurrence), data, headers=headers).status_code == 403


def test_one_visitor_registers_so_many_an_hour(client, monkeypatch):
    occurrence = open_event(places=100)
    stamps = [form(client, occurrence, monkeypatch).status_code for _n in range(1)]
    monkeypatch.setattr(registering, "AN_HOUR", 1)
    time.sleep(0.01)
    assert stamps == [302]
    assert form(client, occurrence, monkeypatch, first_name="Other").status_code == 429


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled"},
        {"starts_on": timezone.localdate() - datetime.timedelta(days=3)},
    ],
)
def test_nobody_registers_for_what_is_cancelled_or_over(client, changes):
    occurrence = open_event(**changes)
    answer = client.get(address(occurrence))
    assert answer.status_code == 409
    assert "closed" in text_of(answer)


def test_an_event_without_registration_has_no_such_page(client):
    occurrence = open_event(registration="none")
    assert client.get(address(occurrence)).status_code == 404


def test_the_organizer_sees_first_names_and_nothing_else(client):
    owner = person()
    occurrence = open_event(organization=member(owner=owner))
    registered(occurrence, "Ada", "Bo", "Cy", email="secret@example.org")
    client.force_login(owner)
    url = reverse("coalition:event_people", args=[occurrence.event_id, occurrence.recurrence_id])
    page = text_of(client.get(url))
    assert page.index("Ada") < page.index("waiting list") < page.index("Cy")
    assert "secret@example.org" not in page


def test_the_day_before_who_asked_is_reminded_once():
    occurrence = open_event(starts_on=timezone.localdate() + datetime.timedelta(days=1))
    registered(occurrence, "Ada", email="ada@example.org")
    registered(occurrence, "Bo")
    begins = occurrence.starts_at
    Registration.objects.update(created_at=begins - datetime.timedelta(days=9))
    assert registering.remind(begins - datetime.timedelta(days=3)) == 0
    assert registering.remind(begins - datetime.timedelta(hours=20)) == 1
    assert registering.remind(begins - datetime.timedelta(hours=19)) == 0
    assert Message.objects.get(kind="event-reminder").to == "ada@example.org"


def test_a_week_after_nobody_knows_who_came():
    occurrence = open_event()
    registered(occurrence, "Ada", "Bo", "Cy")
    assert registering.forget(occurrence.ends_at + datetime.timedelta(days=6)) == 0
    assert registering.forget(occurrence.ends_at + datetime.timedelta(days=8)) == 3
    assert not Registration.objects.exists()


def test_who_asked_to_be_written_to_learns_that_it_is_cancelled_and_that_it_is_not():
    owner = person()
    occurrence = open_event(organization=member(owner=owner))
    registered(occurrence, "Ada", email="ada@example.org")
    one = occurrence.event
    changing.cancel(one, {"status_note": "Snow"}, by=owner)
    changing.take_up(one, by=owner)
    kinds = list(Message.objects.filter(to="ada@example.org").values_list("kind", flat=True))
    assert sorted(kinds) == ["event-cancelled", "event-on-again", "event-registered"]


def test_who_registered_for_a_day_that_is_gone_is_told_and_forgotten():
    occurrence = open_event(rrule="FREQ=WEEKLY;COUNT=3")
    last = occurrence.event.occurrences.order_by("-starts_at").first()
    registered(last, "Ada", email="ada@example.org")
    change_event(occurrence.event, rrule="FREQ=WEEKLY;COUNT=2")
    assert Message.objects.filter(kind="event-gone", to="ada@example.org").exists()
    assert not Registration.objects.exists()


def test_a_link_that_was_made_up_opens_nothing(client):
    token = signing.dumps("0" * 32, salt="another")
    assert client.get(f"/events/registration/{token}/").status_code == 404
    assert client.post(f"/events/registration/{token}/cancel/", headers=HERE).status_code == 404


def test_a_change_to_the_event_keeps_who_has_registered():
    occurrence = open_event()
    registered(occurrence, "Ada")
    document = proposals.current(occurrence.event_id, "event") | {"starts_at": "18:00"}
    proposals.change(document, origin="system", by="test", subject="event")
    again = Occurrence.objects.get()
    assert again.pk == occurrence.pk
    assert registering.taken(again.event, again.recurrence_id).going == 1


def test_who_registers_in_the_last_day_is_not_reminded_of_what_they_just_read():
    occurrence = open_event(starts_on=timezone.localdate() + datetime.timedelta(days=1))
    (one,) = registered(occurrence, "Ada", email="ada@example.org")
    late = occurrence.starts_at - datetime.timedelta(hours=3)
    Registration.objects.filter(pk=one.pk).update(created_at=late)
    assert registering.remind(late + datetime.timedelta(minutes=20)) == 0


def test_an_address_that_the_event_once_had_still_leads_to_its_form(client):
    occurrence = open_event()
    before = address(occurrence)
    change_event(occurrence.event, slug="a-new-address")
    assert client.get(before).status_code == 200


def test_who_came_is_seen_by_the_organizer_for_a_week(client, time_machine):
    owner = person()
    occurrence = open_event(organization=member(owner=owner), rrule="FREQ=WEEKLY")
    time_machine.move_to(occurrence.ends_at + datetime.timedelta(hours=1), tick=False)
    client.force_login(owner)
    shown = text_of(client.get(reverse("coalition:event_times", args=[occurrence.event_id])))
    people = ("coalition:event_people", "coalition:event_time")
    there, gone = (
        reverse(name, args=[occurrence.event_id, occurrence.recurrence_id]) for name in people
    )
    assert there in shown
    assert f'"{gone}"' not in shown
    assert "Over" in shown
