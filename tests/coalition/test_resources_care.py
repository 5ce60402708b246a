"""What becomes of a resource: decided, hidden and shown again, shown at a time, restored, looked
at; and what its people and coordinators are told."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coalition.accounts.models import RecordEntry
from coalition.files import actions as files
from coalition.files.models import StoredFile
from coalition.listings import looking
from coalition.listings.models import Draft, Problem
from coalition.members.actions import set_standing
from coalition.resources import actions, kept
from coalition.resources.models import Resource
from coalition.review.models import Submission
from directory.interchange import proposals
from directory.models import Proposal, SourceRecord
from tests.coalition.test_listings_looking import LOCAL, web
from tests.forms import text_of
from tests.people import coordinator, join, member, person
from tests.resources import change_resource, resource, resource_document, stored, version, write

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def owner():
    return person(name="Olive")


@pytest.fixture
def organization(owner):
    return member(owner=owner)


def act(client, found: Resource, what: str):
    return client.post(reverse(f"coalition:resource_{what}", args=[found.pk]))


def of_resources():
    """Problems of resources: the phone of the listing beside them is invented."""
    return Problem.objects.filter(subject="resource")


def is_out(client, found: Resource) -> bool:
    return client.get(f"/resources/{found.slug}/").status_code == 200


# Out of sight and back


def test_its_organization_hides_it_and_shows_it_again(client, owner, organization):
    found = resource(organization)
    client.force_login(owner)
    assert act(client, found, "hide").url == f"/partner/{organization.slug}/resources/"
    assert not is_out(client, found)
    page = text_of(client.get(f"/partner/{organization.slug}/resources/"))
    assert "Hidden" in page
    assert "Show it again" in page
    act(client, found, "show")
    assert is_out(client, found)
    noted = list(RecordEntry.objects.order_by("pk").values_list("action", "by", "about"))
    assert noted == [
        ("resource.hide", owner.pk, "Naloxone poster"),
        ("resource.show", owner.pk, "Naloxone poster"),
    ]


def test_what_a_coordinator_has_hidden_only_a_coordinator_shows_again(client, owner, organization):
    found = resource(organization)
    cora = coordinator()
    client.force_login(cora)
    act(client, found, "hide")
    assert "Show it again" in text_of(client.get(f"/partner/{organization.slug}/resources/"))
    client.force_login(owner)
    page = text_of(client.get(f"/partner/{organization.slug}/resources/"))
    assert "Hidden by a coordinator" in page
    assert "Show it again" not in page
    act(client, found, "show")
    assert not is_out(client, found)
    with pytest.raises(ValidationError):
        actions.show_again(found, by=owner)
    client.force_login(cora)
    act(client, found, "show")
    assert is_out(client, found)


def test_hiding_twice_is_noted_once(client, owner, organization):
    found = resource(organization)
    client.force_login(owner)
    for _press in "12":
        act(client, found, "hide")
    for _press in "12":
        act(client, found, "show")
    assert RecordEntry.objects.count() == 2


def test_a_stranger_reaches_nothing_by_its_identifier(client, organization):
    found = resource(organization)
    stranger = person()
    member(owner=stranger)
    client.force_login(stranger)
    for what in ("edit", "hide", "show"):
        assert act(client, found, what).status_code == 404
    assert client.get(f"/partner/{organization.slug}/resources/").status_code == 404
    begin = reverse("coalition:resource_begin", args=[organization.slug])
    assert client.post(begin).status_code == 404
    assert not Draft.objects.exists()


def test_a_change_to_something_hidden_waits_and_approving_shows_it(client, owner, organization):
    organization.member.trusted = True
    organization.member.save()
    found = resource(organization)
    client.force_login(owner)
    act(client, found, "hide")
    act(client, found, "edit")
    draft = Draft.objects.get()
    client.post(reverse("coalition:draft_send", args=[draft.pk]), {"revision": draft.revision})
    submission = Submission.objects.get()
    client.force_login(coordinator())
    address = reverse("coalition:submission", args=[submission.pk])
    assert "It is hidden now" in text_of(client.get(address))
    client.post(address, {"outcome": "approved", "round": 1})
    assert is_out(client, found)


def test_what_a_suspended_organization_shares_goes_with_its_listings(organization):
    found = resource(organization)
    set_standing(organization, "suspended", by=coordinator(), hide=True)
    found.refresh_from_db()
    assert (found.published_at, found.held_back) == (None, True)


# At a time


def test_what_is_approved_is_shown_from_the_time_that_was_set(client, owner, organization):
    soon = timezone.now() + DAY
    found = resource(organization, publish_from=soon)
    assert not is_out(client, found)
    client.force_login(owner)
    assert "From " in text_of(client.get(f"/partner/{organization.slug}/resources/"))
    with time_machine.travel(soon + DAY):
        client.logout()
        assert is_out(client, found)


# The history


def test_every_change_is_in_the_history_and_can_be_undone(client, organization):
    found = resource(organization)
    change_resource(found, name="Another title", languages=["oj"])
    client.force_login(coordinator())
    page = text_of(client.get(reverse("coalition:history", args=[found.pk])))
    assert page.count("What changed") == 2
    first = Proposal.objects.history(found.pk).last()
    newest = Proposal.objects.history(found.pk).first()
    shown = text_of(client.get(reverse("coalition:change", args=[newest.pk])))
    for said in ("Another title", "Naloxone poster", "In which language", "Ojibwe"):
        assert said in shown
    restore = reverse("coalition:restore", args=[found.pk, first.number])
    client.post(restore, {"seen": newest.number, "note": "It was better"})
    found.refresh_from_db()
    assert (found.name, found.languages) == ("Naloxone poster", ["en", "fr"])


def test_a_version_that_came_later_stays_when_an_earlier_document_is_restored(client, organization):
    old = version(stored(organization, "old.pdf"))
    found = resource(organization, versions=[old])
    first = Proposal.objects.history(found.pk).first()
    newer = version(stored(organization, "new.csv", b"a,b"))
    change_resource(found, versions=[newer, old])
    client.force_login(coordinator())
    newest = Proposal.objects.history(found.pk).first()
    restore = reverse("coalition:restore", args=[found.pk, first.number])
    assert client.get(restore).status_code == 200
    client.post(restore, {"seen": newest.number, "note": "Back"})
    order = [str(one.pk) for one in found.versions.all()]
    assert order == [old["id"], newer["id"]]


def test_the_record_tells_of_it(client, organization):
    resource(organization)
    client.force_login(coordinator())
    page = text_of(client.get("/review/record/"))
    assert "Resource: new" in page
    assert "Naloxone poster" in page


def test_a_coordinator_edits_it_from_its_history(client, organization):
    found = resource(organization)
    client.force_login(coordinator())
    response = client.post(reverse("coalition:listing_edit", args=[found.pk]))
    draft = Draft.objects.get()
    assert response.url == reverse("coalition:draft", args=[draft.pk])
    assert draft.subject == "resource"


def test_what_was_declined_stays_with_who_wrote_it(client, owner, organization):
    client.force_login(owner)
    client.post(reverse("coalition:resource_begin", args=[organization.slug]))
    draft = Draft.objects.get()
    draft.document = {
        key: value
        for key, value in resource_document(organization).items()
        if key not in ("id", "organization")
    }
    draft.save()
    client.post(reverse("coalition:draft_send", args=[draft.pk]), {"revision": draft.revision})
    submission = Submission.objects.get()
    client.force_login(coordinator())
    address = reverse("coalition:submission", args=[submission.pk])
    client.post(address, {"outcome": "returned", "round": 1, "reason": "Who made it?"})
    client.force_login(owner)
    assert "Who made it?" in text_of(client.get("/partner/"))
    assert "Sent back" in text_of(client.get(f"/partner/{organization.slug}/resources/"))
    assert not Resource.objects.exists()


# Files are kept as long as anything names them


def test_files_that_something_names_are_not_forgotten(organization):
    named, loose = stored(organization, "named.pdf"), stored(organization, "loose.csv", b"a,b")
    resource(organization, versions=[version(named)])
    draft = Draft.objects.create(
        organization=organization,
        author=person(),
        subject="resource",
        document={"versions": [version(stored(organization, "draft.csv", b"c,d"))]},
    )
    StoredFile.objects.update(created_at=timezone.now() - 30 * DAY)
    assert files.forget_unheld() == 1
    assert not StoredFile.objects.filter(pk=loose.pk).exists()
    draft.delete()
    assert files.forget_unheld() == 1
    assert list(StoredFile.objects.all()) == [named]


def test_a_file_nobody_should_have_seen_goes_for_good(client, owner, organization):
    bad, good = version(stored(organization, "names.csv", b"a,b")), version(stored(organization))
    found = resource(organization, versions=[bad, good])
    change_resource(found, name="Renamed")
    client.force_login(owner)
    act(client, found, "edit")
    address = reverse("coalition:resource_files", args=[found.pk])
    link = reverse("coalition:resource_file", args=[found.slug, bad["id"]])
    assert client.get(link).status_code == 200
    assert client.post(address, {"version": bad["id"]}).status_code == 422, "without a reason"

    client.post(address, {"version": bad["id"], "note": "It names people"})

    assert client.get(link).status_code == 404
    assert list(StoredFile.objects.values_list("name", flat=True)) == ["poster.pdf"]
    said = [*Proposal.objects.values_list("before", "after"), *Draft.objects.values_list("base")]
    assert bad["file"]["id"] not in str(said)
    assert bad["file"]["id"] not in str(Draft.objects.get().document)
    entry = RecordEntry.objects.get()
    assert (entry.action, entry.note) == ("resource.remove-file", "names.csv: It names people")
    assert good["id"] in str(proposals.current(found.pk, "resource"))


# The weekly look


def test_a_link_that_does_not_open_is_found_and_told_and_put_right(client, owner, organization):
    with web() as site:
        found = resource(organization, kind="link", url=f"{site.at}/404")
        resource(organization, name="Fine", url=f"{site.at}/200")
        looking.look(LOCAL)
        problem = of_resources().get()
        assert (problem.record_id, problem.organization) == (found.pk, organization)
        client.force_login(owner)
        page = text_of(client.get("/partner/"))
        assert "A link that does not open" in page
        assert "Naloxone poster" in page
        edit = reverse("coalition:resource_edit", args=[found.pk])
        assert edit in page

        led = client.post(edit, {"holds": problem.value})

        draft = Draft.objects.get()
        assert led.url == reverse("coalition:draft_section", args=[draft.pk, "get"])
        whole = text_of(client.get(reverse("coalition:draft", args=[draft.pk])))
        assert f"{site.at}/404" in whole
        looking.look(LOCAL)
        assert of_resources().get().pk == problem.pk, "known already"
        change_resource(found, url=f"{site.at}/200")
        looking.forget_mended(found.pk, "resource")
        assert not of_resources().exists()


def test_what_is_hidden_or_invented_is_not_looked_at(owner, organization):
    with web() as site:
        found = resource(organization, kind="link", url=f"{site.at}/404")
        looking.look(LOCAL)
        actions.withdraw(found, by=owner)
        assert not of_resources().exists()
        looking.look(LOCAL)
        assert not of_resources().exists()
        actions.show_again(found, by=owner)
        service = organization.services.get()
        SourceRecord.objects.create(source="sample", source_id="x", service=service, document={})
        asked = sum(site.asked.values())
        looking.look(LOCAL)
        assert sum(site.asked.values()) == asked


def test_the_workspace_takes_as_many_queries_for_three_as_for_one(client, owner, organization):
    client.force_login(owner)
    asked = []
    for number in range(3):
        found = resource(organization, name=f"Poster {number}", kind="link")
        Problem.objects.create(
            subject="resource",
            record_id=found.pk,
            organization=organization,
            kind="link",
            value=f"https://example.org/{number}",
        )
        for path in ("/partner/", f"/partner/{organization.slug}/resources/"):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            asked.append(len(queries))
    assert asked[:2] == asked[4:]


# Two at once, and those who leave


def test_a_publishers_name_goes_with_the_account():
    cora = coordinator(name="Cora Sinclair")
    found = write(resource_document(member()), published_by="Cora Sinclair")
    assert [one["name"] for one in kept.published(cora)] == ["Naloxone poster"]
    kept.forget_name(cora)
    found.refresh_from_db()
    assert found.published_by == "A coordinator"


def test_publishing_what_is_out_changes_nothing(organization):
    found = resource(organization)
    before = proposals.current(found.pk, "resource")
    actions.publish([found.pk], by="somebody else")
    again = Resource.objects.get(pk=found.pk)
    assert (again.published_at, again.published_by) == (found.published_at, "test")
    assert proposals.current(found.pk, "resource") == before


def test_a_colleague_may_hide_what_another_has_shared(client, organization):
    found = resource(organization)
    editor = person()
    join(editor, organization, "editor")
    client.force_login(editor)
    page = text_of(client.get(f"/resources/{found.slug}/"))
    assert reverse("coalition:resource_hide", args=[found.pk]) in page
    act(client, found, "hide")
    assert not is_out(client, found)
