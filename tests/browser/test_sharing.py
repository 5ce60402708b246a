"""Something is shared through the pages people use: written, a file added, approved, found."""

import re

import pytest
from playwright.sync_api import expect

from coalition.operations.sample_people import PEOPLE, password
from tests.uploads import PDF

WAIT_MS = 5_000  # longer than a form waits after the last key
RESOURCES = "/partner/harbour-lane-health-centre/resources/"
FILE = {"name": "guide.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def opened(browser, address):
    """A window for somebody of a role; scripts may be off."""
    contexts = []

    def opened(role="", *, javascript=True):
        context = browser.new_context(
            base_url=address,
            viewport={"width": 360, "height": 800},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        for person in PEOPLE:
            if person.role == role:
                page.goto("/accounts/login/")
                page.fill("[name=login]", person.email)
                page.fill("[name=password]", password(person))
                page.press("[name=password]", "Enter")
                page.wait_for_url(re.compile("/partner/"))
        return page

    yield opened
    for context in contexts:
        context.close()


def press(page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_something_is_shared_found_and_thanked_for(opened, javascript):
    name = f"Guide for night shifts {'with' if javascript else 'without'}"
    page = opened("editor", javascript=javascript)
    page.goto(RESOURCES)
    press(page, "button:has-text('Share a resource')")
    page.fill("[name=what-name]", name)
    page.fill("[name=what-description]", "What to take along, whom to call.")
    page.check("[name=what-languages][value=en]")
    press(page, "button[name=next]")
    page.set_input_files("[name=upload-file]", FILE)
    page.fill("[name=upload-label]", "1st edition")
    press(page, "button:has-text('Add this file')")
    expect(page.locator("main")).to_contain_text("guide.pdf")
    assert page.input_value("[name=versions-0-it-label]") == "1st edition"
    press(page, "a.back")
    press(page, "button:has-text('Send it in')")

    desk = opened("coordinator")
    desk.goto("/review/")
    press(desk, f"main a:has-text('{name}')")
    press(desk, "[name=outcome][value=approved]")

    visitor = opened(javascript=javascript)
    visitor.goto(f"/resources/?q={name.replace(' ', '+')}")
    press(visitor, f"article a:has-text('{name}')")
    with visitor.expect_download() as download:
        visitor.click("a.button:has-text('Download')")
    assert download.value.suggested_filename == "guide.pdf"
    visitor.wait_for_timeout(2_100)  # a person needs longer
    press(visitor, "button:has-text('Say thanks')")
    expect(visitor.locator("#thanks")).to_contain_text("1 thank-you so far.")
    assert visitor.context.cookies() == []


def test_writing_beside_a_chosen_file_is_saved_without_it_and_the_file_is_not_lost(opened):
    page = opened("owner")
    page.clock.install()
    page.goto(RESOURCES)
    press(page, "form[action$='/edit/'] button")
    here = re.search(r"/partner/listings/[0-9a-f-]+/", page.url)[0]
    page.goto(f"{here}file/")
    said = page.locator("[role=status] [data-said]")
    page.set_input_files("[name=upload-file]", FILE)
    page.fill("[name=upload-label]", "Newest")
    page.clock.fast_forward(WAIT_MS)
    expect(said).to_have_text("")

    with page.expect_response("**/file/") as answer:
        page.fill("[name=versions-0-it-note]", "Clearer pictures")
        page.clock.fast_forward(WAIT_MS)
    expect(said).to_have_text("Saved.")
    assert b"guide.pdf" not in (answer.value.request.post_data_buffer or b"")
    press(page, "button:has-text('Add this file')")

    assert page.input_value("[name=versions-0-it-label]") == "Newest"
    assert page.input_value("[name=versions-1-it-note]") == "Clearer pictures"
