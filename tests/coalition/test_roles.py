"""Who may do what, as docs/roles.md says it: every address, every method, every role."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.coalition import scene as scenes

ROOT = Path(__file__).resolve().parents[2]
ROLES = (
    "visitor",
    "applicant",
    "editor",
    "owner",
    "other owner",
    "coordinator",
    "administrator",
)
YES, NO, SIGN_IN = "yes", "—", "sign in"
METHODS = ("GET", "POST")
SHARES = 8  # each makes its own scene; together they take every address
ENTRY = re.compile(r"`(GET|POST) ([\w:]+)`")


def table() -> dict[tuple[str, str], list[str]]:
    """What each role is answered, by method and address."""
    found = {}
    for line in (ROOT / "docs" / "roles.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for method, name in ENTRY.findall(line):
            assert (method, name) not in found, f"{method} {name} is there twice"
            found[method, name] = cells[2:]
    return found


def addresses(patterns=None, namespace="") -> dict[str, URLPattern]:
    """Every named address of the site."""
    found = {}
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            found[f"{namespace}{pattern.name}"] = pattern
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found |= addresses(pattern.url_patterns, inner)
    return found


TABLE = table()
ADDRESSES = addresses()


def test_every_address_has_an_entry_and_every_entry_an_address():
    assert {name for _method, name in TABLE} == set(ADDRESSES)
    assert all(len(cells) == len(ROLES) for cells in TABLE.values())


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_an_address_answers_as_the_table_says(share, settings):
    settings.SHOW_MAIL = True
    scene = scenes.scene()
    browsers = {role: signed_in(user) for role, user in scene.people.items()}
    said, seen = {}, {}
    for name in sorted(ADDRESSES)[share::SHARES]:
        for method in METHODS:
            answers = [answer(scene, name, method, browsers[role]) for role in ROLES]
            seen[method, name] = " ".join(answers)
            said[method, name] = " ".join(TABLE.get((method, name), answers and nobody(answers)))

    assert seen == said


def nobody(answers: list[str]) -> list[str]:
    """A method that no role has: nothing there, or signing in first for those who have not."""
    return [SIGN_IN if answers[0] == SIGN_IN else NO, *[NO] * (len(ROLES) - 1)]


def signed_in(user) -> Client:
    browser = Client()
    if user is not None:
        browser.force_login(user)
    return browser


def answer(scene: SimpleNamespace, name: str, method: str, browser: Client) -> str:
    with scenes.undone():
        client = Client()
        client.cookies.update(browser.cookies)
        address = reverse(name, kwargs=scenes.arguments(scene, name, ADDRESSES[name]))
        send = client.post if method == "POST" else client.get
        data = scenes.BODIES.get(name, lambda scene: {})(scene) if method == "POST" else {}
        return read(send(address, data, headers={"sec-fetch-site": "same-origin"}))


def read(response) -> str:
    if response.status_code in (403, 404, 405):
        return NO
    if response.status_code == 302 and response.url.partition("?")[0] == reverse("account_login"):
        return SIGN_IN
    assert response.status_code < 500
    return YES
