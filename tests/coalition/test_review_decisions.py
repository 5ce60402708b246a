"""Deciding on the page: in place, once, with a reason that is read in its reader's language."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client

from coalition.listings import actions as listings
from coalition.mail.models import Message
from coalition.review import actions as review
from coalition.review.models import CannedReason, Decision, Submission
from directory.interchange.actions import withdraw
from directory.models import Service
from tests.factories import listing
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


def sent_in(*, owner=None, **changes):
    """A new listing of a member, sent in by its owner."""
    owner = owner or person()
    organization = member(owner=owner)
    draft = listings.start_draft(organization, by=owner)
    document = {k: v for k, v in listing(**changes).items() if k not in ("id", "organization")}
    listings.send_in(listings.save_draft(draft, document), by=owner)
    return Submission.objects.latest("submitted_at")


def changed(*, owner=None, **changes):
    """A change to a member's listing that is online, sent in by its owner."""
    owner = owner or person()
    organization = member(owner=owner)
    service = organization.services.get()
    draft = listings.start_draft(organization, by=owner, service=service)
    listings.send_in(listings.save_draft(draft, {**draft.document, **changes}), by=owner)
    return Submission.objects.latest("submitted_at")


@pytest.fixture
def cora(client):
    user = coordinator()
    client.force_login(user)
    return user


def decide(client, submission, outcome="approved", *, query="", **data):
    data = {"outcome": outcome, "round": submission.round} | data
    return client.post(f"/review/{submission.pk}/{query}", data)


def test_a_listing_is_approved_in_place_and_the_next_one_opens(client, cora):
    first, second = sent_in(name="Soup at noon"), sent_in(name="Bread at one")
    page = client.get(f"/review/{first.pk}/")
    assert "Soup at noon" in page.text
    assert "Pick up a free kit" in page.text
    buttons = re.findall(r'name="outcome" value="(\w+)"', page.text)
    assert buttons == ["approved", "returned", "declined"]

    response = decide(client, first)

    assert response.url == f"/review/{second.pk}/"
    assert Service.objects.published().filter(name="Soup at noon").exists()
    assert "Approved: Soup at noon" in client.get(response.url).text


def test_the_filters_stay_while_one_decides(client, cora):
    first, _other = sent_in(), Submission.objects.create(kind="application", title="x", area="QC")
    third = sent_in()

    response = decide(client, first, query="?kind=listing&area=ON")

    assert response.url == f"/review/{third.pk}/?kind=listing&area=ON"


def test_after_the_last_one_comes_the_queue(client, cora):
    assert decide(client, sent_in()).url == "/review/"


@pytest.mark.parametrize("outcome", ["returned", "declined"])
def test_a_refusal_without_a_reason_is_said_beside_the_field(client, cora, outcome):
    submission = sent_in()

    response = decide(client, submission, outcome, reason="  ")

    assert response.status_code == 422
    assert 'id="reason-error"' in response.text
    assert 'aria-invalid="true"' in response.text
    submission.refresh_from_db()
    assert submission.state == "waiting"


@pytest.mark.parametrize("outcome", ["", "nonsense", "submitted", "withdrawn"])
def test_an_unknown_decision_is_refused_and_keeps_what_was_typed(client, cora, outcome):
    response = decide(client, sent_in(), outcome, reason="Which <door>?")

    assert response.status_code == 422
    assert "Which &lt;door&gt;?" in response.text


def test_who_was_faster_is_said_and_what_was_typed_is_kept(client, cora):
    submission = sent_in()
    review.decide(submission.pk, "approved", by=coordinator(name="Dora"), round=1)

    response = decide(client, submission, "declined", reason="Not for us")

    assert response.status_code == 409
    assert "Dora approved this on" in response.text
    assert "Not for us" in response.text
    assert Decision.objects.exclude(outcome="submitted").count() == 1


def test_deciding_twice_by_a_double_click_does_nothing_twice(client, cora):
    submission = sent_in()
    decide(client, submission)

    assert decide(client, submission).status_code == 409
    assert Message.objects.filter(kind="listing-approved").count() == 1


def test_what_was_taken_back_cannot_be_decided(client, cora):
    submission = sent_in()
    review.withdraw(submission, by=submission.submitted_by)

    response = decide(client, submission)

    assert response.status_code == 409
    assert "taken it back" in response.text


@pytest.mark.parametrize("number", ["0", "2", "", "x", "9" * 30])
def test_nobody_decides_on_words_they_have_not_read(client, cora, number):
    submission = sent_in()
    review.submit_again(submission, by=None)
    submission.refresh_from_db()
    review.submit_again(submission, by=None)

    response = decide(client, submission, "returned", round=number, reason="Which door?")

    assert response.status_code == 409
    assert "sent in again" in response.text
    assert "Which door?" in response.text
    assert 'name="round" value="3"' in response.text


