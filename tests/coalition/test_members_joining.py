"""An organization applies, in small steps, without an account or a cookie."""

import datetime
import re
import threading

import pytest
import time_machine
from django.core import mail, signing
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from coalition.accounts.models import User
from coalition.mail.models import Message
from coalition.members import applying
from coalition.members.forms import StartForm
from coalition.members.models import Application, Membership, Principles
from coalition.members.tasks import forget_applications
from coalition.review import actions as review
from coalition.review.models import Decision, Submission
from directory.models import Organization
from tests.factories import listing, published
from tests.joining import ANSWERS, begun, filled_in, send, sent_in, start, status, step
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


def test_an_application_from_the_first_page_to_the_answer(client):
    assert "What happens next, and when" in client.get("/join/").content.decode()

    application = sent_in(client)

    page = client.get(status(application)).content.decode()
    assert "It is with the coordinators" in page
    submission = application.submission
    assert (submission.title, submission.area) == ("Riverside Peers", "ON")
    assert (application.postal_code, application.website) == (
        "P9N 1A1",
        "https://riverside.example.org",
    )
    assert (application.principles_id, application.peer_led) == (1, True)
    assert set(Message.objects.values_list("kind", flat=True)) == {
        "application-started",
        "application-received",
    }

    review.decide(submission.pk, "approved", by=coordinator(), round=1)

    owner = Membership.objects.get()
    assert (owner.role, owner.user.email) == ("owner", "ro@example.org")
    assert owner.organization.name == "Riverside Peers"
    assert "welcome" in client.get(status(application)).content.decode()


def test_nothing_of_it_needs_a_cookie(client):
    application = sent_in(client)
    client.get(status(application))

    assert not client.cookies


def test_the_link_in_the_mail_goes_on_where_one_stopped(client):
    application = begun(client)
    send(client, step(application, "organization"), ANSWERS["organization"])
    link = re.search(r"http://\S+", Message.objects.get(kind="application-started").text).group()

    response = client.get(link.removeprefix("http://localhost:8000"))

    assert response.url.endswith("/work/")
    assert client.get(response.url).status_code == 200


def test_a_page_sent_twice_begins_one_application(client):
    token = StartForm.new_token()
    first = start(client, token=token)
    again = start(client, token=token)

    assert Application.objects.count() == 1
    assert Message.objects.filter(kind="application-started").count() == 1
    assert first.status_code == again.status_code == 302


def test_the_same_page_with_a_corrected_address_begins_another(client):
    token = StartForm.new_token()
    start(client, "r@example.org", token=token)
    start(client, "ro@example.org", token=token)

    assert set(Application.objects.values_list("email", flat=True)) == {
        "r@example.org",
        "ro@example.org",
    }


def test_a_form_that_no_page_of_ours_sent_is_refused(client):
    data = {"contact_name": "Ro", "email": "ro@example.org", "token": StartForm.new_token()}
    assert client.post("/join/", data).status_code == 403
    elsewhere = client.post("/join/", data, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", signing.dumps("x", salt="other")],
    ids=["none", "nonsense", "of another form"],
)
def test_a_page_without_its_token_is_sent_again_with_nothing_lost(client, token):
    response = start(client, token=token)

    assert response.status_code == 422
    page = response.content.decode()
    assert "nothing is lost" in page
    assert 'value="ro@example.org"' in page
    again = send(
        client,
        "/join/",
        {
            "contact_name": "Ro",
            "email": "ro@example.org",
            "token": response.context["form"].data["token"],
        },
    )
    assert again.status_code == 302


def test_the_way_in_says_the_same_whether_there_is_an_account(client):
    person("known@example.org")
    answers = {start(client, email).status_code for email in ("known@example.org", "new@x.org")}
    assert answers == {302}


