"""What the desk says of mail that is stuck, and the page that shows mails on one machine."""

import datetime
import os

import pytest
from django.apps import apps
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from coalition.accounts.models import RecordEntry
from coalition.mail import actions, tasks
from coalition.mail.models import Message
from coalition.review.canned import put_reasons
from coalition.review.models import CannedReason, Desk
from tests.people import coordinator


@pytest.fixture
def cora(client, db):
    """At the desk of a site on which nothing waits to be done."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    user = coordinator()
    client.force_login(user)
    return user


def stuck(attempts=3):
    message = actions.post(
        "listing-approved", to="ana@example.org", language="en", title="Soup", reason="", url="x"
    )
    Message.objects.update(attempts=attempts, last_error="ConnectionRefusedError: no")
    return message


def test_the_desk_says_what_is_stuck_and_shows_no_text(client, cora):
    stuck()

    page = client.get("/review/mail/")

    assert "1 message is on its way." in page.text
    assert "ConnectionRefusedError: no" in page.text
    assert "Soup" not in page.text


def test_with_all_mail_sent_it_says_so(client, cora):
    assert "All mail is sent." in client.get("/review/mail/").text


def test_trying_now_moves_the_job_forward_and_makes_no_second_one(client, cora):
    stuck()
    later = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = %s", [later])

    client.post("/review/mail/try/")
    client.post("/review/mail/try/")

    job = ProcrastinateJob.objects.get(task_name="send_message")
    assert job.scheduled_at is None
    assert RecordEntry.objects.filter(action="mail.try").exists()


def test_a_message_whose_job_was_lost_gets_a_new_one(client, cora):
    message = stuck()

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    assert actions.try_now() == 1

    assert ProcrastinateJob.objects.get().args == {"message_id": str(message.pk)}


def test_work_that_failed_is_counted(client, cora):
    tasks.send_message.defer(message_id="x")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")

    page = client.get("/review/mail/")

    assert [(job["task_name"], job["count"]) for job in page.context["jobs"]] == [
        ("send_message", 1)
    ]


def test_the_desks_settings_are_changed_and_recorded(client, cora):
    response = client.post(
        "/review/settings/",
        {"hide_after_days": 90, "hidden_addresses_per_hour": 10, "seen": "120-10"},
    )

    assert response.status_code == 302
    assert Desk.settings().hide_after_days == 90
    entry = RecordEntry.objects.get(action="desk.settings")
    assert (entry.by, entry.note) == (cora, "120 → 90")


def test_settings_that_somebody_changed_meanwhile_are_told_and_nothing_is_lost(client, cora):
    data = {"hide_after_days": 90, "hidden_addresses_per_hour": 10, "seen": "120-10"}
    client.post("/review/settings/", data)

    response = client.post("/review/settings/", data | {"hide_after_days": 77})

    assert response.status_code == 409
    assert "was due: 90" in response.text
    assert 'value="77"' in response.text
    assert Desk.settings().hide_after_days == 90


@pytest.mark.parametrize("days", ["", "2", "-1", "x", "99999999"])
def test_a_setting_that_makes_no_sense_is_said_beside_the_field(client, cora, days):
    response = client.post(
        "/review/settings/", {"hide_after_days": days, "hidden_addresses_per_hour": 10}
    )

    assert response.status_code == 422
    assert 'class="error"' in response.text
    assert Desk.settings().hide_after_days == 120


def test_canned_reasons_are_there_from_the_start_and_in_both_languages(client, cora):
    CannedReason.objects.all().delete()
    put_reasons(apps, None)

    assert not CannedReason.objects.filter(text_fr="").exists()
    assert client.get("/review/reasons/").status_code == 200


def test_a_canned_reason_is_added_changed_and_removed(client, cora):
    data = {"kind": "", "outcome": "returned", "text": "Which door?", "text_fr": "Quelle porte ?"}
    client.post("/review/reasons/new/", data)
    reason = CannedReason.objects.get(text="Which door?")

    first = reason.mark
    client.post(f"/review/reasons/{reason.pk}/", data | {"text": "Which gate?", "seen": first})
    late = client.post(f"/review/reasons/{reason.pk}/", data | {"text": "Mine", "seen": first})
    assert late.status_code == 409
    assert "Now it says: Which gate?" in late.content.decode()
    assert "Mine" in late.content.decode()
    reason.refresh_from_db()
    assert reason.text == "Which gate?"

    client.post(f"/review/reasons/{reason.pk}/remove/")
    assert not CannedReason.objects.filter(pk=reason.pk).exists()
    assert RecordEntry.objects.filter(action="desk.reasons").count() == 3


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"text_fr": " "}, {"text": "x" * 1001}, {"outcome": "submitted"}]
)
def test_a_canned_reason_is_whole_or_comes_back_with_what_was_typed(client, cora, wrong):
    data = {"kind": "", "outcome": "returned", "text": "Which?", "text_fr": "Lequel ?"} | wrong
    before = CannedReason.objects.count()

    response = client.post("/review/reasons/new/", data)

    assert response.status_code == 422
    assert CannedReason.objects.count() == before


@pytest.fixture
def folder(settings, tmp_path):
    settings.SHOW_MAIL = True
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def write(subject, text, at=1_700_000_000):
    files = get_connection("django.core.mail.backends.filebased.EmailBackend")
    mail = EmailMultiAlternatives(
        subject, text, to=["ana@example.org"], headers={"Content-Language": "fr"}
    )
    mail.attach_alternative("<p>html</p>", "text/html")
    files.send_messages([mail])
    os.utime(files._fname, (at, at))


def test_the_last_mails_are_shown_newest_first_with_links(client, db, folder):
    write("Première", "Bonjour <b>", at=1_700_000_000)
    write("Seconde", "Voir http://127.0.0.1:8000/check/abc/", at=1_700_000_100)

    page = client.get("/demo/mail/")

    assert [letter.subject for letter in page.context["letters"]] == ["Seconde", "Première"]
    assert '<a href="http://127.0.0.1:8000/check/abc/" rel="nofollow">' in page.text
    assert "Bonjour &lt;b&gt;" in page.text
    assert "ana@example.org" in page.text


def test_without_the_setting_the_page_is_not_there(client, db, folder, settings):
    settings.SHOW_MAIL = False

    assert client.get("/demo/mail/").status_code == 404


def test_without_any_mail_it_says_so(client, db, folder):
    assert "None yet." in client.get("/demo/mail/").text
