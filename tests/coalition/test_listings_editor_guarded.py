"""What the editor of listings keeps out: people of others, and what nobody would type."""

import pytest
from django.urls import reverse

from coalition.listings.editor import SECTIONS
from directory.interchange.proposals import current
from directory.models import Service
from tests.editing import at, begun, opened, saved, send
from tests.forms import text_of
from tests.people import join, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


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
