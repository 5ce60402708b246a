"""The editor of listings: parts that are saved, sent in, and never lost."""

import html
import json
import re

import pytest
from django.urls import reverse

from coalition.listings import actions, week
from coalition.listings.editor import SECTIONS
from coalition.listings.models import Draft
from coalition.review.models import Submission
from directory.interchange.proposals import current
from directory.models import Proposal, Service
from tests.editing import at, opened, saved, send
from tests.factories import confidential, listing, location
from tests.forms import form_in
from tests.people import coordinator, join, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


def begun(owner, *, trusted=False, service=True, **changes) -> Draft:
    organization = member(owner=owner, trusted=trusted, **changes)
    found = organization.services.get() if service else None
    return actions.start_draft(organization, by=owner, service=found)


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def test_a_part_is_saved_and_the_next_one_opens(client, owner):
    draft = begun(owner)
    client.force_login(owner)

    response = saved(client, draft, "what", **{"what-name": "Kits at the harbour"})

    assert response.status_code == 302
    assert response.url == at(draft, "who")
    draft.refresh_from_db()
    assert draft.document["name"] == "Kits at the harbour"
    assert draft.document["name_fr"] == "Trousses de naloxone et formation"
    assert (draft.revision, Service.objects.get().name) == (2, "Naloxone kits and training")


def test_all_parts_of_a_new_listing_open_empty_and_save_empty(client, owner):
    draft = begun(owner, service=False)
    client.force_login(owner)
    for code in SECTIONS:
        assert saved(client, draft, code).status_code == 302, code
    draft.refresh_from_db()
    assert "phones" not in draft.document
    assert "service_at_locations" not in draft.document
    assert client.get(reverse("coalition:draft", args=[draft.pk])).status_code == 200