def test_one_address_is_not_flooded_with_mail(client):
    answers = [start(client).status_code for _number in range(6)]

    assert answers == [302] * 5 + [429]
    assert Message.objects.count() == 5


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("organization", "name"),
        ("organization", "city"),
        ("work", "does"),
        ("serves", "serves"),
        ("contact", "contact_role"),
        ("principles", "agree"),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(client, code, field):
    application = begun(client)
    answers = {name: value for name, value in ANSWERS[code].items() if name != field}

    response = send(client, step(application, code), answers)

    assert response.status_code == 422
    assert response.context["form"].errors[field]
    page = response.content.decode()
    assert f'id="id_{field}_error"' in page
    for value in answers.values():
        assert value in page or value == "on"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("organization", {"name": "x" * 301}),
        ("organization", {"postal_code": "12345"}),
        ("organization", {"state_province": "XX"}),
        ("organization", {"website": "javascript:alert(1)"}),
        ("organization", {"name": "a\0b"}),
        ("work", {"does": "x" * 5001}),
        ("contact", {"contact_phone": "x" * 41}),
        ("principles", {"version": "9"}),
        ("principles", {"version": "x"}),
    ],
)
def test_hostile_and_overlong_answers_are_refused(client, code, changes):
    application = begun(client)
    assert send(client, step(application, code), ANSWERS[code] | changes).status_code == 422


def test_markup_is_shown_as_it_was_typed(client):
    application = filled_in(client, work={"does": "<script>alert(1)</script>"})
    page = client.get(step(application, "review")).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_an_unfinished_application_cannot_be_sent_in(client):
    application = begun(client)

    response = send(client, step(application, "review"), {"send": "1"})

    assert response.status_code == 422
    assert "Still to do" in response.content.decode()
    assert not Submission.objects.exists()


def test_sending_in_twice_sends_in_once(client):
    application = filled_in(client)
    for _number in range(2):
        response = send(client, step(application, "review"), {"send": "1"})
        assert response.url.startswith("/join/")

    assert Submission.objects.get().round == 1
    assert Message.objects.filter(kind="application-received").count() == 1


def test_what_a_coordinator_reads_does_not_change_under_them(client):
    application = sent_in(client)

    response = send(client, step(application, "work"), {"does": "Something else entirely"})

    assert response.status_code == 409
    assert "Something else entirely" in response.content.decode()
    application.refresh_from_db()
    assert application.does == ANSWERS["work"]["does"]
    assert client.get(step(application, "work")).status_code == 302


def test_one_sent_back_shows_why_and_is_sent_in_again(client):
    application = sent_in(client)
    review.decide(
        application.submission_id, "returned", by=coordinator(), round=1, reason="Which road?"
    )

    assert "Which road?" in client.get(status(application)).content.decode()
    changed = ANSWERS["organization"] | {"address_1": "5 River Road"}
    response = send(client, f"{step(application, 'organization')}?back=review", changed)
    assert response.url.endswith("/review/")
    send(client, step(application, "review"), {"send": "1"})

    application.refresh_from_db()
    assert (application.submission.state, application.submission.round) == ("waiting", 2)
    assert application.address_1 == "5 River Road"


def test_a_refusal_is_read_by_who_applied(client):
    application = sent_in(client)
    review.decide(
        application.submission_id, "declined", by=coordinator(), round=1, reason="A shop."
    )
    assert "A shop." in client.get(status(application)).content.decode()
    assert send(client, step(application, "review"), {"send": "1"}).status_code == 302
    application.refresh_from_db()
    assert application.submission.state == "declined"


def test_an_organization_of_the_catalogue_is_found_by_a_like_name_and_claimed(client):
    (service,) = published(listing())
    application = begun(client)

    for words in ("harbor", "harbor lane helth", "health centre"):
        page = client.get(step(application, "find"), {"q": words}).content.decode()
        assert "Harbour Lane Health Centre" in page, words
        assert "Thunder Bay" in page
    send(client, step(application, "find"), {"claim": str(service.organization_id)})

    application.refresh_from_db()
    assert application.claims_id == service.organization_id
    assert application.name == "Harbour Lane Health Centre"


def test_one_with_a_like_name_or_address_is_offered_before_going_on(client):
    published(listing())
    for email, changes in (
        ("name@example.org", {"name": "Harbor Lane Health Center"}),
        ("door@example.org", {"address_1": "14 harbour lane", "city": "Thunder Bay"}),
    ):
        application = begun(client, email)
        response = send(
            client, step(application, "organization"), ANSWERS["organization"] | changes
        )
        assert response.url.endswith("/find/")
        page = client.get(response.url).content.decode()
        assert "Harbour Lane Health Centre" in page
        assert send(client, response.url, {"claim": ""}).url.endswith("/work/")


