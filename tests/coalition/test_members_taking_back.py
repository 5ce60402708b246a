"""Who has applied may take it back before it is decided, put it right, and send it in again."""

import datetime
import threading

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from coalition.accounts.actions import delete_account
from coalition.members import applying
from coalition.members.models import Application
from coalition.members.tasks import forget_applications
from coalition.review import actions as review
from coalition.review.models import Submission
from tests.at_once import at_once
from tests.factories import listing, published
from tests.forms import text_of
from tests.joining import ANSWERS, send, sent_in, status, step
from tests.people import coordinator, person

pytestmark = pytest.mark.django_db


def state_of(application: Application) -> str:
    return Submission.objects.get(application=application).state


def test_what_waits_is_taken_back_put_right_and_sent_in_again(client):
    application = sent_in(client)
    assert "Take it back" in text_of(client.get(status(application)))

    response = send(client, status(application))

    assert response.url == status(application)
    assert "It was taken back" in text_of(client.get(response.url))
    assert "A coordinator asks" not in text_of(client.get(step(application, "review")))
    assert state_of(application) == "withdrawn"
    send(client, step(application, "work"), {"does": "We cook as well."})
    assert send(client, step(application, "review")).url == status(application)
    assert "It is with the coordinators" in text_of(client.get(status(application)))
    application.refresh_from_db()
    assert (application.does, state_of(application)) == ("We cook as well.", "waiting")
    client.force_login(coordinator())
    assert "We cook as well." in text_of(client.get(f"/review/{application.submission_id}/"))


def test_taking_it_back_twice_takes_it_back_once(client):
    application = sent_in(client)
    for _time in range(2):
        assert send(client, status(application)).status_code == 302
    outcomes = application.submission.decisions.values_list("outcome", flat=True)
    assert sorted(outcomes) == ["submitted", "withdrawn"]


def test_what_is_taken_back_is_not_to_be_decided(client):
    application = sent_in(client)
    send(client, status(application))
    client.force_login(coordinator())

    assert application.name not in text_of(client.get("/review/"))
    page = f"/review/{application.submission_id}/"
    late = client.post(page, {"outcome": "approved", "round": 1})

    assert late.status_code == 409
    assert "have taken it back" in text_of(late)
    assert state_of(application) == "withdrawn"


@pytest.mark.parametrize("outcome", ["approved", "declined"])
def test_what_is_decided_is_not_taken_back(client, outcome):
    application = sent_in(client)
    review.decide(application.submission_id, outcome, by=coordinator(), round=1, reason="Why")

    response = send(client, status(application))

    assert response.status_code == 409
    assert "It was decided meanwhile" in text_of(response)
    assert state_of(application) == outcome


def test_of_what_was_taken_back_it_is_forgotten_who_it_was_from(client):
    somebody = person("ro@example.org", name="Rosalind")
    client.force_login(somebody)
    application = sent_in(client)
    page = f"/review/{application.submission_id}/"
    review.decide(application.submission_id, "returned", by=coordinator(), round=1, reason="Why")
    send(client, step(application, "review"))
    with time_machine.travel(timezone.now() + datetime.timedelta(days=30)):
        send(client, status(application))
    for days, kept in ((89, True), (91, False)):
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
            forget_applications(timestamp=0)
        application.refresh_from_db()
        assert application.name == "Riverside Peers"
        assert bool(application.email and application.address_1) is kept
        client.force_login(coordinator())
        shown = text_of(client.get(page))
        assert ("Rosalind" in shown) is kept
        assert ("3 River Road" in shown) is kept
    assert client.get(status(application)).status_code == 410


def test_what_was_taken_back_with_an_account_is_not_gone_on_with(client):
    application = sent_in(client)
    delete_account(person(application.email))

    assert client.get(status(application)).status_code == 410
    assert send(client, step(application, "work"), ANSWERS["work"]).status_code == 410
    application.refresh_from_db()
    with pytest.raises(review.NotWaiting):
        applying.submit_application(application, by=None)
    assert state_of(application) == "withdrawn"


def test_the_desk_finds_it_where_it_is_now(client):
    application = sent_in(client)
    send(client, status(application))
    answers = ANSWERS["organization"] | {"state_province": "MB", "postal_code": "R3C 0A1"}
    send(client, step(application, "organization"), answers)
    send(client, step(application, "review"))
    client.force_login(coordinator())
    assert application.name in text_of(client.get("/review/?area=MB"))
    assert application.name not in text_of(client.get("/review/?area=ON"))


def test_whom_it_speaks_for_is_put_right_at_the_desk_too(client):
    application = sent_in(client)
    (service,) = published(listing())
    send(client, status(application))
    send(client, step(application, "find"), {"claim": str(service.organization_id)})
    send(client, step(application, "review"))
    application.refresh_from_db()
    assert application.submission.organization == service.organization


@pytest.mark.django_db(transaction=True)
def test_of_taking_back_and_approving_at_the_same_moment_one_counts(client):
    application = sent_in(client)
    cache.clear()  # no flush empties this table, and what limits tries would reach other tests
    decider = coordinator()

    def approve():
        return review.decide(application.submission_id, "approved", by=decider, round=1)

    results = at_once(lambda: applying.take_back(application, by=None), approve)

    refused = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [review.NotWaiting]
    outcome = "approved" if results.index(refused[0]) == 0 else "withdrawn"
    assert state_of(application) == outcome


@pytest.mark.django_db(transaction=True)
def test_taking_back_and_sending_in_again_at_the_same_moment_do_not_wait_for_each_other(client):
    application = sent_in(client)
    cache.clear()  # no flush empties this table, and what limits tries would reach other tests
    decider = coordinator()
    for _time in range(10):
        now = Submission.objects.get(application=application)
        if now.state == "withdrawn":
            now = review.submit_again(now, by=None)
        review.decide(now.pk, "returned", by=decider, round=now.round, reason="Why")

        results = at_once(
            lambda: applying.take_back(Application.objects.get(pk=application.pk), by=None),
            lambda: applying.submit_application(
                Application.objects.get(pk=application.pk), by=None
            ),
        )

        assert [one for one in results if isinstance(one, Exception)] == []
        assert state_of(application) in ("waiting", "withdrawn")


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_in_again_at_that_moment_is_not_forgotten(client):
    application = sent_in(client)
    cache.clear()
    applying.take_back(application, by=None)
    Application.objects.update(updated_at=timezone.now() - datetime.timedelta(days=70))
    held, done = threading.Event(), threading.Event()

    def send_again():
        try:
            with transaction.atomic():
                review.submit_again(application.submission, by=None)
                held.set()
                done.wait(30)
        finally:
            held.set()
            connection.close()

    sending = threading.Thread(target=send_again)
    sending.start()
    held.wait(30)
    forget_applications(timestamp=0)
    done.set()
    sending.join()

    application.refresh_from_db()
    assert (application.email, state_of(application)) == ("ro@example.org", "waiting")
