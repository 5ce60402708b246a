"""What is on, from writing an event to giving one's place away: by the keyboard alone, at 360
pixels, without scripts."""

import datetime
import re

import pytest
from playwright.sync_api import expect

from coalition.operations.sample_people import PEOPLE, password
from directory.public.anonymous import QUICKEST
from tests.uploads import picture

EVENTS = "/partner/harbour-lane-health-centre/events/"
WAIT_MS = 5_000  # longer than a form waits after the last key
NAMES = {"en": "Circle of the second Tuesday", "fr": "Cercle d’un mardi sur deux"}
REPEATS = {"en": "Every second Tuesday", "fr": "Une semaine sur deux, le mardi"}
FREE = {"en": "2 places are free", "fr": "2 places sont libres"}


class Keyboard:
    """Somebody who uses a site with the keyboard alone, in one language."""

    def __init__(self, browser, address, language, *, javascript=False):
        self.language = language
        self.context = browser.new_context(
            base_url=address,
            viewport={"width": 360, "height": 800},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()

    def open(self, path: str) -> None:
        self.page.goto(f"/fr{path}" if self.language == "fr" else path)
        self.look()

    def look(self) -> None:
        page = self.page
        assert page.get_attribute("html", "lang") == self.language, page.url
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{page.url} is wider than the window"

    def to(self, selector: str) -> None:
        """Press Tab until this has the focus; it is marked and in the window."""
        for _press in range(150):
            self.page.keyboard.press("Tab")
            if self.focused(f"one.matches({selector!r})"):
                assert self.focused(
                    """parseFloat(getComputedStyle(one).outlineWidth) > 0
                    && one.getBoundingClientRect().top >= 0
                    && one.getBoundingClientRect().bottom <= innerHeight"""
                ), f"{selector} is not seen"
                return
        raise AssertionError(f"{selector} is not reached on {self.page.url}")

    def focused(self, expression: str):
        return self.page.evaluate(f"(one => {expression})(document.activeElement)")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def choose(self, selector: str, *keys: str) -> None:
        self.to(selector)
        for key in keys:
            self.page.keyboard.press(key)

    def press(self, selector: str) -> None:
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def sign_in(self, role: str) -> None:
        (known,) = (one for one in PEOPLE if one.role == role)
        self.open("/accounts/login/")
        self.write("[name=login]", known.email)
        self.write("[name=password]", password(known))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


@pytest.fixture
def keyboard(browser, address):
    made = []

    def keyboard(language="en", **options) -> Keyboard:
        made.append(Keyboard(browser, address, language, **options))
        return made[-1]

    yield keyboard
    for one in made:
        one.context.close()


def tuesday() -> datetime.date:
    day = datetime.date.today() + datetime.timedelta(days=14)
    return day + datetime.timedelta(days=(1 - day.weekday()) % 7)


def post_an_event(partner: Keyboard, name: str) -> None:
    partner.sign_in("editor")
    partner.open(EVENTS)
    partner.press("form[action$='/events/new/'] button")
    other = "_fr" if partner.language == "fr" else ""
    partner.write(f"[name=what-name{other}]", name)
    partner.choose("[name=what-kind]", "Home")
    partner.write(f"[name=what-description{other}]", "Tea and talk.")
    partner.press("button[name=next]")
    partner.write("[name=when-starts_on]", f"{tuesday():%m%d%Y}")
    partner.write("[name=when-starts_at]", "0700PM")
    partner.write("[name=when-ends_at]", "0900PM")
    partner.choose("[name=when-repeat]", "ArrowDown", "ArrowDown")
    partner.write("[name=when-every]", "2")
    partner.choose("[name=when-days][value=TU]", "Space")
    partner.press("button[name=next]")
    partner.write("[name=where-address_1]", "9 River Road")
    partner.write("[name=where-city]", "Thunder Bay")
    partner.write("[name=where-state_province]", "Ontario")
    partner.press("button[name=next]")
    partner.press("button[name=next]")
    partner.choose("[name=come-registration]", "End")
    partner.write("[name=come-places]", "2")
    partner.write("[name=cost-amount]", "0")
    partner.press("button[name=next]")
    partner.press("button[name=next]")
    partner.press("form[action$='/send/'] button")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_event_is_posted_approved_found_and_registered_for(keyboard, language):
    name = NAMES[language]
    post_an_event(keyboard(language), name)

    desk = keyboard(language)
    desk.sign_in("coordinator")
    desk.open("/review/?kind=event")
    with desk.page.expect_navigation():
        desk.page.click(f"main a:has-text('{name}')")
    desk.press("[name=outcome][value=approved]")

    resident = keyboard(language)
    page = resident.page
    resident.open("/events/")
    resident.write("#near", "Thunder Bay")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    link = page.locator("article.event a", has_text=name).first
    resident.press(f"a[href='{link.get_attribute('href')}']")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("main")).to_contain_text(REPEATS[language])
    expect(page.locator("main")).to_contain_text("9 River Road")
    expect(page.locator("main")).to_contain_text(FREE[language])
    resident.press("a[href*='/register/']")
    resident.write("[name=first_name]", "Sam")
    page.wait_for_timeout((QUICKEST + 0.2) * 1000)
    resident.press("form.form button.main")
    assert "/registration/" in page.url
    expect(page.locator("main")).to_contain_text("Sam")
    mine = page.url
    resident.press("form[action$='/cancel/'] button")
    page.goto(mine)
    expect(page.locator("main")).not_to_contain_text("Sam")
    assert resident.context.cookies() == []


def test_a_picture_goes_with_the_form_and_not_with_what_is_saved_by_itself(keyboard):
    partner = keyboard(javascript=True)
    partner.sign_in("owner")
    page = partner.page
    page.clock.install()
    partner.open(EVENTS)
    partner.press("form[action$='/events/new/'] button")
    here = re.search(r"/partner/listings/[0-9a-f-]+/", page.url)[0]
    partner.open(f"{here}more/")
    chosen = {"name": "lake.png", "mimeType": "image/png", "buffer": picture()}
    page.set_input_files("[name=picture-picture]", chosen)

    with page.expect_response("**/more/") as answer:
        page.fill("[name=picture-picture_description]", "A lake in the morning")
        page.clock.fast_forward(WAIT_MS)
    expect(page.locator("[role=status] [data-said]")).to_have_text("Saved.")
    assert b"lake.png" not in (answer.value.request.post_data_buffer or b"")
    with page.expect_navigation():
        page.click("button[name=stay]")

    expect(page.locator("main")).to_contain_text("lake.png")
    assert page.input_value("[name=picture-picture_description]") == "A lake in the morning"


@pytest.mark.parametrize("language", ["", "/fr"])
def test_pages_of_events_fit_a_phone_and_have_targets_for_a_thumb(visit, language):
    page = visit(f"{language}/events/", width=360)
    paths = [link.get_attribute("href") for link in page.locator("article.event h3 a").all()]
    month = f"{language}/events/?month={datetime.date.today():%Y-%m}"
    for path in [page.url, f"{language}/events/?near=Thunder+Bay", month, *paths]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert too_small(page, "a.button, button, summary, label.check, .times a", 43.5) == [], path
        # WCAG 2.5.8, but for links within a sentence.
        assert too_small(page, "main li a, main h3 a, main .number a, main .tap", 23.5) == [], path
    page.goto(month)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert too_small(page, ".month a, a.button, button", 23.5) == []


def too_small(page, selector: str, least: float) -> list:
    return page.evaluate(
        """([selector, least]) => [...document.querySelectorAll(selector)]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 1)
            .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height])
            .filter(([, height]) => height < least)""",
        [selector, least],
    )
