"""Once a week: links that do not open and phone numbers that cannot be are written down, and
forgotten once they are mended. Nothing but the public network is ever asked."""

import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app

from coalition.listings import looking, tasks
from coalition.listings.models import Problem
from directory.interchange import proposals
from directory.interchange.actions import withdraw
from directory.models import SourceRecord
from tests.factories import confidential, listing, location, published

LOCAL = "127.0.0.1".__eq__


class Pages(BaseHTTPRequestHandler):
    """`/404` answers 404; `/head-405` only GET; `/to/x` leads to x."""

    def answer(self):
        server = self.server
        with server.lock:
            server.asked[self.command, self.path] += 1
            server.agents.add(self.headers["User-Agent"])
            server.now += 1
            server.most = max(server.most, server.now)
        time.sleep(0.005)  # long enough to be met by another that is asked at the same time
        kind = self.path.strip("/")
        further = ""
        if kind.startswith("to/"):
            status, further = 302, kind.removeprefix("to/")
        elif kind == "round":
            status, further = 301, "/round"
        elif kind == "head-405":
            status = 405 if self.command == "HEAD" else 200
        else:
            status = int(kind or 200)
        self.send_response(status)
        if further:
            self.send_header("Location", further)
        self.send_header("Content-Length", "0")
        with server.lock:
            server.now -= 1  # before who asked can have the answer, and ask again
        self.end_headers()

    do_GET = do_HEAD = answer

    def log_message(self, *_words):
        """Nothing."""


@contextmanager
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.lock, server.asked, server.agents = threading.Lock(), Counter(), set()
    server.now = server.most = 0
    server.at = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site():
    with web() as server:
        yield server


def problems() -> dict[str, str]:
    return dict(Problem.objects.values_list("value", "said"))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", ""),
        ("/404", "404"),
        ("/410", "410"),
        ("/500", "500"),
        ("/403", ""),
        ("/429", ""),
        ("/head-405", ""),
        ("/to//404", "404"),
        ("/to//200", ""),
        ("/round", "redirects"),
        ("/to/ftp://example.org/", "not-public"),
    ],
)
def test_what_a_link_leads_to_is_what_counts(site, path, found):
    assert looking.link_problem(site.at + path, LOCAL) == found


def test_nothing_there_is_a_broken_link():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert looking.link_problem(f"http://127.0.0.1:{port}/", LOCAL) == "unreached"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://1.1.1.1:22/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http:///nowhere",
    ],
)
def test_no_machine_inside_is_ever_asked(url, monkeypatch):
    def refuse(*_args, **_options):
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "create_connection", refuse)
    assert looking.link_problem(url, looking.is_public) == "not-public"


def test_a_name_that_resolves_inside_is_refused(monkeypatch):
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: inside)
    assert looking.link_problem("http://harmless.example/", looking.is_public) == "not-public"


def test_a_page_outside_that_leads_inside_is_refused(site):
    with web() as inside:
        seen = []

        def allowed(address: str) -> bool:
            seen.append(address)
            return len(seen) == 1  # the first host only

        url = f"{site.at}/to/{inside.at}/"
        assert looking.link_problem(url, allowed) == "not-public"
        assert not inside.asked


def test_the_links_of_one_host_are_asked_one_after_the_other_and_say_who_asks(site):
    urls = [f"{site.at}/20{n % 7}?{n}" for n in range(12)]
    urls = [url.replace("?", "/").rsplit("/", 1)[0] for url in urls]
    assert set(looking.ask(urls, LOCAL).values()) == {""}
    assert site.most == 1
    assert all("link-check" in agent and "/about/" in agent for agent in site.agents)


@pytest.mark.parametrize(
    "number",
    [
        "807-343-1234",
        "(807) 343-1234",
        "1-807-343-1234",
        "+1 807 343 1234",
        "1-800-SUICIDE",
        "211",
        "988",
        "+44 20 7946 0958",
    ],
)
def test_a_number_that_can_be_right_is_left_alone(number):
    assert looking.phone_problem(number) == ""


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("807-343-123", "wrong-length"),
        ("807-343-12345", "wrong-length"),
        ("", "wrong-length"),
        ("107-343-1234", "no-such-area-code"),
        ("911-343-1234", "no-such-area-code"),
        ("890-343-1234", "no-such-area-code"),
        ("807-143-1234", "no-such-exchange"),
        ("807-411-1234", "no-such-exchange"),
        ("807-555-0142", "for-fiction-only"),
    ],
)
def test_a_number_that_cannot_be_right_is_found(number, found):
    assert looking.phone_problem(number) == found


