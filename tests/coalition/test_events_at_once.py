"""Events that several people, and what is done at night, change at the same moment."""

import time

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from coalition.events import actions, changing, occurrences, registering
from coalition.events.models.events import Event, HostAnswer
from coalition.events.models.times import Registration
from coalition.mail.models import Message
from directory.interchange import proposals
from directory.interchange.subjects import SUBJECTS
from directory.models import Proposal
from tests.at_once import at_once
from tests.events import DAY, change_event, event, weekly
from tests.people import member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


def begun_and(calls, wait=0.4):
    """Each a moment after the one before it."""

    def later(number, call):
        def run():
            time.sleep(number * wait)
            return call()

        return run

    return at_once(*(later(number, call) for number, call in enumerate(calls)))


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