def test_rows_are_added_and_removed_without_scripts(client, owner):
    draft = begun(owner)
    client.force_login(owner)

    response = saved(client, draft, "contact", button={"add": "phones"})
    fields = opened(client, draft, "contact", "?" + response.url.split("?")[1].split("#")[0])
    assert fields["phones-count"] == ["2"]
    fields |= {"phones-1-it-number": ["807-555-0199"]}
    client.post(at(draft, "contact"), fields | {"stay": "1"})
    draft.refresh_from_db()
    assert [p["number"] for p in draft.document["phones"]] == ["807-555-0142", "807-555-0199"]

    saved(client, draft, "contact", button={"remove": "phones-0"})
    draft.refresh_from_db()
    assert [p["number"] for p in draft.document["phones"]] == ["807-555-0199"]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    changes = {"phones-0-it-number": "call me", "reach-url": "not a link", "reach-email": "a@b.ca"}

    response = saved(client, draft, "contact", **changes)

    assert response.status_code == 422
    text = text_of(response)
    fields = form_in(response.content.decode(), css_class="editor")
    for name, typed in changes.items():
        assert fields[name] == [typed]
    assert 'id="id_phones-0-it-number_error"' in text
    assert 'id="id_reach-url_error"' in text
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_row_asked_for_beside_a_mistake_comes_too(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    response = saved(
        client, draft, "contact", button={"add": "phones"}, **{"reach-url": "not a link"}
    )
    fields = form_in(response.content.decode(), css_class="editor")
    assert (response.status_code, fields["phones-count"]) == (422, ["2"])
    assert fields["reach-url"] == ["not a link"]


def test_terms_are_ticked_and_those_that_stay_keep_their_identifier(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    before = draft.document["attributes"][0]
    saved(client, draft, "what", terms=["category:naloxone", "serves:women", "category:nonsense"])
    draft.refresh_from_db()
    assert draft.document["attributes"][0] == before
    codes = [a["taxonomy_term"]["code"] for a in draft.document["attributes"]]
    assert codes == ["naloxone", "women"]


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


def test_coordinates_are_looked_up_from_the_postal_code(client, owner):
    draft = begun(owner, service=False)
    client.force_login(owner)
    prefix = "service_at_locations-0"
    fields = opened(client, draft, "where", "?add=service_at_locations") | {
        f"{prefix}-address-address_1": "1 Main St",
        f"{prefix}-address-city": "Winnipeg",
        f"{prefix}-address-state_province": "MB",
        f"{prefix}-address-postal_code": "r3c1a1",
    }
    assert client.post(at(draft, "where"), fields).status_code == 302
    draft.refresh_from_db()
    place = draft.document["service_at_locations"][0]["location"]
    assert place["addresses"][0]["postal_code"] == "R3C 1A1"
    assert place["timezone"] == "America/Winnipeg"
    assert abs(place["latitude"] - 49.89) < 0.2


def test_coordinates_somebody_gave_stay(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    before = draft.document["service_at_locations"][0]["location"]
    prefix = "service_at_locations-0"
    saved(client, draft, "where", **{f"{prefix}-address-address_1": "15 Harbour Lane"})
    draft.refresh_from_db()
    after = draft.document["service_at_locations"][0]["location"]
    assert after["addresses"][0]["address_1"] == "15 Harbour Lane"
    assert (after["latitude"], after["longitude"]) == (before["latitude"], before["longitude"])


def test_who_sees_the_address_is_explained(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    assert "people see the province only" in client.get(at(draft, "where")).content.decode()


def test_a_part_saved_in_another_window_is_shown_beside_this_one(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    first = opened(client, draft, "what") | {"what-name": "From the first window"}
    second = opened(client, draft, "what") | {"what-name": "From the second window"}
    client.post(at(draft, "what"), first)

    response = client.post(at(draft, "what"), second)

    assert response.status_code == 409
    text = text_of(response)
    assert "From the first window" in re.sub(r"</?(?:ins|del)>", "", text)
    fields = form_in(response.content.decode(), css_class="editor")
    assert fields["what-name"] == ["From the second window"]
    client.post(at(draft, "what"), fields)  # chosen: this one
    draft.refresh_from_db()
    assert draft.document["name"] == "From the second window"


def test_another_part_saved_in_another_window_is_no_conflict(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    what = opened(client, draft, "what") | {"what-name": "A new name"}
    cost = opened(client, draft, "cost") | {"fees-fees_description": "Nothing"}
    client.post(at(draft, "what"), what)
    assert client.post(at(draft, "cost"), cost).status_code == 302
    draft.refresh_from_db()
    assert (draft.document["name"], draft.document["fees_description"]) == ("A new name", "Nothing")


def test_the_same_form_sent_twice_is_saved_once(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    fields = opened(client, draft, "contact", "?add=phones") | {
        "phones-1-it-number": "807-555-0199"
    }
    for _time in range(2):
        assert client.post(at(draft, "contact"), fields).status_code == 302
    draft.refresh_from_db()
    assert len(draft.document["phones"]) == 2
    assert draft.revision == 2


def test_typing_is_saved_by_itself(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    fields = opened(client, draft, "what") | {"what-name": "Typed so far", "autosave": "1"}
    answer = json.loads(client.post(at(draft, "what"), fields).content)
    draft.refresh_from_db()
    assert draft.document["name"] == "Typed so far"
    assert (answer["revision"], answer["said"]) == (2, "Saved.")

    stale = fields | {"what-name": "An old window", "revision": "1"}
    response = client.post(at(draft, "what"), stale)
    assert response.status_code == 409
    assert "another window" in json.loads(response.content)["said"]
    fields |= {"what-delivery": "by owl", "revision": "2", "was": answer["was"]}
    assert client.post(at(draft, "what"), fields).status_code == 422


def test_words_with_a_better_one_are_shown_beside_the_field_and_never_block(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    response = saved(client, draft, "what", **{"what-description": "Help for addicts."})
    assert response.url == at(draft, "what")
    page = text_of(client.get(response.url))
    assert "person who uses drugs" in page
    draft.refresh_from_db()
    assert draft.document["description"] == "Help for addicts."
    overview = text_of(client.get(reverse("coalition:draft", args=[draft.pk])))
    assert "“addicts”" in overview


def test_what_is_not_translated_is_shown(client, owner):
    draft = begun(owner, description_fr="")
    client.force_login(owner)
    assert "Not in French yet" in client.get(at(draft, "what")).content.decode()
    overview = text_of(client.get(reverse("coalition:draft", args=[draft.pk])))
    assert "Not in French yet: Description" in overview


def test_the_preview_is_the_page_residents_see(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    preview = client.get(reverse("coalition:draft_preview", args=[draft.pk])).content.decode()
    public = client.get(f"/services/{Service.objects.get().slug}/").content.decode()
    article = re.compile(r"<article.*?</article>", re.S)
    wrong = re.compile(r'<section class="panel">\s*<h2>Something wrong.*?</section>\n', re.S)
    assert article.search(preview)[0] == wrong.sub("", article.search(public)[0])
    assert "A preview" in preview


def test_the_preview_of_a_private_address_does_not_show_it(client, owner):
    draft = begun(owner, **{k: v for k, v in confidential().items() if k != "organization"})
    client.force_login(owner)
    preview = client.get(reverse("coalition:draft_preview", args=[draft.pk])).content.decode()
    assert "Sekrit" not in preview
    assert "private address" in preview


def test_a_draft_with_little_in_it_can_be_previewed(client, owner):
    draft = begun(owner, service=False)
    client.force_login(owner)
    saved(
        client,
        draft,
        "where",
        "?add=service_at_locations",
        **{
            "service_at_locations-0-location-name": "The hall",
            "service_at_locations-0-location-visibility": "approximate",
            "service_at_locations-0-address-address_1": "1 Main St",
        },
    )
    assert client.get(reverse("coalition:draft_preview", args=[draft.pk])).status_code == 200


def test_a_new_listing_goes_to_a_coordinator(client, owner):
    draft = begun(owner, service=False)
    document = {k: v for k, v in listing().items() if k not in ("id", "organization")}
    draft = actions.save_draft(draft, document)
    client.force_login(owner)
    response = send(client, draft)
    assert response.status_code == 302
    assert Submission.objects.get().title == "Naloxone kits and training"
    assert "A coordinator reads it" in text_of(client.get(response.url))
    assert send(client, draft).status_code == 302  # pressed twice
    assert Submission.objects.get().round == 1


def test_a_trusted_members_edit_is_live_at_once_and_may_say_it_was_checked(client, owner):
    draft = begun(owner, trusted=True)
    client.force_login(owner)
    saved(client, draft, "what", **{"what-name": "Kits, day and night"})
    assert send(client, draft, checked="1").status_code == 302
    service = Service.objects.get()
    assert service.name == "Kits, day and night"
    assert service.assured_by == "Harbour Lane Health Centre"
    data = {"revision": 2, "record": service.pk, "subject": "service"}
    again = client.post(reverse("coalition:draft_send", args=[draft.pk]), data)
    assert again.status_code == 302  # the draft is gone: said, not an error
    assert Proposal.objects.history(service.pk).count() == 1


def test_what_the_catalogue_refuses_is_said_with_its_part(client, owner):
    draft = begun(owner)
    document = draft.document | {"phones": [], "indigenous_led": True}
    document["service_at_locations"][0]["location"]["addresses"][0].pop("city")
    draft = actions.save_draft(draft, document)
    client.force_login(owner)
    response = send(client, draft)
    assert response.status_code == 422
    assert f'href="{at(draft, "where")}">Put it right' in response.content.decode()
    assert not Submission.objects.exists()


def test_a_change_somebody_else_made_meanwhile_is_shown_value_by_value(client, owner):
    draft = begun(owner, trusted=True)
    service = Service.objects.get()
    client.force_login(owner)
    saved(client, draft, "what", **{"what-name": "My name", "what-description": "My words"})
    meanwhile = current(service.pk) | {"name": "Their name", "description": "Their words"}
    meanwhile["email"] = "their@example.org"
    actions.edit_as_coordinator(meanwhile, by=coordinator())

    response = send(client, draft)

    assert response.status_code == 409
    text = text_of(response)
    for words in ("My name", "Their name", "My words", "Their words"):
        assert words in text
    url = reverse("coalition:draft_settle", args=[draft.pk])
    fields = form_in(response.content.decode(), action=url) | {"mine": ["description"]}
    assert client.post(url, fields).status_code == 302
    assert send(client, draft).status_code == 302
    service.refresh_from_db()
    assert (service.name, service.description) == ("Their name", "My words")
    assert service.email == "their@example.org"


def test_people_of_other_organizations_reach_nothing(client, owner):
    draft = begun(owner)
    service = Service.objects.get()
    stranger = person()
    other = member(owner=stranger)
    client.force_login(stranger)
    names = ("draft", "draft_preview", "draft_send", "draft_settle", "draft_discard")
    for name in (*names, "draft_take_over"):
        url = reverse(f"coalition:{name}", args=[draft.pk])
        assert client.post(url, {"service": service.pk}).status_code in (404, 405), name
        assert client.get(url).status_code in (404, 405), name
    for code in SECTIONS:
        assert client.get(at(draft, code)).status_code == 404
        assert client.post(at(draft, code), {}).status_code == 404
    for name in ("edit", "preview", "duplicate", "close", "reopen", "retire", "confirm"):
        url = reverse(f"coalition:service_{name}", args=[service.pk])
        assert client.get(url).status_code in (404, 405), name
        assert client.post(url).status_code in (404, 405), name
    for name in ("beds", "organization_edit", "listing_begin"):
        url = reverse(f"coalition:{name}", args=[service.organization.slug])
        assert client.post(url).status_code == 404, name
    assert other.services.count() == 1


def test_a_colleagues_draft_can_be_read_and_taken_over_not_written(client, owner):
    draft = begun(owner)
    colleague = person()
    join(colleague, draft.organization, "editor")
    client.force_login(colleague)
    assert "Olive is writing this" in text_of(
        client.get(reverse("coalition:draft", args=[draft.pk]))
    )
    assert client.get(reverse("coalition:draft_preview", args=[draft.pk])).status_code == 200
    assert client.get(at(draft, "what")).status_code == 404
    assert client.post(at(draft, "what"), {"what-name": "x"}).status_code == 404
    assert send(client, draft).status_code == 404
    client.post(reverse("coalition:draft_take_over", args=[draft.pk]))
    assert client.get(at(draft, "what")).status_code == 200


def test_a_suspended_organization_edits_nothing(client, owner):
    draft = begun(owner)
    service = Service.objects.get()
    draft.organization.member.standing = "suspended"
    draft.organization.member.save()
    client.force_login(owner)
    assert client.get(at(draft, "what")).status_code == 404
    assert client.post(reverse("coalition:service_edit", args=[service.pk])).status_code == 404
    assert "is not an active member now" in text_of(client.get(reverse("coalition:workspace")))


def test_an_identifier_in_a_form_reaches_no_other_listings_row(client, owner):
    draft = begun(owner)
    other = member(phones=[{"number": "204-555-0101"}]).services.get()
    phone = other.phones.get()
    client.force_login(owner)
    saved(client, draft, "contact", **{"phones-0-id": str(phone.pk)})
    draft.refresh_from_db()
    assert draft.document["phones"][0]["id"] != str(phone.pk)
    foreign = current(other.pk)["service_at_locations"][0]["id"]
    data = opened(client, draft, "when") | {"at": foreign}
    assert client.post(at(draft, "when"), data).status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "x" * 300,
        "<script>alert(1)</script>",
        "🙂 kits",
        "\u202eabc \u05d0\u05d1",
    ],
)
def test_strange_names_are_kept_as_they_are(client, owner, text):
    draft = begun(owner)
    client.force_login(owner)
    assert saved(client, draft, "what", **{"what-name": text}).status_code == 302
    draft.refresh_from_db()
    assert draft.document["name"] == text
    for url in (at(draft, "what"), reverse("coalition:draft", args=[draft.pk])):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
    assert send(client, draft).status_code == 302
    assert client.get(reverse("coalition:workspace")).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"what-name": "x" * 301},
        {"what-name": "a\0b"},
        {"what-description": "x" * 20_000},
    ],
)
def test_what_cannot_be_stored_is_refused_beside_its_field(client, owner, changes):
    draft = begun(owner)
    client.force_login(owner)
    response = saved(client, draft, "what", **changes)
    assert response.status_code == 422
    assert f'id="id_{next(iter(changes))}_error"' in response.content.decode()


def test_nonsense_in_hidden_fields_does_no_harm(client, owner):
    draft = begun(owner)
    client.force_login(owner)
    for changes in (
        {"revision": "x\0", "was": "y"},
        {"phones-count": "-1"},
        {"phones-count": "99999999999"},
        {"phones-count": "²"},
        {"phones-0-id": "x\0"},
        {"at": "nowhere"},
        {"add": "../../x"},
        {"remove": "phones-99"},
    ):
        fields = opened(client, draft, "contact") | changes
        assert client.post(at(draft, "contact"), fields).status_code in (302, 404, 409, 422)


def test_a_form_without_its_token_is_refused(owner):
    from django.test import Client

    draft = begun(owner)
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.post(at(draft, "what"), {"what-name": "x"}).status_code == 403


def test_a_coordinator_writes_a_listing_with_the_same_editor(client):
    who = coordinator()
    organization = member()
    draft = actions.start_draft(organization, by=who, service=organization.services.get())
    client.force_login(who)
    saved(client, draft, "what", **{"what-name": "By the desk"})
    response = send(client, draft)
    assert response.url == reverse("coalition:desk")
    assert organization.services.get().name == "By the desk"
