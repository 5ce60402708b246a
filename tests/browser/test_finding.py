"""Someone finds support: by mouse, by keyboard, with and without scripts, on a small screen."""

import re

import pytest

SIZES = [360, 1280]
WORDS = {
    "": ("What do you need?", "Where are you?", "Find support"),
    "/fr": ("De quoi avez-vous besoin?", "Où êtes-vous?", "Trouver du soutien"),
}


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("language", ["", "/fr"])
def test_naloxone_near_thunder_bay(visit, language, width, javascript):
    page = visit(f"{language}/", width=width, javascript=javascript)
    page.locator("input[name=q]").fill("naloxone")
    page.locator("input[name=near]").fill("Thunder Bay")
    page.locator("form.search button.main").click()
    page.wait_for_url("**/services/**")
    assert page.locator("html").get_attribute("lang") == (language[1:] or "en")
    cards = page.locator(".results > .list > article[data-service]")
    assert cards.count() >= 3
    distances = [float(card.get_attribute("data-km")) for card in cards.all()[:3]]
    assert distances[0] <= 25
    first = cards.first
    assert first.locator(".state").inner_text()
    assert first.locator(".checked").inner_text()
    name = first.locator("h3").inner_text()
    first.locator("h3 a").click()
    page.wait_for_url(re.compile(r"/services/[a-z0-9-]+/$"))
    assert page.locator("h1").inner_text() == name
    assert page.locator("a[href^='tel:+1']").count() >= 1
    page.locator("a.back").click()
    page.wait_for_url("**/services/?*")
    assert page.locator("input[name=q]").input_value() == "naloxone"


@pytest.mark.parametrize("language", ["", "/fr"])
def test_the_keyboard_alone_is_enough(visit, language):
    page = visit(f"{language}/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "skip"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("name") == "q":
            break
    page.keyboard.type("naloxone")
    page.keyboard.press("Tab")
    page.keyboard.type("Thunder Bay")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/?*")
    assert page.locator("article[data-service]").count() >= 3


@pytest.mark.parametrize("width", SIZES)
def test_a_filter_is_chosen_and_taken_away(visit, width):
    page = visit("/services/?near=Thunder+Bay", width=width)
    before = page.locator(".results > .list > article").count()
    if width == 360:
        page.locator(".filters > summary").click()
    page.locator("input[name=open][value=now]").check()
    page.locator(".filters .apply button").click()
    page.wait_for_url("**open=now**")
    states = page.locator(".results > .list > article .state")
    assert all(s.get_attribute("data-state") == "open" for s in states.all())
    page.locator(".chips a.chip").first.click()
    page.wait_for_url(re.compile(r"^((?!open=now).)*$"))
    assert page.locator(".results > .list > article").count() == before


def test_the_position_is_rounded_before_it_leaves_the_device(visit):
    page = visit(
        "/",
        geolocation={"latitude": 48.3851234, "longitude": -89.2478901},
        permissions=["geolocation"],
    )
    page.locator("[data-locate]").click()
    page.wait_for_url("**/services/?*")
    assert "48.39" in page.url
    assert "48.385" not in page.url
    assert "89.247" not in page.url
    assert page.locator("article[data-km]").count() >= 1


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize(
    "path", ["/", "/services/?near=Thunder+Bay", "/help-now/", "/your-safety/", "/fr/services/"]
)
def test_nothing_runs_off_the_side(visit, path, width):
    page = visit(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_other_language_is_the_same_page(visit):
    page = visit("/services/?q=naloxone&near=Thunder+Bay")
    page.locator("a[hreflang=fr]").click()
    page.wait_for_url("**/fr/services/?*")
    assert page.locator("input[name=q]").input_value() == "naloxone"
    assert page.locator("input[name=near]").input_value() == "Thunder Bay"


def test_on_paper_a_service_is_one_page(visit):
    page = visit("/services/?near=Thunder+Bay")
    page.locator("article h3 a").first.click()
    page.wait_for_load_state()
    sheet = page.pdf(format="Letter")
    assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1
