"""One mechanism for every decision: exactly one counts, and what it means is done with it."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from coalition.listings import actions as listings
from coalition.mail.models import Message
from coalition.review import actions as review
from coalition.review.enums import State
from coalition.review.models import Decision, Submission
from directory.models import Proposal, Service
from tests.factories import listing
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


def sent_in(**changes):
    """A new listing of a member, sent in by its owner."""
    owner = person()
    organization = member(owner=owner)
    draft = listings.start_draft(organization, by=owner)
    document = {k: v for k, v in listing(**changes).items() if k not in ("id", "organization")}
    draft = listings.save_draft(draft, document)
    listings.send_in(draft, by=owner)
    return Submission.objects.get(kind="listing")


def test_a_new_listing_waits_and_is_public_once_approved():
    submission = sent_in(name="Soup at noon")
    service_id = submission.change.proposal.record_id
    assert not Service.objects.published().filter(pk=service_id).exists()

    review.decide(submission.pk, "approved", by=coordinator(), round=1)

    assert Service.objects.published().get(pk=service_id).name == "Soup at noon"
    assert Proposal.objects.history(service_id).count() == 1
    assert Message.objects.get(kind="listing-approved").to == submission.submitted_by.email


def test_a_listing_sent_back_is_sent_in_again_as_the_same_submission():
    submission = sent_in()
    review.decide(submission.pk, "returned", by=coordinator(), round=1, reason="Which door?")
    draft = submission.draft
    draft = listings.save_draft(draft, {**draft.document, "description": "The green door."})

    listings.send_in(draft, by=draft.author)

    submission.refresh_from_db()
    assert (submission.state, submission.round) == (State.WAITING, 2)
    assert submission.change.proposal.after["description"] == "The green door."
    with pytest.raises(review.SentInAgain):
        review.decide(submission.pk, "approved", by=coordinator(), round=1)


def test_a_refusal_says_why():
    submission = sent_in()
    with pytest.raises(ValidationError):
        review.decide(submission.pk, "declined", by=coordinator(), round=1, reason=" ")

    submission.refresh_from_db()
    assert submission.state == State.WAITING


def test_a_trusted_members_change_is_live_at_once():
    owner = person()
    organization = member(owner=owner, trusted=True)
    service = organization.services.get()
    draft = listings.start_draft(organization, by=owner, service=service)
    draft = listings.save_draft(draft, {**draft.document, "name": "Kits, day and night"})

    listings.send_in(draft, by=owner)

    service.refresh_from_db()
    assert service.name == "Kits, day and night"
    assert not Submission.objects.exists()
    assert Proposal.objects.history(service.pk).get().change.user == owner


@pytest.mark.django_db(transaction=True)
def test_of_fifty_decisions_at_once_exactly_one_counts():
    submission = sent_in()
    deciders = [coordinator() for _number in range(50)]
    outcomes = []
    barrier = threading.Barrier(10)

    def decide(some):
        try:
            barrier.wait(30)
            for by in some:
                try:
                    review.decide(submission.pk, "declined", by=by, round=1, reason="Not this time")
                    outcomes.append("decided")
                except review.NotWaiting as refusal:
                    outcomes.append(refusal.submission.state)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(deciders[n::10],)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decided", *["declined"] * 49]
    assert Decision.objects.exclude(outcome="submitted").count() == 1
    assert Message.objects.filter(kind="listing-declined").count() == 1
