"""What is written is saved by itself and never lost; the desk is worked by the keyboard alone."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from coalition.operations.sample_people import PEOPLE, password
from tests.trials import connect

WAIT_MS = 5_000  # longer than a form waits after the last key


def sign_in(page, role):
    (person,) = (person for person in PEOPLE if person.role == role)
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", password(person))
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/partner/"))


@pytest.fixture
def opened(browser, address):
    """A window on a phone, for somebody of a role who has signed in."""
    contexts = []

    def opened(role):
        context = browser.new_context(
            base_url=address, viewport={"width": 360, "height": 800}, reduced_motion="reduce"
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        sign_in(page, role)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def database(address, worker_id):
    with connect(f"browser_{worker_id}") as database:
        yield database


def write(page, text):
    page.fill("[name=what-description]", text)
    page.clock.fast_forward(WAIT_MS)


def read(page):
    return page.input_value("[name=what-description]")


def would_ask_before_closing(page) -> bool:
    return not page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def test_what_is_written_is_saved_by_itself_and_never_lost(opened, database):
    page = opened("owner")
    page.clock.install()
    with page.expect_navigation():
        page.click("form[action$='/edit/'] button")
    draft = re.search(r"/partner/listings/([0-9a-f-]+)/", page.url)

    def kept():
        question = "SELECT document ->> 'description' FROM coalition_draft WHERE id = %s"
        return database.execute(question, [draft[1]]).fetchone()[0]

    page.goto(f"{draft[0]}what/")
    said = page.locator("[role=status] [data-said]")

    # While writing, without a button; the tab may be closed.
    write(page, "Tea, kits, and company.")
    expect(said).to_have_text("Saved.")
    assert kept() == "Tea, kits, and company."
    page.type("[name=what-description]", "!")
    expect(said).to_have_text("")
    assert not would_ask_before_closing(page)

    # What was written a moment before the tab goes is saved with it.
    with page.expect_response("**/what/"):
        page.evaluate(
            """Object.defineProperty(document, 'hidden', {value: true, configurable: true});
            document.dispatchEvent(new Event('visibilitychange'));
            delete document.hidden"""
        )
    expect(said).to_have_text("Saved.")
    assert kept() == read(page)

    # The site does not answer: it says so, keeps the words, and tries again.
    page.context.set_offline(True)
    write(page, "Written in a tunnel.")
    expect(said).to_contain_text("the site does not answer")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("button[name=stay]")
    assert read(page) == "Written in a tunnel."
    assert would_ask_before_closing(page)
    page.evaluate("document.documentElement.hidden = true")  # as leaving quickly does
    assert not would_ask_before_closing(page)
    page.evaluate("document.documentElement.hidden = false")
    page.context.set_offline(False)
    expect(said).to_have_text("Saved.")
    assert kept() == "Written in a tunnel."
    assert not would_ask_before_closing(page)

    # Nor is anything lost where an answer is no answer.
    page.route("**/what/", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    write(page, "Written while it starts anew.")
    expect(said).to_contain_text("the site does not answer")
    page.unroute("**/what/")
    page.clock.fast_forward(2 * WAIT_MS)
    expect(said).to_have_text("Saved.")
    assert kept() == "Written while it starts anew."

    # Signed out meanwhile: the button leads nowhere before somebody has signed in elsewhere.
    database.execute("DELETE FROM django_session")
    page.fill("[name=what-description]", "Written after hours.")
    page.click("button[name=stay]")
    expect(said).to_contain_text("you are signed out")
    assert read(page) == "Written after hours."
    with page.expect_popup() as popup:
        page.click("[data-sign-in]")
    sign_in(popup.value, "owner")
    popup.value.close()
    page.evaluate("dispatchEvent(new Event('focus'))")  # which a person does by coming back
    expect(said).to_have_text("Saved.")
    expect(page.locator("[data-sign-in]")).to_be_hidden()
    assert kept() == "Written after hours."

    page.fill("[name=what-description]", "And sent by the button.")
    with page.expect_navigation():
        page.click("button[name=stay]")
    assert read(page) == kept() == "And sent by the button."


def focused(page, expression: str):
    return page.evaluate(f"(one => {expression})(document.activeElement)")


def is_seen(page) -> bool:
    """Whether what has the focus is marked, and lies in the window."""
    return focused(
        page,
        """parseFloat(getComputedStyle(one).outlineWidth) > 0
        && getComputedStyle(one).outlineStyle !== 'none'
        && one.getBoundingClientRect().top >= 0
        && one.getBoundingClientRect().bottom <= innerHeight""",
    )


def tab_to(page, selector):
    for _press in range(60):
        page.keyboard.press("Tab")
        if focused(page, f"one.matches({selector!r})"):
            assert is_seen(page), selector
            return
    raise AssertionError(f"{selector} is not reached")


def another_waits(database):
    """One more application, like the sample's but for its name."""
    new = str(uuid.uuid4())
    (like,) = database.execute(
        "SELECT submission_id FROM coalition_application WHERE email = 'applicant@example.org'"
    ).fetchone()
    for table, key, changes in (
        ("submission", "id", {"id": new, "title": "Lakeside Peers"}),
        ("application", "submission_id", {"id": new, "submission_id": new}),
    ):
        database.execute(
            f"""INSERT INTO coalition_{table} SELECT (jsonb_populate_record(one, %s)).*
            FROM coalition_{table} AS one WHERE {key} = %s""",
            [json.dumps(changes), like],
        )


def test_the_desk_is_worked_by_the_keyboard_alone(opened, database):
    another_waits(database)
    page = opened("coordinator")
    page.goto("/review/")
    titles = page.locator("[data-queue] h3 a").all_inner_texts()
    keys = page.keyboard

    keys.press("Tab")
    keys.press("j")
    assert focused(page, "one.matches('.skip')"), "the keys are for the list only"
    keys.press("Enter")
    for key, number in (("j", 0), ("k", 0), ("j", 1), ("k", 0)):
        keys.press(key)
        assert focused(page, "one.innerText") == titles[number], key
        assert is_seen(page)
    for _press in range(titles.index("Lakeside Peers")):
        keys.press("j")
    with page.expect_navigation():
        keys.press("Enter")
    assert page.inner_text("h1") == "Lakeside Peers"

    # A reason from the list fills the text box; another takes its place; words typed stay.
    reason = page.locator("#reason")
    tab_to(page, "#canned")
    chosen = page.locator("#canned option:checked")
    keys.press("ArrowDown")
    assert reason.input_value() == chosen.inner_text()
    keys.press("ArrowDown")
    assert reason.input_value() == chosen.inner_text()
    keys.press("Shift+Tab")
    assert focused(page, "one.matches('#reason')")
    keys.press("Control+A")
    keys.type("Just a jk question:")
    assert page.inner_text("h1") == "Lakeside Peers"
    keys.press("Tab")
    keys.press("ArrowUp")
    assert reason.input_value() == f"Just a jk question:\n{chosen.inner_text()}"
    keys.press("ArrowDown")
    wanted = f"Just a jk question:\n{chosen.inner_text()}"
    assert reason.input_value() == wanted

    tab_to(page, "button[value=returned]")
    with page.expect_navigation():
        keys.press("Enter")
    assert "Sent back: Lakeside Peers" in page.inner_text("[role=status]")
    question = "SELECT state, reason FROM coalition_submission WHERE title = 'Lakeside Peers'"
    state, told = database.execute(question).fetchone()
    assert (state, told.splitlines()) == ("returned", wanted.splitlines())
