"""The whole path in a browser: join, be approved, add a service, have it approved and found, keep
it true with one click, have a wrong phone number reported and put right, and read what happened."""

import datetime
import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from coalition.operations.sample_people import PEOPLE, password
from tests.trials import ROOT, connect

COORDINATOR = next(person for person in PEOPLE if person.role == "coordinator")
# As unlike as organizations are: one that resembles another is asked whether it is that one.
NAMES = {
    ("en", 360): "Juniper Kitchen Table",
    ("en", 1280): "Night Walkers of the Harbour",
    ("fr", 360): "Maison des bouleaux",
    ("fr", 1280): "Le fleuve et ses gens",
}
ASK = """
import datetime, django; django.setup()
from coalition.listings.checks import keep_true
keep_true(datetime.date.today())
"""


class Walk:
    """One person's browser on the site, in one language and at one width."""

    def __init__(self, browser, address, database, language, width):
        self.database, self.language = database, language
        self.context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path):
        """An address of the site, in the walk's language."""
        response = self.page.goto(self.local(path))
        assert response.status < 400, path
        self.look()

    def local(self, path):
        if self.language == "fr" and not path.startswith("/fr/"):
            return f"/fr{path}"
        return path

    def press(self, selector):
        """A button or a link that leads to another page."""
        with self.page.expect_navigation():
            self.page.click(selector)
        self.look()

    def look(self):
        """Nothing is cut off at the side, at either width; the page speaks the walk's language."""
        page, own = self.page, self.page.viewport_size
        for width in (*({360, 1280} - {own["width"]}), own["width"]):
            page.set_viewport_size({**own, "width": width})
            fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert fits, f"{page.url} at {width}"
        assert page.get_attribute("html", "lang") == self.language, page.url

    def sign_in(self, email, secret):
        self.go("/accounts/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", secret)
        self.press("[name=password] >> xpath=ancestor::form >> button[type=submit]")

    def mail(self, kind, to):
        """The way in that the latest mail of this kind holds."""
        with connect(self.database) as opened:
            (text,) = opened.execute(
                """SELECT text FROM coalition_message WHERE kind = %s AND "to" = %s
                ORDER BY created_at DESC LIMIT 1""",
                [kind, to],
            ).fetchone()
        link = urlsplit(re.search(r"https?://\S+", text)[0])
        assert link.path.startswith("/fr/") == (self.language == "fr"), text
        return link.path

    def ask(self, question, *values):
        with connect(self.database) as opened:
            return opened.execute(question, values)


@pytest.fixture
def walk(browser, address, worker_id):
    walks = []

    def walk(language, width):
        walks.append(Walk(browser, address, f"browser_{worker_id}", language, width))
        return walks[-1]

    yield walk
    complaints = []
    for each in walks:
        complaints += each.complaints
        each.context.close()
    assert complaints == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_from_joining_to_a_listing_that_stays_true(walk, language, width):
    name = NAMES[language, width]
    service = f"Evening circle {language} {width}"
    email = f"ana.{language}.{width}@example.org"

    applicant = walk(language, width)
    apply_to_join(applicant, name, email)

    desk = walk(language, width)
    desk.sign_in(COORDINATOR.email, password(COORDINATOR))
    decide(desk, name)

    owner = applicant
    choose_password(owner, email)
    add_a_service(owner, service)

    decide(desk, service, look_for=("807-555-0155", "5 Pine Street"))

    resident = walk(language, width)
    find(resident, service, "807-555-0155")

    one_click_keeps_it_true(walk(language, width), email, service)
    report_a_wrong_number(resident, service)
    put_it_right(owner, service)
    decide(desk, service, kind="correction")
    decide(desk, service, kind="listing")
    find(resident, service, "807-555-0156")

    read_what_happened(desk, service)


def apply_to_join(walk, name, email):
    page = walk.page
    walk.go("/join/")
    page.fill("[name=contact_name]", "Ana Roy")
    page.fill("[name=email]", email)
    walk.press("main form[method=post] button[type=submit]")
    # A break: the link in the mail brings her back.
    walk.go(walk.mail("application-started", email))
    walk.press("button[name=claim][value='']")
    page.fill("[name=name]", name)
    page.fill("[name=city]", "Thunder Bay")
    page.select_option("[name=state_province]", "ON")
    walk.press("main form[method=post] button[type=submit]")
    page.fill("[name=does]", "A circle, every evening, with tea.")
    walk.press("main form[method=post] button[type=submit]")
    page.fill("[name=serves]", "Anyone who wants company.")
    page.check("[name=peer_led]")
    walk.press("main form[method=post] button[type=submit]")
    page.fill("[name=contact_role]", "Founder")
    walk.press("main form[method=post] button[type=submit]")
    page.check("[name=agree]")
    walk.press("main form[method=post] button[type=submit]")
    walk.press("button[name=send]")
    assert name in page.inner_text("h1")


def decide(walk, title, *, kind="", look_for=()):
    page = walk.page
    walk.go(f"/review/?kind={kind}" if kind else "/review/")
    walk.press(f"main a:has-text('{title}')")
    for words in look_for:
        assert words in page.inner_text("main"), words
    walk.press("button[name=outcome][value=approved]")


