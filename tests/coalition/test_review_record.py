"""The record: everything that was done, in one list; a listing's history, compared and restored."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from coalition.accounts.actions import record
from coalition.accounts.models import RecordEntry
from coalition.accounts.said import ACTIONS
from coalition.listings import actions as listings
from coalition.listings.models import Draft
from coalition.members.enums import Standing
from coalition.members.models import Member
from coalition.review import actions as review
from coalition.review.models import Decision, Submission
from directory.interchange import proposals
from directory.models import ImportRun, Organization, Origin, Proposal, Service
from tests.factories import listing, published
from tests.people import coordinator, member, person
from tests.test_house import SOURCES

pytestmark = pytest.mark.django_db


@pytest.fixture
def cora(client):
    user = coordinator(name="Cora")
    client.force_login(user)
    return user


def lines(response):
    return [(entry.what, entry.about) for entry in response.context["entries"]]


def renamed(service, name, *, by):
    document = proposals.current(service.pk)
    return listings.edit_as_coordinator({**document, "name": name}, by=by)


def numbers(service):
    return list(Proposal.objects.history(service.pk).values_list("number", flat=True))


def test_decisions_changes_and_all_else_are_in_one_list_newest_first(client, cora):
    (service,) = published(listing(name="Soup"))
    submission = review.submit("application", title="Harbour", by=None)
    review.withdraw(submission, by=None)
    renamed(service, "Soup at noon", by=cora)
    record("member.trust", by=cora, about="Harbour")

    response = client.get("/review/record/")

    assert lines(response) == [
        ("Trusted an organization", "Harbour"),
        ("Listing changed", "Soup at noon"),
        ("Withdrawn · Application to join", "Harbour"),
        ("Sent in · Application to join", "Harbour"),
    ]


@pytest.fixture
def busy(cora):
    (soup,) = published(listing(name="Soup"))
    renamed(soup, "Soup at noon", by=cora)
    renamed(soup, "Soup at one", by=person(name="Pat", email="pat@example.org"))
    organization = Organization.objects.get()
    review.submit("listing", title="Bread", by=cora, organization=organization)
    record("member.trust", by=cora, about="Bread makers")
    RecordEntry.objects.update(at=timezone.now() - datetime.timedelta(days=3))


@pytest.mark.parametrize(
    ("query", "abouts"),
    [
        ({"who": "pat@"}, ["Soup at one"]),
        ({"who": "nobody"}, []),
        ({"about": "soup at one"}, ["Soup at one", "Soup at noon"]),
        ({"about": "bread"}, ["Bread", "Bread makers"]),
        ({"about": "harbour lane"}, ["Bread"]),
        ({"what": "decisions"}, ["Bread"]),
        ({"what": "application"}, []),
        ({"what": "listing"}, ["Bread"]),
        ({"what": "changes"}, ["Soup at one", "Soup at noon"]),
        ({"what": "other"}, ["Bread makers"]),
        ({"what": "imports"}, []),
        ({"day": "2020-01-01"}, []),
        ({"after": "nonsense"}, ["Bread", "Soup at one", "Soup at noon", "Bread makers"]),
    ],
)
def test_it_is_narrowed_by_who_about_what_and_day(client, busy, query, abouts):
    response = client.get("/review/record/", query)

    assert [entry.about for entry in response.context["entries"]] == abouts


def test_a_day_is_a_day_here(client, busy):
    day = timezone.localdate() - datetime.timedelta(days=3)

    response = client.get("/review/record/", {"day": day.isoformat()})

    assert [entry.about for entry in response.context["entries"]] == ["Bread makers"]


@pytest.mark.parametrize("query", [{"day": "yesterday"}, {"what": "x"}, {"who": "x" * 101}])
def test_a_question_that_makes_no_sense_is_said_so(client, cora, query):
    assert client.get("/review/record/", query).status_code == 400


def test_pages_follow_one_another_without_a_gap_even_at_one_moment(client, cora):
    now = timezone.now()
    submission = Submission.objects.create(kind="application", title="x")
    for number in range(40):
        RecordEntry.objects.create(action="member.trust", about=f"entry {number}", at=now)
        Decision.objects.create(submission=submission, outcome="submitted", round=number, at=now)
        ImportRun.objects.create(source=f"run-{number}", started_at=now)
        service = str(uuid.uuid4())
        Proposal.objects.create(
            record_id=service,
            after={"id": service, "name": f"change {number}"},
            origin=Origin.SYSTEM,
            applied_at=now,
            number=number + 1,
        )

    seen, path = [], "/review/record/"
    while path:
        response = client.get(path)
        seen += [(entry.source, entry.key) for entry in response.context["entries"]]
        older = response.context["older"]
        path = f"/review/record/{older}" if older else ""

    assert len(seen) == 160
    assert len(set(seen)) == 160


def test_an_import_is_one_line_that_leads_to_its_changes(client, cora):
    run = ImportRun.objects.create(source="ontario", added=2)
    proposals.change_many([listing(), listing(name="Other")], origin="import", by="x", run=run)

    (entry,) = client.get("/review/record/").context["entries"]
    changes = client.get(entry.url).context["entries"]

    assert entry.note == "2 added, 0 changed, 0 waiting"
    assert {change.about for change in changes} == {"Naloxone kits and training", "Other"}
    assert client.get("/review/record/?run=nonsense").status_code == 404


def test_the_record_takes_the_same_queries_for_one_and_for_three(
    client, cora, django_assert_max_num_queries
):
    def queries():
        with django_assert_max_num_queries(12) as captured:
            client.get("/review/record/")
        return len(captured)

    def more():
        (service,) = published(listing())
        renamed(service, "Soup", by=person())
        record("member.trust", by=person(), about="x")
        review.submit("application", title="x", by=person())

    more()
    queries()
    one = queries()
    more()
    more()

    assert queries() == one


def test_numbers_and_codes_of_the_record_are_said_in_words(client, cora):
    pat = person(name="Pat")
    record("people.role", by=cora, about="Harbour", note=f"{pat.pk} owner")
    record("listing.hide", by=None, by_words="site", about="Soup", note="address")

    notes = [entry.note for entry in client.get("/review/record/").context["entries"]]

    assert notes == ["For its address", "Pat · Owner"]


def test_every_code_of_the_record_has_words():
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    codes = set(re.findall(r'\brecord\(\s*"([a-z._-]+)"', text))
    codes |= {f"member.{standing}" for standing in Standing.values}
    codes |= set(re.findall(r'" if .* else "((?:people|member|line)\.[a-z]+)"', text))

    assert codes - set(ACTIONS) == set()


def test_a_change_opens_side_by_side(client, cora):
    (service,) = published(listing(name="Soup"))
    proposal = renamed(service, "Bread", by=cora)

    page = client.get(f"/review/record/{proposal.pk}/")

    assert "<del>Soup</del>" in page.text
    assert "<ins>Bread</ins>" in page.text


@pytest.fixture
def thrice(cora):
    (service,) = published(listing(name="Soup"))
    for name in ("Bread", "Cake", "Tea"):
        renamed(service, name, by=cora)
    return service


def test_any_two_documents_of_a_listing_are_compared(client, thrice):
    newest, _cake, bread = numbers(thrice)

    page = client.get(f"/review/listings/{thrice.pk}/history/", {"a": newest, "b": bread})

    assert "<del>Bread</del>" in page.text
    assert "<ins>Tea</ins>" in page.text


def test_one_document_is_not_compared_with_itself(client, thrice):
    number = numbers(thrice)[0]

    page = client.get(f"/review/listings/{thrice.pk}/history/", {"a": number, "b": number})

    assert "Choose two different ones" in page.text


def restore(client, service, number, *, seen, note="It was right"):
    path = f"/review/listings/{service.pk}/restore/{number}/"
    return client.post(path, {"seen": seen, "note": note})


def test_an_earlier_document_is_restored_and_that_is_recorded(client, cora, thrice):
    newest, _cake, bread = numbers(thrice)

    response = restore(client, thrice, bread, seen=newest)

    assert response.status_code == 302
    thrice.refresh_from_db()
    assert thrice.name == "Bread"
    proposal = Proposal.objects.history(thrice.pk).first()
    assert (proposal.note, proposal.change.user, proposal.origin) == (
        "It was right",
        cora,
        Origin.COORDINATOR,
    )


def test_restoring_leaves_the_organization_to_its_other_listings(client, cora, thrice):
    newest, _cake, bread = numbers(thrice)
    organization = proposals.current(thrice.organization_id, "organization")
    listings.edit_as_coordinator(
        {**organization, "name": "New name"}, by=cora, subject="organization"
    )

    restore(client, thrice, bread, seen=newest)

    thrice.organization.refresh_from_db()
    assert thrice.organization.name == "New name"


def test_restoring_needs_a_reason(client, thrice):
    newest, _cake, bread = numbers(thrice)

    response = restore(client, thrice, bread, seen=newest, note=" ")

    assert response.status_code == 422
    assert numbers(thrice)[0] == newest


def test_what_changed_meanwhile_is_shown_before_it_is_restored(client, cora, thrice):
    newest, _cake, bread = numbers(thrice)
    renamed(thrice, "Coffee", by=cora)

    response = restore(client, thrice, bread, seen=newest, note="My words")

    assert response.status_code == 409
    assert "My words" in response.text
    assert "<del>Coffee</del>" in response.text
    seen = response.context["form"]["seen"].value()
    assert restore(client, thrice, bread, seen=seen).status_code == 302


def test_restoring_twice_does_nothing_twice(client, thrice):
    newest, _cake, bread = numbers(thrice)
    restore(client, thrice, bread, seen=newest)

    assert restore(client, thrice, bread, seen=newest).status_code == 409
    again = restore(client, thrice, bread, seen=numbers(thrice)[0])
    assert again.status_code == 422
    assert "like this already" in again.text


def test_a_document_of_another_listing_is_not_there(client, thrice):
    (other,) = published(listing())
    number = numbers(thrice)[0]

    assert restore(client, other, number, seen=number).status_code == 404
    assert client.get(f"/review/listings/{uuid.uuid4()}/history/").status_code == 404


def test_a_coordinator_writes_any_listing_and_it_is_live_at_once(client, cora):
    organization = member(owner=person())
    Member.objects.update(standing=Standing.SUSPENDED)
    service = organization.services.get()

    client.post(f"/review/listings/{service.pk}/edit/")
    draft = Draft.objects.get(author=cora, record_id=service.pk)
    draft = listings.save_draft(draft, {**draft.document, "name": "Put right"})
    proposal = listings.send_in(draft, by=cora)

    service.refresh_from_db()
    assert service.name == "Put right"
    assert (proposal.origin, proposal.by) == (Origin.COORDINATOR, "Cora")
    assert not Submission.objects.exists()
    assert not Draft.objects.exists()


def test_a_coordinators_new_listing_is_shown_and_a_hidden_one_stays_hidden(client, cora):
    organization = member()
    hidden = organization.services.get()
    listings.hide(hidden, by=cora, why="x")
    client.post(f"/review/listings/new/{organization.pk}/")
    new = Draft.objects.get(author=cora)
    document = {k: v for k, v in listing(name="New").items() if k not in ("id", "organization")}
    listings.send_in(listings.save_draft(new, document), by=cora)
    draft = listings.start_draft(organization, by=cora, service=hidden)
    listings.send_in(listings.save_draft(draft, {**draft.document, "name": "Fixed"}), by=cora)

    assert [service.name for service in Service.objects.published()] == ["New"]
