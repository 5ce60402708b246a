"""The axe rules on the pages people sign in for, and those of joining, signing in and reporting."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from coalition.operations.sample_people import PEOPLE, password
from tests.browser.test_accessibility import RULES

VISITOR = [
    "/join/",
    "/join/link/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/services/naloxone-kits-and-training/correct/",
    "/check/no-such-link/",
]
ORGANIZATION = "/partner/harbour-lane-health-centre"
OWNER = ["/partner/", f"{ORGANIZATION}/people/", f"{ORGANIZATION}/about/", f"{ORGANIZATION}/beds/"]
SECTIONS = [
    "",
    *["what", "who", "where", "when", "contact", "cost", "capacity", "notices", "preview"],
]
SHARING = ["", "what", "file", "get", "funding", "seen", "related", "preview"]
EVENT = ["", "what", "when", "where", "who", "come", "more", "preview"]
ACCOUNT = ["/accounts/me/", "/accounts/me/delete/", "/accounts/email/", "/accounts/2fa/"]
DESK = [
    "/review/",
    "/review/listings/",
    "/review/events/",
    "/review/resources/",
    "/review/organizations/",
    "/review/organizations/harbour-lane-health-centre/",
    "/review/people/",
    "/review/health/",
    "/review/health/overdue/",
    "/review/health/event-no-french/",
    "/review/health/resource-broken/",
    "/review/health/duplicates/",
    "/review/gaps/",
    "/review/record/",
    "/review/imports/",
    "/review/words/",
    "/review/lines/",
    "/review/reasons/",
    "/review/mail/",
    "/review/settings/",
    "/review/check/naloxone-kits-and-training/",
]
LOOKS = [("", 360, False), ("/fr", 1280, True)]


@pytest.fixture
def look(browser, address):
    """A browser in one language, width and colour scheme, for somebody of a role."""
    contexts = []

    def look(role, language, width, dark):
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        for person in PEOPLE:
            if person.role == role:
                page.goto(f"{language}/accounts/login/")
                page.fill("[name=login]", person.email)
                page.fill("[name=password]", password(person))
                page.press("[name=password]", "Enter")
                page.wait_for_url(re.compile("/partner/"))
        return page

    yield look
    for context in contexts:
        context.close()


def problems(page) -> list[str]:
    """What axe finds, and what is cut off at the side."""
    found = [
        f"{page.url} {rule['id']}: {rule['help']}: {node['html'][:160]}"
        for rule in Axe().run(page, options=RULES).response["violations"]
        for node in rule["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{page.url} is wider than the window")
    return found


def on_each(page, language, paths) -> list[str]:
    found = []
    for path in paths:
        page.goto(language + path)
        found += problems(page)
    return found


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_joining_signing_in_and_reporting(look, language, width, dark):
    page = look("visitor", language, width, dark)

    assert on_each(page, language, VISITOR) == []


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_a_partners_workspace_and_account(look, language, width, dark):
    page = look("owner", language, width, dark)
    found = on_each(page, language, [*OWNER, *ACCOUNT])
    page.goto(f"{language}/partner/")
    with page.expect_navigation():
        page.click("form[action$='/edit/'] button")
    here = re.search(r"/partner/listings/[0-9a-f-]+/", page.url)[0]

    sections = [f"{here}{code}/" if code else here for code in SECTIONS]

    assert found + on_each(page, language, sections) == []


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_what_a_partner_shares(look, language, width, dark):
    page = look("owner", language, width, dark)
    found = on_each(page, language, [f"{ORGANIZATION}/resources/", "/resources/"])
    page.goto(f"{language}{ORGANIZATION}/resources/")
    page.goto(page.get_attribute("a[href$='/files/']", "href"))
    found += problems(page)
    page.goto(f"{language}{ORGANIZATION}/resources/")
    with page.expect_navigation():
        page.click("form[action$='/edit/'] button")
    here = re.search(r"/partner/listings/[0-9a-f-]+/", page.url)[0]

    sections = [f"{here}{code}/" if code else here for code in SHARING]

    assert found + on_each(page, language, sections) == []


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_a_partners_events(look, language, width, dark):
    page = look("owner", language, width, dark)
    found = on_each(page, language, [f"{ORGANIZATION}/events/"])
    with page.expect_navigation():
        page.locator("li:has-text('naloxone') a[href*='/partner/events/']").click()
    found += problems(page)
    here = page.url
    for link in ("li a[href$='/people/']", "li a.quiet", "a[href$='/cancel/']"):
        page.goto(here)
        with page.expect_navigation():
            page.locator(link).first.click()
        found += problems(page)
    page.goto(here)
    with page.expect_navigation():
        page.click("form[action$='/edit/'] button")
    draft = re.search(r"/partner/listings/[0-9a-f-]+/", page.url)[0]

    parts = [f"{draft}{code}/" if code else draft for code in EVENT]
    parts += [f"{draft}more/?add=hosts", f"{draft}more/?add=services"]

    assert found + on_each(page, language, parts) == []


@pytest.mark.parametrize(("width", "folded"), [(360, True), (1280, False)])
def test_the_pages_of_the_desk_are_folded_on_a_phone_only(look, width, folded):
    page = look("coordinator", "", width, False)
    page.goto("/review/health/")
    link = page.get_by_role("link", name="All events")
    assert link.is_visible() is not folded
    if folded:
        page.get_by_role("navigation", name="Pages of the desk").locator("summary").press("Enter")
    link.click()
    page.wait_for_url("**/review/events/")


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_the_desk(look, language, width, dark):
    page = look("coordinator", language, width, dark)
    found = on_each(page, language, DESK)
    page.goto(f"{language}/review/")
    page.click("main a:has-text('North Shore'), main a:has-text('Rive-Nord')")
    page.wait_for_selector("[name=outcome]")

    assert found + problems(page) == []
