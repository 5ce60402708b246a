"""Residents say what is wrong: without an account, without a trace; it reaches the partner and the
desk; robots do not."""

import datetime
import re

import pytest
import time_machine
from django.utils import timezone

from coalition.listings import corrections
from coalition.listings.models import Correction
from coalition.mail import actions as mail
from coalition.mail.models import Message
from coalition.review import actions as review
from coalition.review.models import Submission
from directory.public.anonymous import stamp
from directory.search.models import MissedSearch
from tests.people import PASSWORD, coordinator, member, person

pytestmark = pytest.mark.django_db
HERE = {"Sec-Fetch-Site": "same-origin"}


def a_listing(**changes):
    owner = person()
    return member(owner=owner, **changes).services.get()


def old_stamp(service, seconds: int = 10) -> str:
    """As on a page that was opened so long ago."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=seconds), tick=False):
        return stamp(str(service.pk))


def send(client, service, headers=HERE, **fields):
    fields = {"stamp": old_stamp(service), "wrong": "details", "text": "The phone is dead"} | fields
    return client.post(f"/services/{service.slug}/correct/", fields, headers=headers)


def decide(submission, outcome: str, reason: str = ""):
    return review.decide(submission.pk, outcome, by=coordinator(), round=1, reason=reason)


def test_the_page_of_a_service_leads_there_and_gives_no_cookie(client):
    service = a_listing()
    text = client.get(f"/services/{service.slug}/").content.decode()
    assert 'href="correct/"' in text
    response = client.get(f"/services/{service.slug}/correct/")
    assert response.status_code == 200
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


def test_what_is_wrong_reaches_the_partner_and_the_desk(client):
    service = a_listing()
    response = send(client, service, contact="jo@example.org")

    assert response.status_code == 302
    assert not response.cookies
    correction = Correction.objects.get()
    assert (correction.wrong, correction.text) == ("details", "The phone is dead")
    assert list(Submission.objects.waiting().of("correction")) == [correction.submission]
    assert correction.submission.area == "ON"
    message = Message.objects.get(kind="correction-received")
    assert "The phone is dead" in message.text
    assert "jo@example.org" not in message.text + message.html


def test_i_went_and_it_was_closed_is_one_tap_on_the_services_page(client):
    service = a_listing()
    page = client.get(f"/services/{service.slug}/").content.decode()
    token = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=5)):
        response = client.post(
            f"/services/{service.slug}/correct/",
            {"stamp": token, "wrong": "closed", "website": ""},
            headers=HERE,
        )
    assert response.status_code == 302
    assert Correction.objects.get().wrong == "closed"


def test_closed_doors_of_one_day_are_one_item(client):
    service = a_listing()
    for number in range(3):
        send(client, service, wrong="closed", text="", stamp=old_stamp(service, 10 + number))
    assert Correction.objects.get().times == 3
    assert Message.objects.filter(kind="correction-received").count() == 1

    yesterday = timezone.now() - datetime.timedelta(days=1)
    Submission.objects.update(submitted_at=yesterday)
    send(client, service, wrong="closed", text="At noon", stamp=old_stamp(service, 99))
    assert Correction.objects.count() == 2


def test_a_page_sent_twice_counts_once(client):
    service = a_listing()
    token = old_stamp(service)
    for _number in range(2):
        assert send(client, service, stamp=token).status_code == 302
    assert Correction.objects.get().times == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"wrong": ""}, "Say what is wrong."),
        ({"wrong": "nonsense"}, "Choose one."),
        ({"text": " "}, "Say in a few words"),
        ({"text": "x" * 3001}, "3000"),
        ({"stamp": ""}, "open for too long"),
        ({"stamp": "made:up:token"}, "open for too long"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(client, fields, words):
    service = a_listing()
    response = send(client, service, contact="807-555-0123", **fields)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert "807-555-0123" in text
    assert not Correction.objects.exists()


def test_hostile_words_are_only_words(client):
    service = a_listing()
    send(client, service, text="<script>alert(1)</script>")
    cora = coordinator()
    client.login(username=cora.email, password=PASSWORD)
    page = client.get(f"/review/{Submission.objects.get().pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_stamp_of_another_listing_or_too_old_or_too_new_is_refused(client):
    service, other = a_listing(), a_listing()
    for token in (old_stamp(other), old_stamp(service, 13 * 3600), stamp(str(service.pk))):
        assert send(client, service, stamp=token).status_code == 422
    assert not Correction.objects.exists()


def test_another_site_may_not_send_it(client):
    service = a_listing()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {}):
        assert send(client, service, headers=headers).status_code == 403
    assert send(client, service, headers={"Origin": "http://testserver"}).status_code == 302


def test_a_robot_that_fills_every_field_is_thanked_and_ignored(client):
    service = a_listing()
    assert send(client, service, website="https://spam.example").status_code == 302
    assert not Correction.objects.exists()


def test_after_five_in_an_hour_a_visitor_has_to_wait(client):
    service = a_listing()
    for number in range(5):
        token = old_stamp(service, 10 + number)
        assert send(client, service, text=f"No {number}", stamp=token).status_code == 302
    refused = send(client, service, text="No 6", stamp=old_stamp(service, 60))
    assert refused.status_code == 429
    assert "No 6" in refused.content.decode()

    token = old_stamp(service, 70)
    fields = {"stamp": token, "wrong": "details", "text": "Another"}
    address = f"/services/{service.slug}/correct/"
    other = client.post(address, fields, headers=HERE, REMOTE_ADDR="10.9.8.7")
    assert other.status_code == 302


def test_all_visitors_together_have_a_limit_too(client, monkeypatch):
    monkeypatch.setattr(corrections, "AN_HOUR", 2)
    service = a_listing()
    for number in range(2):
        send(client, service, text=f"No {number}", stamp=old_stamp(service, 10 + number))
    assert send(client, service, text="No 3", stamp=old_stamp(service, 60)).status_code == 429


def test_no_address_of_a_visitor_is_kept(client):
    from django.db import connection

    service = a_listing()
    client.post(
        f"/services/{service.slug}/correct/",
        {"stamp": old_stamp(service), "wrong": "closed"},
        headers=HERE,
        REMOTE_ADDR="203.0.113.77",
    )
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
            assert "203.0.113.77" not in str(cursor.fetchall()), table


@pytest.mark.parametrize(
    ("outcome", "words"), [("approved", "You were right"), ("declined", "stays as it is")]
)
def test_once_settled_the_reporter_is_thanked_in_their_language_and_forgotten(
    client, outcome, words
):
    service = a_listing()
    send(client, service, contact="jo@example.org")

    decide(Submission.objects.get(), outcome, "We have called them")

    thanks = Message.objects.get(kind=f"correction-{outcome}")
    assert thanks.to == "jo@example.org"
    assert words in thanks.text
    assert Correction.objects.get().contact == ""
    mail.send(thanks)
    corrections.forget_reporters()
    assert not Message.objects.filter(to="jo@example.org").exists()


def test_thanks_are_in_french_for_who_wrote_in_french(client):
    service = a_listing(name="Kits", name_fr="Trousses")
    fields = {"stamp": old_stamp(service), "wrong": "details", "text": "Fermé", "contact": "a@b.ca"}
    client.post(f"/fr/services/{service.slug}/correct/", fields, headers=HERE)
    decide(Submission.objects.get(), "approved")
    assert Message.objects.get(kind="correction-approved").language == "fr"
    assert "Trousses" in Message.objects.get(kind="correction-approved").subject


def test_a_phone_number_is_not_written_to(client):
    service = a_listing()
    send(client, service, contact="807-555-0123")
    decide(Submission.objects.get(), "approved")
    assert not Message.objects.filter(kind="correction-approved").exists()
    assert Correction.objects.get().contact == ""


def test_a_correction_cannot_be_sent_back():
    service = a_listing()
    corrections.report(service, wrong="details", language="en", text="Wrong door")
    with pytest.raises(corrections.ValidationError):
        decide(Submission.objects.get(), "returned", "Which door?")


def test_the_desk_shows_the_words_the_contact_and_where_to_edit(client):
    service = a_listing()
    send(client, service, contact="807-555-0123")
    cora = coordinator()
    client.login(username=cora.email, password=PASSWORD)
    page = client.get(f"/review/{Submission.objects.get().pk}/").content.decode()
    for words in (
        "The phone is dead",
        "807-555-0123",
        f"/review/listings/{service.pk}/edit/",
        f"/review/check/{service.slug}/",
    ):
        assert words in page


def test_a_listing_that_is_not_shown_takes_no_corrections(client):
    assert client.get("/services/nothing-here/correct/").status_code == 404
    assert not MissedSearch.objects.exists()
