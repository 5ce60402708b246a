"""The pages about the site itself, and what every page has in common."""

import csv
import datetime
import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import polib
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.test import Client
from django.urls import resolve
from django.utils.formats import date_format
from django.utils.translation import override

from coalition.pages import views
from coalition.pages.needs import NEEDS

pytestmark = pytest.mark.django_db

PAGES = ["/", "/about/", "/privacy/", "/help-now/", "/your-safety/", "/events/"]
BOTH = [*PAGES, *("/fr" + page for page in PAGES)]
EVERY = [*BOTH, "/no-such-page/", "/fr/no-such-page/"]
TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.fixture
def get(client):
    def get(path: str, **extra) -> tuple:
        response = client.get(path, **extra)
        page = html5lib.HTMLParser(namespaceHTMLElements=False).parse(response.content.decode())
        return response, page

    return get


def texts(page, tag: str) -> list[str]:
    return ["".join(element.itertext()).strip() for element in page.iter(tag)]


@pytest.mark.parametrize("path", EVERY)
def test_a_page_is_valid_html(client, path):
    html5lib.HTMLParser(strict=True).parse(client.get(path).content.decode())


@pytest.mark.parametrize("path", BOTH)
def test_a_page_names_its_language_its_title_and_one_heading(get, path):
    response, page = get(path)
    assert response.status_code == 200
    assert page.get("lang") == ("fr" if path.startswith("/fr") else "en")
    assert settings.SITE_NAME in texts(page, "title")[0]
    assert len(texts(page, "h1")) == 1


@pytest.mark.parametrize("path", EVERY)
def test_a_page_leads_to_itself_in_the_other_language_with_its_query(get, path):
    _response, page = get(path, query_params={"q": "détox & co", "near": "P7B"})
    (link,) = [a for a in page.iter("a") if a.get("hreflang") and a.get("rel") == "alternate"]
    other = path.removeprefix("/fr") if path.startswith("/fr") else "/fr" + path
    assert link.get("href") == other + "?q=d%C3%A9tox+%26+co&near=P7B"
    assert link.get("lang") == link.get("hreflang") == ("en" if path.startswith("/fr") else "fr")


@pytest.mark.parametrize("path", EVERY)
def test_a_page_sets_no_cookie_and_asks_nothing_of_other_sites(get, path):
    response, page = get(path)
    assert not response.cookies
    for element in page.iter():
        for name in ("src", "action", "data", "poster"):
            assert not urlsplit(element.get(name, "")).netloc
        if element.tag in {"link", "use"}:
            assert not urlsplit(element.get("href", "")).netloc


@pytest.mark.parametrize("path", EVERY)
def test_a_page_carries_no_script_or_style_in_itself(get, path):
    _response, page = get(path)
    assert not list(page.iter("style"))
    assert all(script.get("src") for script in page.iter("script"))
    for element in page.iter():
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", EVERY)
def test_every_link_of_a_page_leads_somewhere(get, path):
    response, page = get(path)
    ids = {element.get("id") for element in page.iter()}
    for link in page.iter("a"):
        target = urlsplit(link.get("href"))
        if target.scheme or target.netloc:
            continue
        if target.path:
            itself = target.path.removeprefix("/fr") == path.removeprefix("/fr")
            if not (itself and response.status_code == 404):
                with override("fr" if target.path.startswith("/fr/") else "en"):
                    resolve(target.path)
        elif target.fragment:
            assert target.fragment in ids


@pytest.mark.parametrize("path", EVERY)
def test_every_icon_of_a_page_is_in_the_sprite(get, path):
    _response, page = get(path)
    sprite = Path(finders.find("img/icons.svg")).read_text()
    for use in page.iter("use"):
        address, _, name = use.get("href").partition("#")
        assert address == "" or address.startswith("/static/img/icons.")
        assert f'<symbol id="{name}"' in sprite


@pytest.mark.parametrize("path", EVERY)
def test_links_to_other_sites_do_not_say_where_one_came_from(get, path):
    _response, page = get(path)
    for link in page.iter("a"):
        if urlsplit(link.get("href")).netloc:
            assert "noreferrer" in link.get("rel", "")


def test_home_opens_only_categories_that_exist():
    terms = Path(settings.BASE_DIR) / "directory" / "taxonomy" / "data" / "terms.csv"
    with terms.open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file) if row["taxonomy"] == "category"}
    for need in NEEDS:
        assert codes.issuperset(need.categories)


def test_home_asks_what_and_where_in_a_plain_form_that_nothing_remembers(get):
    _response, page = get("/")
    (form,) = page.iter("form")
    assert (form.get("method"), form.get("action")) == ("get", "/services/")
    fields = {field.get("name"): field for field in form.iter("input")}
    assert {"q", "near", "open", "access"} == set(fields)
    assert fields["q"].get("autocomplete") == fields["near"].get("autocomplete") == "off"


