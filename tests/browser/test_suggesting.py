"""Suggestions while typing, by keyboard, by mouse, by ear, and without scripts."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import problems

LISTS = {"q": "#q-list", "near": "#near-list"}


def field(page, name="q"):
    return page.locator(f"input[name={name}]")


def options(page, name="q"):
    return page.locator(f"{LISTS[name]} [role=option]")


def type_in(page, text: str, name="q") -> None:
    """Type, faster than it asks, and wait for suggestions."""
    field(page, name).focus()
    page.keyboard.insert_text(text)
    expect(options(page, name).first).to_be_visible()


def selected(page, name="q") -> str:
    """The text of the option that Enter would take; the field and the option agree on it."""
    found = page.locator(f"{LISTS[name]} [role=option][aria-selected=true]")
    expect(found).to_have_count(1)
    expect(field(page, name)).to_have_attribute("aria-activedescendant", found.get_attribute("id"))
    return found.locator("span").inner_text()


def is_closed(page, name="q") -> None:
    expect(page.locator(LISTS[name])).to_be_hidden()
    expect(field(page, name)).to_have_attribute("aria-expanded", "false")
    assert field(page, name).get_attribute("aria-activedescendant") is None


# Keyboard


@pytest.mark.parametrize(("language", "need"), [("", "Naloxone kits"), ("/fr", "Trousses de")])
def test_the_keyboard_alone_finds_a_need_and_a_town(visit, language, need):
    page = visit(f"{language}/")
    type_in(page, "nalox")
    page.keyboard.press("ArrowDown")
    assert need in selected(page)
    page.keyboard.press("Enter")
    is_closed(page)
    assert need in field(page).input_value()
    page.keyboard.press("Tab")
    type_in(page, "thund", "near")
    page.keyboard.press("ArrowDown")
    assert "Thunder Bay" in selected(page, "near")
    page.keyboard.press("Enter")
    is_closed(page, "near")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/?*")
    assert page.locator("article[data-km]").count() >= 3


def test_arrows_go_round_and_the_text_stays_as_typed(visit):
    page = visit("/")
    type_in(page, "hou")
    texts = [option.locator("span").inner_text() for option in options(page).all()]
    assert len(texts) > 3
    assert page.locator("[aria-selected=true]").count() == 0
    for key, expected in [
        ("ArrowDown", texts[0]),
        ("ArrowDown", texts[1]),
        ("ArrowUp", texts[0]),
        ("ArrowUp", texts[-1]),
        ("ArrowDown", texts[0]),
    ]:
        page.keyboard.press(key)
        assert selected(page) == expected
    assert field(page).input_value() == "hou"
    expect(field(page)).to_be_focused()


@pytest.mark.parametrize(
    ("key", "caret"), [("Home", 0), ("End", 3), ("ArrowLeft", 2), ("ArrowRight", 3)]
)
def test_keys_that_move_in_the_text_leave_the_list(visit, key, caret):
    page = visit("/")
    type_in(page, "hou")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(key)
    assert field(page).get_attribute("aria-activedescendant") is None
    assert page.locator("[aria-selected=true]").count() == 0
    expect(page.locator("#q-list")).to_be_visible()
    assert page.evaluate("document.activeElement.selectionStart") == caret


def test_escape_closes_and_keeps_what_was_typed(visit):
    page = visit("/")
    type_in(page, "hou")
    page.keyboard.press("ArrowDown")
    for _ in range(2):
        page.keyboard.press("Escape")
        is_closed(page)
        assert field(page).input_value() == "hou"
        expect(field(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#q-list")).to_be_visible()
    assert selected(page) == options(page).first.locator("span").inner_text()


def test_alt_and_an_arrow_open_and_close_without_choosing(visit):
    page = visit("/")
    type_in(page, "hou")
    page.keyboard.press("Alt+ArrowUp")
    is_closed(page)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#q-list")).to_be_visible()
    assert page.locator("[aria-selected=true]").count() == 0
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    is_closed(page)
    assert field(page).input_value() == "hou"


def test_tab_goes_on_and_changes_nothing(visit):
    page = visit("/")
    type_in(page, "hou")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    is_closed(page)
    assert field(page).input_value() == "hou"
    expect(field(page, "near")).to_be_focused()


def test_enter_without_an_option_searches_for_what_was_typed(visit):
    page = visit("/")
    type_in(page, "nalox")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/?*q=nalox&*")


def test_an_organisation_opens_its_page(visit):
    page = visit("/fr/")
    type_in(page, "harbour")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/organizations/harbour-lane-health-centre/")


def test_a_town_among_the_needs_goes_where_places_go(visit):
    page = visit("/")
    type_in(page, "food near thun")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert field(page).input_value() == "food"
    assert field(page, "near").input_value() == "Thunder Bay, Ontario"
    expect(page.get_by_role("status")).to_have_text("Where are you? Thunder Bay, Ontario")


@pytest.mark.parametrize("name", ["q", "near"])
def test_shift_three_times_leaves_while_the_list_is_open(visit, elsewhere, name):
    page = visit("/")
    type_in(page, "thun", name)
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(elsewhere)


# Eye, ear, finger


@pytest.mark.parametrize("name", ["q", "near"])
def test_a_screen_reader_is_told_what_there_is(visit, name):
    page = visit("/")
    combobox = page.get_by_role("combobox").nth(0 if name == "q" else 1)
    expect(combobox).to_have_attribute("aria-autocomplete", "list")
    expect(combobox).to_have_attribute("aria-controls", LISTS[name][1:])
    expect(combobox).to_have_attribute("aria-expanded", "false")
    type_in(page, "thun", name)
    expect(combobox).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_have_text("1 suggestion")
    label = "What do you need?" if name == "q" else "Where are you?"
    listbox = page.get_by_role("listbox", name=label)
    group = "Where you are" if name == "q" else "Towns and postal codes"
    option = listbox.get_by_role("group", name=group).get_by_role("option")
    expect(option).to_have_text("Thunder Bay, Ontario")
    expect(option).to_have_attribute("aria-selected", "false")


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
@pytest.mark.parametrize("language", ["", "/fr"])
def test_axe_finds_nothing_with_the_list_open(visit, language, width, dark):
    page = visit(f"{language}/services/?near=Thunder+Bay", width=width, dark=dark)
    type_in(page, "ce")
    page.keyboard.press("ArrowDown")
    assert options(page).count() > 5
    assert problems(page) == []
    page.keyboard.press("Escape")
    field(page, "near").fill("")
    type_in(page, "st", "near")
    page.keyboard.press("ArrowUp")
    assert problems(page) == []


@pytest.mark.parametrize("touch", [False, True])
def test_a_click_or_a_tap_chooses(visit, touch):
    page = visit("/", width=360, has_touch=touch)
    type_in(page, "nalox")
    first = options(page).first
    first.tap() if touch else first.click()
    is_closed(page)
    assert field(page).input_value() == "Naloxone kits"
    expect(field(page)).to_be_focused()


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_list_covers_nothing_and_a_click_below_it_lands(visit, width, touch):
    page = visit("/", width=width, has_touch=touch)
    type_in(page, "hou")
    box = page.get_by_label("No ID needed")
    box.tap() if touch else box.click(delay=300)
    is_closed(page)
    expect(box).to_be_checked()
    type_in(page, "Lon", "near")
    button = page.locator("form.search button.main")
    button.tap() if touch else button.click(delay=300)
    page.wait_for_url("**/services/?q=hou&near=Lon&access=no-id")


def test_pressing_elsewhere_closes(visit):
    page = visit("/")
    type_in(page, "nalox")
    page.locator("h1").click()
    is_closed(page)
    assert field(page).input_value() == "nalox"


@pytest.mark.parametrize(("width", "height"), [(320, 256), (360, 640), (1280, 800)])
def test_the_way_out_is_never_covered_and_the_option_is_in_view(visit, width, height):
    page = visit("/services/?near=Thunder+Bay", width=width)
    page.set_viewport_size({"width": width, "height": height})
    type_in(page, "ce")
    for _ in range(options(page).count()):
        page.keyboard.press("ArrowDown")
        exit_on_top = page.evaluate(
            """() => {
                const box = document.querySelector('.exit').getBoundingClientRect();
                const on = (x, y) => document.elementFromPoint(
                    box.x + x * box.width, box.y + y * box.height).closest('.exit');
                return on(.5, .1) && on(.5, .9) && on(.1, .5) && on(.9, .5) && true;
            }"""
        )
        assert exit_on_top
        option = page.locator("[role=option][aria-selected=true]").bounding_box()
        strip = page.locator(".strip").bounding_box()
        assert option["y"] >= strip["y"] + strip["height"] - 1
        assert option["y"] + option["height"] <= height + 1
        assert option["height"] >= 43.5
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# Requests


def test_without_scripts_the_same_box_searches(visit):
    page = visit("/", javascript=False)
    assert page.get_by_role("combobox").count() == 0
    field(page).fill("naloxone")
    field(page, "near").fill("Thunder Bay")
    page.locator("form.search button.main").click()
    page.wait_for_url("**/services/?*")
    assert page.locator("article[data-service]").count() >= 3


def answer(*texts: str) -> dict:
    shown = [{"text": text, "put": text} for text in texts]
    groups = [{"label": "What you need", "options": shown}] if texts else []
    return {"status": 200, "body": json.dumps({"said": f"{len(texts)}", "groups": groups})}


def test_a_late_answer_is_ignored(visit):
    page = visit("/", permitted=("ERR_",))
    held = []

    def reply(route):
        if route.request.url.endswith("text=ho"):
            held.append(route)
        else:
            route.fulfill(**answer("new"))

    page.route("**/suggest/*", reply)
    field(page).focus()
    page.keyboard.type("ho")
    page.wait_for_timeout(400)
    assert len(held) == 1
    page.keyboard.type("u")
    expect(options(page)).to_have_text(["new"])
    held[0].fulfill(**answer("old"))
    page.wait_for_timeout(200)
    expect(options(page)).to_have_text(["new"])


def test_who_moves_in_the_list_keeps_it(visit):
    page = visit("/", permitted=("ERR_",))
    held = []

    def reply(route):
        if route.request.url.endswith("text=hou"):
            held.append(route)
        else:
            route.fulfill(**answer("first", "second"))

    page.route("**/suggest/*", reply)
    type_in(page, "ho")
    page.keyboard.type("u")
    page.wait_for_timeout(400)
    page.keyboard.press("ArrowDown")
    held[0].fulfill(**answer("late"))
    page.wait_for_timeout(200)
    assert selected(page) == "first"


def test_an_answer_after_leaving_the_field_is_ignored(visit):
    page = visit("/", permitted=("ERR_",))
    held = []
    page.route("**/suggest/*", lambda route: held.append(route))
    field(page).focus()
    page.keyboard.type("ho")
    page.wait_for_timeout(400)
    page.keyboard.press("Tab")
    held[0].fulfill(**answer("late"))
    page.wait_for_timeout(200)
    is_closed(page)


def test_typing_on_asks_once_and_deleting_closes(visit):
    page = visit("/")
    asked = []
    page.on("request", lambda request: asked.append(request) if "/suggest/" in request.url else 0)
    field(page).focus()
    page.keyboard.type("naloxone")
    expect(options(page).first).to_be_visible()
    page.wait_for_timeout(300)
    assert len(asked) < len("naloxone")
    assert asked[-1].url.endswith("/suggest/?field=q&text=naloxone")
    assert asked[-1].method == "GET"
    for _ in range(7):
        page.keyboard.press("Backspace")
    is_closed(page)
    page.wait_for_timeout(300)
    assert not any(request.url.endswith("text=n") for request in asked)


@pytest.mark.parametrize("failure", ["abort", "500", "nonsense"])
def test_where_answers_fail_the_box_still_searches(visit, failure):
    page = visit("/", permitted=("ERR_", "500"))

    def reply(route):
        if failure == "abort":
            route.abort()
        else:
            route.fulfill(status=500 if failure == "500" else 200, body="<p>Sorry")

    page.route("**/suggest/*", reply)
    field(page).focus()
    page.keyboard.type("naloxone")
    page.wait_for_timeout(400)
    is_closed(page)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/services/.*q=naloxone"))


def compose(page, text: str) -> None:
    """As an input method does before its text stands."""
    field(page).focus()
    page.context.new_cdp_session(page).send(
        "Input.imeSetComposition",
        {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
    )


def test_nothing_is_suggested_while_an_input_method_composes(visit):
    page = visit("/")
    asked = []
    page.on("request", lambda request: asked.append(1) if "/suggest/" in request.url else 0)
    compose(page, "hou")
    page.wait_for_timeout(400)
    assert asked == []
    page.context.new_cdp_session(page).send("Input.insertText", {"text": "hou"})
    expect(options(page).first).to_be_visible()
    assert field(page).input_value() == "hou"


def test_on_a_phone_where_every_word_is_composed_it_is_not_waited_for(visit):
    page = visit("/", width=360, has_touch=True, is_mobile=True)
    compose(page, "hou")
    expect(options(page).first).to_be_visible()
    label = page.locator("label[for=q]").bounding_box()
    strip = page.locator(".strip").bounding_box()
    assert strip["y"] + strip["height"] <= label["y"] < 200


def test_what_was_typed_is_kept_nowhere(visit):
    page = visit("/")
    type_in(page, "hou")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("caches.keys().then(keys => keys.length)") == 0
    assert page.evaluate("document.cookie") == ""


def test_text_from_the_catalogue_is_never_markup(visit):
    page = visit("/")
    page.route("**/suggest/*", lambda route: route.fulfill(**answer("<img src=x onerror=1>")))
    type_in(page, "hou")
    expect(options(page)).to_have_text(["<img src=x onerror=1>"])
    assert page.locator("[role=option] img").count() == 0