def test_an_organization_nobody_can_find_is_not_named_to_an_applicant(client):
    (service,) = published(listing())
    service.published_at, service.published_by = None, ""
    service.save()
    application = begun(client)

    page = client.get(f"{step(application, 'find')}?q=Harbour").content.decode()
    assert "Harbour Lane Health Centre" not in page
    claim = send(client, step(application, "find"), {"claim": str(service.organization_id)})
    assert claim.status_code == 404


def test_whoever_claims_an_organization_with_an_owner_is_told_to_ask_for_an_invitation(client):
    organization = member(owner=person())
    application = begun(client)

    response = send(client, step(application, "find"), {"claim": str(organization.pk)})

    assert response.status_code == 422
    assert "invite you" in response.content.decode()
    application.refresh_from_db()
    assert application.claims is None


def test_a_claim_approved_makes_no_second_organization(client):
    (service,) = published(listing())
    application = begun(client)
    send(client, step(application, "find"), {"claim": str(service.organization_id)})
    for code in ("organization", "work", "serves", "contact", "principles"):
        send(client, step(application, code), ANSWERS[code])
    send(client, step(application, "review"), {"send": "1"})
    application.refresh_from_db()

    review.decide(application.submission_id, "approved", by=coordinator(), round=1)

    assert Organization.objects.count() == 1
    assert Membership.objects.get().organization_id == service.organization_id


@pytest.mark.parametrize("token", ["nonsense", "a:b:c", "%00"])
def test_a_link_that_opens_nothing_says_so_and_offers_another(client, token):
    response = client.get(f"/join/{token}/")
    assert response.status_code == 404
    assert "This link opens nothing" in response.content.decode()


def test_a_link_is_good_for_sixty_days(client):
    application = begun(client)
    address = status(application)
    later = timezone.now() + datetime.timedelta(days=61)
    with time_machine.travel(later, tick=False):
        response = client.get(address)
        assert response.status_code == 410
        assert "Your application is still here" in response.content.decode()
        send(client, "/join/link/", {"email": application.email})
        assert client.get(way_in(), follow=True).status_code == 200


def way_in() -> str:
    """The link of the newest mail."""
    text = Message.objects.latest("created_at").text
    return re.search(r"https?://[^/\s]+(/join/\S+)", text)[1]


def in_days(days: int):
    """So many days from now, and a little."""
    return time_machine.travel(timezone.now() + datetime.timedelta(days=days, minutes=1))


def still_there() -> set[str]:
    return set(Application.objects.values_list("email", flat=True))


def test_what_nobody_goes_on_with_for_sixty_days_is_forgotten_and_its_link_says_so(client):
    begun(client)
    address = way_in()
    with in_days(59):
        forget_applications(timestamp=0)
        assert client.get(address, follow=True).status_code == 200
    with in_days(60):
        forget_applications(timestamp=0)

        assert still_there() == set()
        response = client.get(address)
        page = response.content.decode()
        assert response.status_code == 410
        assert "nobody goes on with for 60 days is forgotten" in page
        assert 'href="/join/">Begin again' in page
        french = client.get(f"/fr{address}").content.decode()
        assert 'href="/fr/join/"' in french
        assert send(client, f"{address}organization/", ANSWERS["organization"]).status_code == 410
        assert not Application.objects.exists()


def test_an_application_that_was_gone_on_with_is_kept_for_another_sixty_days(client):
    application = begun(client)
    with in_days(50):
        send(client, step(application, "work"), ANSWERS["work"])
    with in_days(61):
        forget_applications(timestamp=0)
        assert still_there() == {application.email}
    with in_days(111):
        forget_applications(timestamp=0)
        assert still_there() == set()


def test_who_asks_for_the_link_again_has_as_long_as_it_says(client):
    application = begun(client)
    with in_days(59):
        send(client, "/join/link/", {"email": application.email})
        address = way_in()
    with in_days(118):
        forget_applications(timestamp=0)
        assert client.get(address, follow=True).status_code == 200


