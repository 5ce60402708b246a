"""Help now, your safety, leaving, and what no header and no log may give away."""

import io
import json
import logging
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import path

from coalition import urls
from directory.public import crisis_lines as lines_module
from directory.public import middleware, privacy, safety
from directory.public.crisis_lines import crisis_lines

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/help-now/",
    "/your-safety/",
    "/privacy/",
    "/about/",
    "/events/",
    "/no-such-page/",
]
BOTH = [*PAGES, *("/fr" + page for page in PAGES)]


def rows() -> list[dict]:
    return json.loads(lines_module.DATA.read_text("utf-8"))


# Help now


@pytest.mark.parametrize("language", ["en", "fr"])
def test_help_now_shows_every_published_line_and_no_other(client, language):
    page = client.get("/help-now/" if language == "en" else "/fr/help-now/").content.decode()
    for row in rows():
        assert (f'href="tel:{row["tel"]}"' in page) is row["published"]
        name = row["name_fr" if language == "fr" else "name"].replace("'", "&#x27;")
        assert (name in page) is row["published"]


def test_a_line_says_when_it_was_confirmed_or_that_it_was_not(client):
    page = client.get("/help-now/").content.decode()
    # The law of the land stands behind 9-1-1: it needs nobody's confirmation.
    shown = [row for row in rows() if row["published"] and row["code"] != "emergency"]
    confirmed = [row for row in shown if row["last_confirmed"]]
    assert page.count("Last confirmed ") == len(confirmed)
    assert page.count("Not yet confirmed by a person here") == len(shown) - len(confirmed)
    assert "Confirmé le 28 nov. 2025" in client.get("/fr/help-now/").content.decode()


def test_a_text_that_needs_a_word_brings_it(client):
    assert 'href="sms:686868?&amp;body=CONNECT"' in client.get("/help-now/").content.decode()
    assert 'href="sms:686868?&amp;body=TEXTO"' in client.get("/fr/help-now/").content.decode()


def test_a_province_has_the_national_lines_first_and_no_other_provinces():
    ontario = crisis_lines("en", province="ON")
    assert {line.scope for line in ontario} == {"national", "ON"}
    assert ontario[0].code == "emergency"
    assert ontario[-1].place == "Ontario"
    assert {line.scope for line in crisis_lines("en", province="NU")} == {"national"}


def test_the_law_is_said_with_its_limits_and_promises_nothing(client):
    for address in ("/help-now/", "/fr/help-now/"):
        page = client.get(address).content.decode()
        for promise in ("won’t be charged", "will not be charged", "cannot be charged"):
            assert promise not in page
        assert not re.search(r"ne (serez|seront|pouvez|peuvent) pas (être )?accusé", page)
    assert "does not cover outstanding warrants" in client.get("/help-now/").content.decode()
    assert "ne vise pas les mandats" in client.get("/fr/help-now/").content.decode()


def test_the_safety_pages_ask_the_database_nothing(client, django_assert_num_queries):
    client.get("/help-now/")  # whether this is the sample is asked once, and remembered
    for address in ("/help-now/", "/your-safety/", "/exit/"):
        with django_assert_num_queries(0):
            client.get(address)


def test_your_safety_names_where_the_exit_leads(client, settings):
    settings.EXIT_URL = "https://www.example.org/weather"
    assert "(example.org)" in client.get("/your-safety/").content.decode()


@pytest.mark.parametrize("address", ["/help-now/", "/your-safety/", "/fr/your-safety/"])
def test_titles_say_nothing_of_danger_or_drugs(client, address):
    page = client.get(address).content.decode()
    title = re.search("<title>(.*?)</title>", page)[1].lower()
    for word in ("overdose", "surdose", "drug", "drogue", "safety", "sécurité", "danger", "trace"):
        assert word not in title


# Leaving


@pytest.mark.parametrize("address", BOTH)
def test_every_page_has_the_exit_before_anything_else_to_press(client, settings, address):
    settings.EXIT_URL = "https://exit.example/"
    page = client.get(address).content.decode()
    prefix = "/fr" if address.startswith("/fr") else ""
    assert re.search(rf'<a class="exit" href="{prefix}/exit/" rel="[^"]*noreferrer', page)
    script = re.search(r"<script[^>]*>", page)[0]  # the first one
    assert "/js/leave." in script
    assert 'data-to="https://exit.example/"' in script
    assert not re.search("async|defer|module", script)  # it runs before anything is drawn
    assert page.index(script) < page.index("<title>")
    assert page.index('class="exit"') < page.index("<main")


