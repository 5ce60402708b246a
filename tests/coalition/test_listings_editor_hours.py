"""Hours in the editor of listings: the week, dates, some weeks, those of one place."""

import pytest

from coalition.listings import week
from tests.editing import at, begun, opened, saved
from tests.factories import location
from tests.forms import form_in
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


def test_hours_of_the_week_are_written_as_lines(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    changes = {
        "week-MO-0-opens": "09:00",
        "week-MO-0-closes": "12:00",
        "week-MO-1-opens": "13:00",
        "week-MO-1-closes": "17:00",
        "week-FR-0-opens": "22:00",
        "week-FR-0-closes": "02:00",
        "week-SA-0-opens": "00:00",
        "week-SA-0-closes": "00:00",
        "week-SU-0-state": "by_appointment",
        "week-holidays": "closed",
    }
    response = saved(client, draft, "when", **changes)
    draft.refresh_from_db()
    lines = {
        (line["byday"], line.get("opens_at"), line.get("closes_at"), line["state"])
        for line in draft.document["schedules"]
    }
    assert lines == {
        ("MO", "09:00", "12:00", "open"),
        ("MO", "13:00", "17:00", "open"),
        ("FR", "22:00", "02:00", "open"),
        ("SA", "00:00", "00:00", "open"),
        ("SU", None, None, "by_appointment"),
    }
    assert "at=" in response.url  # the place's own hours come next


def test_monday_is_copied_to_the_weekdays(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    changes = {"week-MO-0-opens": "10:00", "week-MO-0-closes": "16:00", "week-copy": "1"}
    saved(client, draft, "when", **changes)
    draft.refresh_from_db()
    (line,) = draft.document["schedules"]
    assert line["byday"] == "MO,TU,WE,TH,FR"


def test_half_a_time_is_refused_beside_the_day(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    response = saved(client, draft, "when", **{"week-TU-0-opens": "09:00"})
    assert response.status_code == 422
    assert 'id="id_week-TU-0_error"' in response.content.decode()
    response = saved(
        client, draft, "when", **{"week-TU-0-opens": "09:00", "week-TU-0-closes": "09:00"}
    )
    assert response.status_code == 422


def test_a_closure_and_a_stop_with_a_date_are_added(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    fields = opened(client, draft, "when", "?add=dated") | {
        "dated-0-it-dtstart": "2026-12-24",
        "dated-0-it-until": "2027-01-02",
        "dated-0-it-state": "closed",
        "dated-0-it-description": "Winter break",
    }
    assert client.post(at(draft, "when"), fields).status_code == 302
    draft.refresh_from_db()
    (line,) = draft.document["schedules"]
    assert (line["dtstart"], line["until"], line["state"]) == ("2026-12-24", "2027-01-02", "closed")
    assert "freq" not in line


@pytest.mark.parametrize(
    ("typed", "line", "told"),
    [
        (
            {"weeks": "2w", "byday": ["TU"], "dtstart": "2026-12-01"},
            {"freq": "WEEKLY", "interval": 2, "byday": "TU", "dtstart": "2026-12-01"},
            "Every 2 weeks from 1 Dec 2026, Tue",
        ),
        (
            {"weeks": "-1", "byday": ["FR"]},
            {"freq": "MONTHLY", "interval": 1, "byday": "-1FR"},
            "Last Fri of the month",
        ),
        (
            {"weeks": "1,3", "byday": ["MO", "TH"]},
            {"freq": "MONTHLY", "interval": 1, "byday": "1MO,3MO,1TH,3TH"},
            "1st Mon, 3rd Mon, 1st Thu and 3rd Thu of the month",
        ),
    ],
)
def test_hours_of_every_few_weeks_or_of_weeks_of_the_month(client, owner, typed, line, told):
    draft = begun(owner, schedules=[], service_at_locations=[])
    client.force_login(owner)
    times = {"opens_at": "13:00", "closes_at": "16:00"}
    fields = opened(client, draft, "when", "?add=spaced")
    fields |= {f"spaced-0-it-{name}": value for name, value in (typed | times).items()}
    assert client.post(at(draft, "when"), fields).status_code == 302
    draft.refresh_from_db()
    (found,) = draft.document["schedules"]
    assert {key: found[key] for key in line} == line
    assert (found["opens_at"], found["closes_at"]) == ("13:00", "16:00")
    assert told in week.in_words(found)

    saved(client, draft, "when", **{"spaced-0-it-closes_at": "17:00"})
    draft.refresh_from_db()
    assert draft.document["schedules"] == [found | {"closes_at": "17:00"}]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"weeks": "2", "opens_at": "13:00", "closes_at": "16:00"}, "byday"),
        ({"byday": ["MO"], "opens_at": "13:00", "closes_at": "16:00"}, "weeks"),
        ({"weeks": "2w", "byday": ["MO"], "opens_at": "13:00", "closes_at": "16:00"}, "dtstart"),
        ({"weeks": "2", "byday": ["MO"]}, "opens_at"),
        ({"byday": ["MO"]}, "weeks"),
    ],
)
def test_what_a_line_of_some_weeks_lacks_is_said_beside_it(client, owner, typed, field):
    draft = begun(owner)
    client.force_login(owner)
    fields = opened(client, draft, "when", "?add=spaced")
    fields |= {f"spaced-0-it-{name}": value for name, value in typed.items()}
    answer = client.post(at(draft, "when"), fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_spaced-0-it-{field}_error"' in page
    assert form_in(page, css_class="editor").get("spaced-0-it-byday", []) == typed.get("byday", [])


def test_hours_the_week_cannot_say_stay_and_can_be_removed(client, owner):
    monthly = {"freq": "MONTHLY", "bymonthday": "15", "opens_at": "09:00", "closes_at": "12:00"}
    draft = begun(owner, schedules=[monthly])
    client.force_login(owner)
    page = client.get(at(draft, "when")).content.decode()
    assert "tick to remove" in page
    before = draft.document["schedules"]

    saved(client, draft, "when")
    draft.refresh_from_db()
    assert draft.document["schedules"] == before

    saved(client, draft, "when", **{"remove-line": before[0]["id"]})
    draft.refresh_from_db()
    assert "schedules" not in draft.document


def test_hours_of_one_place_do_not_touch_another(client, owner):
    places = [{"location": location()}, {"location": location(address={"address_1": "2 Mill Rd"})}]
    draft = begun(owner, service_at_locations=places)
    client.force_login(owner)
    second = draft.document["service_at_locations"][1]["id"]
    changes = {"week-MO-0-opens": "10:00", "week-MO-0-closes": "16:00"}
    saved(client, draft, "when", f"?at={second}", **changes)
    draft.refresh_from_db()
    one, two = draft.document["service_at_locations"]
    assert "schedules" not in one
    assert two["schedules"][0]["opens_at"] == "10:00"
