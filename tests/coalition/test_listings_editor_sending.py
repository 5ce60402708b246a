"""What is written in the editor of listings: looked at as it would be, and sent in."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from coalition.listings import actions
from coalition.review.models import Submission
from directory.interchange.proposals import current
from directory.models import Proposal, Service
from tests.editing import at, begun, saved, send
from tests.factories import confidential, listing
from tests.forms import form_in, text_of
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


def test_the_preview_is_the_page_residents_see(client, owner, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # both say what is open now
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


def test_a_coordinator_writes_a_listing_with_the_same_editor(client):
    who = coordinator()
    organization = member()
    draft = actions.start_draft(organization, by=who, service=organization.services.get())
    client.force_login(who)
    saved(client, draft, "what", **{"what-name": "By the desk"})
    response = send(client, draft)
    assert response.url == reverse("coalition:desk")
    assert organization.services.get().name == "By the desk"


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
