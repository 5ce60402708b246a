"""A browser for each file of tests, and the site it visits, once for each test worker."""

import http.server
import threading

import pytest
from playwright.sync_api import sync_playwright

from tests import site
from tests.browser import chromium


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def elsewhere():
    """Another site, where the quick exit leads to."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Weather</title><h1>Sunny</h1>")

        def log_message(self, *_arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def address(worker_id, elsewhere):
    with site.running(f"browser_{worker_id}", EXIT_URL=elsewhere) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """One for each file. While it lives there is an event loop in this process, and Django asks the
    database nothing then: the worker's next test may be one that needs to."""
    executable = chromium.executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=chromium.flags(), headless=True
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, address):
    """Opens a page of the site as some visitor: `visit("/", width=360, javascript=False)`.

    When the test ends, no page may have had a console error, asked another site for anything,
    or been given a cookie.
    """
    contexts, complaints = [], []

    def visit(path, *, width=1280, javascript=True, dark=False, permitted=(), **options):
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if said.type == "error" and not any(word in said.text for word in permitted)
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                complaints.append(f"{page.url}: asked {asked.url}")
                if not asked.is_navigation_request() and not asked.url.startswith(address)
                else None
            ),
        )
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        if cookies := context.cookies():
            complaints.append(f"cookies: {cookies}")
        context.close()
    assert complaints == []