def test_a_canned_reason_serves_without_scripts_in_the_readers_language(client, cora):
    submission = sent_in(owner=person(language="fr"))
    reason = CannedReason.objects.create(
        kind="listing", outcome="returned", text="Which door?", text_fr="Quelle porte ?"
    )
    assert "Quelle porte ?" in client.get(f"/review/{submission.pk}/").text

    decide(client, submission, "returned", canned=reason.pk, reason="")

    assert Decision.objects.get(outcome="returned").reason == "Quelle porte ?"


def test_what_is_typed_goes_before_a_canned_reason(client, cora):
    submission = sent_in()
    reason = CannedReason.objects.create(outcome="returned", text="Which door?")

    decide(client, submission, "returned", canned=reason.pk, reason="The blue one?")

    assert Decision.objects.get(outcome="returned").reason == "The blue one?"


def test_a_canned_refusal_is_not_sent_with_an_approval(client, cora):
    reason = CannedReason.objects.create(outcome="declined", text="Not for us")

    decide(client, sent_in(), "approved", canned=reason.pk)

    assert Decision.objects.get(outcome="approved").reason == ""


def test_the_page_tells_what_happened_before(client, cora):
    submission = sent_in()
    review.decide(submission.pk, "returned", by=cora, round=1, reason="Which door?")
    review.submit_again(submission, by=submission.submitted_by)

    page = client.get(f"/review/{submission.pk}/")

    outcomes = [decision.outcome for decision in page.context["decisions"]]
    assert outcomes == ["submitted", "returned", "submitted"]
    assert "Which door?" in page.text


def test_it_says_where_a_change_meets_one_made_since(client, cora):
    submission = changed(description="Kits at the door.")
    service_id = submission.change.proposal.record_id
    document = listings.proposals.current(service_id)
    listings.edit_as_coordinator({**document, "description": "Kits inside."}, by=cora)

    page = client.get(f"/review/{submission.pk}/")
    response = decide(client, submission)

    assert "They meet in: Description" in page.text
    assert response.status_code == 422
    assert "Description" in response.context["errors"]["all"][0]


def test_it_says_that_approving_shows_a_hidden_listing_again(client, cora):
    submission = changed(name="Kits, day and night")
    assert "is hidden now" not in client.get(f"/review/{submission.pk}/").text

    withdraw([submission.change.proposal.record_id])

    assert "is hidden now" in client.get(f"/review/{submission.pk}/").text


def test_the_preview_is_as_residents_would_see_it_and_changes_nothing(client, cora):
    submission = sent_in(name="Soup at noon")
    proposal = submission.change.proposal

    page = client.get(f"/review/proposals/{proposal.pk}/")

    assert "Soup at noon" in page.text
    assert not Service.objects.filter(pk=proposal.record_id).exists()


def together(client, *submissions, confirmed=True):
    items = [f"{submission.pk}:{submission.round}" for submission in submissions]
    return client.post(
        "/review/together/", {"item": items} | ({"confirmed": "1"} if confirmed else {})
    )


def test_only_small_changes_of_members_may_be_approved_together(client, cora):
    small = changed(description="A few new words.")
    new = sent_in(name="New")
    items = {i["submission"].pk: i["safe"] for i in client.get("/review/").context["items"]}
    assert items == {small.pk: True, new.pk: False}

    page = together(client, small, new, confirmed=False)

    assert [one["submission"] for one in page.context["chosen"]] == [small]
    assert "A few new words." in page.text
    small.refresh_from_db()
    assert small.state == "waiting"


def test_each_is_decided_by_itself_and_those_left_are_told(client, cora):
    done = changed(description="A few new words.")
    taken = changed(description="Others.")
    big = sent_in(name="Never opened")
    again = changed(description="More.")
    review.decide(taken.pk, "declined", by=coordinator(name="Dora"), round=1, reason="No")
    review.submit_again(again, by=None)

    page = client.get(together(client, done, taken, big, again).url)

    assert "1 was approved." in page.text
    assert "Dora declined this" in page.text
    assert "Never opened: This one has to be opened" in page.text
    assert "sent in again meanwhile" in page.text
    states = Submission.objects.in_bulk([one.pk for one in (done, taken, big, again)])
    assert [states[one.pk].state for one in (done, taken, big, again)] == [
        "approved",
        "declined",
        "waiting",
        "waiting",
    ]


def test_nonsense_ticks_are_no_error(client, cora):
    response = client.post("/review/together/", {"item": ["", "x:1", "a" * 400], "confirmed": "1"})

    assert response.status_code == 302


@pytest.fixture
def no_jobs_left(transactional_db):
    """What a transactional test defers stays, unless it is taken away."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.mark.usefixtures("no_jobs_left")
@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_on_the_page_exactly_one_decides():
    submission = sent_in()
    barrier = threading.Barrier(8)
    statuses = []

    def click():
        client = Client()
        client.force_login(coordinator())
        try:
            barrier.wait(30)
            statuses.append(decide(client, submission, "declined", reason="Not now").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, *[409] * 7]
    assert Decision.objects.exclude(outcome="submitted").count() == 1
    assert Message.objects.filter(kind="listing-declined").count() == 1