def test_home_still_says_whom_to_call_without_a_database(get, monkeypatch):
    def down(*_arguments):
        raise OperationalError

    monkeypatch.setattr(views, "near_places", down)
    response, page = get("/")
    assert response.status_code == 200
    assert "tel:911" in {link.get("href") for link in page.iter("a")}


def test_about_gives_the_contact_or_says_there_is_none(client, settings):
    settings.CONTACT_EMAIL = ""
    assert "has not given an address" in client.get("/about/").content.decode()
    settings.CONTACT_EMAIL = "hello@example.org"
    page = client.get("/about/").content.decode()
    assert 'href="mailto:hello@example.org"' in page
    assert "has not given an address" not in page


def test_about_names_its_sources_and_their_licences(client):
    page = client.get("/about/").content.decode()
    for name in ("GeoNames", "CC BY 4.0", "Open Government Licence – Ontario", "Open Referral"):
        assert name in page
    assert "not medical advice" in page


@pytest.mark.parametrize(
    ("path", "status"), [("/no-such-page/", 404), ("/fr/no-such-page/", 404), ("/%00/", 404)]
)
def test_a_page_that_is_not_here_still_helps(get, path, status):
    response, page = get(path)
    assert response.status_code == status
    assert [form.get("role") for form in page.iter("form")] == ["search"]
    assert {"tel:911", "tel:988", "sms:988"} <= {link.get("href") for link in page.iter("a")}


def test_a_broken_page_still_helps_in_the_language_it_was_asked_in(monkeypatch, rf):
    def broken(*_arguments):
        raise RuntimeError

    monkeypatch.setattr(views, "near_places", broken)
    client = Client(raise_request_exception=False)
    for path, words in {"/": "Something broke", "/fr/": "Un problème est survenu"}.items():
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 500
        html5lib.HTMLParser(strict=True).parse(page)
        assert words in page
        assert 'href="tel:911"' in page
        assert 'role="search"' in page
        assert 'class="exit"' in page
        assert response.headers["Cache-Control"] == "no-store"


def test_where_even_the_page_for_errors_is_broken_the_numbers_are_given(monkeypatch, rf):
    def broken(*_arguments, **_keywords):
        raise RuntimeError

    monkeypatch.setattr(views, "render_to_string", broken)
    response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    html5lib.HTMLParser(strict=True).parse(response.content.decode())
    assert b'href="tel:911"' in response.content
    assert b'href="sms:988"' in response.content


@pytest.mark.parametrize("view", [views.bad_request, views.forbidden])
def test_a_refusal_still_helps(rf, view):
    response = view(rf.get("/"), Exception())
    assert response.status_code in {400, 403}
    html5lib.HTMLParser(strict=True).parse(response.content.decode())
    assert b'role="search"' in response.content


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def test_the_style_sheet_weighs_at_most_6_kb_and_home_with_it_14(client):
    style = packed(Path(finders.find("css/site.css")).read_bytes())
    home = packed(client.get("/").content)
    scripts = sum(packed(p.read_bytes()) for p in Path(finders.find("js")).glob("*.js"))
    assert style <= 6 * 1024
    assert style + home <= 14 * 1024
    assert style + home + scripts <= 30 * 1024


def test_every_sentence_of_these_pages_is_said_in_french():
    ours = re.compile(
        r"templates/(base|\d{3}|coalition/.*|directory/(help_now|your_safety)"
        r"|components/(strip|lost|three_lines|crisis_line|search_box|service_card))\.html"
        r"|coalition/(pages|settings)"
    )
    catalogue = polib.pofile(settings.LOCALE_PATHS[0] / "fr" / "LC_MESSAGES" / "django.po")
    missing = [
        entry.msgid
        for entry in catalogue
        if any(ours.match(place) for place, _line in entry.occurrences) and not entry.translated()
    ]
    assert not missing


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_compiled_catalogue_is_that_of_its_source(language):
    folder = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES"
    source = {
        (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in polib.pofile(folder / "django.po").translated_entries()
    }
    compiled = {
        (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in polib.mofile(folder / "django.mo")
    }
    assert compiled == source


@pytest.mark.parametrize(
    ("language", "name", "written"),
    [
        ("en", "TIME_FORMAT", "8:30 pm"),
        ("en", "DATE_FORMAT", "5 Jul 2026"),
        ("en", "MONTH_DAY_FORMAT", "5 Jul"),
        ("fr", "TIME_FORMAT", "20\xa0h\xa030"),
        ("fr", "DATE_FORMAT", "5 juill. 2026"),
        ("fr", "MONTH_DAY_FORMAT", "5 juill."),
        ("fr", "YEAR_MONTH_FORMAT", "juillet 2026"),
        ("fr", "SHORT_DATE_FORMAT", "2026-07-05"),
    ],
)
def test_dates_and_hours_are_written_as_in_canada(language, name, written):
    with override(language):
        assert date_format(datetime.datetime(2026, 7, 5, 20, 30), name) == written


def test_a_whole_hour_is_8_pm():
    with override("en"):
        assert date_format(datetime.datetime(2026, 7, 5, 20), "TIME_FORMAT") == "8 pm"
