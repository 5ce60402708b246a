"""A mail is written with what causes it, sent by a job, and never lost."""

import os
import socketserver
import subprocess
import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from coalition.mail import actions, tasks
from coalition.mail.models import Message
from coalition.members.applying import start_application
from coalition.operations import tasks as queue
from tests.trials import ROOT, command, wait_until


def post(**changes):
    given = {
        "to": "ana@example.org",
        "language": "en",
        "title": "Soup <at> noon & more",
        "reason": "",
        "url": "https://example.org/partner/",
    }
    return actions.post("listing-approved", **given | changes)


@pytest.mark.django_db
def test_it_is_in_the_readers_language_as_text_and_simple_html():
    message = post(language="fr")

    tasks.send_message(str(message.pk))

    (sent,) = mail.outbox
    html = sent.alternatives[0].content
    assert "Soup <at> noon & more" in sent.subject
    assert 'lang="fr"' in html
    assert "Soup &lt;at&gt; noon &amp; more" in html
    assert '<a href="https://example.org/partner/"' in html
    assert sent.extra_headers["Content-Language"] == "fr"


@pytest.mark.django_db
def test_what_it_says_is_forgotten_once_it_is_sent_and_it_is_sent_once():
    message = post()

    tasks.send_message(str(message.pk))
    tasks.send_message(str(message.pk))

    message.refresh_from_db()
    assert message.sent_at
    assert (message.text, message.html) == ("", "")
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_it_is_rolled_back_with_what_caused_it():
    jobs = ProcrastinateJob.objects.count()

    with transaction.atomic():
        post()
        transaction.set_rollback(True)

    assert not Message.objects.exists()
    assert ProcrastinateJob.objects.count() == jobs


@pytest.mark.django_db
def test_a_subject_stays_one_line():
    message = post(title="a\nBcc: everyone@example.org")

    tasks.send_message(str(message.pk))

    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["ana@example.org"]


def test_it_waits_twice_as_long_each_time_up_to_an_hour(settings):
    settings.MAIL_RETRY_SECONDS = 15

    def wait(attempts):
        class Job:
            pass

        Job.attempts = attempts
        decision = tasks.BackOff().get_retry_decision(exception=OSError(), job=Job)
        return decision.retry_at

    assert [wait(n) < wait(n + 1) for n in range(7)] == [True] * 7
    assert (wait(12) - wait(8)).total_seconds() < 1


class Server(socketserver.ThreadingTCPServer):
    """As much of a mail server as sending needs. `got` are the Message-IDs that arrived."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, address):
        self.got: list[str] = []
        super().__init__(address, Conversation)


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        with suppress(ConnectionError):  # a worker is killed on purpose
            self.talk()

    def talk(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    text += part
                self.server.got.append(message_from_bytes(text)["Message-ID"])
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")
            if verb == b"QUIT":
                return


@contextmanager
def worker(port: int):
    """A worker of the site, a process of its own that talks to a mail server at this port."""
    environment = os.environ | {
        "DATABASE_URL": here(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "EMAIL_USE_TLS": "false",
        "MAIL_RETRY_SECONDS": "0",
        "LOG_LEVEL": "CRITICAL",
    }
    with subprocess.Popen(
        command("worker"),
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def here() -> str:
    name = connection.settings_dict["NAME"]
    address, _slash, rest = os.environ["DATABASE_URL"].rpartition("/")
    return f"{address}/{name}{rest[rest.index('?') :] if '?' in rest else ''}"


@pytest.fixture
def _empty_queue():
    """Jobs that were committed stay for the next test otherwise: their tables are unmanaged."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.mark.usefixtures("_empty_queue")
@pytest.mark.django_db(transaction=True)
def test_an_outage_and_a_killed_worker_lose_nothing_of_two_hundred():
    for number in range(200):
        start_application(
            id=uuid4(),
            email=f"person{number}@example.org",
            contact_name="Ana",
            language="en",
            by=None,
        )
    with socketserver.TCPServer(("127.0.0.1", 0), None) as probe:
        port = probe.server_address[1]

    with worker(port) as first:
        wait_until(lambda: Message.objects.stuck().exists())
        server = Server(("127.0.0.1", port))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            wait_until(lambda: len(server.got) > 50)
            first.kill()
            first.wait()
            with connection.cursor() as cursor:  # as half a minute later
                cursor.execute(
                    "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
                )
            with suppress(AlreadyEnqueued):  # by the clock of the first one
                queue.retry_stalled_jobs.defer(timestamp=0)
            with worker(port):
                wait_until(lambda: not Message.objects.unsent().exists(), 60)
        finally:
            server.shutdown()
            server.server_close()

    assert len(set(server.got)) == 200
    assert len(server.got) - 200 <= 2  # what the killed one had in hand