@pytest.mark.parametrize("address", ["/exit/", "/fr/exit/"])
def test_without_scripts_the_exit_leaves_and_clears_what_a_server_can(client, settings, address):
    settings.EXIT_URL = "https://exit.example/"
    response = client.get(address)
    assert response.status_code == 303
    assert response.headers["Location"] == "https://exit.example/"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert response.headers["Cache-Control"] == "no-store"


def test_the_exit_changes_nothing_so_only_reading_methods_reach_it(client):
    assert client.post("/exit/").status_code == 405
    assert client.head("/exit/").status_code == 303


# Headers


@pytest.mark.parametrize("address", BOTH)
def test_no_browser_keeps_a_page_and_no_other_site_learns_of_it(client, address):
    headers = client.get(address).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_refusal_before_any_view_carries_the_same_headers(client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("sample", [True, False])
def test_search_engines_are_kept_off_sample_data(client, monkeypatch, sample):
    monkeypatch.setattr(middleware, "is_sample_catalogue", lambda: sample)
    headers = client.get("/help-now/").headers
    assert ("X-Robots-Tag" in headers) is sample


# Logs


@pytest.fixture
def log():
    """What the site's own handler writes, as configured."""
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if any(isinstance(kept, privacy.WithoutAddress) for kept in handler.filters)
    ]
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.fixture
def breaking(monkeypatch):
    """An address that fails with what was asked in its message, as a database driver does."""

    def broken(request, place):
        try:
            raise KeyError(request.GET["q"])
        except KeyError as error:
            logging.getLogger("directory.search").error("Nothing for %s", request.GET["q"])
            raise ValueError(f"no {request.GET['q']} in {place}") from error

    monkeypatch.setattr(
        urls, "urlpatterns", [path("broken/<place>/", broken, name="broken"), *urls.urlpatterns]
    )
    from django.urls import clear_url_caches

    clear_url_caches()
    yield Client(raise_request_exception=False)
    clear_url_caches()


def test_an_error_keeps_its_traceback_and_nothing_that_was_asked(breaking, log):
    response = breaking.get("/broken/kenora/", {"q": "naloxone", "near": "48.38,-89.25"})
    assert response.status_code == 500
    text = log.getvalue()
    assert "500 GET broken" in text
    assert "test_safety_pages.py" in text
    assert "builtins.KeyError" in text
    assert "builtins.ValueError" in text
    assert "Nothing for %s" in text
    for asked in ("naloxone", "kenora", "48.38", "q=", "WSGIRequest"):
        assert asked not in text.lower()


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("/naloxone-in-kenora/?q=naloxone", "404 GET no such page"),
        ("/exit/?near=kenora", "405 POST directory:exit"),
    ],
)
def test_a_refusal_is_logged_without_its_address(client, log, address, written):
    client.post(address) if "405" in written else client.get(address)
    assert written in log.getvalue()
    assert "kenora" not in log.getvalue()
    assert "naloxone" not in log.getvalue()


def record(message: str, *arguments, **extra) -> logging.LogRecord:
    made = logging.LogRecord("any", logging.ERROR, "file.py", 1, message, arguments, None)
    made.__dict__.update(extra)
    assert privacy.WithoutAddress().filter(made)
    return made


def test_outside_a_request_a_message_keeps_its_words_but_no_query():
    assert record("Moved %s rows", 4).getMessage() == "Moved 4 rows"
    said = record('"%s" 200', "GET /services/?q=naloxone HTTP/1.1").getMessage()
    assert said == '"GET [hidden] HTTP/1.1" 200'
    assert "kenora" not in record("failed: /services/?near=kenora&q=x again").getMessage()


def test_in_a_request_what_was_sent_is_taken_out_of_a_ready_made_message(rf):
    request = rf.get("/services/kenora-van/", {"q": "naloxone"})
    request.resolver_match = None
    said = record("cannot read naloxone at /services/kenora-van/", request=request)
    assert said.getMessage() == "cannot read [hidden] at [hidden]"
    assert said.request is None


def test_a_cause_that_goes_in_circles_ends():
    error = ValueError("naloxone")
    error.__cause__ = KeyError("kenora")
    error.__cause__.__cause__ = error
    assert privacy.frames_only(error).count("builtins.ValueError") == 1


def test_the_request_is_forgotten_once_answered(rf):
    seen = []

    def view(request):
        seen.append(privacy.current_request.get())
        return safety.exit(request)

    request = rf.get("/")
    middleware.privacy_headers(view)(request)
    assert seen == [request]
    assert privacy.current_request.get() is None


def test_every_log_handler_takes_addresses_out():
    for handler in settings.LOGGING["handlers"].values():
        assert "no_address" in handler["filters"]
    for name in ("django", "django.server", "django.request"):
        assert logging.getLogger(name).handlers == []
        assert logging.getLogger(name).propagate
