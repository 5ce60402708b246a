"""The editor of listings: parts that are saved, and never lost."""

import json
import re

import pytest
from django.urls import reverse

from coalition.listings.editor import SECTIONS
from directory.models import Service
from tests.editing import at, begun, opened, saved
from tests.forms import form_in, text_of
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


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
