"""Who has registered, who is written to and about what, and when it is forgotten."""

import pytest
from django.urls import reverse
from django.utils import timezone

from coalition.events import actions, changing, registering
from coalition.events.models.events import Event
from coalition.events.models.times import Registration
from coalition.mail.models import Message
from tests.conftest import NOON
from tests.events import DAY, change_event, event, online, soon, weekly
from tests.forms import text_of
from tests.people import coordinator, member, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def owner():
    return person(name="Olive")


# Who has registered


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


def test_who_registered_keeps_the_place_when_the_day_changes():
    one = event(registration="here")
    registering.register(one.occurrences.get(), first_name="Ada")
    one = change_event(one, starts_on=one.starts_on + DAY)
    assert registering.taken(one, one.starts_on).going == 1
    assert not Message.objects.filter(kind="event-gone").exists()


def test_what_is_cancelled_offers_no_way_to_join_it(client):
    one = online(registration="here")
    token = registering.token(registering.register(one.occurrences.get(), first_name="Ada"))
    page = reverse("coalition:registration", args=[token])
    assert one.online_url in text_of(client.get(page))
    change_event(one, status="cancelled")
    text = text_of(client.get(page))
    assert one.online_url not in text
    assert "It does not take place" in text


def test_what_people_come_to_in_person_has_no_link_to_join(client):
    one = online(attendance="in_person", city="Kenora", state_province="ON", registration="here")
    found = registering.register(
        one.occurrences.get(), first_name="Ada", email="ada@example.org", language="en"
    )
    assert one.online_url not in Message.objects.get().text
    page = client.get(reverse("coalition:registration", args=[registering.token(found)]))
    assert one.online_url not in text_of(page)


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


# Who is written to, and about what


def test_nobody_is_reminded_of_what_is_out_of_sight(time_machine):
    one = event(starts_on=soon(3), registration="here")
    registering.register(one.occurrences.get(), first_name="Ada", email="ada@example.org")
    Registration.objects.update(created_at=timezone.now() - 9 * DAY)
    time_machine.move_to(one.occurrences.get().starts_at - DAY, tick=False)
    actions.withdraw(one, by=coordinator())
    assert registering.remind() == 0
    actions.show_again(one, by=coordinator())
    assert registering.remind() == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_mail_says_the_day_and_not_tomorrow(language):
    one = event(starts_on=soon(1), registration="here")
    registering.register(
        one.occurrences.get(), first_name="Ada", email="ada@example.org", language=language
    )
    text = Message.objects.get().text
    assert not [word for word in ("Tomorrow", "Today", "Demain", "Aujourd") if word in text]
    assert str(one.starts_on.day) in text


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
        ({"starts_on": NOON.date() + 9 * DAY}, True),
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


# What is forgotten


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


def test_who_gives_the_place_away_is_in_no_mail_any_more():
    one = event(registration="here")
    said = {"first_name": "Ada", "email": "ada@example.org"}
    found = registering.register(one.occurrences.get(), **said)
    Message.objects.update(sent_at=timezone.now(), text="", html="")
    registering.leave(found)
    assert not Message.objects.exists()
