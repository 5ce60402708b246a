"""After leaving: other tabs, coming back on purpose, and pages the browser kept whole."""

from playwright.sync_api import expect

from tests.browser import chromium


def leave(page, elsewhere) -> None:
    page.locator(".exit").click()
    page.wait_for_url(elsewhere)


def go_back(page, to: str) -> None:
    """As the browser's button does, until `to` stands."""
    with page.expect_event("framenavigated", lambda frame: frame.url == to):
        page.evaluate("setTimeout(() => history.back())")
    page.wait_for_load_state("domcontentloaded")


def test_other_tabs_of_this_site_leave_too(visit, elsewhere):
    page = visit("/services/?q=naloxone")
    other = page.context.new_page()
    other.goto("/help-now/")
    leave(page, elsewhere)
    other.wait_for_url(elsewhere)


def test_who_comes_back_on_purpose_can_use_the_site_but_not_see_what_was_before(visit, elsewhere):
    page = visit("/services/?q=naloxone")
    page.goto("/help-now/")
    leave(page, elsewhere)
    page.goto("/")
    expect(page.locator("h1")).to_be_visible()
    home = page.url
    page.goto("/about/")
    go_back(page, home)
    expect(page.locator("main")).to_be_visible()
    page.reload()
    expect(page.locator("main")).to_be_visible()
    go_back(page, elsewhere)
    go_back(page, elsewhere)  # /services/?q=naloxone stood here


def test_leaving_again_hides_what_was_opened_since(visit, elsewhere):
    page = visit("/")
    leave(page, elsewhere)
    page.goto("/privacy/")
    page.goto("/about/")
    leave(page, elsewhere)
    go_back(page, elsewhere)


def test_leaving_keeps_one_number_in_the_tab_and_nothing_else(visit, elsewhere):
    page = visit("/")
    leave(page, elsewhere)
    page.goto("/")
    assert page.evaluate("Object.entries(sessionStorage)") == [["left", "1"]]
    assert page.evaluate("localStorage.length") == 0


def test_a_page_the_browser_kept_whole_is_shown_again_but_not_after_leaving(
    browser, address, elsewhere
):
    keeping = browser.browser_type.launch(
        executable_path=chromium.executable(),
        args=chromium.flags(),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    try:
        page = keeping.new_page(base_url=address)
        page.goto("/help-now/")
        help_now = page.url
        page.goto("/about/")
        page.evaluate("setTimeout(() => history.back())")  # no event tells of a page kept whole
        expect(page).to_have_url(help_now)
        expect(page.locator("h1")).to_be_visible()
        page.goto("/privacy/")
        leave(page, elsewhere)
        page.evaluate("setTimeout(() => history.back())")
        page.wait_for_timeout(1000)
        expect(page).to_have_url(elsewhere)
        expect(page.locator("h1")).to_have_text("Sunny")
    finally:
        keeping.close()


def test_where_the_other_site_cannot_be_reached_the_page_is_still_gone(visit, elsewhere):
    page = visit("/help-now/", permitted=("ERR_FAILED",))
    page.context.route(elsewhere, lambda route: route.abort())
    page.locator(".exit").click()
    page.wait_for_timeout(400)
    assert page.locator("main").count() == 0 or not page.locator("main").is_visible()
    assert "Help" not in page.title()


def test_a_refused_position_is_said_in_words(visit):
    page = visit("/", permissions=[])
    page.locator("[data-locate]").click()
    expect(page.locator("[data-said]")).to_contain_text("Type a town or a postal code")
    expect(page.locator("[data-locate]")).to_be_enabled()


def test_without_scripts_there_is_no_button_that_does_nothing(visit):
    page = visit("/", javascript=False)
    expect(page.locator("[data-locate]")).to_be_hidden()
    expect(page.locator(".exit")).to_be_visible()


def test_filters_are_folded_on_a_phone_and_open_beside_the_list(visit):
    query = "/services/?near=Thunder+Bay"
    narrow = visit(query, width=360, javascript=False)
    expect(narrow.locator(".filters .check").first).to_be_hidden()
    expect(visit(query, javascript=False).locator(".filters .check").first).to_be_visible()
