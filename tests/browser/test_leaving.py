"""Leaving quickly leaves nothing of this site in the tab."""

import pytest


def leaves(page, elsewhere) -> None:
    page.wait_for_url(elsewhere)
    assert page.locator("h1").inner_text() == "Sunny"


def shows_nothing_of_ours(page) -> bool:
    return (
        page.evaluate("location.protocol") != "http:"
        or "Sunny" in page.content()
        or (page.locator("main:visible").count() == 0)
    )


@pytest.mark.parametrize("path", ["/", "/services/?near=Thunder+Bay", "/help-now/"])
def test_the_button_leaves_and_back_shows_nothing_of_this_site(visit, elsewhere, path):
    page = visit("/")
    page.goto(path)
    page.locator(".exit").click()
    leaves(page, elsewhere)
    for _ in range(3):
        page.go_back(wait_until="load")
        page.wait_for_timeout(300)
        assert shows_nothing_of_ours(page), page.url


def test_shift_three_times_leaves(visit, elsewhere):
    page = visit("/services/?q=naloxone")
    for _ in range(3):
        page.keyboard.press("Shift")
    leaves(page, elsewhere)


def test_typing_capitals_does_not_leave(visit):
    page = visit("/")
    page.locator("input[name=q]").focus()
    page.keyboard.type("AAA BBB CCC")
    page.wait_for_timeout(300)
    assert page.locator("input[name=q]").input_value() == "AAA BBB CCC"


def test_without_scripts_the_button_leaves_too(visit, elsewhere):
    page = visit("/services/?q=naloxone", javascript=False)
    page.locator(".exit").click()
    page.wait_for_url(elsewhere)


def test_nothing_is_kept_on_the_device(visit):
    page = visit("/services/?q=naloxone&near=Thunder+Bay")
    page.goto("/help-now/")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(r => r.length)") == 0