def choose_password(walk, email):
    page = walk.page
    walk.go(walk.mail("application-approved", email))
    page.fill("[name=password1]", "a quiet lake at dawn")
    if page.query_selector("[name=password2]"):
        page.fill("[name=password2]", "a quiet lake at dawn")
    walk.press("[name=password1] >> xpath=ancestor::form >> button[type=submit]")
    if not page.query_selector(".work-nav"):
        walk.sign_in(email, "a quiet lake at dawn")
    walk.go("/partner/")


def add_a_service(walk, service):
    page = walk.page
    walk.press("a[href$='/new/'], form[action$='/new/'] button")
    to_section(walk, "what")
    page.fill("[name=what-name]", service)
    page.fill("[name=what-name_fr]", service)
    page.fill("[name=what-description]", "Tea and company, every evening. Come as you are.")
    page.check("[name=what-delivery][value=in_person]")
    page.eval_on_selector_all("details", "all => all.forEach(each => (each.open = true))")
    page.check("[name=terms][value='category:peer']")
    save(walk)
    to_section(walk, "where")
    if not page.query_selector("[name$='address-address_1']"):
        walk.press("button[name=add][value^=service_at_locations]")
    page.fill("[name$='address-address_1']", "5 Pine Street")
    page.fill("[name$='address-city']", "Thunder Bay")
    page.select_option("[name$='address-state_province']", "ON")
    save(walk)
    to_section(walk, "when")
    page.fill("[name=week-MO-0-opens]", "17:00")
    page.fill("[name=week-MO-0-closes]", "19:30")
    page.check("[name=week-copy]")
    save(walk)
    to_section(walk, "contact")
    if not page.query_selector("[name$='it-number']"):
        walk.press("button[name=add][value=phones]")
    page.fill("[name$='it-number'] >> nth=0", "807-555-0155")
    save(walk)
    send(walk)


def to_section(walk, code):
    """A part of the listing that is being written."""
    here = re.search(r"/partner/listings/[0-9a-f-]+/", walk.page.url)[0]
    walk.go(f"{here}{code}/")


def save(walk):
    walk.press("button[name=stay]")
    assert walk.page.query_selector("[aria-invalid]") is None, walk.page.inner_text("main")


def send(walk):
    here = re.search(r"/partner/listings/[0-9a-f-]+/", walk.page.url)[0]
    walk.go(here)
    walk.page.check("form[action$='/send/'] [name=checked]")
    walk.press("form[action$='/send/'] button")
    assert urlsplit(walk.page.url).path.endswith("/partner/"), walk.page.inner_text("main")


def find(walk, service, number):
    walk.go("/")
    walk.page.fill("[name=q]", service)
    walk.page.fill("[name=near]", "Thunder Bay")
    walk.page.keyboard.press("Escape")
    walk.press("#search button.main")
    walk.press(f"article a:has-text('{service}')")
    assert number in walk.page.inner_text("main")


def one_click_keeps_it_true(walk, email, service):
    half_a_year = datetime.timedelta(days=183)
    walk.ask(
        "UPDATE directory_service SET assured_date = %s, assured_by = 'Ana' WHERE name = %s",
        datetime.date.today() - half_a_year,
        service,
    )
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{walk.database}").geturl()
    environment = os.environ | {
        "DATABASE_URL": here,
        "DJANGO_SETTINGS_MODULE": "coalition.settings",
    }
    subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, check=True)

    walk.go(walk.mail("check-due", email))
    assert service in walk.page.inner_text("main")
    walk.press("main form[method=post] button")

    (checked,) = walk.ask(
        "SELECT assured_date FROM directory_service WHERE name = %s", service
    ).fetchone()
    assert (datetime.date.today() - checked).days <= 1


def report_a_wrong_number(walk, service):
    walk.press("a[href$='correct/']")
    walk.page.check("[name=wrong][value=details]")
    walk.page.fill("[name=text]", "The phone number ends in 6.")
    walk.page.wait_for_timeout(2100)  # as long as it takes a person, at least
    walk.press("main form:has([name=text]) button[type=submit]")
    assert "/thanks/" in walk.page.url, walk.page.inner_text("main")


def put_it_right(walk, service):
    walk.go("/partner/")
    assert "6." in walk.page.inner_text("main")
    walk.press("a[href$='/edit/'], form[action$='/edit/'] button")
    to_section(walk, "contact")
    walk.page.fill("[name$='it-number'] >> nth=0", "807-555-0156")
    save(walk)
    send(walk)


def read_what_happened(walk, service):
    (pk,) = walk.ask("SELECT id FROM directory_service WHERE name = %s", service).fetchone()
    walk.go(f"/review/listings/{pk}/history/")
    said = walk.page.inner_text("main")
    assert "807-555-0155" in said or walk.page.locator("main li, main tr").count() >= 3
    walk.go("/review/record/")
    assert service in walk.page.inner_text("main")
