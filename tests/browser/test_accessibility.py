"""The axe rules on every page, in both languages, light and dark, small and wide."""

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from directory.public.anonymous import QUICKEST

PAGES = [
    "/",
    "/services/",
    "/services/?q=naloxone&near=Thunder+Bay&open=now&access=no-id",
    "/services/?q=zzyzx&near=Kenora",
    "/services/?near=Qwertyville&within=abc&page=99",
    "/help-now/",
    "/your-safety/",
    "/privacy/",
    "/about/",
    "/events/",
    "/events/?near=Thunder+Bay",
    "/events/?near=Nowhere&day=soon&when=past",
    f"/events/?month={date.today():%Y-%m}",
    "/resources/",
    "/resources/?q=naloxone&kind=document&topic=harm-reduction",
    "/resources/?kind=funding",
    "/resources/?q=zzyzx&language=tlh&page=9",
    "/resources/five-steps-in-an-overdose-poster/",
    "/resources/small-grants-for-peer-led-projects/?thanks=1",
    "/resources/depliant-demander-des-services-en-francais/",
    "/no-such-page/",
]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Of what passed, one element a rule is told: telling all takes longer than finding it.
    "resultTypes": ["violations"],
}


def problems(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(
    ("width", "dark"), [(360, False), (1280, True)], ids=["small light", "wide dark"]
)
@pytest.mark.parametrize("language", ["", "/fr"])
def test_axe_finds_nothing(visit, language, width, dark):
    page = visit(language + PAGES[0], width=width, dark=dark, permitted=("404", "400"))
    for path in PAGES:
        page.goto(language + path)
        assert problems(page) == [], path


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_a_service_and_its_organisation(visit, language, width):
    page = visit(f"{language}/services/?near=Thunder+Bay", width=width)
    for path in sample_of_services(page):
        page.goto(path)
        assert problems(page) == [], path
    page.locator("a[href*='/organizations/']").first.click()
    page.wait_for_url(re.compile("/organizations/"))
    assert problems(page) == []


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_axe_finds_nothing_on_an_event_and_where_one_registers(visit, language, width, dark):
    page = visit(f"{language}/events/", width=width, dark=dark, permitted=("422",))
    found = []
    links = page.locator("article.event h3 a").all()
    for path in [link.get_attribute("href") for link in links]:
        page.goto(path)
        assert problems(page) == [], path
        found += [one.get_attribute("href") for one in page.locator("a[href*='/register/']").all()]
    page.goto(found[0])
    assert problems(page) == []
    page.locator("form.form button.main").click()  # with nothing written
    page.wait_for_selector("[aria-invalid]")
    assert problems(page) == []
    page.fill("[name=first_name]", "Sam")
    page.wait_for_timeout((QUICKEST + 0.2) * 1000)
    page.locator("form.form button.main").click()
    page.wait_for_url(re.compile("/registration/"))
    assert problems(page) == []


def sample_of_services(page) -> list[str]:
    links = page.locator(".results > .list article h3 a").all()
    return [link.get_attribute("href") for link in links[:6]]


@pytest.mark.parametrize("path", ["/", "/services/?near=Thunder+Bay", "/help-now/", "/events/"])
def test_targets_are_big_enough_for_a_thumb(visit, path):
    page = visit(path, width=360)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
                'a.button, button, .strip a, .top a, summary, label.check')]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 1)
            .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().height])
            .filter(([, height]) => height < 43.5)"""
    )
    assert small == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/", "/services/?near=Thunder+Bay", "/help-now/", "/events/"])
def test_the_way_out_is_always_in_view_and_covers_nothing(visit, path, width):
    page = visit(path, width=width)
    for position in (0, 400, 100_000):
        page.evaluate(f"scrollTo(0, {position})")
        box = page.locator(".exit").bounding_box()
        assert box["height"] >= 43.5
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800
        strip = page.locator(".strip").bounding_box()
        assert strip["y"] <= box["y"]
        assert strip["y"] + strip["height"] >= box["y"] + box["height"]