def test_a_short_number_can_be_for_text_messages_only():
    assert looking.phone_problem("686868", texts=True) == ""
    assert looking.phone_problem("686868") == "wrong-length"


def test_numbers_for_fiction_are_right_in_fiction():
    assert looking.phone_problem("807-555-0142", fiction=True) == ""


@pytest.mark.django_db
def test_what_is_wrong_is_written_down_and_forgotten_once_it_is_mended(site):
    document = listing(
        url=f"{site.at}/404", phones=[{"number": "807-343-123"}, {"number": "807-343-1234"}]
    )
    (service,) = published(document)

    looked = looking.look(LOCAL)

    assert (looked.links, looked.phones) == (1, 2)
    assert problems() == {f"{site.at}/404": "404", "807-343-123": "wrong-length"}
    since = Problem.objects.get(kind="link").found_at
    assert "404" in Problem.objects.get(kind="link").explained
    assert "digits" in Problem.objects.get(kind="phone").explained

    mended = proposals.current(service.pk)
    mended["phones"][0]["number"] = "807-343-1235"
    proposals.change(mended, origin="partner", by="")
    looking.look(LOCAL)

    problem = Problem.objects.get()
    assert (problem.kind, problem.found_at) == ("link", since)
    assert problem.seen_at > since
    assert list(Problem.objects.of(service.organization)) == [problem]


@pytest.mark.django_db
def test_every_link_and_number_of_a_listing_is_looked_at(site):
    organization = listing()["organization"] | {
        "website": f"{site.at}/401",
        "phones": [{"number": "807-343-121"}],
        "additional_websites": [{"url": f"{site.at}/404"}],
    }
    place = {
        "location": location(url=f"{site.at}/410", phones=[{"number": "807-343-122"}]),
        "phones": [{"number": "807-343-123"}],
    }
    shown = listing(
        organization=organization,
        additional_urls=[{"url": f"{site.at}/500"}],
        service_at_locations=[place],
        phones=[{"number": "807-343-124"}],
    )
    other = listing(organization={"id": organization["id"]}, phones=[{"number": "807-343-1234"}])
    published(shown, other)

    looking.look(LOCAL)

    assert set(problems()) == {
        *(f"{site.at}/{code}" for code in (404, 410, 500)),
        *(f"807-343-12{number}" for number in (1, 2, 3, 4)),
    }
    assert site.asked["HEAD", "/401"] == 1


@pytest.mark.django_db
def test_what_is_not_shown_is_not_looked_at(site):
    withdrawn = published(listing(url=f"{site.at}/404"))[0]
    withdraw([withdrawn.pk])
    hidden = confidential(phones=[{"number": "807-343-1234"}])
    hidden["service_at_locations"][0]["location"]["url"] = f"{site.at}/410"
    published(hidden)
    looking.look(LOCAL)
    assert not site.asked


@pytest.mark.django_db
def test_a_listing_withdrawn_later_has_no_problems_any_more(site):
    (service,) = published(listing(url=f"{site.at}/404"))
    looking.look(LOCAL)
    withdraw([service.pk])
    looking.look(LOCAL)
    assert not Problem.objects.exists()


@pytest.mark.django_db
def test_an_invented_listings_links_are_not_asked(site):
    (service,) = published(listing(url=f"{site.at}/404"))
    SourceRecord.objects.create(source="sample", source_id="x", service=service, document={})
    looking.look(LOCAL)
    assert not site.asked
    assert problems() == {}


@pytest.mark.django_db
def test_where_nothing_at_all_answers_no_link_is_blamed(site):
    (service,) = published(listing(url=f"{site.at}/404", phones=[{"number": "807-343-1234"}]))
    looking.look(LOCAL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
        document = proposals.current(service.pk)
        document |= {"url": nowhere, "additional_urls": [{"url": f"{nowhere}/more"}]}
        proposals.change(document, origin="partner", by="")
        looking.look(LOCAL)
    assert set(problems()) == {f"{site.at}/404"}, "what was known stays"


@pytest.mark.django_db
def test_many_listings_take_as_many_questions_as_one(site):
    asked = []
    for number in (1, 2):
        published(*[listing(url=f"{site.at}/404") for _another in range(number)])
        with CaptureQueriesContext(connection) as queries:
            looking.look(LOCAL)
        asked.append(len(queries))
    assert Problem.objects.count() == 6
    assert asked[0] == asked[1]


def test_the_tasks_are_run_by_the_clock():
    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert {"keep_listings_true", "look_at_listings"} <= periodic
    assert tasks.keep_listings_true.queueing_lock
    assert tasks.look_at_listings.queueing_lock
