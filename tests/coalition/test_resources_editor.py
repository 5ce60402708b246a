"""Sharing something: written in parts, sent in, decided, found; files in versions."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coalition.listings.models import Draft
from coalition.resources.models import Resource
from coalition.review.models import Submission
from tests.forms import form_in
from tests.people import coordinator, member, person
from tests.uploads import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return person(name="Olive")


def begun(client, owner, *, trusted=False) -> Draft:
    """A new draft, begun with the button of the workspace."""
    organization = member(owner=owner, trusted=trusted)
    client.force_login(owner)
    response = client.post(reverse("coalition:resource_begin", args=[organization.slug]))
    draft = Draft.objects.get()
    assert response.url == at(draft, "what")
    return draft


def at(draft, code: str) -> str:
    return reverse("coalition:draft_section", args=[draft.pk, code])


def opened(client, draft, code: str) -> dict:
    page = client.get(at(draft, code))
    assert page.status_code == 200
    return form_in(page.content.decode(), css_class="editor")


def saved(client, draft, code: str, button=None, **changes):
    fields = opened(client, draft, code) | changes
    return client.post(at(draft, code), fields | (button or {"next": "1"}))


def upload(name="poster.pdf", data=PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def filled(client, draft) -> None:
    """Enough of it to send in: a title, a text, a topic, a file."""
    saved(
        client,
        draft,
        "what",
        **{
            "what-kind": "document",
            "what-name": "Naloxone poster",
            "what-name_fr": "Affiche sur la naloxone",
            "what-description": "Five steps.",
            "what-languages": ["en", "fr"],
            "terms": ["category:naloxone"],
        },
    )
    saved(client, draft, "file", **{"upload-file": upload(), "upload-label": "May"})
    draft.refresh_from_db()


def sent(client, draft):
    draft.refresh_from_db()
    data = {"revision": draft.revision}
    return client.post(reverse("coalition:draft_send", args=[draft.pk]), data)


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def test_what_is_written_and_approved_can_be_found_and_downloaded(client, owner):
    draft = begun(client, owner)
    filled(client, draft)
    assert "Naloxone poster" in text_of(client.get(reverse("coalition:draft", args=[draft.pk])))

    assert sent(client, draft).status_code == 302
    submission = Submission.objects.get(kind="resource")
    assert not Resource.objects.exists()
    client.force_login(coordinator())
    desk = client.get(reverse("coalition:submission", args=[submission.pk]))
    assert "Naloxone poster" in text_of(desk)
    client.post(
        reverse("coalition:submission", args=[submission.pk]),
        {"outcome": "approved", "round": submission.round},
    )

    client.logout()
    found = Resource.objects.get()
    assert found.slug == "naloxone-poster"
    listed = text_of(client.get("/resources/?q=poster"))
    assert f'data-resource="{found.pk}"' in listed
    page = client.get("/resources/naloxone-poster/")
    address = reverse("coalition:resource_file", args=[found.slug, found.versions.get().pk])
    assert address in text_of(page)
    file = client.get(address)
    assert b"".join(file.streaming_content) == PDF
    assert file.headers["Content-Disposition"] == 'attachment; filename="poster.pdf"'
