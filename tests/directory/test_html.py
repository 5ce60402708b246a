"""Every page is well-formed HTML, in both languages."""

import copy

import html5lib
import pytest

from tests.factories import confidential, listing, published, remote

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/services/",
    "/services/?q=naloxone&near=Thunder Bay&access=no-id&open=now&category=naloxone",
    "/services/?near=P0V",
    "/services/?near=Nowhere&within=x&page=0&q=<b>",
    "/services/naloxone-kits-and-training/",
    "/services/safe-house/",
    "/services/overdose-prevention-line/",
    "/organizations/harbour-lane-health-centre/",
    "/help-now/",
    "/your-safety/",
    "/privacy/",
    "/about/",
    "/events/",
    "/events/?month=2026-12&kind=meal",
    "/events/?near=Nowhere&within=x&page=0&day=<b>&month=soon",
    "/no-such-page/",
]


@pytest.fixture(autouse=True)
def _undefined_variables_show(settings):
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED-%s"
    settings.TEMPLATES = templates


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_formed(client, language, path):
    published(listing(), remote(), confidential())
    text = client.get(language + path).content.decode()
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert "UNDEFINED-" not in text
    assert "{{" not in text
    assert "{%" not in text


def test_no_two_elements_share_an_identifier(client):
    published(listing(), remote(), confidential())
    for path in PAGES:
        page = html5lib.parse(client.get(path).content, namespaceHTMLElements=False)
        identifiers = [e.get("id") for e in page.iter() if e.get("id")]
        assert len(identifiers) == len(set(identifiers)), path
