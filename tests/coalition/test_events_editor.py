"""An event is written, sent in, decided, changed: with the same editor and desk as listings."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from coalition.events.models.events import Event, HostAnswer
from coalition.listings.models import Draft
from coalition.mail.models import Message
from coalition.review.models import Submission
from directory.interchange.write import InvalidListing
from directory.models import Proposal
from tests.editing import at, opened, saved, send
from tests.events import event
from tests.forms import text_of
from tests.people import coordinator, member, person
from tests.resources import stored
from tests.uploads import picture

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def owner():
    return person(name="Olive")


def begun(client, owner, *, trusted=False) -> Draft:
    organization = member(owner=owner, trusted=trusted)
    client.force_login(owner)
    client.post(reverse("coalition:event_begin", args=[organization.slug]))
    return Draft.objects.get(subject="event")


def tuesday(weeks: int = 2) -> datetime.date:
    day = timezone.localdate() + datetime.timedelta(weeks=weeks)
    return day - datetime.timedelta(days=day.weekday()) + DAY


def filled(client, draft: Draft, **changes) -> None:
    """Write a whole event, part by part."""
    parts = {
        "what": {
            "what-name": "Talking circle",
            "what-name_fr": "Cercle de parole",
            "what-kind": "peer_circle",
            "what-description": "We sit, we listen.",
            "what-description_fr": "On s’assoit, on écoute.",
        },
        "when": {
            "when-starts_on": tuesday().isoformat(),
            "when-starts_at": "19:00",
            "when-ends_at": "21:00",
        },
        "where": {
            "where-address_1": "9 River Road",
            "where-city": "Kenora",
            "where-state_province": "ON",
        },
        "come": {"cost-amount": "0"},
    }
    for code, values in parts.items():
        wanted = values | {k: v for k, v in changes.items() if k.partition("-")[0] in code}
        response = saved(client, draft, code, **wanted)
        assert response.status_code == 302, (code, response.content.decode())


def test_a_new_event_waits_is_approved_and_is_found(client, owner):
    draft = begun(client, owner)
    filled(client, draft)
    assert send(client, draft).status_code == 302
    assert not Event.objects.exists()
    submission = Submission.objects.get()
    assert (submission.kind, submission.title) == ("event", "Talking circle")

    client.force_login(coordinator())
    page = text_of(client.get(f"/review/{submission.pk}/"))
    assert "We sit, we listen." in page
    assert "9 River Road" in page
    preview = client.get(reverse("coalition:proposal_preview", args=[Proposal.objects.get().pk]))
    assert "Talking circle" in text_of(preview)
    client.post(f"/review/{submission.pk}/", {"outcome": "approved", "round": 1})

    one = Event.objects.get()
    assert one.published_at
    assert not Draft.objects.exists()
    assert Message.objects.filter(kind="listing-approved", to=owner.email).exists()
    client.logout()
    page = text_of(client.get("/events/?near=Kenora"))
    assert "Talking circle" in page
    assert "Cercle de parole" in text_of(client.get(f"/fr/events/{one.slug}/"))


def test_a_trusted_members_new_event_is_shown_at_once(client, owner):
    draft = begun(client, owner, trusted=True)
    filled(client, draft)
    send(client, draft)
    assert Event.objects.published().exists()
    assert not Submission.objects.exists()


def test_every_part_opens_empty_and_saves_empty(client, owner):
    draft = begun(client, owner)
    for code in ("what", "when", "where", "who", "come", "more"):
        assert saved(client, draft, code).status_code == 302, code
    assert text_of(client.get(reverse("coalition:draft", args=[draft.pk])))


def test_opening_and_saving_a_part_changes_nothing(client, owner):
    organization = member(owner=owner)
    one = event(
        organization,
        rrule="FREQ=MONTHLY;BYDAY=-1FR;COUNT=5",
        starts_on=datetime.date(2027, 1, 29),
        exdates=["2027-02-26"],
        access=["wheelchair", "food"],
        substance_free="no",
        registration="here",
        places=10,
        publish_from="2026-12-01T10:00:00-05:00",
        amount=5,
        changes=[{"recurrence_id": "2027-03-26", "cancelled": True, "note": "Good Friday"}],
    )
    client.force_login(owner)
    client.post(reverse("coalition:event_edit", args=[one.pk]))
    draft = Draft.objects.get()
    for code in ("what", "when", "where", "who", "come", "more"):
        assert saved(client, draft, code).status_code == 302, code
    draft.refresh_from_db()
    assert draft.document == draft.base


@pytest.mark.parametrize(
    ("choices", "rule"),
    [
        ({"repeat": "weekly", "every": "2", "days": ["TU"]}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ({"repeat": "weekly"}, "FREQ=WEEKLY"),
        ({"repeat": "daily", "count": "5"}, "FREQ=DAILY;COUNT=5"),
        ({"repeat": "yearly"}, "FREQ=YEARLY"),
        ({"repeat": "monthly_day"}, "FREQ=MONTHLY"),
    ],
)
def test_how_it_repeats_is_kept_as_a_rule_and_shown_again(client, owner, choices, rule):
    draft = begun(client, owner)
    fields = {f"when-{name}": value for name, value in choices.items()}
    day = {"when-starts_on": tuesday().isoformat()}
    assert saved(client, draft, "when", **day, **fields).status_code == 302
    draft.refresh_from_db()
    assert draft.document["rrule"] == rule
    shown = opened(client, draft, "when")
    assert all(
        shown[f"when-{name}"] in (value, [value]) or shown[f"when-{name}"] == value
        for name, value in choices.items()
    )


def test_a_first_day_that_the_rule_does_not_name_is_said_beside_it(client, owner):
    draft = begun(client, owner)
    response = saved(
        client,
        draft,
        "when",
        **{
            "when-starts_on": tuesday().isoformat(),
            "when-repeat": "weekly",
            "when-days": ["FR"],
        },
    )
    assert response.status_code == 422
    friday = tuesday() + 3 * DAY
    assert f"The first of them is {friday.isoformat()}." in text_of(response)
    assert 'value="FR"' in text_of(response)


def test_an_event_without_a_day_cannot_be_sent_in_and_says_so(client, owner):
    draft = begun(client, owner)
    saved(client, draft, "what", **{"what-name": "Sometime"})
    response = send(client, draft)
    assert response.status_code == 422
    assert "Say on which day it is." in text_of(response)
    assert at(draft, "when") in text_of(response)


def test_another_organizations_place_cannot_be_named(client, owner):
    other = event(member(owner=person(), name="Elsewhere")).organization
    place = other.services.get().service_at_locations.first().location
    draft = begun(client, owner)
    filled(client, draft)
    draft.refresh_from_db()
    draft.document |= {"location": {"id": str(place.pk)}}
    draft.save()
    response = send(client, draft)
    assert response.status_code == 422
    assert "Choose one of your places." in text_of(response)


def test_the_preview_shows_what_everyone_would_see_and_keeps_nothing(client, owner):
    draft = begun(client, owner)
    filled(client, draft)
    preview = client.get(reverse("coalition:draft_preview", args=[draft.pk]))
    assert "Talking circle" in text_of(preview)
    assert not Event.objects.exists()


def test_a_host_is_asked_and_shown_once_it_agrees(client, owner):
    friend = person(name="Fern")
    other = member(owner=friend, name="Kits at the lake")
    draft = begun(client, owner, trusted=True)
    filled(client, draft)
    saved(client, draft, "more", "?add=hosts", **{"hosts-0-it-organization": str(other.pk)})
    send(client, draft)
    one = Event.objects.get()
    asked = HostAnswer.objects.get()
    assert Message.objects.filter(kind="event-host", to=friend.email).exists()
    page = f"/events/{one.slug}/"
    host = f"/organizations/{other.slug}/"
    assert host not in text_of(client.get(page))

    client.force_login(friend)
    assert str(one) in text_of(client.get(reverse("coalition:events", args=[other.slug])))
    client.post(reverse("coalition:host_answer", args=[asked.pk]), {"answer": "yes"})
    assert host in text_of(client.get(page))


def test_another_organizations_picture_cannot_be_shown():
    elsewhere = member(owner=person(), name="Elsewhere")
    theirs = stored(elsewhere, "lake.png", picture())
    said = {"picture": theirs, "picture_description": "A lake"}
    with pytest.raises(InvalidListing):
        event(member(owner=person(), name="Here"), **said)
    assert event(elsewhere, **said).picture == theirs