def test_opening_the_link_alone_keeps_nothing(client):
    begun(client)
    with in_days(50):
        client.get(way_in(), follow=True)
    with in_days(60):
        forget_applications(timestamp=0)
        assert still_there() == set()


@pytest.mark.parametrize("outcome", ["", "returned", "declined", "approved"])
def test_what_was_sent_in_is_never_forgotten_like_this(client, outcome):
    application = sent_in(client)
    if outcome:
        review.decide(application.submission_id, outcome, by=coordinator(), round=1, reason="Why")
    with in_days(400):
        forget_applications(timestamp=0)
        assert still_there() == {application.email}


@pytest.mark.django_db(transaction=True)
def test_what_is_being_written_at_that_moment_is_not_forgotten(client):
    application = begun(client)
    later = timezone.now() - datetime.timedelta(days=70)
    Application.objects.update(updated_at=later)
    held, done = threading.Event(), threading.Event()

    def write():
        try:
            with transaction.atomic():
                applying.save_step(application, {"does": "We listen."})
                held.set()
                done.wait(30)
        finally:
            held.set()
            connection.close()

    writing = threading.Thread(target=write)
    writing.start()
    held.wait(30)
    forget_applications(timestamp=0)
    done.set()
    writing.join()
    assert Application.objects.get().does == "We listen."


def test_the_link_is_mailed_again_and_the_answer_is_the_same_without_one(client):
    begun(client)
    Message.objects.all().delete()

    pages = [
        send(client, "/join/link/", {"email": email})
        for email in ("ro@example.org", "nobody@example.org")
    ]

    assert [page.status_code for page in pages] == [200, 200]
    assert len({page.content for page in pages}) == 1
    assert Message.objects.get().to == "ro@example.org"


def test_the_principles_a_member_agreed_to_are_kept_with_their_version(client):
    application = begun(client)
    page = client.get(step(application, "principles")).content.decode()
    assert "Nothing about us without us" in page
    french = client.get("/fr" + step(application, "principles")).content.decode()
    assert "Rien sur nous sans nous" in french

    Principles.objects.create(version=2, text="New", text_fr="Neuf")
    response = send(client, step(application, "principles"), ANSWERS["principles"])

    assert response.status_code == 409
    assert "have changed since" in response.content.decode()
    send(client, step(application, "principles"), {"version": "2", "agree": "on"})
    application.refresh_from_db()
    assert application.principles_id == 2
    assert application.agreed_at


def test_a_coordinator_sees_everything_needed_to_decide(client):
    published(
        listing(
            organization={
                "id": "6a3f0000-0000-4000-8000-000000000001",
                "name": "Riverside Peer Circle",
            }
        )
    )
    application = sent_in(client)
    client.force_login(coordinator())

    page = client.get(f"/review/{application.submission_id}/").content.decode()

    for words in (
        "Riverside Peers",
        "We hand out kits and listen.",
        "Anyone who uses.",
        "Peer-led",
        "Coordinator of peers",
        "ro@example.org",
        "3 River Road",
        "Riverside Peer Circle",
        "Version 1",
    ):
        assert words in page, words


def test_an_account_made_in_wait_by_a_stranger_does_not_become_owner(client):
    """Somebody signs up with another's address, never confirms it, and waits."""
    stranger = User.objects.create_user("ro@example.org", "known to a stranger")
    application = sent_in(client)

    review.decide(application.submission_id, "approved", by=coordinator(), round=1)

    stranger.refresh_from_db()
    assert not stranger.has_usable_password()
    assert "/password/reset/key/" in Message.objects.get(kind="application-approved").text


@pytest.mark.django_db(transaction=True)
def test_sent_in_from_two_windows_at_once_it_is_sent_in_once(client):
    application = filled_in(client)
    cache.clear()  # no flush empties this table, and what limits tries would reach other tests
    barrier = threading.Barrier(2)

    def submit():
        try:
            barrier.wait(30)
            applying.submit_application(application, by=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Submission.objects.get().round == 1
    assert Decision.objects.count() == 1
    assert not mail.outbox
