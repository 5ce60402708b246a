"""Sharing something: written in parts, sent in, decided, found; files in versions."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coalition.files.models import StoredFile
from coalition.listings import actions as listings
from coalition.listings.models import Draft
from coalition.resources.editor import SECTIONS
from coalition.resources.models import Resource, ResourceVersion
from coalition.review.models import Submission
from directory.interchange import proposals
from directory.interchange.actions import withdraw
from directory.interchange.write import InvalidListing
from tests.events import event
from tests.factories import listing, published
from tests.forms import form_in, text_of
from tests.people import coordinator, join, member, person
from tests.resources import change_resource, resource, resource_document, stored, version, write
from tests.uploads import PDF, picture

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


def editing(client, owner, **changes) -> Draft:
    """A draft of something that is out already."""
    organization = member(owner=owner)
    found = resource(organization, **changes)
    client.force_login(owner)
    client.post(reverse("coalition:resource_edit", args=[found.pk]))
    return Draft.objects.get()


def at(draft, code: str) -> str:
    return reverse("coalition:draft_section", args=[draft.pk, code])


def opened(client, draft, code: str, query: str = "") -> dict:
    page = client.get(at(draft, code) + query)
    assert page.status_code == 200
    return form_in(page.content.decode(), css_class="editor")


def saved(client, draft, code: str, query="", button=None, **changes):
    fields = opened(client, draft, code, query) | changes
    response = client.post(at(draft, code), fields | (button or {"next": "1"}))
    draft.refresh_from_db()
    return response


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


def sent(client, draft):
    draft.refresh_from_db()
    data = {"revision": draft.revision}
    return client.post(reverse("coalition:draft_send", args=[draft.pk]), data)


def approved(client, submission) -> None:
    address = reverse("coalition:submission", args=[submission.pk])
    client.post(address, {"outcome": "approved", "round": submission.round})


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
    approved(client, submission)

    client.logout()
    found = Resource.objects.get()
    assert found.slug == "naloxone-poster"
    assert f'data-resource="{found.pk}"' in text_of(client.get("/resources/?q=poster"))
    address = reverse("coalition:resource_file", args=[found.slug, found.versions.get().pk])
    assert address in text_of(client.get("/resources/naloxone-poster/"))
    file = client.get(address)
    assert b"".join(file.streaming_content) == PDF
    assert file.headers["Content-Disposition"] == 'attachment; filename="poster.pdf"'


def test_all_parts_of_something_new_open_empty_and_save_empty(client, owner):
    draft = begun(client, owner)
    for code in SECTIONS:
        assert saved(client, draft, code).status_code == 302, code
    said = {key: value for key, value in draft.document.items() if key != "timezone"}
    assert said.keys() <= {"kind", "seen_by", "licence"}
    page = text_of(client.get(reverse("coalition:draft", args=[draft.pk])))
    assert "Something new to share" in page
    assert "There is nothing to get yet" in page


def test_a_part_opened_and_saved_leaves_the_document_as_it_was(client, owner):
    organization = member(owner=owner)
    evening = event(organization)
    found = resource(
        organization,
        kind="funding",
        deadline="2030-06-30T21:00:30+00:00",
        timezone="America/Winnipeg",
        publish_from="2026-01-01T12:00:00+00:00",
        amount_minimum=500,
        amount_maximum=2500.5,
        audience="Everybody",
        how_to_get="Ask",
        versions=[
            version(stored(organization), note="First"),
            version(stored(organization, "b.csv", b"a,b")),
        ],
        services=[{"service": organization.services.get()}],
        events=[{"event": evening}],
    )
    client.force_login(owner)
    client.post(reverse("coalition:resource_edit", args=[found.pk]))
    draft = Draft.objects.get()
    for code in SECTIONS:
        saved(client, draft, code)
        assert draft.document == draft.base, code


def test_a_trusted_members_new_resource_is_out_at_once(client, owner):
    draft = begun(client, owner, trusted=True)
    filled(client, draft)
    assert "trusted" in text_of(client.get(reverse("coalition:draft", args=[draft.pk])))
    sent(client, draft)
    assert client.get("/resources/naloxone-poster/").status_code == 200
    assert not Submission.objects.exists()


# What is refused


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": None, "name_fr": None}, "Give a name"),
        ({"url": None}, "There is nothing to get yet"),
        ({"kind": "link", "url": None, "how_to_get": "Ask"}, "needs its address"),
        ({"kind": "rumour"}, "not a valid choice"),
        ({"seen_by": "nobody"}, "not a valid choice"),
        ({"languages": ["tlh"]}, "not a valid choice"),
        ({"url": "javascript:alert(1)"}, "valid URL"),
        ({"amount_minimum": 10, "amount_maximum": 5}, "above the most"),
        ({"timezone": "Mars/Olympus"}, "not a time zone"),
        ({"deadline": "some day"}, "invalid format"),
        ({"attributes": [{"taxonomy_term": {"taxonomy": "category", "code": "x"}}]}, "vocabulary"),
        ({"versions": [{"label": "nothing"}]}, "no file"),
        ({"thanks": 99}, "not a field"),
    ],
)
def test_what_cannot_be_so_is_said_in_words(changes, said):
    organization = member()
    with pytest.raises(InvalidListing, match=said):
        write(resource_document(organization, **changes), published_by="test")
    assert not Resource.objects.exists()


def test_another_organizations_file_cannot_be_attached_by_its_identifier(client, owner):
    theirs = stored(member(), "secret.pdf")
    draft = begun(client, owner)
    filled(client, draft)
    document = draft.document
    document["versions"][0]["file"]["id"] = str(theirs.pk)
    listings.save_draft(draft, document)

    response = sent(client, draft)

    assert response.status_code == 422
    assert "A file is not there any more" in text_of(response)
    assert not Resource.objects.exists()
    assert client.get(reverse("coalition:own_file", args=[theirs.pk])).status_code == 404
    preview = client.get(reverse("coalition:draft_preview", args=[draft.pk]))
    assert "secret.pdf" not in text_of(preview)
    assert "secret.pdf" not in text_of(client.get(at(draft, "file")))


def test_what_it_belongs_to_is_public_or_ones_own(client, owner):
    hidden = member().services.get()
    withdraw([hidden.pk])
    draft = begun(client, owner)
    filled(client, draft)
    link = {"id": str(draft.pk), "service": {"id": str(hidden.pk)}}
    listings.save_draft(draft, draft.document | {"services": [link]})
    response = sent(client, draft)
    assert response.status_code == 422
    assert "choose another" in text_of(response)


def test_a_colleague_reads_the_draft_and_a_stranger_does_not(client, owner):
    draft = begun(client, owner)
    colleague, stranger = person(), person()
    join(colleague, draft.organization, "editor")
    member(owner=stranger)
    for user, status in ((colleague, 200), (stranger, 404)):
        client.force_login(user)
        assert client.get(reverse("coalition:draft", args=[draft.pk])).status_code == status
        assert client.get(at(draft, "file")).status_code == 404


# Files


def test_a_new_file_stands_before_the_one_that_was_there(client, owner):
    draft = editing(client, owner)
    saved(client, draft, "file", **{"upload-file": upload("one.csv", b"a,b")})
    saved(client, draft, "file", **{"upload-file": upload("two.csv", b"c,d"), "upload-label": "2"})
    names = [
        StoredFile.objects.get(pk=one["file"]["id"]).name for one in draft.document["versions"]
    ]
    assert names == ["two.csv", "one.csv"]
    assert draft.document["versions"][0]["label"] == "2"
    assert draft.document["versions"][0]["since"]
    page = text_of(client.get(at(draft, "file")))
    assert page.index("two.csv") < page.index("Current") < page.index("one.csv")


def test_the_same_file_sent_twice_is_there_once(client, owner):
    draft = editing(client, owner)
    for _press in "12":
        saved(client, draft, "file", **{"upload-file": upload()})
    assert len(draft.document["versions"]) == 1


def test_a_file_is_kept_though_something_else_on_the_page_is_wrong(client, owner):
    draft = editing(client, owner)
    response = saved(client, draft, "file", **{"upload-file": upload(), "upload-label": "x" * 101})
    assert response.status_code == 422
    assert "poster.pdf" in text_of(response)
    fields = form_in(response.content.decode(), css_class="editor")
    assert fields["upload-file-kept"]

    client.post(at(draft, "file"), fields | {"upload-label": "Short", "next": "1"})

    draft.refresh_from_db()
    (only,) = draft.document["versions"]
    assert only["label"] == "Short"


def test_what_is_no_document_is_refused_beside_its_field(client, owner):
    draft = editing(client, owner)
    bad = upload("poster.pdf", b"<html><script>alert(1)</script>")
    response = saved(client, draft, "file", **{"upload-file": bad})
    assert response.status_code == 422
    assert 'id="id_upload-file_error"' in response.content.decode()
    assert not StoredFile.objects.exists()


def test_words_about_a_file_that_was_not_chosen_are_not_lost_in_silence(client, owner):
    draft = editing(client, owner)
    response = saved(client, draft, "file", **{"upload-note": "Better pictures"})
    assert response.status_code == 422
    assert "Choose a file." in text_of(response)
    assert "Better pictures" in text_of(response)


def test_autosave_without_a_file_keeps_those_that_are_there(client, owner):
    organization = member(owner=owner)
    found = resource(organization, versions=[version(stored(organization))])
    client.force_login(owner)
    client.post(reverse("coalition:resource_edit", args=[found.pk]))
    draft = Draft.objects.get()
    fields = opened(client, draft, "file") | {"versions-0-it-note": "Clearer", "autosave": "1"}
    fields = {name: value for name, value in fields.items() if not name.startswith("upload-")}
    said = json.loads(client.post(at(draft, "file"), fields).content)
    assert said["said"] == "Saved."
    draft.refresh_from_db()
    (only,) = draft.document["versions"]
    assert (only["note"], only["file"]) == ("Clearer", {"id": str(found.versions.get().file_id)})


def test_a_version_people_could_have_cannot_be_taken_away(client, owner):
    organization = member(owner=owner)
    old = version(stored(organization))
    found = resource(organization, versions=[old])
    client.force_login(owner)
    client.post(reverse("coalition:resource_edit", args=[found.pk]))
    draft = Draft.objects.get()
    saved(client, draft, "file", **{"upload-file": upload("new.csv", b"a,b")})
    page = client.get(at(draft, "file")).content.decode()
    assert page.count('name="remove"') == 1

    saved(client, draft, "file", button={"remove": "versions-1"})
    assert len(draft.document["versions"]) == 2
    saved(client, draft, "file", button={"remove": "versions-0"})
    assert [one["id"] for one in draft.document["versions"]] == [old["id"]]


def test_links_to_an_earlier_version_go_on_working(client, owner):
    organization = member(owner=owner)
    first = version(stored(organization, "first.pdf"))
    found = resource(organization, versions=[first])
    address = reverse("coalition:resource_file", args=[found.slug, first["id"]])
    newer = version(stored(organization, "second.csv", b"a,b"), label="2nd")

    change_resource(found, versions=[newer], slug="poster-of-naloxone")

    assert ResourceVersion.objects.count() == 2
    moved = client.get(address)
    assert moved.status_code == 301
    assert b"".join(client.get(moved.url).streaming_content) == PDF
    page = text_of(client.get("/resources/poster-of-naloxone/"))
    assert page.index("2nd") < page.index("first.pdf")
    assert "an earlier version" in page


def test_a_file_of_a_draft_opens_for_its_people_and_for_coordinators_only(client, owner):
    draft = begun(client, owner)
    saved(client, draft, "file", **{"upload-file": upload("look.png", picture())})
    file = StoredFile.objects.get(original=None)
    address = reverse("coalition:own_file", args=[file.pk])
    stranger = person()
    member(owner=stranger)
    assert client.get(address).headers["Content-Disposition"].startswith("attachment")
    shown = client.get(address + "?show=1")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["Cache-Control"].startswith("private, no-store")
    preview = text_of(client.get(reverse("coalition:draft_preview", args=[draft.pk])))
    assert f"{address}?show=1" in preview
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    client.force_login(coordinator())
    assert client.get(address).status_code == 200
    client.logout()
    assert client.get(address).status_code == 302


# Moments and what it belongs to


def test_a_deadline_is_on_the_clock_that_was_chosen(client, owner):
    draft = editing(client, owner, kind="funding")
    saved(
        client,
        draft,
        "funding",
        **{"funding-deadline": "2030-06-30T17:00", "funding-timezone": "America/Vancouver"},
    )
    assert draft.document["deadline"] == "2030-07-01T00:00:00+00:00"
    assert opened(client, draft, "funding")["funding-deadline"] == ["2030-06-30T17:00"]
    assert draft.document["timezone"] == "America/Vancouver"


@pytest.mark.parametrize("typed", ["2030-03-10T02:30", "0001-01-01T00:00", "9999-12-31T23:59", "x"])
def test_a_moment_that_there_is_not_is_refused(client, owner, typed):
    draft = editing(client, owner, kind="funding")
    response = saved(client, draft, "funding", **{"funding-deadline": typed})
    assert response.status_code == 422
    assert 'id="id_funding-deadline_error"' in response.content.decode()


def test_a_service_or_event_of_others_is_linked_by_the_address_of_its_page(client, owner):
    (service,) = published(listing(name="Food bank"))
    lake = event(name="Lake day")
    draft = editing(client, owner)
    for key, page in (
        ("services", f"/services/{service.slug}/"),
        ("events", f"/fr/events/{lake.slug}/"),
    ):
        wanted = {f"{key}-count": "1", f"{key}-0-it-page": f"https://example.org{page}"}
        assert saved(client, draft, "related", query=f"?add={key}", **wanted).status_code == 302
    assert draft.document["services"][0]["service"] == {"id": str(service.pk)}
    assert draft.document["events"][0]["event"] == {"id": str(lake.pk)}
    assert "Food bank" in text_of(client.get(at(draft, "related")))
    sent(client, draft)
    client.force_login(coordinator())
    approved(client, Submission.objects.get())
    page = text_of(client.get("/resources/naloxone-poster/"))
    assert f"/services/{service.slug}/" in page
    assert f"/events/{lake.slug}/" in page


@pytest.mark.parametrize("typed", ["/services/no-such/", "http://[", "services/", "../../x"])
def test_a_page_that_is_not_here_is_refused(client, owner, typed):
    draft = editing(client, owner)
    wanted = {"services-count": "1", "services-0-it-page": typed}
    response = saved(client, draft, "related", query="?add=services", **wanted)
    assert response.status_code == 422
    assert "There is no such page here." in text_of(response)


def test_words_with_a_better_one_and_what_lacks_french_are_pointed_out(client, owner):
    draft = editing(client, owner, name="For addicts", name_fr=None)
    page = text_of(client.get(at(draft, "what")))
    assert "Not in French yet" in page
    assert "people who use drugs" in page


def test_two_who_change_the_same_value_are_both_heard(client, owner):
    draft = editing(client, owner)
    saved(client, draft, "what", **{"what-description": "Mine"})
    found = Resource.objects.get()
    change_resource(found, description="Theirs")
    response = sent(client, draft)
    assert response.status_code == 409
    assert "Theirs" in text_of(response)
    assert "Mine" in text_of(response)


def test_a_preview_of_half_a_draft_shows_what_there_is(client, owner):
    draft = begun(client, owner)
    saved(client, draft, "what", **{"what-name": "Half", "what-kind": "video"})
    page = client.get(reverse("coalition:draft_preview", args=[draft.pk]))
    assert page.status_code == 200
    assert "Half" in text_of(page)
    assert "Say thanks" not in text_of(page)


def test_what_waits_can_be_previewed_at_the_desk_with_its_files(client, owner):
    draft = begun(client, owner)
    filled(client, draft)
    sent(client, draft)
    client.force_login(coordinator())
    proposal = proposals.Proposal.objects.get(applied_at=None)
    page = text_of(client.get(reverse("coalition:proposal_preview", args=[proposal.pk])))
    file = StoredFile.objects.get()
    assert reverse("coalition:own_file", args=[file.pk]) in page
    assert not Resource.objects.exists()
